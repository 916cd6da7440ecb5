"""Kernels: the dual needs only how alike two rows are, so "alike" can be something else."""

from __future__ import annotations

import numpy as np

from nlpcourse.learning.linear.distances import mend_close
from nlpcourse.learning.linear.logistic import require_strength
from nlpcourse.learning.linear.rows import Array


def polynomial_kernel(a: Array, b: Array, degree: int = 2) -> Array:
    """Return (1 + a·b)^degree of all pairs of rows, (rows of a, rows of b).

    >>> polynomial_kernel(np.array([[1.0, 0.0]]), np.array([[1.0, 2.0], [0.0, 1.0]])).tolist()
    [[4.0, 1.0]]
    """
    return np.asarray((1.0 + a @ b.T) ** degree)


def gaussian_kernel(a: Array, b: Array, width: float = 1.0) -> Array:
    """Return exp(−‖a − b‖² / (2 width²)) of all pairs of rows, (rows of a, rows of b).

    Raises:
        ValueError: the width is not positive, or *a* and *b* are no tables of one width.

    >>> gaussian_kernel(np.array([[1e8]]), np.array([[1e8 + 1]])).round(3).tolist()
    [[0.607]]
    """
    if not width > 0:
        raise ValueError(f"the width of the bell must be positive, not {width}")
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1]:
        raise ValueError(
            f"two tables of one width are needed, not {a.shape}, {b.shape}"
        )
    ours, theirs = (a**2).sum(1)[:, None], (b**2).sum(1)[None, :]
    distance = ours - 2 * a @ b.T + theirs
    mend_close(distance, a, b, ours + theirs)
    return np.asarray(np.exp(-np.maximum(distance, 0) / (2 * width**2)))


def kernel_dual_coordinate_descent(
    kernel: Array, y: Array, strength: float, passes: int = 50, seed: int = 0
) -> Array:
    """Return the force α of every training row, given how alike the rows are.

    The same steps as :func:`nlpcourse.learning.linear.svm.dual_coordinate_descent`, which is this
    with ``kernel = X Xᵀ``; the scores of new rows are ``kernel(new, training) @ (alpha * y)``.

    Args:
        kernel: k(xᵢ, xⱼ) of all pairs of training rows, (n, n).
        y: +1 or −1 for every row, (n,).
        strength: λ.
        passes: through all rows.
        seed: of the order.

    Raises:
        ValueError: the kernel is not square or not finite, labels are not ±1, or λ is not positive.
    """
    n = len(y)
    if kernel.shape != (n, n):
        raise ValueError(
            f"{n} labels need a kernel of {n} × {n}, not {kernel.shape}"
        )
    if not np.isfinite(kernel).all():
        raise ValueError("the kernel holds NaN or infinity; mend the rows first")
    if set(np.unique(y)) != {-1.0, 1.0}:
        raise ValueError("labels are +1 and −1, and both occur")
    require_strength(strength)
    rng, ceiling = np.random.default_rng(seed), 1 / (strength * n)
    alpha, scores = np.zeros(n), np.zeros(n)
    for _ in range(passes):
        for i in rng.permutation(n):
            missing = 1 - y[i] * scores[i]
            square = max(kernel[i, i], 1e-12)
            new = min(max(alpha[i] + missing / square, 0.0), ceiling)
            scores += (new - alpha[i]) * y[i] * kernel[:, i]
            alpha[i] = new
    return alpha
