"""What theory says for icl-spin-glass: one function per solver, one call per point of its grid.

Data sets are drawn by the exact law of their contexts, never token by token; each value over data sets has shape
(instances,). A message passing that diverges is nan with `converged` 0. `ASK` names the theories that one may ask
directly; `UNASKED` says of the others why not. Stream `prompts` draws the data sets, `tests` the test prompts.
"""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from atlas.learning import linear_attention  # the forward pass whose loss the Hamiltonian is held against
from atlas.meanfield import coupling_laws as laws
from atlas.meanfield import in_context as icl
from atlas.meanfield import spin_glass, wishart
from atlas.papers.icl_spin_glass.solving import (
    drawn_glass,
    framed,
    gap_of_messages,
    glass_of,
    laws_of,
    message_passing,
    minimum_norm_of,
    prompts_of,
    solution,
    split,
    stacked,
)
from atlas.questions import Answer, Question, number, whole_number

Values = dict[str, Any]
STEP = 0.1  # of difference quotients: exact for a quadratic at any step


def hamiltonian(p: Any, streams: Any) -> Values:
    """The Hamiltonian beside the loss of the attention's forward pass, at random weights, per data set.

    loss: half the forward loss plus the ridge; energy: H + <y²>/2; energy_gap, gradient_gap: largest relative
    differences, the gradient of the loss by difference quotients over all (D+1)² weights; diagonal_gap and
    gradient_diagonal_gap: the same for the Hamiltonian that counts the diagonal of A twice (a wrong one).
    """
    rng = streams("prompts")
    rows = []
    for _ in range(p.instances):
        u, x = linear_attention.tokens(rng, p.P, p.D, p.N)
        X, target = linear_attention.prompt_matrices(u, x), (u * x[:, -1]).sum(axis=1)
        W = rng.standard_normal((p.D + 1, p.D + 1))
        glass = spin_glass.of_features(icl.features_of_matrices(X), target, p.lambda0, p.beta)
        sigma, offset = W.ravel(), 0.5 * float(np.mean(target**2))

        def loss(W: np.ndarray, X: np.ndarray = X, target: np.ndarray = target) -> float:
            return 0.5 * linear_attention.forward_loss(X, target, W) + 0.5 * p.lambda0 * float((W * W).sum())

        slopes = np.empty(W.size)
        for k in range(W.size):
            moved = np.zeros(W.size)
            moved[k] = STEP
            shift = moved.reshape(W.shape)
            slopes[k] = (loss(W + shift) - loss(W - shift)) / (2 * STEP)
        energy, twice = glass.energy(sigma) + offset, 0.5 * float((glass.lam - p.lambda0) @ sigma**2)
        rows.append(
            {
                "loss": loss(W),
                "energy": energy,
                "energy_gap": abs(energy / loss(W) - 1.0),
                "diagonal_gap": abs((energy + twice) / loss(W) - 1.0),
                "gradient_gap": float(np.abs(glass.force(sigma) - slopes).max() / np.abs(slopes).max()),
                "gradient_diagonal_gap": float(
                    np.abs(glass.force(sigma) + (glass.lam - p.lambda0) * sigma - slopes).max() / np.abs(slopes).max()
                ),
            }
        )
    return stacked(rows)


def coupling_laws(p: Any, streams: Any) -> Values:
    """By block: mean and sd of the entries, x and density (n,), and bits: KL from the law at N_reference tokens."""
    values: Values = {}
    for name, law in laws_of(p).items():
        reference = laws.law(name, p.D, p.N_reference, p.P)
        x = law.mean + law.sd * np.linspace(-5.0, 5.0, 201)
        values |= {f"mean_{name}": law.mean, f"sd_{name}": law.sd, f"x_{name}": x, f"density_{name}": law.density(x)}
        values[f"bits_{name}"] = laws.divergence_bits(law, reference)
    return values


def messages(p: Any, streams: Any) -> Values:
    """Messages, both single-site iterations and the exact solution of data sets.

    mean, variance, exact (D+1, D+1): of the first data set, published iteration and exact mean, the idle column 0 and
    1/(beta lambda_0); diagonal, diagonal_exact, off_diagonal (largest |W11| beside the diagonal), variance_w11,
    variance_w21: published iteration; gaps to the exact mean: cavity_gap, onsager_gap, published_gap; ridge_gap:
    published iteration to its equivalent ridge.
    """
    rng = streams("prompts")
    rows = []
    for _ in range(p.instances):
        glass = glass_of(p, rng)
        exact = spin_glass.exact(glass)
        mean, variance, residual = message_passing(glass, onsager=False)
        onsager, _, _ = message_passing(glass, onsager=True)
        diagonal, beside = split(mean, p.D)
        rows.append(
            {
                "mean": framed(mean, p.D, 0.0),
                "variance": framed(variance, p.D, 1.0 / (p.beta * p.lambda0)),
                "exact": framed(exact.mean, p.D, 0.0),
                "diagonal": diagonal,
                "off_diagonal": beside,
                "diagonal_exact": split(exact.mean, p.D)[0],
                "variance_w11": float(variance[: p.D**2].mean()),
                "variance_w21": float(variance[p.D**2 :].mean()),
                "cavity_gap": gap_of_messages(glass, exact.mean),
                "onsager_gap": float(np.abs(onsager - exact.mean).max()),
                "published_gap": float(np.abs(mean - exact.mean).max()),
                "ridge_gap": float(np.abs(mean - spin_glass.without_onsager(glass, variance)).max()),
                "residual": residual,
            }
        )
    values = stacked(rows)
    return {**values, **{name: values[name][0] for name in ("mean", "variance", "exact")}}


def ridge(p: Any, streams: Any) -> Values:
    """Exact ridge and published message passing on data sets: test losses, diagonals, whether it converged.

    loss_other: of the exact solution with the ridge lambda0_other on the same data sets.
    Uncorrelated tokens: the loss over all prompts in closed form; otherwise on `tests` prompts of each data set's own.
    """
    rng, tests_rng = streams("prompts"), streams("tests")
    rows = []
    for _ in range(p.instances):
        tests = prompts_of(p, tests_rng, p.tests) if p.correlation else None

        def loss(weights: np.ndarray, tests: icl.Sample | None = tests) -> float:
            if not np.isfinite(weights).all():
                return math.nan
            if tests is None:
                return icl.population_loss(weights, p.D, p.N)
            return icl.sampled_loss(weights, tests, all_queries=False)

        glass, exact = solution(p, rng)
        other = replace(glass, lam=glass.lam - p.lambda0 + p.lambda0_other)
        mean, _, residual = message_passing(glass, onsager=False)
        rows.append(
            {
                "loss": loss(exact),
                "loss_other": loss(spin_glass.exact(other, variances=False).mean),
                "diagonal": split(exact, p.D)[0],
                "loss_mp": loss(mean),
                "diagonal_mp": split(mean, p.D)[0],
                "converged": float(np.isfinite(mean).all()),
                "residual": residual,
            }
        )
    return stacked(rows)


def infinite_tasks(p: Any, streams: Any) -> Values:
    """W11 = w I and the test loss for infinitely many tasks."""
    found = icl.infinite_tasks(p.D, p.N, p.lambda0)
    return {"w": found.w, "loss": found.loss}


def contrast(p: Any, streams: Any) -> Values:
    """Contrast ratios of the exact ridge and the published message passing on data sets."""
    rng = streams("prompts")
    rows = []
    for _ in range(p.instances):
        glass = glass_of(p, rng)
        mean, _, _ = message_passing(glass, onsager=False)
        rows.append(
            {
                "contrast": icl.contrast_ratio(mean, p.D),
                "contrast_exact": icl.contrast_ratio(spin_glass.exact(glass, variances=False).mean, p.D),
                "converged": float(np.isfinite(mean).all()),
            }
        )
    return stacked(rows)


def contrast_plane(p: Any, streams: Any) -> Values:
    """Contrast ratio of the published message passing over tasks P (n,) and tokens N (n,): mean (n, n), rows N.

    share: data sets on which it converged; the mean is nan unless all did.
    """
    P = np.unique(np.linspace(p.P_low, p.P_high, p.n_points).round().astype(int))
    N = np.unique(np.linspace(p.N_low, p.N_high, p.n_points).round().astype(int))
    rng = streams("prompts")
    mean, share = np.empty((len(N), len(P))), np.empty((len(N), len(P)))
    for i, j in np.ndindex(*mean.shape):
        point = SimpleNamespace(D=p.D, N=int(N[i]), P=int(P[j]), lambda0=p.lambda0, beta=p.beta, correlation=0.0)
        found = [
            icl.contrast_ratio(message_passing(glass_of(point, rng), onsager=False)[0], p.D) for _ in range(p.instances)
        ]
        mean[i, j], share[i, j] = np.mean(found), np.isfinite(found).mean()
    return {"P": P.astype(float), "N": N.astype(float), "contrast": mean, "share": share}


def minimum_norm(p: Any, streams: Any) -> Values:
    """Test losses of the solution of smallest norm without ridge, on data sets."""
    rng = streams("prompts")
    losses = []
    for _ in range(p.instances):
        s, target = icl.features(icl.sample(rng, p.P, p.D, p.N))
        weights = minimum_norm_of(s.T @ s / p.P, s.T @ target / p.P)
        losses.append(icl.population_loss(weights, p.D, p.N))
    return {"loss": np.array(losses)}


def drawn_couplings(p: Any, streams: Any) -> Values:
    """Message passing on J and h drawn entry by entry from the laws of their blocks; every lambda_i is lambda_0.

    mean, exact (D+1, D+1): of the first draw, the idle column 0; diagonal, off_diagonal per draw; converged.
    """
    rng = streams("prompts")
    law = laws_of(p)
    rows = []
    for _ in range(p.instances):
        glass = drawn_glass(p, law, rng)
        mean, _, residual = message_passing(glass, onsager=False)
        diagonal, beside = split(mean, p.D)
        rows.append(
            {
                "mean": framed(mean, p.D, 0.0),
                "exact": framed(np.linalg.solve(np.diag(glass.lam) - glass.J, glass.h), p.D, 0.0),
                "diagonal": diagonal,
                "off_diagonal": beside,
                "converged": float(np.isfinite(mean).all()),
                "residual": residual,
            }
        )
    values = stacked(rows)
    return {**values, "mean": values["mean"][0], "exact": values["exact"][0]}


def marchenko_pastur(p: Any, streams: Any) -> Values:
    """Density (n,) at x (n,) between the edges."""
    low, high = wishart.edges(p.ratio)
    x = low + (high - low) * 0.5 * (1 - np.cos(np.linspace(0.0, math.pi, 402)[1:-1]))
    return {"x": x, "density": wishart.density(x, p.ratio), "low": low, "high": high}


def inverse_covariance(p: Any, streams: Any) -> Values:
    """E |C^{-1} - I|²/D²: where the training on one context ends."""
    return {"distance": wishart.inverse_distance(p.D, p.N)}


def zero_modes(p: Any, streams: Any) -> Values:
    """Number and fraction of zero modes of the Hessian of (D+1)² weights; wrong: as if no weight were idle."""
    count, size = icl.zero_modes(p.D, p.P), (p.D + 1) ** 2
    return {"count": float(count), "fraction": count / size, "no_idle": float(size - min(p.P, size))}


def ask_infinite_tasks(D: int, N: int, lambda0: float) -> Answer:
    """W11 = w I and the test loss for infinitely many tasks."""
    found = icl.infinite_tasks(D, N, lambda0)
    return Answer({"w": found.w, "loss": found.loss}, 0.0)


def ask_zero_modes(D: int, P: int) -> Answer:
    """Fraction of zero modes of the Hessian of (D+1)² weights."""
    return Answer({"fraction": icl.zero_modes(D, P) / (D + 1) ** 2}, 0.0)


def ask_ridge(D: int, N: int, P: int, lambda0: float, seed: int, tests: int) -> Answer:
    """Exact ridge and published message passing (without Onsager term) at beta = 100 on one data set.

    loss, loss_message_passing: on prompts of new tasks, over all queries of each; null where it diverged.
    """
    data, held_out = (np.random.default_rng([seed, k]) for k in range(2))
    point = SimpleNamespace(D=D, N=N, P=P, lambda0=lambda0, beta=100.0, correlation=0.0)
    glass, exact = solution(point, data)
    mean, _, residual = message_passing(glass, onsager=False)
    prompts = icl.sample(held_out, tests, D, N)
    converged = bool(np.isfinite(mean).all())
    quantities = {
        "loss": icl.sampled_loss(exact, prompts, all_queries=True),
        "w11_diagonal": split(exact, D)[0],
        "loss_message_passing": icl.sampled_loss(mean, prompts, all_queries=True) if converged else math.nan,
        "w11_diagonal_message_passing": split(mean, D)[0],
        "converged_message_passing": converged,
        "residual_message_passing": residual,
    }
    return Answer(quantities, float(np.abs(glass.force(exact)).max()))


DIMENSION = whole_number("D", "dimension of the tokens", low=1, high=64)
TOKENS = whole_number("N", "tokens of a prompt", low=1, high=1_000_000)
STIFFNESS = number("lambda0", "strength of the ridge", low=0.0, high=1e6)
ASK = {
    "infinite-tasks": Question(ask_infinite_tasks, (DIMENSION, TOKENS, STIFFNESS)),
    "zero-modes": Question(ask_zero_modes, (DIMENSION, whole_number("P", "tasks", low=1, high=10**9))),
    "ridge": Question(
        ask_ridge,
        (
            whole_number("D", "dimension of the tokens", low=1, high=40),
            TOKENS,
            whole_number("P", "tasks, one prompt each", low=1, high=40_000),
            STIFFNESS,
            whole_number("seed", "seed of the prompts", low=0, high=2**63 - 1, default=0),
            whole_number("tests", "test prompts, each over all queries", low=1, high=1_000_000, default=4000),
        ),
    ),
}
UNASKED = {
    "coupling-laws": "several closed forms for histograms (F1, S2), not a state of the system",
    "marchenko-pastur": "a density, textbook closed form",
    "inverse-covariance": "a textbook closed form, one mean of inverse Wishart matrices",
}
