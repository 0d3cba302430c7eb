"""Canonical measure of the joint quasi-potential of neurons and Hebbian synapses at finite inverse temperature.

Measure exp(-beta E), E(x) = |F|^2/2, F = -x + J phi + k q(x) phi, q(x) = |phi|^2/N, in the state of zero overlap Q = 0:

    sigma^2 = 1 + beta g^2 q,    r = x - k q phi,    <.>: weight exp(qhat phi^2 - beta r^2/(2 sigma^2)) over x,
    q = <phi^2>,
    qhat = -beta g^2/(2 sigma^2) + beta^2 g^2 <r^2>/(2 sigma^4) + (beta k/sigma^2) <phi r>,
    energy e = g^2 q/(2 sigma^2) + <r^2>/(2 sigma^4).

Q = 0 solves the full replica-symmetric equations. A small overlap Q with conjugate Qhat is returned by them as

    Q' = <phi^2>^2 Qhat + (beta g <phi r>/sigma^2)^2 Q,
    Qhat' = (beta^2 g^2/sigma^4) { <phi r>^2 Qhat + g^2 (beta <r^2>/sigma^2 - 1)^2 Q },

so that Q = 0 is stable while the largest eigenvalue of this 2 x 2 map (`stability`) is below 1.
Newton in (q, qhat), residual as exit criterion; x by the trapezoid rule on a grid (error below 1e-12).

Source: dossier neuron-synapse, Theory T2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from atlas.meanfield.errors import NotConverged, require_gain
from atlas.meanfield.gaussian import Array

_TOLERANCE = 1e-11


@dataclass(frozen=True)
class Measure:
    """Order parameters at (g, k, beta): q, qhat, energy per neuron, stability of Q = 0 (< 1: stable), residual."""

    q: float
    qhat: float
    energy: float
    stability: float
    residual: float


@dataclass(frozen=True)
class _Averages:
    q: float
    phi_r: float
    r2: float


def _averages(q: float, qhat: float, k: float, width2: float) -> _Averages:
    """<phi^2>, <phi r>, <r^2> under exp(qhat phi^2 - r^2/(2 width2))."""
    width = math.sqrt(width2)
    reach = abs(k) * q + 10.0 * width + math.sqrt(2.0 * width2 * abs(qhat))
    h = min(0.04, width / 20.0)
    x = h * np.arange(math.ceil(reach / h) + 1)
    phi = np.tanh(x)
    r = x - k * q * phi
    exponent = qhat * phi * phi - r * r / (2.0 * width2)
    share: Array = np.exp(exponent - exponent.max())
    share[0] *= 0.5
    share /= share.sum()
    return _Averages(float(share @ (phi * phi)), float(share @ (phi * r)), float(share @ (r * r)))


def _images(q: float, qhat: float, g: float, k: float, beta: float) -> tuple[float, float, _Averages]:
    """Right-hand sides of the equations for q and qhat."""
    sigma2 = 1.0 + beta * g * g * q
    own = _averages(q, qhat, k, sigma2 / beta)
    image = (
        -beta * g * g / (2.0 * sigma2) + (beta * g) ** 2 * own.r2 / (2.0 * sigma2**2) + beta * k * own.phi_r / sigma2
    )
    return own.q, image, own


def measure(g: float, k: float, beta: float) -> Measure:
    """Order parameters at gain g, Hebbian strength k, inverse temperature beta > 0 (relative error 1e-10).

    The start is a damped iteration; NotConverged when Newton then stays above 1e-11.
    """
    g = require_gain(g, 10.0)
    if not (math.isfinite(beta) and beta > 0.0):
        raise ValueError(f"beta = {beta}: the inverse temperature must be finite and > 0")
    point = np.array([0.5, 0.0])
    for _ in range(60):
        q, qhat, _ = _images(point[0], point[1], g, k, beta)
        point = 0.5 * point + 0.5 * np.array([q, qhat])
    gap = _gap(point, g, k, beta)
    for _ in range(30):
        if np.max(np.abs(gap)) <= _TOLERANCE * 0.1:
            break
        columns = [(_gap(point + d, g, k, beta) - _gap(point - d, g, k, beta)) / 2e-6 for d in np.eye(2) * 1e-6]
        point = point - np.linalg.solve(np.array(columns).T, gap)
        gap = _gap(point, g, k, beta)
    residual = float(np.max(np.abs(gap)))
    if not residual <= _TOLERANCE:
        raise NotConverged(residual, f"measure at g = {g}, k = {k}, beta = {beta}")
    return _solution(float(point[0]), float(point[1]), residual, g, k, beta)


def _gap(point: Array, g: float, k: float, beta: float) -> Array:
    q, qhat, _ = _images(float(point[0]), float(point[1]), g, k, beta)
    return np.array([q, qhat]) - point


def _solution(q: float, qhat: float, residual: float, g: float, k: float, beta: float) -> Measure:
    sigma2 = 1.0 + beta * g * g * q
    own = _images(q, qhat, g, k, beta)[2]
    energy = g * g * q / (2.0 * sigma2) + own.r2 / (2.0 * sigma2**2)
    cross = beta * g * own.phi_r / sigma2
    outer = (beta * g / sigma2) ** 2
    overlap = np.array(
        [[cross * cross, own.q**2], [outer * g * g * (beta * own.r2 / sigma2 - 1.0) ** 2, outer * own.phi_r**2]]
    )
    return Measure(q, qhat, energy, float(np.max(np.abs(np.linalg.eigvals(overlap)))), residual)
