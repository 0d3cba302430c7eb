"""Declarations of parameters: axes, ranges, bounds, and what cannot be declared."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from atlas.config import Axis, ExperimentSizes, Numerics, Physics, Protocol, TheorySizes, parameter
from atlas.config.parameters import Block, declared, specs
from atlas.config.values import Bounds, RefusedError, ValueSpec


def test_linear_range_is_the_rounded_linspace_with_exact_ends() -> None:
    values = Axis((), 0.8, 1.5, "linear").expand(80)
    assert (values[0], values[-1], len(values)) == (0.8, 1.5, 80)
    # rounding to 12 significant digits moves a value by at most half a unit of the 12th digit
    np.testing.assert_allclose(values, np.linspace(0.8, 1.5, 80), rtol=5e-12, atol=0)
    assert all(float(f"{value:.12g}") == value for value in values)


def test_log_range_is_the_rounded_geomspace_with_exact_ends() -> None:
    values = Axis((), 1e-3, 20.0, "log").expand(17)
    assert (values[0], values[-1], len(values)) == (1e-3, 20.0, 17)
    # half a unit of the 12th digit, and a few ulp of exp and log
    np.testing.assert_allclose(values, np.geomspace(1e-3, 20.0, 17), rtol=5.01e-12, atol=0)


def test_a_finer_range_keeps_the_names_of_the_coarser() -> None:
    for spacing, start in (("linear", 0.0), ("linear", 0.8), ("log", 0.3)):
        coarse, fine = (Axis((), start, 1.7, spacing).expand(points) for points in (11, 31))
        assert fine[::3] == coarse


def test_a_range_through_zero_has_a_plain_zero() -> None:
    values = Axis((), -1.0, 1.0, "linear").expand(5)
    assert repr(values) == "(-1.0, -0.5, 0.0, 0.5, 1.0)"


def test_extreme_ends_stay_finite() -> None:
    huge = Axis((), -1.7e308, 1.7e308, "linear").expand(5)
    assert all(math.isfinite(value) for value in huge)
    wide = Axis((), 1e-300, 1e300, "log").expand(7)
    assert all(low < high for low, high in pairwise(wide))


@pytest.mark.parametrize(
    ("hint", "bounds", "value", "result"),
    [
        (float, Bounds(ge=0), 1, 1.0),
        (float, Bounds(), -0.0, 0.0),
        (int, Bounds(le=3), 3, 3),
        (bool, Bounds(), True, True),
        (str, Bounds(), "x", "x"),
        (float | None, Bounds(), None, None),
        (tuple[float, ...], Bounds(), [1, 2.5], (1.0, 2.5)),
        (float, Bounds(finite=False), math.inf, math.inf),
    ],
)
def test_values_are_taken(hint: Any, bounds: Bounds, value: Any, result: Any) -> None:
    taken = ValueSpec.of(hint, bounds).check(value)
    assert taken == result
    assert repr(taken) == repr(result)  # 1.0 is not 1, 0.0 is not -0.0


@pytest.mark.parametrize(
    ("hint", "bounds", "value"),
    [
        (float, Bounds(gt=0), 0),
        (float, Bounds(lt=1), 1),
        (float, Bounds(), True),
        (float, Bounds(), "1"),
        (float, Bounds(finite=False), math.nan),
        (float, Bounds(), 10**400),
        (int, Bounds(), 1.0),
        (int, Bounds(), False),
        (bool, Bounds(), 1),
        (str, Bounds(), None),
        (tuple[int, ...], Bounds(), []),
        (tuple[int, ...], Bounds(), 3),
        (Axis[int], Bounds(), {"start": 1, "stop": 2}),
        (Axis[int], Bounds(), [1, [2]]),
        (Axis[float], Bounds(finite=False), {"start": 1, "stop": math.inf}),
        (Axis[float], Bounds(), {"start": 2, "stop": 1}),
        (Axis[float], Bounds(), {"start": 1, "stop": 1}),
    ],
)
def test_values_are_refused(hint: Any, bounds: Bounds, value: Any) -> None:
    with pytest.raises(RefusedError, match="allowed"):
        ValueSpec.of(hint, bounds).check(value)


@pytest.mark.parametrize("hint", [dict, list[float], Axis[tuple[int, ...]], float | str, tuple[int, int], complex])
def test_what_a_config_cannot_hold_cannot_be_declared(hint: Any) -> None:
    with pytest.raises(TypeError, match="a parameter cannot be"):
        ValueSpec.of(hint, Bounds())


def test_bounds_in_words_keep_all_digits() -> None:
    assert str(Bounds(ge=0.5, lt=1234567)) == "≥ 0.5 and < 1234567"


class Gain(Physics):
    g: Axis[float] = parameter("gain", ge=0)


class Step(Numerics):
    dt: float = parameter("step", gt=0)


class Units(ExperimentSizes):
    n_units: int = parameter("units", ge=1)


def test_declarations_keep_their_order_and_are_inherited() -> None:
    class More(Gain):
        k: Axis[float] = parameter("more", default=1.0)

    assert list(declared(More)) == ["g", "k"]
    assert list(declared(Units)) == ["networks", "chunk", "n_units"]
    assert [name for name, spec in specs(More).items() if spec.axis] == ["g", "k"]


def test_a_default_is_checked_too() -> None:
    class Wrong(Physics):
        g: Axis[float] = parameter("gain", ge=0, default=-1)

    with pytest.raises(ValueError, match="got -1"):
        Wrong()


def test_a_field_without_parameter_cannot_be_used() -> None:
    class Bare(Physics):
        g: float = 1.0

    with pytest.raises(TypeError, match=r"Bare\.g is not declared by parameter"):
        Protocol(physics=Bare)


def test_a_protocol_refuses_wrong_classes_and_names_in_two_blocks() -> None:
    class AlsoGain(Numerics):
        g: float = parameter("gain")

    class Replicas(Physics):
        networks: int = parameter("networks")

    class Points(Physics):
        points: Axis[float] = parameter("points")

    assert Protocol(physics=Gain, numerics=Step, sizes=Units).blocks()[0] == ("physics", Gain)
    for blocks in (
        {"physics": Step},
        {"numerics": Gain},
        {"sizes": Gain},
        {"physics": Gain.model_validate({"g": 1})},
    ):
        with pytest.raises(TypeError, match="must be a class derived from"):
            Protocol(**blocks)
    for cls, numerics in ((Gain, AlsoGain), (Replicas, Numerics), (Points, Numerics)):
        with pytest.raises(TypeError, match="is already a name of"):
            Protocol(physics=cls, numerics=numerics, sizes=Units)


def test_blocks_are_immutable() -> None:
    block: Block = TheorySizes(points={"g": 3})
    with pytest.raises(ValueError, match="frozen"):
        block.points = {}  # type: ignore[attr-defined]
