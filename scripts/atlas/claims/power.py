"""Power of a criterion: what cannot fail proves nothing.

`flips` feeds a criterion with exact values just inside and just outside its ends (for whole claims:
`mutation`); `samples_to_decide` says how many samples an inconclusive check would need.
"""

from __future__ import annotations

import math

from scipy.special import stdtrit

from atlas.claims.criterion import CONFIDENCE, Above, Below, Between, Criterion, Within
from atlas.estimation.estimate import Estimate

STEP = 0.1  # distance of the probes from the end, in units of the tolerance


def probes(criterion: Criterion) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Values just inside and just outside every end of the allowed interval, 0.1 tolerances away from it.

    Within: expected +- 0.9 and +- 1.1 tolerance; between: the same around the centre with half the width;
    below and above: bound -+ 0.1 scale. Raises TypeError for another criterion.
    """
    if isinstance(criterion, Below | Above):
        inwards = -1 if isinstance(criterion, Below) else 1
        step = inwards * STEP * criterion.scale
        return (criterion.bound + step,), (criterion.bound - step,)
    if isinstance(criterion, Within):
        centre = criterion.expected
    elif isinstance(criterion, Between):
        centre = (criterion.low + criterion.high) / 2
    else:
        raise TypeError(f"probes: no probes known for {type(criterion).__name__}")
    near, far = (1 - STEP) * criterion.scale, (1 + STEP) * criterion.scale
    return (centre - near, centre + near), (centre - far, centre + far)


def flips(criterion: Criterion) -> bool:
    """Whether exact values just inside are reproduced and just outside refuted, at every end."""
    inside, outside = probes(criterion)
    return all(criterion.judge(Estimate.exact(value)).verdict == "reproduced" for value in inside) and all(
        criterion.judge(Estimate.exact(value)).verdict == "refuted" for value in outside
    )


def samples_to_decide(criterion: Criterion, estimate: Estimate) -> float:
    """Number n of independent samples with t_{0.95,n-1} sd / sqrt(n) <= |m|.

    Value and scatter sd = error sqrt(count) are taken to stay as they are. Returns nan for a deterministic
    or unusable estimate, inf for a value exactly at an end.
    """
    scatter = estimate.error * math.sqrt(estimate.count)
    distance = abs(criterion.distance(estimate.mean))
    if not math.isfinite(scatter) or not math.isfinite(distance) or estimate.count < 2:
        return math.nan
    if distance == 0:
        return math.inf if scatter else math.nan

    def decides(n: int) -> bool:
        return float(stdtrit(n - 1, CONFIDENCE)) * scatter <= distance * math.sqrt(n)

    high = 2
    while not decides(high):
        if high > 10**9:
            return math.inf
        high *= 2
    low = max(2, high // 2)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if decides(middle) else (middle + 1, high)
    return float(high)
