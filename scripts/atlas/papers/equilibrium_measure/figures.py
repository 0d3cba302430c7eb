"""The figures of equilibrium-measure: one function per figure, from comparison tables to a canvas.

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
CASES = {"traces-null": (0.5, -0.5), "traces-chaos": (0.8, 0.5)}
LINE = r"$g(1+\gamma) = 1$"


def f1a(tables: Tables, style: Any) -> Canvas:
    """Activities on both sides of the transition line."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2)
    for ax, (case, (g, gamma)) in zip(canvas.axes[0], CASES.items(), strict=True):
        rows = pick(tables["dynamics"], "trace", case=case)
        canvas.order(values(rows, "unit"))
        for unit in values(rows, "unit"):
            one = rows[rows["unit"] == unit]
            canvas.trace(ax, one["t"], one["simulation"], key=unit)
        canvas.labels(ax, r"time $t$ ($\tau$)", r"activity $x_i(t)$", rf"$g = {g:g}$, $\gamma = {gamma:g}$")
    return canvas


def f1b(tables: Tables, style: Any) -> Canvas:
    """The transition line in the plane of gain and symmetry."""
    canvas = Canvas(style.columns, style.height_mm)
    ax = canvas.panel()
    line = pick(tables["dynamics"], "line")
    canvas.band(ax, line["g"], line["theory"], np.ones(len(line)), "sustained activity", colour="#d55e00")
    canvas.theory(ax, line["g"], line["theory"], LINE)
    for case, (g, gamma) in CASES.items():
        canvas.scatter(ax, [g], [gamma], "quiet network" if case == "traces-null" else "active network", size=24)
    ax.set_xlim(0.0, 2.0)
    ax.set_ylim(-1.0, 1.0)
    canvas.labels(ax, "gain $g$", r"symmetry $\gamma$")
    canvas.legend(ax, loc="lower right", ncols=2)
    return canvas


def f1c(tables: Tables, style: Any) -> Canvas:
    """Three-neuron orbits coloured by their energy."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2, projection="3d")
    rows = pick(tables["dynamics"], "orbit")
    for ax, leading in zip(canvas.axes[0], values(rows, "leading"), strict=True):
        ax.set_box_aspect((1.0, 1.0, 1.0), zoom=0.85)  # room for the name of the third axis
        one = rows[(rows["leading"] == leading) & (rows["simulation"] > 0)]
        for unit in values(one, "unit"):
            path = one[one["unit"] == unit]
            canvas.trace(ax, path["x1"], path["x2"], None, z=path["x3"], colour="0.7")
        canvas.scatter(
            ax, one["x1"], one["x2"], None, z=one["x3"], values=np.log10(one["simulation"]),
            values_label=r"$\log_{10} E$", size=3,
        )  # fmt: skip
        canvas.labels(ax, "$x_1$", "$x_2$", rf"leading eigenvalue {leading:g}", "$x_3$")
    return canvas


def f2(tables: Tables, style: Any) -> Canvas:
    """Energy and l2 norm against the inverse temperature."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2)
    table = tables["measure"]
    gains = (0.8, 1.2)
    canvas.order(gains, sequential=False)
    for ax, quantity, label in zip(
        canvas.axes[0],
        ("energy", "x2"),
        ("energy per neuron $E/N$", r"l2 norm $\langle x^2\rangle$"),
        strict=True,
    ):
        ax.set_xscale("log")
        ax.set_yscale("log")
        for variant, g in enumerate(gains):
            curve = pick(table, f"{quantity}_curve", g=g, gamma=0.0).dropna(subset=["beta"]).sort_values("beta")
            curve = curve[curve["beta"] <= 1.0001e4]
            dash = variant if quantity == "energy" else 0
            canvas.theory(ax, curve["beta"], curve["theory"], None, key=g, variant=dash)
            rows = pick(table, quantity, g=g, gamma=0.0, source="chains-heat").sort_values("beta")
            markers(canvas, ax, rows, "beta", f"$g = {g:g}$", key=g)
        canvas.labels(ax, r"inverse temperature $\beta$", label)
    canvas.legend(canvas.panel(0, 0), loc="upper right")
    return canvas


def grid(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gains, symmetries, and values (len(gamma), len(g))."""
    wide = rows.pivot_table(index="gamma", columns="g", values="theory", dropna=False)
    return wide.columns.to_numpy(float), wide.index.to_numpy(float), wide.to_numpy(float)


def f3(tables: Tables, style: Any) -> Canvas:
    """Order parameters over the plane of gain and symmetry."""
    canvas = Canvas(style.columns, style.height_mm, 2, 2, sharex=True, sharey=True)
    table = tables["order-map"]
    line = pick(table, "line")
    line = line[(line["theory"] <= 1.0) & (line["theory"] >= -0.2)]
    panels = (("q", "$q$"), ("Q", "$Q$"), ("r", "$r$"), ("R", "$R$"))
    tops = {"q": None, "Q": (0.0, 0.1), "r": None, "R": (0.0, 1e-3)}
    for ax, (name, label) in zip(canvas.axes.ravel(), panels, strict=True):
        g, gamma, numbers = grid(pick(table, name))
        canvas.map(ax, g, gamma, numbers, label, limits=tops[name])
        canvas.theory(ax, line["g"], line["theory"], None, colour="white")
        canvas.labels(ax, "gain $g$", r"symmetry $\gamma$")
    return canvas


def gain_panel(
    canvas: Canvas, ax: Any, table: pd.DataFrame, quantity: str, gammas: list[float], label: str, variant: int = 0
) -> None:
    """A theoretical quantity against the gain, one line per symmetry."""
    for gamma in gammas:
        rows = pick(table, quantity, gamma=gamma).sort_values("g")
        canvas.theory(ax, rows["g"], rows["theory"], rf"$\gamma = {gamma:g}$", key=gamma, variant=variant)
    canvas.labels(ax, "gain $g$", label)


def f4(tables: Tables, style: Any) -> Canvas:
    """Static mean-field solution: C and integrated response."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2)
    table = tables["limits"]
    gammas = values(pick(table, "C"), "gamma")
    canvas.order(gammas, sequential=False)
    for ax, quantity, label in zip(canvas.axes[0], ("C", "R"), ("$C$", r"integrated response"), strict=True):
        gain_panel(canvas, ax, table, quantity, gammas, label)
        for gamma in gammas:
            canvas.reference(ax, x=1.0 / (1.0 + gamma))
    canvas.legend(canvas.panel(0, 0), loc="upper left")
    return canvas


def f5(tables: Tables, style: Any) -> Canvas:
    """Fluctuation and response against each other."""
    canvas = Canvas(style.columns, style.height_mm, 1, 3)
    table = tables["gain-lines"]
    gammas = [0.0, 0.2, 0.5]
    canvas.order(gammas, sequential=False)
    for variant, gamma in enumerate(gammas):
        above = {
            name: pick(table, f"{name}_curve", gamma=gamma).sort_values("g")
            for name in ("q", "Q", "r", "R", "sigma_xphi")
        }
        seen = (above["q"]["g"] >= 1.0 / (1.0 + gamma) - 1e-9).to_numpy()
        q, Q, r, R, sigma = (rows["theory"].to_numpy()[seen] for rows in above.values())
        first, second, third = canvas.axes[0]
        canvas.theory(first, q - Q, sigma, rf"$\gamma = {gamma:g}$", key=gamma, variant=variant)
        canvas.theory(second, r - R, sigma, None, key=gamma)
        canvas.theory(third, q - Q, r - R, None, key=gamma)
    canvas.reference(first, slope=1.0, through=(0.0, 0.0), span=(0.0, 0.3))
    sigma_label = r"$\sigma_{x\phi}$"
    canvas.labels(first, "fluctuation $q - Q$", sigma_label)
    canvas.labels(second, "response $r - R$", sigma_label)
    canvas.labels(third, "fluctuation $q - Q$", "response $r - R$")
    canvas.legend(first, loc="upper left")
    return canvas


def f6(tables: Tables, style: Any) -> Canvas:
    """Zero temperature: single-state solution below the line, replica solution at beta = 1e6 throughout."""
    canvas = Canvas(style.columns, style.height_mm, 2, 2)
    table = tables["limits"]
    gammas = values(pick(table, "q_cold"), "gamma")
    canvas.order(gammas, sequential=False)
    panels = (
        ("q", "$q$"), ("chi", r"$\chi$ and $\beta(q-Q)$"),
        ("rtilde", r"$\tilde r$"), ("minus_xi", r"$-\xi$ and $\sqrt{\beta}(r-R)$"),
    )  # fmt: skip
    for ax, (name, label) in zip(canvas.axes.ravel(), panels, strict=True):
        gain_panel(canvas, ax, table, f"{name}_curve", gammas, label)
        for gamma in gammas:
            rows = pick(table, f"{name}_cold", gamma=gamma).sort_values("g")
            canvas.theory(ax, rows["g"], rows["theory"], None, key=gamma, variant=1)
    canvas.panel(0, 1).set_yscale("log")
    canvas.panel(1, 0).set_ylim(-0.1, 1.0)
    canvas.legend(canvas.panel(0, 0), loc="upper left")
    return canvas


def f7(tables: Tables, style: Any) -> Canvas:
    """Order parameters against the gain, converged and by the published iteration."""
    canvas = Canvas(style.columns, style.height_mm, 2, 2, sharex=True)
    table = tables["gain-lines"]
    gammas = [0.2, 0.5, 0.8]
    canvas.order(gammas, sequential=False)
    for ax, name in zip(canvas.axes.ravel(), ("q", "Q", "r", "R"), strict=True):
        gain_panel(canvas, ax, table, f"{name}_curve", gammas, f"${name}$")
        for gamma in gammas:
            rows = pick(table, f"{name}_published", gamma=gamma).sort_values("g")
            label = "published iteration" if gamma == gammas[0] else None
            markers(canvas, ax, rows, "g", label, key=gamma, hollow=True)
            canvas.reference(ax, x=1.0 / (1.0 + gamma))
    canvas.legend(canvas.panel(0, 0), loc="upper left")
    return canvas


def f8(tables: Tables, style: Any) -> Canvas:
    """q against the inverse temperature at and just below the transition."""
    canvas = Canvas(style.columns, style.height_mm)
    ax = canvas.panel()
    ax.set_xscale("log")
    ax.set_yscale("log")
    gains = (0.98, 1.0)
    canvas.order(gains, sequential=False)
    for g in gains:
        curve = pick(tables["measure"], "q_curve", g=g).sort_values("beta")
        canvas.theory(ax, curve["beta"], curve["theory"], None, key=g)
        rows = pick(tables["measure"], "q", g=g, source="chains-heat").sort_values("beta")
        markers(canvas, ax, rows, "beta", f"$g = {g:g}$", key=g)
    canvas.reference(ax, r"$\beta^{-1/2}$", slope=-0.5, through=(100.0, 0.1), span=(100.0, 1e4))
    canvas.labels(ax, r"inverse temperature $\beta$", r"$q = \langle\phi^2\rangle$")
    canvas.legend(ax, loc="lower left")
    return canvas


def f9(tables: Tables, style: Any) -> Canvas:
    """q and Q against the iteration, by quadrature and by the published sampling."""
    canvas = Canvas(style.columns, style.height_mm, 2, 2, sharex=True, sharey="row")
    table = tables["iterations"]
    gains = values(pick(table, "q_steps"), "g")
    canvas.order(gains)
    for row, name in enumerate(("q", "Q")):
        for g in gains:
            curve = pick(table, f"{name}_steps", g=g)
            canvas.theory(canvas.panel(row, 0), curve["step"], curve["theory"], f"$g = {g:g}$", key=g)
            sampled = table[(table["quantity"] == f"{name}_sampled") & (table["g"] == g)]
            if len(sampled):
                canvas.trace(canvas.panel(row, 1), sampled["step"], sampled["simulation"], None, key=g)
        titles = ("quadrature", "published sampling") if row == 0 else (None, None)
        for column, title in enumerate(titles):
            ax = canvas.panel(row, column)
            ax.set_yscale("log")
            ax.set_ylim(1e-7, 1.0)
            canvas.labels(ax, "iteration", f"${name}$", title)
    canvas.legend(canvas.panel(1, 0), loc="upper right", ncols=2)
    return canvas


def f10(tables: Tables, style: Any) -> Canvas:
    """Noisy network beside the two-time mean-field theory."""
    canvas = Canvas(style.columns, style.height_mm, 1, 3)
    table = tables["two-times"]
    names = (("mean", r"mean activity $\langle x\rangle$"), ("equal", "$C(t, t)$"), ("response", "response $R(t, s)$"))
    for ax, (name, label) in zip(canvas.axes[0], names, strict=True):
        rows = pick(table, name)
        pushes = values(rows, "push") if name == "response" else [None]
        canvas.order([0.0, 1.0], sequential=False)
        for push in pushes:
            one = rows if push is None else rows[rows["push"] == push]
            colour = {} if push is None else {"key": push}
            canvas.theory(ax, one["t"], one["theory"], "theory" if name == "mean" else None, **colour)
            thin = one.iloc[:: max(1, len(one) // 20)]
            markers(canvas, ax, thin, "t", "network" if name == "mean" else None, **colour)
        canvas.labels(ax, r"time $t$ ($\tau$)", label)
    canvas.legend(canvas.panel(0, 0), loc="upper right")
    return canvas
