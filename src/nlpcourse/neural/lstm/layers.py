"""From one step to a sequence: loop over time, read both ways, stack.

Tensors are batch-first: (batch, time, features).
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn

from nlpcourse.neural.lstm.cells import Cell, GRUCell, LSTMCell, PlainCell, State


def require_steps(inputs: Tensor, lengths: Tensor | None = None) -> None:
    """Refuse inputs without steps, and lengths that don't fit them."""
    if inputs.dim() != 3 or inputs.shape[1] < 1:
        raise ValueError(
            "the inputs have the shape (batch, time, input), with 1 step or more, "
            f"not {tuple(inputs.shape)}"
        )
    if lengths is None:
        return
    batch, time, _ = inputs.shape
    fits = lengths.shape == (batch,) and bool(
        ((lengths >= 1) & (lengths <= time)).all()
    )
    if not fits:
        raise ValueError(
            f"{batch} rows of {time} steps need {batch} lengths from 1 to {time}, "
            f"not {lengths.tolist()}"
        )


def unroll(
    cell: Cell,
    inputs: Tensor,
    state: State | None = None,
    lengths: Tensor | None = None,
    reverse: bool = False,
) -> tuple[Tensor, State]:
    """Run *cell* over a batch of sequences.

    Args:
        cell: any cell of this chapter.
        inputs: (batch, time, input).
        state: where to begin; zeros where None.
        lengths: (batch,) number of real steps of each row; the rest is padding, which leaves the
            state as it is and gives outputs of zero.  All steps are real where None.
        reverse: read from the last step to the first; outputs stay in the order of the text.

    Returns:
        the output h of every step, (batch, time, hidden), and the state after the last step read.

    Raises:
        ValueError: the inputs are not (batch, time, input) with a step or more, or *lengths*
            does not name a real step or more of each row.

    >>> outputs, state = unroll(PlainCell(3, 2), torch.zeros(5, 4, 3))
    >>> outputs.shape
    torch.Size([5, 4, 2])
    """
    require_steps(inputs, lengths)
    batch, time, _ = inputs.shape
    state = cell.start(batch) if state is None else state
    outputs: list[Tensor] = [inputs.new_empty(0)] * time
    for t in reversed(range(time)) if reverse else range(time):
        new = cell(inputs[:, t], state)
        outputs[t] = new[0]
        if lengths is not None:
            real = (t < lengths).unsqueeze(1)  # (batch, 1)
            outputs[t] = new[0] * real
            pairs = zip(new, state, strict=True)
            new = tuple(torch.where(real, after, before) for after, before in pairs)
        state = new
    return torch.stack(outputs, dim=1), state


class Recurrent(nn.Module):
    """A stack of recurrent layers, read forwards or both ways.

    The state of a stack is a tuple of tensors (layers · directions, batch, hidden), as in PyTorch.

    >>> both = Recurrent(LSTMCell, 3, 2, bidirectional=True)
    >>> outputs, (h, c) = both(torch.zeros(5, 4, 3))
    >>> outputs.shape, h.shape
    (torch.Size([5, 4, 4]), torch.Size([2, 5, 2]))
    """

    def __init__(
        self,
        kind: type[Cell],
        input_size: int,
        hidden_size: int,
        layers: int = 1,
        bidirectional: bool = False,
    ) -> None:
        """Make ``layers`` layers of cells of *kind*, each with one cell per direction.

        Raises:
            ValueError: there is no layer, or a size is below 1.
        """
        super().__init__()
        if layers < 1:
            raise ValueError(f"a stack has 1 layer or more, not {layers}")
        self.directions = 2 if bidirectional else 1
        sizes = [input_size] + [hidden_size * self.directions] * (layers - 1)
        self.cells = nn.ModuleList(
            kind(size, hidden_size)
            for size in sizes
            for _ in range(self.directions)
        )

    def forward(
        self,
        inputs: Tensor,
        state: State | None = None,
        lengths: Tensor | None = None,
    ) -> tuple[Tensor, State]:
        """Return the top layer's outputs (batch, time, directions · hidden) and all last states."""
        last: list[State] = []
        for first in range(0, len(self.cells), self.directions):
            views = []
            for k in range(first, first + self.directions):
                begin = None if state is None else tuple(part[k] for part in state)
                cell = cast(Cell, self.cells[k])
                outputs, end = unroll(
                    cell, inputs, begin, lengths, reverse=k > first
                )
                views.append(outputs)
                last.append(end)
            # the next layer reads both directions
            inputs = torch.cat(views, dim=-1)
        return inputs, tuple(
            torch.stack(parts) for parts in zip(*last, strict=True)
        )


def from_torch(module: nn.RNNBase) -> Recurrent:
    """Return our layers with the weights of an ``nn.RNN``, ``nn.LSTM`` or ``nn.GRU``.

    Raises:
        ValueError: the module uses an option that this chapter does not build.
    """
    kinds: dict[str, type[Cell]] = {
        "RNN_TANH": PlainCell,
        "LSTM": LSTMCell,
        "GRU": GRUCell,
    }
    if (
        module.mode not in kinds
        or module.proj_size
        or not module.bias
        or not module.batch_first
    ):
        raise ValueError(
            "only batch-first modules with biases, tanh and no projection are built"
        )
    ours = Recurrent(
        kinds[module.mode],
        module.input_size,
        module.hidden_size,
        module.num_layers,
        module.bidirectional,
    ).to(next(module.parameters()).dtype)
    suffixes = ["", "_reverse"][: ours.directions]
    names = [
        f"l{layer}{side}" for layer in range(module.num_layers) for side in suffixes
    ]
    for cell, name in zip(ours.cells, names, strict=True):
        parts = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        cell.load_state_dict(
            {part: getattr(module, f"{part}_{name}").detach() for part in parts}
        )
    return ours


def open_forget_gates(module: nn.LSTM, bias: float = 1.0) -> None:
    """Set the forget gates' biases of a fused ``nn.LSTM``; see ``LSTMCell.open_forget_gate``."""
    rows = slice(module.hidden_size, 2 * module.hidden_size)
    with torch.no_grad():
        for name, weight in module.named_parameters():
            if name.startswith("bias_"):
                weight[rows] = bias if name.startswith("bias_ih") else 0.0
