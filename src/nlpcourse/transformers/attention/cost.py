"""What attention costs, counted: the multiplications of one layer."""

from __future__ import annotations


def multiplications(length: int, size: int) -> dict[str, int]:
    """Count the multiplications of two layers that read a text, biases and softmax left out.

    Args:
        length: n, tokens in the text.
        size: d, numbers in a token's vector.

    Returns:
        ``"mixing"``: comparing and mixing in attention, 2 n² d; ``"projecting"``: its four
        matrices, 4 n d²; ``"recurrence"``: a plain recurrent layer, 2 n d².

    Source: Vaswani et al. (2017), table 1, which gives the orders of growth.

    Raises:
        ValueError: a negative length, or vectors without numbers.

    >>> multiplications(length=10, size=4)
    {'mixing': 800, 'projecting': 640, 'recurrence': 320}
    """
    if length < 0 or size < 1:
        raise ValueError(
            f"{length} tokens of {size} numbers: give 0 tokens or more, "
            "and vectors of 1 or more"
        )
    return {
        "mixing": 2 * length**2 * size,
        "projecting": 4 * length * size**2,
        "recurrence": 2 * length * size**2,
    }
