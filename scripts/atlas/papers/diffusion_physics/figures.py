"""The figures of diffusion-physics: one function per figure, from comparison tables to a canvas.

Nothing is computed here: every plotted number stands in a table. Lines are theory, markers are simulation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from atlas.figures.canvas import Canvas
from atlas.figures.rows import markers
from atlas.tables import pick, values

Tables = Mapping[str, pd.DataFrame]
TIME = "time $t$ of the forward process (1/rate)"
INTEGRAL = r"$\langle e^{-\Delta S_{tot}}\rangle$"
ENTROPIES = {
    "system": (r"$\Delta S$", "entropy of the system"),
    "environment": (r"$\Delta S_E$", "entropy of the environment"),
    "total": (r"$\Delta S_{tot}$", "total entropy"),
    "exponential": (r"$e^{-\Delta S_{tot}}$", "its exponential"),
}
RATES = {"production": r"production $\pi$", "flux": r"flux $\phi$", "rate": r"rate $\dot S$"}


def f1(tables: Tables, style: Any) -> Canvas:
    """Clouds and paths in the plane, forward and backward."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2, sharex=True, sharey=True)
    table = tables["generation"]
    names = ["data, $t = 0$", "noise, $t = 3$"]
    canvas.order(names, sequential=False)
    times = values(pick(table, "circle"), "at")
    for ax, direction in zip(canvas.axes[0], ("forward", "backward"), strict=True):
        ends = ("start", "end") if direction == "forward" else ("end", "start")
        for end, name, at in zip(ends, names, times, strict=True):
            rows = pick(table, f"cloud_{end}", direction=direction)
            canvas.scatter(ax, rows["x"], rows["simulation"], name, key=name, size=1.2)
            for mode in (-1.0, 1.0):
                circle = pick(table, "circle", at=at, mode=mode) if at else pick(table, "circle", mode=mode)
                circle = circle[circle["at"] == at]
                canvas.theory(ax, circle["x"], circle["theory"], None, colour="black", variant=0 if at == 0 else 1)
        paths = pick(table, "path", direction=direction)
        for number in values(paths, "path"):
            one = paths[paths["path"] == number]
            canvas.trace(ax, one["x"], one["simulation"], "six paths" if number == 0 else None, colour="#777777")
        ax.set_aspect("equal")
        canvas.labels(ax, "$X_1$", "$X_2$", direction)
    canvas.legend()
    return canvas


def integral_theorem(tables: Tables, style: Any, setting: str) -> Canvas:
    """<exp(-DS_tot)> over the first n paths: replicas, their mean with error, median with its interval."""
    canvas = Canvas(style.columns, style.height_mm)
    ax = canvas.panel()
    table = tables["fluctuations"]
    canvas.order(["mean", "median", "single"], sequential=False)
    median = pick(table, "running_median", setting=setting).sort_values("n")
    if median["low"].notna().any():  # six replicas or more
        name = "median of replicas, 95 %"
        canvas.band(ax, median["n"], median["low"], median["high"], name, key="median")
    single = pick(table, "running_single", setting=setting)
    for replica in values(single, "replica"):
        one = single[single["replica"] == replica]
        canvas.trace(ax, one["n"], one["simulation"], "single replicas" if replica == 0 else None, key="single")
    rows = pick(table, "running", setting=setting).sort_values("n")
    few = rows.iloc[4::8] if len(rows) > 20 else rows
    markers(canvas, ax, few, "n", "mean of replicas", key="mean")
    canvas.theory(ax, rows["n"], rows["theory"], "theorem", colour="black")
    ends = pd.concat([single["simulation"], median["low"], median["high"]])
    low, high = float(ends.min()), float(ends.max())
    ax.set_ylim(low - 0.05 * (high - low), high + 0.25 * (high - low))  # room for the legend
    canvas.labels(ax, "number of paths $n$", INTEGRAL)
    canvas.legend(ax, loc="upper right", ncols=2)
    return canvas


def f2(tables: Tables, style: Any) -> Canvas:
    """Integral fluctuation theorem of the forward process."""
    return integral_theorem(tables, style, "forward")


def f7(tables: Tables, style: Any) -> Canvas:
    """Integral fluctuation theorem of the backward process."""
    return integral_theorem(tables, style, "backward")


def laws(tables: Tables, style: Any, setting: str, limits: Mapping[str, tuple[float, float]]) -> Canvas:
    """Densities of the entropies."""
    canvas = Canvas(style.columns, style.height_mm, 2, 2)
    table = tables["fluctuations"]
    for ax, (name, (symbol, title)) in zip(canvas.axes.ravel(), ENTROPIES.items(), strict=True):
        rows = pick(table, f"{name}_density", setting=setting).sort_values("low")
        edges = np.append(rows["low"].to_numpy(), rows["high"].iloc[-1])
        canvas.density(ax, edges, rows["simulation"], rows["simulation_error"], "paths", colour="#0173b2")
        if rows["theory"].notna().any():
            canvas.theory(ax, rows["centre"], rows["theory"], "law of the ends", colour="#d55e00")
        if name != "exponential":
            canvas.reference(ax, x=0.0)
        else:
            canvas.reference(ax, x=1.0)
        ax.set_xlim(*limits[name])
        ax.set_ylim(bottom=0.0)
        canvas.labels(ax, symbol, "density", title)
    canvas.legend(canvas.panel(0, 0), loc="upper left")
    return canvas


def f3(tables: Tables, style: Any) -> Canvas:
    """Laws of the entropies, forward, short and narrow."""
    limits = {"system": (-5.0, 5.0), "environment": (-4.0, 4.0), "total": (-3.0, 2.0), "exponential": (0.0, 4.0)}
    return laws(tables, style, "short", limits)


def f8(tables: Tables, style: Any) -> Canvas:
    """Laws of the entropies, backward."""
    limits = {"system": (-5.0, 5.0), "environment": (-8.0, 4.0), "total": (-3.0, 3.0), "exponential": (0.0, 4.0)}
    return laws(tables, style, "backward", limits)


def well(canvas: Canvas, ax: Any, table: pd.DataFrame, mu: float, sigma2: float, t: float, **look: Any) -> None:
    """One potential: theory and, for t > 0, free energy of the posterior."""
    rows = pick(table, "potential", mu=mu, sigma2=sigma2)
    rows = rows[np.isclose(rows["at"], t)]
    canvas.theory(ax, rows["x"], rows["theory"], "$U$" if not look else None, **{"colour": "#0173b2", **look})
    if t > 0:
        direct = pick(table, "free_energy", mu=mu, sigma2=sigma2)
        direct = direct[np.isclose(direct["at"], t)]
        canvas.simulation(
            ax, direct["x"], direct["simulation"], direct["simulation_error"], r"$\tilde F$ of the posterior",
            colour="#d55e00", hollow=True,
        )  # fmt: skip


def f4(tables: Tables, style: Any) -> Canvas:
    """Potential around speciation."""
    canvas = Canvas(style.columns, style.height_mm, 1, 3)
    table = tables["landscape"]
    for ax, t in zip(canvas.axes[0], (1.0, 0.35, 0.1), strict=True):
        well(canvas, ax, table, 1.0, 1.0, t)
        canvas.labels(ax, "$X$", "$U(X) - U(0)$", f"$t = {t:g}$")
    canvas.legend()
    return canvas


def f6(tables: Tables, style: Any) -> Canvas:
    """Potential in the three phases: one row each, four times."""
    table = tables["landscape"]
    cases = (("breaking", 1.0, 0.64), ("no breaking", 0.4, 1.0), ("unstable", 4.0, 2.25))
    canvas = Canvas(style.columns, style.height_mm, 3, 3)
    for row, (name, mu, sigma2) in enumerate(cases):
        rows = pick(table, "potential", mu=mu, sigma2=sigma2)
        times = sorted((t for t in values(rows, "at") if t > 0), reverse=True)
        times = sorted(times, key=lambda t: abs(t - 0.05) < 1e-9)
        for col, t in enumerate(times):
            ax = canvas.panel(row, col)
            well(canvas, ax, table, mu, sigma2, t)
            if col == 2:
                zero = rows[rows["at"] == 0.0]
                canvas.theory(ax, zero["x"], zero["theory"], "$U$ at $t = 0$", colour="#029e73", variant=1)
            canvas.labels(ax, "$X$", "$U(X) - U(0)$", f"{name}, $t = {t:.3g}$")
    canvas.legend()
    return canvas


def f5(tables: Tables, style: Any) -> Canvas:
    """Phase diagram of data and generation."""
    canvas = Canvas(style.columns, style.height_mm)
    ax = canvas.panel()
    table = tables["landscape"]
    rows = pick(table, "phase")
    names = {0: "one well", 1: "two wells", 2: "falls far out"}
    canvas.order(list(names.values()), sequential=False)
    for phase, name in names.items():
        some = rows[rows["simulation"] == phase]
        canvas.scatter(ax, some["mu"], some["sigma"], name, key=name, size=2.2)
    line = pick(table, "boundary").sort_values("sigma")
    canvas.theory(ax, line["theory"], line["sigma"], r"$\mu^2 = \sigma^2 - \sigma^4/2$", colour="black")
    edges = [0.0, float(rows["mu"].max())]
    canvas.theory(ax, edges, [float(line["sigma"].max())] * 2, r"$\sigma^2 = 2$", colour="black", variant=1)
    ax.set_xlim(0.0, 1.0)
    ax.set_ylim(0.0, 2.0)
    canvas.labels(ax, r"distance of the modes $\mu$", r"width of the modes $\sigma$")
    canvas.legend(ncols=3)
    return canvas


def rate_curves(tables: Tables, style: Any, direction: str) -> tuple[Canvas, Any]:
    """Production, flux and rate of one direction: formulas as lines, windows along paths as markers."""
    canvas = Canvas(style.columns, style.height_mm)
    ax = canvas.panel()
    table = tables["rates"]
    canvas.order(list(RATES), sequential=False)
    backward = direction == "backward"
    for name, label in RATES.items():
        formula = f"backward_{name}" if backward and name != "production" else name
        curve = pick(table, f"{formula}_curve").sort_values("t")
        canvas.theory(ax, curve["t"], curve["theory"], None, key=name)
        markers(canvas, ax, pick(table, f"{name}_window", direction=direction), "t", label, key=name)
    canvas.reference(ax, y=0.0)
    canvas.labels(ax, TIME, "entropy per time (rate)")
    return canvas, ax


def f9(tables: Tables, style: Any) -> Canvas:
    """Entropy rates of the forward process."""
    canvas, ax = rate_curves(tables, style, "forward")
    canvas.legend(ax, loc="upper right", theory="formula", simulation="windows along paths")
    return canvas


def f10(tables: Tables, style: Any) -> Canvas:
    """Entropy rates of the backward process, with speciation and the minimum of the flux."""
    canvas, ax = rate_curves(tables, style, "backward")
    table = tables["rates"]
    for name, label, variant in (("t_speciation", "$t_S$", 0), ("t_minimum", r"$t^*$, least $\phi$", 1)):
        canvas.reference(ax, label, x=float(pick(table, name)["theory"].iloc[0]), variant=variant)
    ax.set_ylim(-0.5, 1.35)
    canvas.legend(ax, loc="upper right", theory="formula", simulation="windows along paths")
    return canvas


def f11(tables: Tables, style: Any) -> Canvas:
    """Franz-Parisi potential and its derivatives: one column per time."""
    table = tables["glass"]
    times = sorted(values(pick(table, "potential_curve"), "at"), reverse=True)
    canvas = Canvas(style.columns, style.height_mm, 3, len(times), sharex=True)
    names = {"potential": "$V$", "slope": r"$\partial V/\partial q$", "curvature": r"$\partial^2 V/\partial q^2$"}
    for row, (name, label) in enumerate(names.items()):
        for col, t in enumerate(times):
            ax = canvas.panel(row, col)
            curve = pick(table, f"{name}_curve", at=t).sort_values("q")
            canvas.theory(ax, curve["q"], curve["theory"], "quadrature", colour="#0173b2")
            rows = pick(table, name, at=t, of=t)
            markers(canvas, ax, rows, "q", "sampling", colour="#d55e00", hollow=True)
            if name != "potential":
                frame(canvas, ax, curve[curve["q"] >= 0.3]["theory"])
            canvas.labels(ax, "squared distance $q$", label, f"$t = {t:g}$" if row == 0 else None)
    canvas.legend()
    return canvas


def frame(canvas: Canvas, ax: Any, shown: pd.Series) -> None:
    """Limits about some values with a margin of a quarter, and the level zero where it is crossed."""
    low, high = float(shown.min()), float(shown.max())
    reach = 0.25 * (high - low)
    if low < 0.0 < high:
        canvas.reference(ax, y=0.0)
    ax.set_ylim(low - reach, high + reach)


def s1(tables: Tables, style: Any) -> Canvas:
    """Generation where the potential is unbounded: exact drift beside the potential held at t = 0."""
    table = tables["generation"]
    canvas = Canvas(style.columns, style.height_mm, 1, 2)
    names = {"exact": "exact drift", "frozen": "drift held at $t = 0$"}
    canvas.order(list(names), sequential=False)
    left, right = canvas.axes[0]
    place = {"sigma2": 2.25}
    right.set_yscale("log")
    for drift, name in names.items():
        rows = pick(table, "end_density", drift=drift, **place)
        rows = rows[rows["simulation"] > 0]
        markers(canvas, left, rows, "centre", name, key=drift)
        rows = pick(table, "variance_course", drift=drift, **place)
        markers(canvas, right, rows, "s", None, key=drift)
    target = pick(table, "target_density", **place)
    canvas.theory(left, target["x"], target["theory"], "data", colour="black")
    course = pick(table, "target_variance", **place)
    canvas.theory(right, course["s"], course["theory"], None, colour="black")
    canvas.labels(left, "generated state $X$", "density")
    canvas.labels(right, "generation time $s$ (1/rate)", r"$\langle X^2\rangle$")
    canvas.legend()
    return canvas


def s2(tables: Tables, style: Any) -> Canvas:
    """Heavy tails of exp(-DS_tot): running means, capped means."""
    table = tables["fluctuations"]
    canvas = Canvas(style.columns, style.height_mm, 1, 2)
    left, right = canvas.axes[0]
    median = pick(table, "running_median", setting="short").sort_values("n")
    canvas.order(["mean", "median", "single"], sequential=False)
    if median["low"].notna().any():  # six replicas or more
        canvas.band(left, median["n"], median["low"], median["high"], None, key="median")
    canvas.trace(left, median["n"], median["simulation"], "median, 95 % interval", key="median")
    single = pick(table, "running_single", setting="short")
    for replica in values(single, "replica"):
        one = single[single["replica"] == replica]
        canvas.trace(left, one["n"], one["simulation"], "single replicas" if replica == 0 else None, key="single")
    canvas.theory(left, median["n"], pick(table, "running", setting="short")["theory"], "theorem", colour="black")
    canvas.labels(left, "number of paths $n$", INTEGRAL, r"$\sigma^2 = 0.1$")
    canvas.legend(left, loc="upper right")
    right.set_xscale("log")
    names = {"short": r"$\sigma^2 = 0.1$", "forward": r"$\sigma^2 = 1$"}
    canvas.order(list(names), sequential=False)
    for setting, name in names.items():
        rows = pick(table, "capped", setting=setting).sort_values("cap")
        canvas.theory(right, rows["cap"], rows["theory"], None, key=setting)
        markers(canvas, right, rows, "cap", name, key=setting)
    canvas.reference(right, y=1.0)
    canvas.labels(right, "cap $Y$", r"$\langle \min(e^{-\Delta S_{tot}}, Y)\rangle$", "capped means")
    canvas.legend(right, loc="lower right")
    return canvas
