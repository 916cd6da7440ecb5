"""What is minimised when a language model is steered: REINFORCE, PPO's clipping, DPO.

The letters in the comments are B (texts) and T (words of a text).
"""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F


def _same_shape(*tensors: Tensor) -> None:
    """Refuse tensors of different shapes, or of none.

    A NaN among the numbers is refused, too.
    """
    shapes = {tuple(tensor.shape) for tensor in tensors}
    if len(shapes) > 1 or tensors[0].numel() == 0:
        raise ValueError(
            f"shapes {sorted(shapes)}: give tensors of one shape, not empty"
        )
    if any(bool(tensor.isnan().any()) for tensor in tensors):
        raise ValueError("one of the numbers is NaN; look at what computed it")


def penalised(
    reward: Tensor, log_prob: Tensor, reference: Tensor, beta: float
) -> Tensor:
    """Take from each text's reward what it costs to have moved away, (B,).

    Args:
        reward: (B,), r of each text.
        log_prob: (B,), log π of each text under the policy that wrote it.
        reference: (B,), log π under the untuned model.
        beta: β, what a nat of distance costs.

    Raises:
        ValueError: the shapes differ, a number is NaN, or *beta* is negative.

    Source: Ziegler et al. (2019), equation 2.
    """
    _same_shape(reward, log_prob, reference)
    if not beta >= 0:
        raise ValueError(f"beta is a price of 0 or more, not {beta}")
    return reward - beta * (log_prob - reference)


def leave_one_out(rewards: Tensor) -> Tensor:
    """Return every text's reward above the mean of the others' (its advantage), (B,) → (B,).

    Raises:
        ValueError: there are fewer than two.

    Source: Kool, van Hoof and Welling (2019), equation 8; Ahmadian et al. (2024), RLOO.
    """
    if rewards.dim() != 1 or len(rewards) < 2:
        raise ValueError(
            f"rewards of shape {tuple(rewards.shape)} have no others to compare "
            "with; give (B,) with two or more"
        )
    others = (rewards.sum() - rewards) / (len(rewards) - 1)
    return rewards - others


def reinforce_loss(log_prob: Tensor, advantage: Tensor) -> Tensor:
    """Return the loss whose gradient is REINFORCE's.

    Args:
        log_prob: (B,), log π of each text, with its gradient.
        advantage: (B,), rewards minus a baseline; no gradient flows through them.

    Raises:
        ValueError: the shapes differ, or a number is NaN.

    Source: Williams (1992).
    """
    _same_shape(log_prob, advantage)
    return -(advantage.detach() * log_prob).mean()


def clipped_loss(
    new: Tensor, old: Tensor, advantage: Tensor, mask: Tensor, clip: float = 0.2
) -> Tensor:
    """Return PPO's loss: a word's probability gains nothing by moving beyond the clip.

    Args:
        new: (B, T), log π of each word under the policy that learns.
        old: (B, T), log π under the policy that wrote the text.
        advantage: (B,), of each text.
        mask: (B, T), 1 for words, 0 after the end.
        clip: ε, how far the ratio of probabilities may move and still be rewarded.

    Raises:
        ValueError: the shapes don't agree, there is no word or a NaN, or *clip* is negative.

    Source: Schulman et al. (2017), equation 7.
    """
    _same_shape(new, old, mask)
    if advantage.shape != new.shape[:1] or not bool(mask.sum() > 0):
        raise ValueError("give one advantage per text, and one word or more")
    if not clip >= 0:
        raise ValueError(f"the clip is 0 or more, not {clip}")
    ratio = (new - old).exp()  # (B, T)
    gain = ratio * advantage[:, None]
    clipped = ratio.clamp(1 - clip, 1 + clip) * advantage[:, None]
    worse = gain.minimum(clipped)
    return -(worse * mask).sum() / mask.sum()


def dpo_loss(
    chosen: Tensor,
    rejected: Tensor,
    reference_chosen: Tensor,
    reference_rejected: Tensor,
    beta: float,
) -> Tensor:
    """Return DPO's loss: of two texts the preferred one should gain more.

    Args:
        chosen: (B,), log π of the preferred text of each pair.
        rejected: (B,), log π of the other.
        reference_chosen: (B,), the same under the untuned model.
        reference_rejected: (B,).
        beta: β, the price of distance that the tuned model is made for.

    Raises:
        ValueError: the shapes differ, a number is NaN, or *beta* is not above 0.

    Source: Rafailov et al. (2023), equation 7.
    """
    _same_shape(chosen, rejected, reference_chosen, reference_rejected)
    if not beta > 0:
        raise ValueError(f"beta must be above 0, not {beta}")
    gained = chosen - reference_chosen
    other = rejected - reference_rejected
    return -F.logsigmoid(beta * (gained - other)).mean()
