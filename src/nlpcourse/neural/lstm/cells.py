"""One step of a recurrent network: the plain cell, the LSTM cell and the GRU cell.

Every cell keeps its weights under the names and in the layout of PyTorch's cells
(``weight_ih``, ``weight_hh``, ``bias_ih``, ``bias_hh``), so that either can load the other's.
A state is a tuple of tensors of shape (batch, hidden): ``(h,)``, or ``(h, c)`` for the LSTM.

Not handled here: peephole connections (Gers and Schmidhuber, 2000) and projected states.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

State = tuple[Tensor, ...]


class Cell(nn.Module):
    """What the three cells share: two matrices and two biases, ``blocks`` gates tall."""

    blocks = 1
    parts = 1  # tensors in the state

    def __init__(self, input_size: int, hidden_size: int) -> None:
        """Draw all weights from the uniform distribution on ±1/√hidden_size, as PyTorch does.

        Raises:
            ValueError: a size is below 1.
        """
        super().__init__()
        if input_size < 1 or hidden_size < 1:
            raise ValueError(
                f"a cell reads and holds 1 number or more, not {input_size} and {hidden_size}"
            )
        self.input_size, self.hidden_size = input_size, hidden_size
        tall = self.blocks * hidden_size
        self.weight_ih = nn.Parameter(torch.empty(tall, input_size))  # W
        self.weight_hh = nn.Parameter(torch.empty(tall, hidden_size))  # U
        self.bias_ih = nn.Parameter(torch.empty(tall))  # b
        self.bias_hh = nn.Parameter(torch.empty(tall))  # b′, for PyTorch's sake
        for weight in self.parameters():
            nn.init.uniform_(
                weight, -1 / math.sqrt(hidden_size), 1 / math.sqrt(hidden_size)
            )

    def start(self, batch: int) -> State:
        """Return the state before the first step: zeros, one tensor (batch, hidden) per part."""
        return tuple(
            self.bias_ih.new_zeros(batch, self.hidden_size)
            for _ in range(self.parts)
        )

    def forward(self, x: Tensor, state: State) -> State:
        """Return the state after reading *x* of shape (batch, input)."""
        raise TypeError(f"{type(self).__name__} does not say how it takes a step")


class PlainCell(Cell):
    """The Elman cell: one layer that reads its own last output.

    Source: Elman (1990); equals ``torch.nn.RNNCell``.

    >>> cell = PlainCell(input_size=3, hidden_size=2)
    >>> h, = cell(torch.zeros(1, 3), cell.start(batch=1))
    >>> h.shape
    torch.Size([1, 2])
    """

    def forward(self, x: Tensor, state: State) -> State:
        """Return ``(h,)`` after reading *x* of shape (batch, input)."""
        (h,) = state
        from_input = x @ self.weight_ih.T + self.bias_ih  # (batch, hidden)
        from_state = h @ self.weight_hh.T + self.bias_hh
        return (torch.tanh(from_input + from_state),)


class LSTMGates(NamedTuple):
    """What the four blocks of an LSTM cell say at one step; each (batch, hidden)."""

    input: Tensor  # i, in (0, 1)
    forget: Tensor  # f, in (0, 1)
    candidate: Tensor  # g, in (-1, 1)
    output: Tensor  # o, in (0, 1)


class LSTMCell(Cell):
    """Long short-term memory, with the forget gate.

    Source: Hochreiter and Schmidhuber (1997); Gers, Schmidhuber and Cummins (2000).
    Equals ``torch.nn.LSTMCell``.

    >>> cell = LSTMCell(input_size=3, hidden_size=2)
    >>> h, c = cell(torch.zeros(1, 3), cell.start(batch=1))
    >>> h.shape, c.shape
    (torch.Size([1, 2]), torch.Size([1, 2]))
    """

    blocks = 4
    parts = 2

    def gates(self, x: Tensor, h: Tensor) -> LSTMGates:
        """Return the four gates at input *x* (batch, input) and output *h* (batch, hidden)."""
        from_input = x @ self.weight_ih.T + self.bias_ih  # (batch, 4 · hidden)
        from_output = h @ self.weight_hh.T + self.bias_hh
        # 4 × (batch, hidden)
        i, f, g, o = (from_input + from_output).chunk(4, dim=-1)
        return LSTMGates(
            input=torch.sigmoid(i),
            forget=torch.sigmoid(f),
            candidate=torch.tanh(g),
            output=torch.sigmoid(o),
        )

    def forward(self, x: Tensor, state: State) -> State:
        """Return ``(h, c)`` after reading *x* of shape (batch, input)."""
        h, c = state
        gate = self.gates(x, h)
        c = gate.forget * c + gate.input * gate.candidate
        h = gate.output * torch.tanh(c)
        return h, c

    def open_forget_gate(self, bias: float = 1.0) -> None:
        """Set the forget gate's bias, so that the cell begins by remembering.

        Source: Gers, Schmidhuber and Cummins (2000); Jozefowicz, Zaremba and Sutskever (2015).
        """
        rows = slice(self.hidden_size, 2 * self.hidden_size)  # block two of four
        with torch.no_grad():
            self.bias_ih[rows] = bias
            self.bias_hh[rows] = 0.0


class GRUGates(NamedTuple):
    """What the three blocks of a GRU cell say at one step; each (batch, hidden)."""

    reset: Tensor  # r, in (0, 1)
    update: Tensor  # z, in (0, 1): 1 keeps the old state
    candidate: Tensor  # n, in (-1, 1)


class GRUCell(Cell):
    """Gated recurrent unit; the reset gate acts after the matrix product, as in PyTorch and cuDNN.

    Source: Cho et al. (2014), whose reset gate acts before the product: see :class:`ChoGRUCell`.
    Equals ``torch.nn.GRUCell``.
    """

    blocks = 3

    def gates(self, x: Tensor, h: Tensor) -> GRUGates:
        """Return the three gates at input *x* (batch, input) and state *h* (batch, hidden)."""
        xr, xz, xn = (x @ self.weight_ih.T + self.bias_ih).chunk(3, dim=-1)
        hr, hz, hn = (h @ self.weight_hh.T + self.bias_hh).chunk(3, dim=-1)
        reset = torch.sigmoid(xr + hr)
        update = torch.sigmoid(xz + hz)
        candidate = torch.tanh(xn + reset * hn)
        return GRUGates(reset, update, candidate)

    def forward(self, x: Tensor, state: State) -> State:
        """Return ``(h,)`` after reading *x* of shape (batch, input)."""
        (h,) = state
        gate = self.gates(x, h)
        return (gate.update * h + (1 - gate.update) * gate.candidate,)


class ChoGRUCell(GRUCell):
    """The gated recurrent unit as first published: the reset gate acts before the matrix product.

    Source: Cho et al. (2014), equations 5–8 (in their notation the same update gate).
    It agrees with :class:`GRUCell` only where every reset gate is open or the state is zero.
    """

    def gates(self, x: Tensor, h: Tensor) -> GRUGates:
        """Return the three gates at input *x* (batch, input) and state *h* (batch, hidden)."""
        xr, xz, xn = (x @ self.weight_ih.T + self.bias_ih).chunk(3, dim=-1)
        ur, uz, un = self.weight_hh.chunk(3)  # each (hidden, hidden)
        br, bz, bn = self.bias_hh.chunk(3)
        reset = torch.sigmoid(xr + h @ ur.T + br)
        update = torch.sigmoid(xz + h @ uz.T + bz)
        candidate = torch.tanh(xn + (reset * h) @ un.T + bn)
        return GRUGates(reset, update, candidate)
