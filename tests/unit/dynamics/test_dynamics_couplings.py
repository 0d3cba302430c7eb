"""Random couplings: moments, symmetry, reproducibility, memory."""

import tracemalloc

import numpy as np
import pytest

from atlas.dynamics.couplings import gaussian_couplings, gaussian_states


def generator(seed: int = 7) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


@pytest.mark.parametrize("gamma", [-1.0, -0.4, 0.0, 0.5, 1.0])
def test_variance_and_correlation_of_transposed_pairs(gamma: float) -> None:
    n, g = 700, 1.7  # 700 is no multiple of the block of the in-place transposition
    J = gaussian_couplings(generator(), n, g, gamma=gamma, dtype=np.float64)
    upper = np.triu_indices(n, 1)
    a, b = J[upper] * np.sqrt(n) / g, J.T[upper] * np.sqrt(n) / g
    # 2.4e5 independent pairs: standard errors are below sqrt(2/2.4e5) = 0.003; 4 of them
    assert np.mean(a**2) == pytest.approx(1, abs=0.012)
    assert np.mean(b**2) == pytest.approx(1, abs=0.012)
    assert np.mean(a * b) == pytest.approx(gamma, abs=0.012)
    assert np.mean(a) == pytest.approx(0, abs=0.009)
    # N = 700 diagonal entries of variance (1 + gamma) g^2/N: standard error sqrt(2/700) = 0.053
    assert np.mean(np.diag(J) ** 2) * n / g**2 == pytest.approx(1 + gamma, abs=0.22 * (1 + gamma) + 1e-12)


@pytest.mark.parametrize(("gamma", "sign"), [(1.0, 1), (-1.0, -1)])
def test_full_symmetry_is_exact(gamma: float, sign: int) -> None:
    J = gaussian_couplings(generator(), 600, 1.0, gamma=gamma, dtype=np.float64)
    # both entries are a G_ij + b G_ji with |a| = |b| up to rounding of the two square roots
    np.testing.assert_allclose(J, sign * J.T, rtol=0, atol=1e-15)


def test_in_place_mixing_equals_plain_formula() -> None:
    n, gamma = 1100, 0.3
    G = generator().standard_normal((n, n))
    a = (np.sqrt(1 + gamma) + np.sqrt(1 - gamma)) / 2
    b = (np.sqrt(1 + gamma) - np.sqrt(1 - gamma)) / 2
    J = gaussian_couplings(generator(), n, 2.0, gamma=gamma, dtype=np.float64)
    np.testing.assert_allclose(J, 2 / np.sqrt(n) * (a * G + b * G.T), rtol=0, atol=1e-15)


def test_spectrum_is_the_elliptic_law() -> None:
    n, gamma = 400, 0.5
    J = gaussian_couplings(generator(), n, 1.0, gamma=gamma, dtype=np.float64)
    eigenvalues = np.linalg.eigvals(J)
    # ellipse of half axes g (1 + gamma), g (1 - gamma); edge fluctuations ~ N^(-1/2) = 0.05
    assert eigenvalues.real.max() == pytest.approx(1.5, abs=0.1)
    assert eigenvalues.imag.max() == pytest.approx(0.5, abs=0.1)


def test_no_self_coupling_removes_only_the_diagonal() -> None:
    with_diagonal = gaussian_couplings(generator(), 30, 1.0)
    without = gaussian_couplings(generator(), 30, 1.0, self_coupling=False)
    assert np.all(np.diag(without) == 0)
    off = ~np.eye(30, dtype=bool)
    np.testing.assert_array_equal(with_diagonal[off], without[off])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_same_seed_same_bits_and_layout(dtype: type) -> None:
    first, second = (gaussian_couplings(generator(3), 64, 1.0, gamma=0.2, dtype=dtype) for _ in range(2))
    assert first.tobytes() == second.tobytes()
    assert first.dtype == dtype
    assert first.flags.c_contiguous
    assert first.tobytes() != gaussian_couplings(generator(4), 64, 1.0, gamma=0.2, dtype=dtype).tobytes()
    x = gaussian_states(generator(3), 64, 5, dtype=dtype)
    assert x.dtype == dtype
    assert x.flags.c_contiguous


def test_states_have_the_given_scale() -> None:
    x = gaussian_states(generator(), 2000, 50, scale=0.3, dtype=np.float64)
    # 1e5 samples: relative standard error of the variance sqrt(2/1e5) = 0.0045; 4 of them
    assert np.mean(x**2) == pytest.approx(0.09, rel=0.018)


def test_memory_is_one_matrix() -> None:
    n = 1500
    tracemalloc.start()
    J = gaussian_couplings(generator(), n, 1.0, gamma=0.5)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # the matrix plus a few 512 x 512 blocks in float32 (1 MB each), never a second matrix (9 MB)
    assert J.nbytes <= peak < J.nbytes + 5e6


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"n_units": 0, "g": 1.0}, "n_units"),
        ({"n_units": 5, "g": -1.0}, "g"),
        ({"n_units": 5, "g": np.nan}, "g"),
        ({"n_units": 5, "g": 1.0, "gamma": 1.5}, "gamma"),
        ({"n_units": 5, "g": 1.0, "gamma": np.nan}, "gamma"),
        ({"n_units": 5, "g": 1.0, "dtype": np.int64}, "dtype"),
    ],
)
def test_bad_arguments_are_named(arguments: dict, field: str) -> None:
    with pytest.raises(ValueError, match=f"^{field}: got .*; allowed: "):
        gaussian_couplings(generator(), **arguments)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [((0, 3), "n_units"), ((3, 0), "n_states"), ((3, 3, np.inf), "scale"), ((3, 3, -1.0), "scale")],
)
def test_bad_state_arguments_are_named(arguments: tuple, field: str) -> None:
    n_units, n_states, *scale = arguments
    with pytest.raises(ValueError, match=f"^{field}: got .*; allowed: "):
        gaussian_states(generator(), n_units, n_states, **({"scale": scale[0]} if scale else {}))
