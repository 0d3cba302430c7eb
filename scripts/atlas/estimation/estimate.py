"""One estimated number with its error bar, and the propagation of independent errors to first order.

An `Estimate` is a value +- standard error, with the number of independent samples behind it, so that a claim
can be decided by a Student interval. A theory value is an estimate too: its error is the numerical error
bound of the solver and its count is infinite.

Error propagation (first order, independent inputs): for f(a, b, ...)

    error^2 = sum_i (df/da_i)^2 error_i^2

with the effective number of degrees of freedom of Welch and Satterthwaite

    nu = error^4 / sum_i [ (df/da_i)^4 error_i^4 / nu_i ],   count = nu + 1.

Numbers that share their networks are not independent: use `networks.paired_ratio`, `networks.jackknife` or
`networks.bootstrap` for those.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal


@dataclass(frozen=True)
class Estimate:
    """An estimated number.

    mean: the value. error: its standard error (nan = not known). variance: variance of a single sample (0
    for a theory value, nan = not known). count: number of independent samples behind the error bar,
    `math.inf` for a deterministic value whose error is a numerical bound. correlation_time: integrated
    correlation time of the series it came from, in the series' unit of time; nan where there is none.

    Raises ValueError for a negative error, variance or count.
    """

    mean: float
    error: float
    variance: float = math.nan
    count: float = math.inf
    correlation_time: float = math.nan

    def __post_init__(self) -> None:
        for name in ("mean", "error", "variance", "count", "correlation_time"):
            object.__setattr__(self, name, float(getattr(self, name)))  # numpy scalars do not go into JSON
        for name in ("error", "variance", "count"):
            if getattr(self, name) < 0:
                raise ValueError(f"Estimate.{name}: got {getattr(self, name)}; allowed: a number >= 0, or nan")

    @classmethod
    def exact(cls, value: float, error: float = 0.0) -> Estimate:
        """A deterministic value with the numerical error bound `error`: variance 0, infinite count."""
        return cls(value, error, variance=0.0, count=math.inf)

    @property
    def dof(self) -> float:
        """Degrees of freedom of the error bar: count - 1 (infinite for a deterministic value)."""
        return self.count - 1

    def __add__(self, other: Estimate | float) -> Estimate:
        """Sum of two independent estimates, or a shift by an exact number."""
        b = as_estimate(other)
        return first_order(self.mean + b.mean, (1.0, 1.0), (self, b))

    def __sub__(self, other: Estimate | float) -> Estimate:
        """Difference of two independent estimates, or a shift by an exact number."""
        b = as_estimate(other)
        return first_order(self.mean - b.mean, (1.0, -1.0), (self, b))

    def __mul__(self, other: Estimate | float) -> Estimate:
        """Product of two independent estimates, or scaling by an exact number."""
        b = as_estimate(other)
        return first_order(self.mean * b.mean, (b.mean, self.mean), (self, b))

    def __truediv__(self, other: Estimate | float) -> Estimate:
        """Ratio of two independent estimates to first order.

        The neglected bias is ratio * (error_b / b)^2 and the error bar is reliable for error_b << |b|.
        Raises ZeroDivisionError for a zero denominator.
        """
        b = as_estimate(other)
        ratio = self.mean / b.mean
        return first_order(ratio, (1 / b.mean, -ratio / b.mean), (self, b))

    def __rsub__(self, other: float) -> Estimate:
        return as_estimate(other) - self

    def __rtruediv__(self, other: float) -> Estimate:
        return as_estimate(other) / self

    __radd__ = __add__
    __rmul__ = __mul__

    def __neg__(self) -> Estimate:
        return self * -1.0

    def scaled(self, factor: float) -> Estimate:
        """factor * estimate; the correlation time stays."""
        return Estimate(
            self.mean * factor,
            self.error * abs(factor),
            self.variance * factor**2,
            self.count,
            self.correlation_time,
        )

    def z_score(self, expected: Estimate | float) -> float:
        """(mean - expected) / sqrt(error^2 + expected.error^2).

        Without any error: 0 if the values are equal, else +-inf. nan if an error is not known.
        """
        b = as_estimate(expected)
        difference, error = self.mean - b.mean, math.hypot(self.error, b.error)
        if error == 0:
            return math.copysign(math.inf, difference) if difference else 0.0
        return difference / error

    def __str__(self) -> str:
        return _plus_minus(self.mean, self.error)

    def to_dict(self) -> dict[str, float | str]:
        """The fields for strict JSON: finite numbers as numbers, the others as "inf", "-inf", "nan"."""
        fields = ("mean", "error", "variance", "count", "correlation_time")
        return {name: json_number(getattr(self, name)) for name in fields}

    @classmethod
    def from_dict(cls, record: Mapping[str, float | str]) -> Estimate:
        """Inverse of `to_dict`. Raises ValueError for an unknown field or something that is no number."""
        try:
            return cls(**{name: float(value) for name, value in record.items()})
        except TypeError as error:
            raise ValueError(f"Estimate record: got {dict(record)}; allowed: the fields of to_dict ({error})") from None


def as_estimate(value: Estimate | float) -> Estimate:
    """The estimate itself, or a number as an exact estimate."""
    return value if isinstance(value, Estimate) else Estimate.exact(value)


def json_number(value: float) -> float | str:
    """A finite number unchanged, otherwise "inf", "-inf" or "nan" (float() reads them back)."""
    return float(value) if math.isfinite(value) else str(float(value))


def first_order(value: float, slopes: Sequence[float], inputs: Sequence[Estimate]) -> Estimate:
    """Estimate `value` = f(inputs) with slopes df/da_i, for independent inputs (equations of the module)."""
    parts = [slope**2 * a.error**2 for slope, a in zip(slopes, inputs, strict=True)]
    variance = sum(slope**2 * a.variance for slope, a in zip(slopes, inputs, strict=True))
    dof = effective_dof(parts, [a.dof for a in inputs])
    return Estimate(value, math.sqrt(sum(parts)), variance, dof + 1)


def effective_dof(parts: Sequence[float], dofs: Sequence[float]) -> float:
    """Welch-Satterthwaite: (sum_i p_i)^2 / sum_i (p_i^2 / nu_i).

    p_i: parts of error^2, each with nu_i degrees of freedom.
    Parts that are zero do not count; without any part the smallest nu_i; 0 if a part has no degree of
    freedom left.
    """
    total = sum(parts)
    if math.isnan(total) or any(math.isnan(nu) for nu in dofs):
        return math.nan
    if total == 0:
        return max(0.0, min(dofs))
    noisy = [(part / total, nu) for part, nu in zip(parts, dofs, strict=True) if part > 0]
    if any(nu <= 0 for _, nu in noisy):
        return 0.0
    denominator = sum(share**2 / nu for share, nu in noisy)
    return 1 / denominator if denominator else math.inf


def propagate(function: Callable[..., float], *inputs: Estimate) -> Estimate:
    """f(a, b, ...) of independent estimates, to first order, with numerical slopes.

    df/da_i = [ f(a_i + h) - f(a_i - h) ] / 2h with h = error_i: exact for functions of second degree. An
    input whose error is zero or not finite is held fixed; one that is not finite makes the error nan.
    """
    means = [a.mean for a in inputs]
    slopes = []
    for i, a in enumerate(inputs):
        if a.error == 0 or not math.isfinite(a.error):
            slopes.append(1.0 if a.error else 0.0)
            continue
        up, down = (function(*means[:i], a.mean + h, *means[i + 1 :]) for h in (a.error, -a.error))
        slopes.append((up - down) / (2 * a.error))
    return first_order(function(*means), slopes, inputs)


def _plus_minus(mean: float, error: float) -> str:
    """Value ± error: the error to one digit, two if it starts with 1; the value to the same place.

    A common power of ten is taken out of very small or large numbers; an error beyond the digits of the
    value stands beside it.
    """
    if not (math.isfinite(mean) and math.isfinite(error)):
        return f"{mean:.6g} ± {error:.2g}"
    if error < 1e-12 * abs(mean) or error == 0:
        return f"{mean:.13g} ± {error:.1g}" if error else f"{mean:.10g}"
    largest = max(abs(mean), error)
    exponent = 0 if 1e-4 <= largest < 1e6 else Decimal(largest).adjusted()
    value, spread = Decimal(mean).scaleb(-exponent), Decimal(error).scaleb(-exponent)
    place = spread.adjusted() - (spread.as_tuple().digits[0] == 1)
    unit = Decimal(1).scaleb(place)
    shown = [(number / unit).quantize(Decimal(1), ROUND_HALF_EVEN) * unit + 0 for number in (value, spread)]
    text = " ± ".join(f"{number:.{max(0, -place)}f}" for number in shown)
    return f"({text})e{exponent:+03d}" if exponent else text
