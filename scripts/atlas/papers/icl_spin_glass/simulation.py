"""What is simulated for icl-spin-glass: one function per protocol, one call per (point, network).

Prompts are made token by token, predictions by the attention's forward pass, weights by Adam. Streams: `prompts` draws
training data, `tests` the prompts of new tasks, `weights` the starts (entries N(0, 1/(D+1))) or the random weights,
`embedding` the start of the embedding, `tokens` those of covariances and of the fixed context.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.interpolate import RBFInterpolator
from scipy.linalg import eigvalsh

from atlas.estimation.embedding import embed
from atlas.learning import attention_training as training_rules
from atlas.learning import linear_attention as attention

Values = dict[str, Any]
BLOCKS = ("h_A", "h_B", "J_C", "J_D", "J_E")
SHOWN = 40  # largest (D+1)² whose matrices are kept
ZERO = 1e-9  # below this an eigenvalue of the Hessian counts as zero: rounding is 1e-14
LOG_EDGES = np.round(np.linspace(-5.0, 2.0, 71), 10)  # of log10 of the eigenvalues
EPOCHS_SHOWN = 10  # epochs between kept distances of the fixed context


def couplings(p: Any, streams: Any) -> Values:
    """Histograms of fields and couplings by block over some data sets, sums divided by N (the query left out).

    counts_*: (bins,) of entries inside; total_*, mean_*, sd_*: of all entries; for small D also h and J of the last.
    """
    rng = streams("prompts")
    edges = {name: np.linspace(-reach, reach, p.bins + 1) for name, reach in zip(BLOCKS, p.reach, strict=True)}
    edges["h_A_diagonal"] = edges["h_A"]
    sums = {name: np.zeros(3) for name in edges}
    counts = {name: np.zeros(p.bins) for name in edges}
    for _ in range(p.draws):
        found = attention.blocks(attention.draw(rng, p.P, p.D, p.N, query_counts=False))
        for name, bounds in edges.items():
            entries = found[name]
            counts[name] += np.histogram(entries, bounds)[0]
            sums[name] += entries.size, entries.sum(), (entries**2).sum()
    values: Values = {}
    for name, (n, first, second) in sums.items():
        mean = first / n
        values |= {f"edges_{name}": edges[name], f"counts_{name}": counts[name], f"total_{name}": n}
        values |= {f"mean_{name}": mean, f"sd_{name}": math.sqrt(second / n - mean**2)}
    if (p.D + 1) ** 2 <= SHOWN:
        J = -found["A"]
        np.fill_diagonal(J, 0.0)
        values |= {"h": found["h"], "J": J}
    return values


def training(p: Any, streams: Any) -> Values:
    """Adam on the loss over P prompts, tested on prompts of new tasks.

    loss: at the end; contrast: tr W/(|W| √(D+1)); W (D+1, D+1); epochs, losses (T,): on the way, if asked for.
    Uncorrelated tokens are tested over all queries of each test prompt.
    """
    mix = attention.mixing_matrix(p.mixing, p.correlation, p.N)
    data = attention.draw(streams("prompts"), p.P, p.D, p.N, mix=mix)
    A, h = attention.quadratic_form(data)
    tests = attention.draw(streams("tests"), p.tests, p.D, p.N, mix=mix)
    scale = 1.0 / math.sqrt(p.D + 1)
    start = scale * streams("weights").standard_normal((2, p.D + 1, p.D + 1))
    epochs: list[int] = []
    losses: list[float] = []

    def test(W: np.ndarray) -> float:
        return attention.prompt_loss(tests, W, all_queries=mix is None)

    def watch(epoch: int, W: np.ndarray) -> None:
        if p.every and epoch % p.every == 0:
            epochs.append(epoch)
            losses.append(test(W))

    if p.weights == "separate":
        W = training_rules.train_separate(A, h, start[0], start[1], p.lr, p.weight_decay, p.epochs)
    else:
        W = training_rules.train_merged(A, h, start[0], p.lr, p.weight_decay, p.epochs, watch)
    return {
        "loss": test(W),
        "contrast": attention.contrast_ratio(W),
        "W": W,
        "epochs": np.array(epochs, dtype=float),
        "losses": np.array(losses),
    }


def landscape(p: Any, streams: Any) -> Values:
    """Energies of random weights N(0, 1), embedded in the plane by neighbourhood, as a smooth surface.

    The energy is half the loss on the prompts plus (lambda_0/2)|W|². points (n, 2); grid (g,) per direction; per number
    of tasks: energies (n,), surface (g, g) (rows: second coordinate), minima: inner grid points below their eight
    neighbours.
    """
    weights = streams("weights").standard_normal((p.n_points, (p.D + 1) ** 2))
    points = embed(weights, streams("embedding"), perplexity=p.perplexity, steps=p.steps)
    x, y = (np.linspace(points[:, k].min(), points[:, k].max(), p.n_grid) for k in range(2))
    places = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    values: Values = {"points": points, "grid_x": x, "grid_y": y}
    data = attention.draw(streams("prompts"), max(p.task_numbers), p.D, p.N)
    s, target = attention.features(data), data.target
    for P in p.task_numbers:
        misses = s[:P] @ weights.T - target[:P, None]
        energy = 0.5 * (misses**2).mean(axis=0) + 0.5 * p.lambda0 * (weights**2).sum(axis=1)
        surface = RBFInterpolator(
            points, energy, neighbors=min(p.neighbours, p.n_points), smoothing=p.smoothing, kernel="linear"
        )(places).reshape(p.n_grid, p.n_grid)
        values |= {f"energy_{P}": energy, f"surface_{P}": surface, f"minima_{P}": float(minima(surface))}
    return values


def minima(surface: np.ndarray) -> int:
    """Number of inner points of a grid (g, g) that lie below all eight neighbours."""
    inner = surface[1:-1, 1:-1]
    g = len(surface)
    moved = [surface[a : g - 2 + a, b : g - 2 + b] for a in range(3) for b in range(3) if (a, b) != (1, 1)]
    return int(np.all([inner < other for other in moved], axis=0).sum())


def covariance(p: Any, streams: Any) -> Values:
    """eigenvalues (D,) of X X^T/N for tokens X (D, N), ascending."""
    x = streams("tokens").standard_normal((p.D, p.N))
    return {"eigenvalues": eigvalsh(x @ x.T / p.N)}


def fixed_context(p: Any, streams: Any) -> Values:
    """Adam on <|C (W11 + u_mu W21) - I|²> for one context: distance to (I, 0) by epoch, and that of W11 = C^{-1}."""
    rng = streams("tokens")
    x = rng.standard_normal((p.D, p.N))
    C = x @ x.T / p.N
    tasks = rng.standard_normal((p.P, p.D)) / math.sqrt(p.D)
    start = streams("weights").standard_normal((p.D + 1, p.D)) / math.sqrt(p.D + 1)
    distance = training_rules.train_fixed_context(C, tasks, start, p.lr, p.epochs)
    inverse = np.vstack([np.linalg.inv(C), np.zeros(p.D)])
    return {
        "epochs": np.arange(0, p.epochs + 1, EPOCHS_SHOWN, dtype=float),
        "distance": distance[::EPOCHS_SHOWN],
        "final": float(distance[-1]),
        "inverse": training_rules.distance_to_ideal(inverse),
    }


def hessian(p: Any, streams: Any) -> Values:
    """Eigenvalues of the Hessian <s s^T> of the (D+1)² weights: zero_modes, counts of log10 of the others (bins,).

    For P < (D+1)² the eigenvalues other than zero are those of the smaller Gram matrix s s^T/P.
    """
    s = attention.features(attention.draw(streams("prompts"), p.P, p.D, p.N))
    small = s.shape[1] > p.P
    found = eigvalsh((s @ s.T if small else s.T @ s) / p.P)
    other = found[found > ZERO]
    return {
        "zero_modes": float(s.shape[1] - len(other)),
        "log_edges": LOG_EDGES,
        "counts": np.histogram(np.log10(other), LOG_EDGES)[0].astype(float),
        "smallest": float(other.min()),
        "largest": float(other.max()),
    }
