"""In-place products against numpy, for every number of columns that takes another path."""

import numpy as np
import pytest

from atlas.dynamics.products import Couplings, add_scaled


def arrays(n: int, columns: int, dtype: type) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    J, y, out = (rng.standard_normal(shape) for shape in ((n, n), (n, columns), (n, columns)))
    return J.astype(dtype), y.astype(dtype), out.astype(dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("columns", [1, 2, 4, 5, 8, 9, 33])  # both sides of both gemv/gemm thresholds
@pytest.mark.parametrize("beta", [0.0, 1.0, -0.7])
@pytest.mark.parametrize("transposed", [False, True])
def test_product_is_matmul_in_place(dtype: type, columns: int, beta: float, transposed: bool) -> None:
    n = 37
    J, y, out = arrays(n, columns, dtype)
    matrix = (J.T if transposed else J).astype(np.float64)
    expected = matrix @ y.astype(np.float64) + beta * out.astype(np.float64)
    address, given = out.ctypes.data, (J.copy(), y.copy())
    couplings = Couplings(J)
    (couplings.apply_transposed if transposed else couplings.apply)(y, out, beta=beta)
    # N sums of products of order one: rounding below N eps times the size of the terms (about 4)
    np.testing.assert_allclose(out, expected, rtol=0, atol=4 * n * np.finfo(dtype).eps)
    assert out.ctypes.data == address
    np.testing.assert_array_equal(J, given[0])
    np.testing.assert_array_equal(y, given[1])


@pytest.mark.parametrize("columns", [1, 16])
@pytest.mark.parametrize("transposed", [False, True])
def test_beta_zero_does_not_read_the_output(columns: int, transposed: bool) -> None:
    J, y, out = arrays(20, columns, np.float64)
    out.fill(np.nan)
    couplings = Couplings(J)
    (couplings.apply_transposed if transposed else couplings.apply)(y, out)
    assert np.all(np.isfinite(out))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("beta", [0.0, -0.7])
def test_transposed_product_of_a_large_matrix(dtype: type, beta: float) -> None:
    n = 501  # beyond the size from which numpy's BLAS does it
    J, y, out = arrays(n, 12, dtype)
    expected, address = J.T.astype(np.float64) @ y + beta * out, out.ctypes.data
    if beta == 0.0:
        out.fill(np.nan)
    Couplings(J).apply_transposed(y, out, beta=beta)
    np.testing.assert_allclose(out, expected, rtol=0, atol=4 * n * np.finfo(dtype).eps)  # as above
    assert out.ctypes.data == address


@pytest.mark.parametrize("columns", [3, 16])
def test_a_nan_column_stays_in_its_column(columns: int) -> None:
    J, y, out = arrays(20, columns, np.float64)
    y[:, 1] = np.nan
    Couplings(J).apply(y, out)
    assert np.all(np.isnan(out[:, 1]))
    assert np.all(np.isfinite(np.delete(out, 1, axis=1)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_add_scaled_is_in_place(dtype: type) -> None:
    _, source, target = arrays(6, 4, dtype)
    expected, address = target + dtype(0.3) * source, target.ctypes.data
    add_scaled(target, 0.3, source)
    # a fused multiply-add may round once less than numpy
    np.testing.assert_allclose(target, expected, rtol=0, atol=4 * np.finfo(dtype).eps)
    assert target.ctypes.data == address


@pytest.mark.parametrize(
    "J",
    [np.ones((2, 3)), np.ones(4), np.ones((0, 0)), np.ones((3, 3), int), np.ones((3, 3), np.float16),
     np.asfortranarray(np.arange(9.0).reshape(3, 3))],
)  # fmt: skip
def test_couplings_refuse_what_would_be_copied(J: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"^J: got .*; allowed: "):
        Couplings(J)


@pytest.mark.parametrize(
    "x",
    [np.ones(3), np.ones((4, 2)), np.ones((3, 0)), np.ones((3, 2), np.float32), np.ones((2, 3)).T,
     np.ones((3, 8))[:, ::2]],
)  # fmt: skip
def test_states_that_would_be_copied_are_refused(x: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"^x: got .*; allowed: "):
        Couplings(np.ones((3, 3))).check_state(x)


def test_read_only_state_is_refused() -> None:
    x = np.ones((3, 2))
    x.flags.writeable = False
    with pytest.raises(ValueError, match=r"^x: got .*; allowed: "):
        Couplings(np.ones((3, 3))).check_state(x)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("columns", [9, 16, 64, 100])
def test_fixed_couplings_have_the_same_transposed_product(dtype: str, columns: int) -> None:
    """The copy is another way to the same sums; couplings that may change are read where they are."""
    rng = np.random.default_rng(columns)
    J = rng.standard_normal((510, 510)).astype(dtype)
    y = rng.standard_normal((510, columns)).astype(dtype)
    found = []
    for fixed in (False, True):
        out = np.zeros_like(y)
        product = Couplings(J, fixed=fixed).bound(y, out, transposed=True)
        product(0.0)
        found.append(out.copy())
        assert out == pytest.approx(J.T @ y, rel=1e-3, abs=1e-3)
        J *= 2.0
        product(0.0)
        assert np.array_equal(out, found[-1]) == fixed
        J *= 0.5
    assert found[0] == pytest.approx(found[1], rel=1e-4, abs=1e-4)
