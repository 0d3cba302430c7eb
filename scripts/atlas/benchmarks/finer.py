"""The solvers at about twice their resolution, for a reference: nodes doubled, steps halved, tolerances a hundredth."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import numpy as np

from atlas.solve import forget

Change = Callable[[Any], Any]


def _denser_nodes(half_nodes: Any) -> Any:
    """Half nodes as for an argument twice as fast, and a little more."""

    def denser(scale: float, z_max: float = 10.0, wave_number: float = 0.0) -> Any:
        return half_nodes(2.0 * scale + 0.2, 1.1 * z_max, 2.0 * wave_number)

    return denser


def _denser_grid(half_grid: Any) -> Any:
    """x, phi and phi' with a node between each two."""

    def denser(*arguments: Any) -> tuple[Any, Any, Any]:
        x = half_grid(*arguments)[0]
        between = np.linspace(x[0], x[-1], 2 * x.size - 1)
        phi = np.tanh(between)
        return between, phi, 1.0 - phi * phi

    return denser


def _denser_probe(probe: Any) -> Any:
    """Half as many nodes again in each of three directions: a probe has n_gauss squared times n_points of them."""
    return lambda reference, T, n=12, points=121: probe(reference, T, n, points)


def _denser_sites(site_nodes: Any) -> Any:
    return lambda hats, site: site_nodes(hats, SimpleNamespace(smooth=0.5 * site.smooth))


def _half_step(grid: Any) -> Any:
    def halved(self: Any) -> tuple[Any, float]:
        u, step = grid(self)
        return np.arange(1 - u.size, u.size) * (0.5 * step), 0.5 * step

    return halved


def _times(factor: float) -> Change:
    return lambda value: type(value)(factor * value)


# module below atlas, name, change; a name that is gone is an error
CHANGES: tuple[tuple[str, str, Change], ...] = (
    ("meanfield.gaussian", "half_nodes", _denser_nodes),
    ("meanfield.probit_channel", "legendre", lambda legendre: lambda n: legendre(2 * n)),
    ("meanfield.first_task", "site_nodes", _denser_sites),
    ("meanfield.first_task", "TOLERANCE", _times(0.01)),
    ("meanfield.second_task", "TOLERANCE", _times(0.01)),
    ("meanfield.magnetisation_site", "Site.grid", _half_step),
    ("meanfield.lyapunov", "_points", lambda points: lambda g: 2 * points(g)),
    ("meanfield.mehler", "orbit", lambda orbit: lambda g, u_max=20.0, n=1000: orbit(g, u_max, 2 * n)),
    ("meanfield.dimension", "_V_STEP", _times(0.5)),
    ("meanfield.mixture_rates", "PANEL_NODES", _times(2)),
    ("meanfield.replica_symmetric", "half_grid", _denser_grid),
    ("meanfield.few_units", "FIRST", _times(8)),
    ("meanfield.plastic_static", "_NODES", _times(2)),
    ("meanfield.driven", "_NODES", _times(2)),
    ("meanfield.driven_map", "_DECAY", _times(1.25)),
    ("meanfield.two_replica", "TOLERANCE", _times(0.01)),
    ("meanfield.two_replica", "CUT", _times(0.01)),
    ("meanfield.probe_path", "Probe", _denser_probe),
    ("meanfield.pair_contrast", "solve_pairs", lambda solve: lambda model: solve(model, refine=2.0)),
    ("papers.reconstruction.theory", "SMALLEST_STEP", _times(0.5)),
)


def _holders(original: Any, module: Any, name: str) -> list[Any]:
    """Whoever holds the object under this name: a constant its own module, a function everyone who imported it."""
    if not callable(original):
        return [module]
    loaded = [each for key, each in sys.modules.items() if key.startswith("atlas.")]
    return [each for each in loaded if vars(each).get(name) is original]


@contextmanager
def finer() -> Iterator[None]:
    """All changes for a while; caches of answers are emptied before and after."""
    kept: list[tuple[Any, str, Any]] = []
    try:
        forget()
        for place, path, change in CHANGES:
            module = importlib.import_module(f"atlas.{place}")
            *owner, name = path.split(".")
            original = getattr(getattr(module, owner[0]) if owner else module, name)
            changed = change(original)
            holders = [getattr(module, owner[0])] if owner else _holders(original, module, name)
            for holder in holders:
                kept.append((holder, name, original))
                setattr(holder, name, changed)
        yield
    finally:
        for holder, name, original in kept:
            setattr(holder, name, original)
        forget()
