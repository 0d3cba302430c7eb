"""The figures of neuron-synapse: one function per figure, from comparison tables to a canvas.

Nothing is computed here: every plotted number stands in a table. Lines are theory, markers are simulation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from atlas.figures.canvas import Canvas
from atlas.tables import pick, values

Tables = Mapping[str, pd.DataFrame]
GAIN, ACTIVITY = "gain $g$", r"activity $q = \langle\phi^2\rangle$"
SCS = "theory, $k = 0$"


def markers(canvas: Canvas, ax: Any, rows: pd.DataFrame, x: str, label: str | None, **look: Any) -> None:
    """Simulated numbers of the largest networks against a column, with their standard errors."""
    if "n_units" in rows and rows["n_units"].notna().any():
        rows = rows[rows["n_units"] == rows["n_units"].max()]
    canvas.simulation(ax, rows[x], rows["simulation"], rows["simulation_error"], label, **look)


def lines(canvas: Canvas, ax: Any, rows: pd.DataFrame, label: str | None, g_max: float, **look: Any) -> None:
    """A static branch: solid where the fixed points are stable for frozen synapses (g² M < 1), else dashed."""
    rows = rows[rows["g"] <= g_max]
    stable = (rows["g2M"] < 1.0).to_numpy()
    cuts = np.flatnonzero(np.diff(stable.astype(int))) + 1
    for part in np.split(np.arange(len(rows)), cuts):
        if len(part):
            reach = rows.iloc[part[0] : part[-1] + 2]  # up to the next part, so that no gap is left
            variant = 0 if stable[part[0]] else 1
            canvas.theory(ax, reach["g"], reach["theory"], label, variant=variant, **look)
            label = None


def n1(tables: Tables, style: Any) -> Canvas:
    """Activity against the gain, static branches and simulation from both starts."""
    table = tables["order"]
    strengths = [k for k in values(pick(table, "q", source="scan"), "k") if k <= 1.5]
    canvas = Canvas(style.columns, style.height_mm, 1, 2, sharey=True)
    canvas.order(strengths, sequential=False)
    for ax, chosen in zip(
        canvas.axes[0], ([k for k in strengths if k < 1.0], [k for k in strengths if k > 1.0]), strict=True
    ):
        for k in chosen:
            lines(canvas, ax, pick(table, "branch", k=k, rule="hebbian"), None, 2.05, key=k)
            for start, hollow in (("strong", False), ("weak", True)):
                rows = pick(table, "q", k=k, start=start, source="scan")
                markers(canvas, ax, rows, "g", None if hollow else f"$k = {k:g}$", key=k, hollow=hollow)
        canvas.reference(ax, x=1.0)
        canvas.labels(ax, GAIN, ACTIVITY)
        canvas.legend(ax, loc="lower right")
    return canvas


def n2(tables: Tables, style: Any) -> Canvas:
    """Phase diagram: loss of stability of silence, fold, and the measured onset of strong starts."""
    canvas = Canvas(style.columns, style.height_mm)
    ax = canvas.panel()
    table = tables["phase"]
    folds = pick(table, "g_fold").sort_values("k")
    top = float(folds["k"].max())
    canvas.theory(ax, [0.0, top], [1.0, 1.0], "silence unstable above", colour="#1a1a1a")
    beyond = folds[folds["k"] >= 1.0]
    canvas.theory(ax, beyond["k"], beyond["theory"], "fold $g_s(k)$", colour="#d55e00", variant=1)
    markers(canvas, ax, pick(table, "g_onset"), "k", "strong start survives", colour="#0173b2")
    canvas.scatter(ax, [1.0], [1.0], "tricritical point", colour="#d55e00", size=26)
    ax.set_ylim(0.0, 1.25)
    canvas.labels(ax, "plasticity strength $k$", GAIN)
    canvas.legend(ax, loc="lower left")
    return canvas


def n3(tables: Tables, style: Any) -> Canvas:
    """Response of the silent state."""
    canvas = Canvas(style.columns, style.height_mm)
    ax = canvas.panel()
    ax.set_yscale("log")
    curve = pick(tables["phase"], "chi_curve").sort_values("g")
    canvas.theory(ax, curve["g"], curve["theory"], "$1/(1 - g^2)$", key="chi")
    markers(canvas, ax, pick(tables["phase"], "chi"), "g", "random couplings", key="chi")
    canvas.reference(ax, x=1.0)
    canvas.labels(ax, GAIN, r"response $\chi$")
    canvas.legend(ax, loc="upper left")
    return canvas


def against_gain(
    tables: Tables, style: Any, quantity: str, label: str, strengths: tuple[float, ...]
) -> tuple[Canvas, Any]:
    """A simulated quantity of strong starts against the gain by strength, the theory for k = 0 as a line."""
    canvas = Canvas(style.columns, style.height_mm)
    ax = canvas.panel()
    table = tables["order"]
    canvas.order(strengths, sequential=False)
    curve = pick(table, f"{quantity}_curve").sort_values("g")
    canvas.theory(ax, curve["g"], curve["theory"], SCS, key=0.0)
    for k in strengths:
        rows = pick(table, quantity, k=k, start="strong", source="scan")
        markers(canvas, ax, rows, "g", f"$k = {k:g}$", key=k)
    canvas.reference(ax, x=1.0)
    canvas.labels(ax, GAIN, label)
    return canvas, ax


def n4(tables: Tables, style: Any) -> Canvas:
    """Maximal Lyapunov exponent of neurons and synapses together."""
    name = r"joint exponent $\lambda$ ($\tau^{-1}$)"
    canvas, ax = against_gain(tables, style, "lyapunov", name, (0.0, 0.5, 1.5, 2.0))
    canvas.reference(ax, y=0.0)
    canvas.legend(ax, loc="lower right")
    return canvas


def n5(tables: Tables, style: Any) -> Canvas:
    """Activities of single neurons by strength."""
    table = tables["runs"]
    strengths = values(pick(table, "trace"), "k")
    canvas = Canvas(style.columns, style.height_mm, 1, len(strengths), sharex=True, sharey=True)
    for ax, k in zip(canvas.axes[0], strengths, strict=True):
        rows = pick(table, "trace", k=k)
        canvas.order(values(rows, "unit"), sequential=False)
        for unit in values(rows, "unit"):
            one = rows[rows["unit"] == unit]
            canvas.trace(ax, one["t"], one["simulation"], key=unit)
        canvas.labels(ax, r"time $t$ ($\tau$)", "current $x_i(t)$", f"$k = {k:g}$")
    return canvas


def n6(tables: Tables, style: Any) -> Canvas:
    """Activity against the gain of the feedback and the homeostatic rule."""
    canvas = Canvas(style.columns, style.height_mm)
    ax = canvas.panel()
    table = tables["order"]
    names = (("no plasticity", "hebbian", 0.0), ("feedback", "feedback", 1.0), ("homeostatic", "homeostatic", 1.0))
    canvas.order([name for name, _, _ in names], sequential=False)
    for name, rule, k in names:
        lines(canvas, ax, pick(table, "branch", rule=rule, k=k), None, 2.05, key=name)
        source = "rules" if k else "strong-points"
        markers(canvas, ax, pick(table, "q", rule=rule, k=k, source=source), "g", name, key=name)
    canvas.reference(ax, x=1.0)
    canvas.labels(ax, GAIN, ACTIVITY)
    canvas.legend(ax, loc="upper left")
    return canvas


def n7(tables: Tables, style: Any) -> Canvas:
    """Hysteresis of the activity on slowly changed gains."""
    table = tables["runs"]
    strengths = values(pick(table, "q"), "k")
    canvas = Canvas(style.columns, style.height_mm, 1, len(strengths), sharey=True)
    canvas.order(["up", "down"], sequential=False)
    for ax, k in zip(canvas.axes[0], strengths, strict=True):
        rows = pick(table, "q", k=k)
        lines(canvas, ax, pick(table, "branch", k=k), "fixed points", 2.0, colour="black")
        for direction, name in (("up", "gain raised"), ("down", "gain lowered")):
            markers(
                canvas, ax, rows[rows["direction"] == direction], "g", name, key=direction, hollow=direction == "up"
            )
        ax.set_xlim(float(rows["g"].min()) - 0.02, float(rows["g"].max()) + 0.02)
        canvas.reference(ax, x=1.0)
        canvas.labels(ax, GAIN, ACTIVITY, f"$k = {k:g}$")
    canvas.legend()
    return canvas


def n8(tables: Tables, style: Any) -> Canvas:
    """Autocorrelation of phi in networks and in dynamical mean-field theory."""
    canvas = Canvas(style.columns, style.height_mm)
    ax = canvas.panel()
    table = tables["correlation"]
    strengths = values(pick(table, "c_phi"), "k")
    canvas.order(strengths, sequential=False)
    for k in strengths:
        curve = pick(table, "c_phi_curve", k=k)
        low, high = curve["theory"] - curve["theory_error"], curve["theory"] + curve["theory_error"]
        canvas.band(ax, curve["tau"], low, high, None, key=k)
        canvas.theory(ax, curve["tau"], curve["theory"], None, key=k)
        rows = pick(table, "c_phi", k=k)
        markers(canvas, ax, rows.iloc[:: max(1, len(rows) // 20)], "tau", f"$k = {k:g}$", key=k)
    canvas.labels(ax, r"lag $\tau$ (membrane constants)", r"$C_\phi(\tau)$")
    canvas.legend(ax, loc="upper right")
    return canvas


def n9(tables: Tables, style: Any) -> Canvas:
    """Kinetic energy against the gain."""
    name = r"kinetic energy $\langle v^2\rangle$ ($\tau^{-2}$)"
    canvas, ax = against_gain(tables, style, "gamma0", name, (0.0, 0.5, 0.9, 1.5))
    canvas.legend(ax, loc="upper left")
    return canvas


def n10(tables: Tables, style: Any) -> Canvas:
    """Speed of the network before and after the synapses are stopped."""
    table = tables["runs"]
    strengths = values(pick(table, "speed"), "k")
    canvas = Canvas(style.columns, style.height_mm, 1, len(strengths), sharex=True, sharey=True)
    for ax, k in zip(canvas.axes[0], strengths, strict=True):
        rows = pick(table, "speed", k=k)
        canvas.order(values(rows, "network"), sequential=False)
        ax.set_yscale("log")
        for network in values(rows, "network"):
            one = rows[rows["network"] == network]
            one = one[one["simulation"] > 0]
            canvas.trace(ax, one["t"], one["simulation"], key=network)
        canvas.reference(ax, x=0.0)
        canvas.labels(ax, r"time since the stop ($\tau$)", r"speed $|v|/\sqrt{N}$ ($\tau^{-1}$)", f"$k = {k:g}$")
    return canvas


def n11(tables: Tables, style: Any) -> Canvas:
    """Activity and energy of the canonical measure against the gain."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2)
    table = tables["heated"]
    strengths = values(pick(table, "q"), "k")
    canvas.order(strengths, sequential=False)
    for ax, quantity, label in zip(canvas.axes[0], ("q", "energy"), (ACTIVITY, "energy per neuron $e$"), strict=True):
        for k in strengths:
            curve = pick(table, f"{quantity}_curve", k=k).sort_values("g")
            canvas.theory(ax, curve["g"], curve["theory"], None, key=k)
            markers(canvas, ax, pick(table, quantity, k=k), "g", f"$k = {k:g}$", key=k)
        canvas.labels(ax, GAIN, label)
    canvas.legend(canvas.panel(0, 0), loc="upper left")
    return canvas


def n12(tables: Tables, style: Any) -> Canvas:
    """Annealed potential of fixed points."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2, sharey=True)
    table = pick(tables["phase"], "sigma")
    for ax, k in zip(canvas.axes[0], values(table, "k"), strict=True):
        rows = table[table["k"] == k]
        canvas.order(values(rows, "g"))
        for g in values(rows, "g"):
            one = rows[rows["g"] == g]
            canvas.theory(ax, one["q"], one["theory"], f"$g = {g:g}$", key=g)
        canvas.reference(ax, y=0.0)
        ax.set_xlim(0.0, 0.85)
        ax.set_ylim(-0.4, 0.2)
        canvas.labels(ax, r"activity $q$", r"annealed potential $\Sigma(q)$", f"$k = {k:g}$")
        canvas.legend(ax, loc="lower left")
    return canvas
