"""Adam, as the frameworks define it: the same averages, and two places for one small number.

The file imports nothing, and its arithmetic works on numbers, arrays and tensors alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Rule:
    """A definition of Adam.

    Attributes:
        rate: the learning rate.
        epsilon: what keeps the divisor above zero.
        hat: whether epsilon is added to the root of the raw average (the paper's "epsilon hat",
            at the end of its section 2) and not to that of the corrected one (its Algorithm 1).
        decay: weight decay.
        decoupled: whether the decay stands beside the step (AdamW) or in the gradient.
        beta1: how much of the average gradient is kept.
        beta2: how much of the average square is kept.
    """

    rate: float = 1e-3
    epsilon: float = 1e-8
    hat: bool = False
    decay: float = 0.0
    decoupled: bool = True
    beta1: float = 0.9
    beta2: float = 0.999


def step(
    rule: Rule,
    weight: Any,
    gradient: Any,
    mean: Any,
    square: Any,
    number: int,
    squared: Any = None,
) -> tuple[Any, Any, Any]:
    """Return the new weight, average gradient and average square.

    Args:
        rule: the definition.
        weight: a number, an array or a tensor.
        gradient: of the same shape.
        mean: the average gradient so far, zero at first.
        square: the average square so far, zero at first.
        number: of this step, from 1.
        squared: what stands for the gradient's square, where it is not that.

    Raises:
        ValueError: the steps are counted from 1.

    Source: Kingma and Ba (2015), Algorithm 1 and the end of section 2.

    >>> new, mean, square = step(Rule(rate=0.5), 1.0, 2.0, 0.0, 0.0, number=1)
    >>> round(new, 6), round(mean, 6), round(square, 6)
    (0.5, 0.2, 0.004)
    """
    if number < 1:
        raise ValueError(f"steps are counted from 1, not from {number}")
    if not rule.decoupled:
        gradient = gradient + rule.decay * weight
    mean = rule.beta1 * mean + (1 - rule.beta1) * gradient
    squared = gradient * gradient if squared is None else squared
    square = rule.beta2 * square + (1 - rule.beta2) * squared
    begun, begun_square = 1 - rule.beta1**number, 1 - rule.beta2**number
    if rule.hat:
        divisor = (square**0.5 + rule.epsilon) / begun_square**0.5
    else:
        divisor = (square / begun_square) ** 0.5 + rule.epsilon
    if rule.decoupled:
        weight = weight - rule.rate * rule.decay * weight
    return weight - rule.rate * (mean / begun) / divisor, mean, square


def effective_epsilon(rule: Rule, number: int) -> float:
    """Return what a step adds to the root of the corrected average square.

    Raises:
        ValueError: the steps are counted from 1.

    >>> hat = Rule(epsilon=1e-7, hat=True)
    >>> f"{effective_epsilon(hat, 1):.2e}", f"{effective_epsilon(hat, 10_000):.2e}"
    ('3.16e-06', '1.00e-07')
    """
    if number < 1:
        raise ValueError(f"steps are counted from 1, not from {number}")
    if not rule.hat:
        return rule.epsilon
    begun: float = 1 - rule.beta2**number
    return rule.epsilon / begun**0.5 if begun else float("inf")


def path(rule: Rule, gradients: list[float], start: float = 0.0) -> list[float]:
    """Return the weight after every step along given gradients.

    >>> path(Rule(rate=0.1), [1.0, 1.0])
    [-0.0999..., -0.1999...]
    """
    found, weight, mean, square = [], start, 0.0, 0.0
    for number, gradient in enumerate(gradients, start=1):
        weight, mean, square = step(rule, weight, gradient, mean, square, number)
        found.append(weight)
    return found


RULES: dict[str, Rule] = {
    "PyTorch": Rule(),
    "Keras": Rule(epsilon=1e-7, hat=True),
    "TensorFlow 1": Rule(epsilon=1e-8, hat=True),
    "spaCy": Rule(epsilon=1e-8, hat=True),
}
"""What each framework calls Adam, by its own defaults; learning rates apart, all are 0.001."""
