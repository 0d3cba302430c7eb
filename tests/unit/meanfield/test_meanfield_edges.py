"""Edges of spectra: limits, the published form, random matrices."""

import math

import numpy as np
import pytest

from atlas.meanfield.spectral_edges import dale_spectrum, silence_edge


@pytest.mark.parametrize(("g", "expected"), [(0.2, 0.52987), (0.5, 0.13617), (0.8, 0.00917)])
def test_anchors_of_the_dossier(g: float, expected: float) -> None:
    assert silence_edge(g).s_min2 == pytest.approx(expected, abs=6e-6)  # the last printed digit


@pytest.mark.parametrize("g", [0.01, 0.3, 0.6, 0.9])
def test_form_of_the_dossier(g: float) -> None:
    u = math.sqrt(1 + 8 / g**2)
    published = g**2 * (u - 3) ** 3 / (8 * (u - 1))
    assert silence_edge(g).s_min2 == pytest.approx(published, rel=1e-11)  # the cancellation in u - 3 at g = 0.9


def test_limits() -> None:
    assert silence_edge(0.0).s_min2 == pytest.approx(1.0, rel=1e-15)
    assert silence_edge(1e-4).s_min2 == pytest.approx(1 - 2 * math.sqrt(2) * 1e-4, abs=1e-7)  # next order g²
    eps = 1e-5  # 64 (2 eps)^3/((3 + 3)^3 (3 - 1)) = (32/27) eps^3
    assert silence_edge(1 - eps).s_min2 == pytest.approx(32 / 27 * eps**3, rel=1e-4)
    assert silence_edge(1.0).s_min2 == silence_edge(3.0).s_min2 == 0.0
    with pytest.raises(ValueError, match="the gain must be"):
        silence_edge(-0.1)


def test_smallest_singular_value_of_a_random_matrix() -> None:
    rng, n = np.random.default_rng(4), 400
    found = [np.linalg.svd(np.eye(n) - 0.5 / math.sqrt(n) * rng.standard_normal((n, n)), compute_uv=False)[-1] ** 2
             for _ in range(3)]  # fmt: skip
    # the edge of a finite matrix lies inside by a multiple of N^(-2/3) = 0.018 of the bulk's scale
    assert np.mean(found) == pytest.approx(silence_edge(0.5).s_min2, abs=0.02)


def test_dale_spectrum_anchor_and_special_cases() -> None:
    place = {"f": 0.4, "mu_e": 0.6, "mu_i": -0.6, "sigma_e": 0.9, "sigma_i": 0.9, "alpha": 0.8, "n_units": 1000}
    found = dale_spectrum(**place)
    assert found.radius == pytest.approx(0.84, rel=1e-12)  # sqrt(0.648 + 0.0576)
    assert found.outlier == pytest.approx(-math.sqrt(1000) * 0.8 * 0.12, rel=1e-12)
    assert dale_spectrum(**{**place, "sigma_e": 2.0, "sigma_i": 2.0}).radius == pytest.approx(math.sqrt(3.2576))
    dense = dale_spectrum(**{**place, "alpha": 1.0, "mu_i": -0.4})
    assert (dense.radius, dense.outlier) == (pytest.approx(0.9), pytest.approx(0.0, abs=1e-12))
    with pytest.raises(ValueError, match=r"^alpha = 1.2"):
        dale_spectrum(**{**place, "alpha": 1.2})
