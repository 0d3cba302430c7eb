"""A small made-up paper: declarations of parameters and a valid config, as a text with known lines."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Literal

from atlas.config import Axis, ExperimentSizes, Numerics, Physics, Protocol, parameter


class ScanPhysics(Physics):
    g: Axis[float] = parameter("gain of the couplings", ge=0, le=20)
    phi: Axis[Literal["tanh", "erf"]] = parameter("activation", default="tanh")
    temperature: float | None = parameter("temperature; null: matched", unit="energy", gt=0, default=None)


class ScanNumerics(Numerics):
    integrator: Axis[Literal["rk4", "euler"]] = parameter("integrator", default="rk4")
    dt: float = parameter("time step", unit="tau", gt=0, le=1, default=0.1)


class ScanSizes(ExperimentSizes):
    n_units: Axis[int] = parameter("units", ge=2, le=100_000)
    starts: Axis[int] = parameter("initial states, of the same networks", ge=1, default=4, seeded=False)
    t_max: float = parameter("time simulated", unit="tau", gt=0, default=20)
    times: tuple[float, ...] = parameter("snapshots", unit="tau", ge=0, default=(1.0, 2.0))


class CurvePhysics(Physics):
    g: Axis[float] = parameter("gain of the couplings", gt=0, le=20)
    beta: float = parameter("inverse temperature", gt=0, default=float("inf"), finite=False)


DEFINITION = SimpleNamespace(
    PROTOCOLS={"stationary": Protocol(ScanPhysics, ScanNumerics, ScanSizes)},
    SOLVERS={"dmft": Protocol(CurvePhysics)},
)
DEFINITIONS = {"toy-paper": DEFINITION}

ATLAS_YAML = "scale: desk\nroot_seed: 7\npapers: all\n"

PAPER_YAML = """\
paper:
  key: toy-paper
  title: A toy
  authors: A. Body
  source: "arXiv 0000.00000v1"
  topic: toys
  summary: It asks. It solves. It finds.
experiments:
  gain-scan: {protocol: stationary, about: kinetic energy against gain}
  one-gain:
    protocol: stationary
theories:
  curve: {solver: dmft, about: the line}
comparisons:
  energy-vs-gain: {experiments: [gain-scan], theories: [curve], about: markers on the line}
  agreement: {experiments: [one-gain], theories: [curve]}
figures:
  F2a:
    comparisons: [energy-vs-gain]
    title: Kinetic energy
    caption: "Energy for {g}, $\\\\Gamma_{0}$, N = {n_units}, {networks} networks."
    simulation: mean over networks
    theory: mean-field theory
  A1: {comparisons: [agreement, energy-vs-gain], title: Both, caption: Both.}
claims:
  - id: toy-paper.C1
    sentence: It agrees.
    where: abstract
    comparisons: [agreement]
    checks:
      - name: gamma0
        estimator: relative_deviation
        arguments: {quantity: gamma0, g: 2.0}
        kind: within
        expected: 0
        tolerance: 0.12
        reason: seven percent between networks
      - {name: slope, estimator: slope, kind: between, low: -1, high: 1, reason: series}
      - {name: small, estimator: size, kind: below, bound: 1e-10, reason: rounding}
    control: {about: Euler steps, overrides: {gamma0: {arguments: {integrator: euler}}}}
    witness: {about: own data, overrides: {slope: {estimator: own_slope}}}
    cause: none
  - id: toy-paper.C2
    sentence: It grows.
    where: Fig. 2
    comparisons: [agreement, energy-vs-gain]
    checks:
      - {name: rise, estimator: rise, kind: above, bound: 0, scale: 1, reason: sign}
    control: {about: shuffled, overrides: {rise: {estimator: shuffled_rise}}}
physics:
  gain-scan:
    g: {start: 0.8, stop: 1.5}
  one-gain:
    g: 2
    phi: [tanh, erf]
  curve: {g: {start: 0.5, stop: 4, spacing: log}}
numerics:
  gain-scan: {integrator: [rk4, euler], dt: 0.1}
  one-gain: {}
sizes:
  smoke:
    gain-scan: {n_units: [50, 100], networks: 2, chunk: 3, points: {g: 3}}
    one-gain: {n_units: 50, networks: 2, chunk: 8}
    curve: {points: {g: 3}}
  desk:
    gain-scan: {n_units: [200], networks: 3, chunk: 4, points: {g: 5}, t_max: 1e2}
    one-gain: {n_units: 200, networks: 3, chunk: 8, times: [0, 5]}
    curve: {points: {g: 5}}
  paper:
    gain-scan: {n_units: [1000, 10000], networks: 50, chunk: 10, points: {g: 80}}
    one-gain: {n_units: 10000, networks: 50, chunk: 1}
    curve: {points: {g: 80}}
resources:
  simulate: {mem_mb: 3000, runtime: 20}
style:
  columns: 1
  figures: {F2a: {columns: 2, height_mm: 70}}
"""
