"""The network with its slopes worked out by hand, so that a page can be given both.

A page has no autograd.  For the window of words the derivative is a dozen lines: through the
score, the attention (chapter 28), the ReLU, and the window backwards.  A test holds it equal to
autograd.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nlpcourse.responsible.explanations.reader import Reader


class WithSlopes(nn.Module):
    """Scores and slopes of one text at many dials.

    Args:
        reader: whose mixer is a window, or none.
        table: vectors of the words that it is to know, (V, 50); the first is the blank.

    Raises:
        ValueError: the reader has an LSTM.
    """

    table: Tensor

    def __init__(self, reader: Reader, table: Tensor) -> None:
        super().__init__()
        if reader.mixer == "lstm" or reader.uniform:
            raise ValueError("only a window's slopes are worked out here")
        self.reader = reader
        self.register_buffer("table", table)

    def forward(self, ids: Tensor, dials: Tensor) -> tuple[Tensor, Tensor]:
        """Return scores (B,) and slopes (B, T) of words *ids* (T,) at *dials* (B, T)."""
        r, x = self.reader, self.table[ids]  # (T, 50)
        seen = dials.unsqueeze(-1) * x  # (B, T, 50)
        pre = r.conv(seen.transpose(1, 2)).transpose(1, 2)  # (B, T, H)
        h = torch.relu(pre)
        t = torch.tanh(r.look(h))
        a = torch.softmax(r.energy(t).squeeze(-1), dim=-1)  # (B, T)
        g = (h @ r.score.weight.T).squeeze(-1)  # (B, T), each word's own score
        mean = (a * g).sum(dim=-1, keepdim=True)  # (B, 1)
        # backwards: the score is the mean of g under a, and a depends on h
        d_energy = (a * (g - mean)).unsqueeze(-1)  # (B, T, 1)
        d_look = d_energy * r.energy.weight * (1 - t * t)  # (B, T, H)
        d_h = a.unsqueeze(-1) * r.score.weight + d_look @ r.look.weight
        d_pre = d_h * (pre > 0).to(d_h.dtype)
        pad = r.conv.kernel_size[0] // 2
        d_seen = F.conv_transpose1d(
            d_pre.transpose(1, 2), r.conv.weight, padding=pad
        ).transpose(1, 2)
        return mean.squeeze(-1) + r.score.bias, (d_seen * x).sum(dim=-1)
