"""Extrapolation to infinite size, and of exact data to a limit.

Finite size: weighted least squares of y(N) = y_inf + sum_k c_k N^(-p_k) with weights 1/error^2. The result is
a linear combination of the data, y_inf = sum_i w_i y_i, hence error^2 = sum_i w_i^2 error_i^2 (the errors are
taken as they are, not rescaled by chi^2), and its degrees of freedom follow Welch and Satterthwaite. Whether
the law fits is said by chi^2 and its p-value: an extrapolation with a p-value below some percent must not be
used.

Errors estimated from few networks are noisy, and weights taken from them favour errors that are small by
accident. Measured (four sizes, one power): 95 % intervals of the limit cover 85, 88, 92, 94 % for 3, 4, 8, 20
networks per size. Give `spread` there: the errors relative to each other, known beforehand (N^(-1/2) for a
self-averaging quantity with equally many networks). The common factor is pooled,

    c^2 = sum_i nu_i error_i^2 / spread_i^2 / sum_i nu_i,   error_i -> c spread_i,   nu = sum_i nu_i,

the intervals are then exact for Gaussian scatter, and the p-value is that of the F test of lack of fit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc, fdtrc

from atlas.estimation.estimate import Estimate, effective_dof


class TooFewPointsError(ValueError):
    """Not more points than coefficients: the law would not be tested."""


@dataclass(frozen=True)
class LinearFit:
    """A weighted least-squares fit: coefficients with their covariance, chi^2, its dof and p-value."""

    coefficients: tuple[Estimate, ...]
    covariance: NDArray[np.float64]
    chi2: float
    dof: int
    p_value: float

    @property
    def limit(self) -> Estimate:
        """The constant of the law: the value at infinite size."""
        return self.coefficients[0]


def extrapolate(
    sizes: ArrayLike,
    values: Sequence[Estimate],
    powers: Sequence[float] = (1.0,),
    spread: ArrayLike | None = None,
) -> LinearFit:
    """Fit y(N) = y_inf + sum_k c_k N^(-p_k) and return y_inf (`.limit`), the c_k, chi^2 and the p-value.

    sizes: (n,) positive; values: n independent estimates with finite errors > 0; powers: the p_k > 0,
    distinct (default: 1/N alone); spread: (n,) relative errors (see the module), for few networks per size.
    Raises TooFewPointsError unless there are more different sizes than coefficients (the law must be
    testable), ValueError for bad input.
    """
    n_units = np.asarray(sizes, dtype=float)
    if not (n_units > 0).all():
        raise ValueError(f"sizes: got {n_units.min()}; allowed: positive numbers")
    if len(powers) == 0 or min(powers) <= 0 or len(set(powers)) < len(powers):
        raise ValueError(f"powers: got {tuple(powers)}; allowed: distinct positive exponents p of N^(-p)")
    scale = n_units.min()  # keeps the columns of order one; undone below
    columns = [np.ones_like(n_units), *((n_units / scale) ** -p for p in powers)]
    fit = linear_fit(np.stack(columns, axis=1), values, spread)
    factors = np.array([1.0, *(scale**p for p in powers)])
    return LinearFit(
        tuple(c.scaled(float(f)) for c, f in zip(fit.coefficients, factors, strict=True)),
        fit.covariance * np.outer(factors, factors),
        fit.chi2,
        fit.dof,
        fit.p_value,
    )


def power_law(x: ArrayLike, values: Sequence[Estimate], spread: ArrayLike | None = None) -> LinearFit:
    """Fit y = A x^b by weighted least squares of ln y on ln x: coefficients (ln A, b).

    x: (n,) positive; values: n independent estimates, positive, with error << value (the error of ln y is
    error/y). spread: of ln y. Raises as `extrapolate`.
    """
    abscissa = np.asarray(x, dtype=float)
    if not (abscissa > 0).all() or not all(v.mean > 0 for v in values):
        raise ValueError("power law: allowed: positive x and y")
    logs = [Estimate(math.log(v.mean), v.error / v.mean, v.variance / v.mean**2, v.count) for v in values]
    return linear_fit(np.stack([np.ones_like(abscissa), np.log(abscissa)], axis=1), logs, spread)


def linear_fit(design: NDArray[np.float64], values: Sequence[Estimate], spread: ArrayLike | None = None) -> LinearFit:
    """Weighted least squares y = X c: c = W y with W = (X^T S^-1 X)^-1 X^T S^-1, S = diag(error^2).

    design X: (n, m); values: n independent estimates with finite errors > 0; spread: (n,) > 0, relative
    errors (see the module). p-value: chance of a larger chi^2 for Gaussian errors. Raises TooFewPointsError
    unless X has more than m different rows, ValueError for other numbers of values, errors that are not
    finite and positive, a bad spread, or functions that are not independent on the points.
    """
    n, m = design.shape
    if len(values) != n:
        raise ValueError(f"fit: got {len(values)} values for {n} points; allowed: one value per point")
    distinct = len(np.unique(design, axis=0))
    if distinct <= m:
        raise TooFewPointsError(f"fit: got {distinct} different points; allowed: at least {m + 1}")
    y = np.array([v.mean for v in values])
    sigma, pooled = _errors(y, values, spread)
    q, r = np.linalg.qr(design / sigma[:, None])
    if np.abs(np.diag(r)).min() < 1e-12 * np.abs(np.diag(r)).max():
        raise ValueError("fit: the functions are not independent on these points")
    weights = np.linalg.solve(r, q.T) / sigma
    best = weights @ y
    chi2 = float((((y - design @ best) / sigma) ** 2).sum())
    variances = (weights * sigma) ** 2
    own = [v.dof for v in values]
    dofs = [effective_dof(parts.tolist(), own) if pooled is None else pooled for parts in variances]
    return LinearFit(
        tuple(Estimate(c, math.sqrt(v.sum()), count=nu + 1) for c, v, nu in zip(best, variances, dofs, strict=True)),
        (weights * sigma**2) @ weights.T,
        chi2,
        n - m,
        float(chdtrc(n - m, chi2) if pooled is None else fdtrc(n - m, pooled, chi2 / (n - m))),
    )


def _errors(
    y: NDArray[np.float64], values: Sequence[Estimate], spread: ArrayLike | None
) -> tuple[NDArray[np.float64], float | None]:
    """The errors to weigh with, and the pooled degrees of freedom if a spread is given."""
    sigma = np.array([v.error for v in values])
    if not (np.isfinite(y).all() and np.isfinite(sigma).all() and (sigma > 0).all()):
        raise ValueError("fit: got a value or error that is nan, infinite or zero; allowed: finite errors > 0")
    if spread is None:
        return sigma, None
    relative, nu = np.asarray(spread, dtype=float), np.array([v.dof for v in values])
    if relative.shape != sigma.shape or not (np.isfinite(relative).all() and (relative > 0).all()):
        raise ValueError(f"spread: got {relative}; allowed: one finite number > 0 per point")
    if not (np.isfinite(nu).all() and (nu >= 1).all()):
        raise ValueError("spread: got a value of unknown or infinite count; allowed: counts from 2 networks on")
    factor = math.sqrt(float((nu * (sigma / relative) ** 2).sum() / nu.sum()))
    return factor * relative, float(nu.sum())


@dataclass(frozen=True)
class PolynomialLimit:
    """y(0) and y'(0) of exact data; the errors are the changes from the order below."""

    limit: Estimate
    slope: Estimate


def polynomial_limit(x: ArrayLike, y: ArrayLike, order: int) -> PolynomialLimit:
    """Extrapolate exact data y(x) to x = 0 by the polynomial of degree `order` through the order+1 smallest
    |x|.

    Returns value and slope at 0 as deterministic estimates whose error is the difference to the polynomial
    of degree order - 1 through the `order` smallest |x|: the error of the lower order, hence conservative by
    about a factor |x|. Not for noisy data (`extrapolate`). Raises TooFewPointsError for fewer than order+1
    points, ValueError for order < 1, unequal lengths, equal x or values that are not finite.
    """
    nodes, data = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if order < 1:
        raise ValueError(f"order: got {order}; allowed: an integer >= 1")
    if nodes.ndim != 1 or nodes.shape != data.shape:
        raise ValueError(f"polynomial limit: got shapes {nodes.shape} and {data.shape}; allowed: equal, one axis")
    if nodes.size <= order:
        raise TooFewPointsError(f"polynomial limit: got {nodes.size} points; allowed: at least {order + 1}")
    if not (np.isfinite(nodes).all() and np.isfinite(data).all()) or np.unique(nodes).size < nodes.size:
        raise ValueError("polynomial limit: got equal or not finite values; allowed: distinct x, finite y")
    nearest = np.argsort(np.abs(nodes), kind="stable")
    value, slope = _at_zero(nodes[nearest[: order + 1]], data[nearest[: order + 1]])
    lower_value, lower_slope = _at_zero(nodes[nearest[:order]], data[nearest[:order]])
    return PolynomialLimit(
        Estimate.exact(value, abs(value - lower_value)), Estimate.exact(slope, abs(slope - lower_slope))
    )


def _at_zero(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float, float]:
    """Value and slope at 0 of the polynomial through the points (Neville's scheme and its derivative)."""
    values, slopes = y.copy(), np.zeros_like(y)
    for width in range(1, x.size):
        left, right = x[:-width], x[width:]
        new = (right * values[:-1] - left * values[1:]) / (right - left)
        slopes = (right * slopes[:-1] - left * slopes[1:] + values[1:] - values[:-1]) / (right - left)
        values = new
    return float(values[0]), float(slopes[0])
