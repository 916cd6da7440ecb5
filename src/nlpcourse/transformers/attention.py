"""Self-attention and multi-head attention, by hand.

Read it in this order: :func:`attention` is the idea, :func:`causal_mask` and :func:`padding_mask`
say who may look at whom, :class:`MultiHeadAttention` runs several attentions side by side, and
:class:`NextCharacter` puts one such layer to work on real text, so that its heads can be looked
at.  The letters in the comments are B (texts in a batch), T (tokens that look), S (tokens that
are looked at), C (channels, the size of a token's vector), H (heads) and D (channels of one head,
C / H).

A mask holds True where a token may be looked at, as in ``F.scaled_dot_product_attention``;
``nn.MultiheadAttention`` takes the opposite.

Not handled here: positions that rotate queries and keys, caches of keys and values, and the fused
kernels that never write the whole table of weights.

Source: Vaswani et al. (2017), section 3.2.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from nlpcourse import corpora, training
from nlpcourse.training import Plan, Recipe

# ------------------------------------------------------------------------------ one attention


def attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor | None = None,
    scale: float | None = None,
) -> tuple[Tensor, Tensor]:
    """Mix the values by how well each query matches each key.

    Args:
        query: (…, T, D), one row for every token that looks.
        key: (…, S, D), one row for every token that is looked at.
        value: (…, S, E), what each of these hands over.
        mask: broadcastable to (…, T, S); booleans, True where looking is allowed, or numbers
            that are added to the scores.
        scale: what the dot products are multiplied by; 1/√D where None.

    Returns:
        The mixtures (…, T, E), and the weights (…, T, S), whose rows add up to one.

    Raises:
        ValueError: queries and keys have different lengths.

    Source: Vaswani et al. (2017), equation 1; equals ``F.scaled_dot_product_attention``.

    >>> x = torch.eye(2)
    >>> mixed, weights = attention(x, x, x, mask=torch.tensor([True, False]))
    >>> weights.tolist()
    [[1.0, 0.0], [1.0, 0.0]]
    """
    if query.shape[-1] != key.shape[-1]:
        raise ValueError(
            f"a query of {query.shape[-1]} numbers can't be compared with a key of "
            f"{key.shape[-1]}; project both to one length"
        )
    if scale is None:
        scale = 1 / math.sqrt(query.shape[-1])
    scores = query @ key.transpose(-2, -1) * scale  # (…, T, S)
    if mask is not None:
        scores = hide(scores, mask)
    weights = scores.softmax(dim=-1)
    return weights @ value, weights  # (…, T, S) @ (…, S, E) → (…, T, E)


def hide(scores: Tensor, mask: Tensor) -> Tensor:
    """Put −∞ where the mask forbids to look: e to the power of −∞ is 0, so no weight is left.

    Args:
        scores: (…, T, S).
        mask: booleans, True where looking is allowed, or numbers to be added.
    """
    if mask.dtype == torch.bool:
        return scores.masked_fill(~mask, -math.inf)
    return scores + mask


def causal_mask(length: int) -> Tensor:
    """Return the mask of looking back only: (T, T), True on and below the diagonal.

    >>> causal_mask(3).int().tolist()
    [[1, 0, 0], [1, 1, 0], [1, 1, 1]]
    """
    return torch.ones(length, length, dtype=torch.bool).tril()


def padding_mask(lengths: Tensor, longest: int) -> Tensor:
    """Return which tokens of a padded batch are real: (B, 1, 1, S), for all heads and queries.

    Args:
        lengths: (B,), tokens in each text.
        longest: S, the length to which the batch is padded.

    Raises:
        ValueError: a text is empty or longer than the batch.

    >>> padding_mask(torch.tensor([2, 3]), 3).int().flatten(1).tolist()
    [[1, 1, 0], [1, 1, 1]]
    """
    if not bool(((lengths >= 1) & (lengths <= longest)).all()):
        raise ValueError(
            f"lengths must lie between 1 and {longest}, not {lengths.tolist()}: "
            "leave empty texts out of the batch"
        )
    real = torch.arange(longest, device=lengths.device) < lengths[:, None]  # (B, S)
    return real[:, None, None, :]


# ----------------------------------------------------------------------------- several heads


class MultiHeadAttention(nn.Module):
    """Several attentions side by side, each on its own share of the channels.

    Args:
        size: C, channels that come in and go out.
        heads: H, which must divide ``size``.
        bias: add a vector after each of the four matrices.

    Source: Vaswani et al. (2017), section 3.2.2; equals ``nn.MultiheadAttention``.

    >>> layer = MultiHeadAttention(size=8, heads=2)
    >>> x = torch.zeros(1, 5, 8)
    >>> mixed, weights = layer(x, x, x)
    >>> tuple(mixed.shape), tuple(weights.shape)
    ((1, 5, 8), (1, 2, 5, 5))
    """

    def __init__(self, size: int, heads: int, bias: bool = True) -> None:
        """Draw the four matrices as Glorot and Bengio (2010) advise; biases begin at zero."""
        super().__init__()
        if size % heads:
            raise ValueError(
                f"{heads} heads can't share {size} channels equally; choose a number of heads "
                f"that divides {size}"
            )
        self.heads = heads
        self.query = nn.Linear(size, size, bias)
        self.key = nn.Linear(size, size, bias)
        self.value = nn.Linear(size, size, bias)
        self.output = nn.Linear(size, size, bias)
        for linear in (self.query, self.key, self.value, self.output):
            nn.init.xavier_uniform_(linear.weight)
            if bias:
                nn.init.zeros_(linear.bias)

    def split(self, x: Tensor) -> Tensor:
        """Give every head its share of the channels: (B, T, C) → (B, H, T, D)."""
        batch, length, size = x.shape
        x = x.view(batch, length, self.heads, size // self.heads)  # (B, T, H, D)
        return x.transpose(1, 2)  # (B, H, T, D): each head sees all tokens

    def join(self, x: Tensor) -> Tensor:
        """Put the heads' shares side by side again: (B, H, T, D) → (B, T, C)."""
        return x.transpose(1, 2).flatten(2)  # (B, T, H, D) → (B, T, H · D)

    def forward(
        self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Return the mixtures and every head's weights.

        Args:
            query: (B, T, C), the tokens that look.
            key: (B, S, C), the tokens that are looked at.
            value: (B, S, C), what these hand over; mostly the same tensor as *key*.
            mask: broadcastable to (B, H, T, S); see :func:`attention`.

        Returns:
            (B, T, C) and (B, H, T, S).
        """
        q = self.split(self.query(query))  # (B, H, T, D)
        k = self.split(self.key(key))  # (B, H, S, D)
        v = self.split(self.value(value))  # (B, H, S, D)
        mixed, weights = attention(q, k, v, mask)  # (B, H, T, D), (B, H, T, S)
        return self.output(self.join(mixed)), weights


def from_torch(theirs: nn.MultiheadAttention) -> MultiHeadAttention:
    """Return our layer with the weights of PyTorch's.

    PyTorch keeps the matrices of queries, keys and values in one, three blocks tall.

    Raises:
        ValueError: the layer has keys or values of another size, or an added key.
    """
    if theirs.in_proj_weight is None or theirs.bias_k is not None:
        raise ValueError(
            "only layers whose queries, keys and values have one size, without added keys, "
            "can be taken over"
        )
    bias = theirs.in_proj_bias is not None
    ours = MultiHeadAttention(theirs.embed_dim, theirs.num_heads, bias)
    ours = ours.to(theirs.in_proj_weight.dtype)
    with torch.no_grad():
        blocks = theirs.in_proj_weight.chunk(3)  # 3 × (C, C)
        linears = (ours.query, ours.key, ours.value)
        for linear, block in zip(linears, blocks, strict=True):
            linear.weight.copy_(block)
        ours.output.weight.copy_(theirs.out_proj.weight)
        if bias:
            for linear, block in zip(
                linears, theirs.in_proj_bias.chunk(3), strict=True
            ):
                linear.bias.copy_(block)
            ours.output.bias.copy_(theirs.out_proj.bias)
    return ours


def multiplications(length: int, size: int) -> dict[str, int]:
    """Count the multiplications of two layers that read a text, biases and softmax left out.

    Args:
        length: n, tokens in the text.
        size: d, numbers in a token's vector.

    Returns:
        ``"mixing"``: comparing and mixing in attention, 2 n² d; ``"projecting"``: its four
        matrices, 4 n d²; ``"recurrence"``: a plain recurrent layer, 2 n d².

    Source: Vaswani et al. (2017), table 1, which gives the orders of growth.

    >>> multiplications(length=10, size=4)
    {'mixing': 800, 'projecting': 640, 'recurrence': 320}
    """
    return {
        "mixing": 2 * length**2 * size,
        "projecting": 4 * length * size**2,
        "recurrence": 2 * length * size**2,
    }


def seconds_to_mix(length: int, size: int, turns: int = 3) -> float:
    """Measure the processor time of one attention over *length* tokens; the best of *turns*."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(length, size, generator=generator)
    best = math.inf
    for _ in range(turns):
        began = time.process_time()
        attention(x, x, x)
        best = min(best, time.process_time() - began)
    return best


# ------------------------------------------------- heads at work: which character comes next?

UNKNOWN = "·"
TRAINING_BOOKS = ("austen-emma", "austen-sense")
TEST_BOOK = "austen-persuasion"


class Alphabet:
    """Characters numbered from 1; 0 stands for every other one.

    >>> alphabet = Alphabet("abba")
    >>> alphabet.encode("cab").tolist(), alphabet.decode([2, 0])
    ([0, 1, 2], 'b·')
    """

    def __init__(self, text: str) -> None:
        """Number the characters of *text* in the order of Unicode."""
        self.characters = [UNKNOWN, *sorted(set(text) - {UNKNOWN})]
        self._number = {c: i for i, c in enumerate(self.characters)}

    def __len__(self) -> int:
        return len(self.characters)

    def encode(self, text: str) -> Tensor:
        """Return the numbers of the characters, (characters,)."""
        return torch.tensor([self._number.get(c, 0) for c in text])

    def decode(self, numbers: Sequence[int]) -> str:
        """Return the characters of the numbers."""
        return "".join(self.characters[number] for number in numbers)


@lru_cache(maxsize=2)
def book_text(names: tuple[str, ...]) -> str:
    """Return the texts of Gutenberg's books *names*, every white space a single blank."""
    books = corpora.gutenberg()
    return " ".join(" ".join(books[name].split()) for name in names)


@lru_cache(maxsize=1)
def austen_alphabet() -> Alphabet:
    """Return the characters of the novels that the small models are trained on."""
    return Alphabet(book_text(TRAINING_BOOKS))


class NextCharacter(nn.Module):
    """One layer of attention that predicts the next character of a text.

    Every character becomes a vector (what it is, plus where it stands), looks back at the ones
    before, and a small network turns its own vector and what its heads brought into scores.

    Args:
        characters: in the alphabet.
        size: C.
        heads: H.
        context: longest text that it can read.
        positions: add a vector for the place; without it, order can't be seen.
    """

    def __init__(
        self,
        characters: int,
        size: int,
        heads: int,
        context: int,
        positions: bool = True,
    ) -> None:
        super().__init__()
        self.context = context
        self.embedding = nn.Embedding(characters, size)
        self.position = nn.Embedding(context, size) if positions else None
        self.attention = MultiHeadAttention(size, heads)
        self.hidden = nn.Linear(2 * size, 2 * size)
        self.scores = nn.Linear(2 * size, characters)

    def vectors(self, text: Tensor) -> Tensor:
        """Return what attention reads: (B, T) → (B, T, C)."""
        x: Tensor = self.embedding(text)
        if self.position is not None:
            x = x + self.position(torch.arange(text.shape[1], device=text.device))
        return x

    def forward(self, text: Tensor, causal: bool = True) -> tuple[Tensor, Tensor]:
        """Return scores of the next character, and the heads' weights.

        Args:
            text: (B, T), numbers of characters.
            causal: forbid to look ahead; False is the mistake of the chapter's end.

        Returns:
            (B, T, characters) and (B, H, T, T).
        """
        x = self.vectors(text)  # (B, T, C)
        mask = causal_mask(text.shape[1]).to(x.device) if causal else None
        found, weights = self.attention(x, x, x, mask)  # (B, T, C), (B, H, T, T)
        both = torch.cat([x, found], dim=-1)  # (B, T, 2 C)
        return self.scores(torch.relu(self.hidden(both))), weights


class Reading:
    """Training :class:`NextCharacter` on two of Austen's novels, for the training room."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Make the model of the sizes in *config* and number the texts."""
        self.config = config
        alphabet = austen_alphabet()
        self.model: nn.Module = build(config)
        self.text = alphabet.encode(book_text(TRAINING_BOOKS))

    def batch(self, step: int) -> tuple[Tensor, ...]:
        """Return random stretches of the novels: (rows, context + 1)."""
        length = self.config["context"] + 1
        generator = torch.Generator().manual_seed(
            1_000_003 * self.config["draw"] + step
        )
        starts = torch.randint(
            len(self.text) - length, (self.config["rows"], 1), generator=generator
        )
        return (self.text[starts + torch.arange(length)],)

    def loss(
        self, model: nn.Module, batch: tuple[Tensor, ...], carry: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the mean cross-entropy of the next characters."""
        (rows,) = batch
        scores, _ = model(rows[:, :-1], causal=self.config.get("causal", True))
        return functional.cross_entropy(
            scores.flatten(0, 1), rows[:, 1:].flatten()
        ), ()

    def evaluate(self) -> dict[str, float]:
        """Return the loss on a novel that was not read in training."""
        assert isinstance(self.model, NextCharacter)
        return {
            "test_loss": reading_loss(
                self.model, held_out_windows(self.model.context)
            )
        }


def held_out_windows(context: int, count: int = 2000) -> Tensor:
    """Return stretches of the test novel that do not overlap: (count, context + 1)."""
    text = austen_alphabet().encode(book_text((TEST_BOOK,)))
    return text[: count * (context + 1)].view(count, context + 1)


@torch.no_grad()
def reading_loss(
    model: NextCharacter, windows: Tensor, causal: bool = True
) -> float:
    """Return the mean cross-entropy of the next character, in nats.

    Args:
        model: reads ``windows[:, :-1]`` and is asked for ``windows[:, 1:]``.
        windows: (B, T + 1), numbers of characters.
        causal: as in :meth:`NextCharacter.forward`.
    """
    total = 0.0
    for part in torch.split(windows, 200):
        scores, _ = model(part[:, :-1], causal=causal)
        total += float(
            functional.cross_entropy(
                scores.flatten(0, 1), part[:, 1:].flatten(), reduction="sum"
            )
        )
    return total / windows[:, 1:].numel()


def build(config: Mapping[str, Any]) -> NextCharacter:
    """Return an untrained model of the sizes in *config*."""
    return NextCharacter(
        len(austen_alphabet()),
        config["size"],
        config["heads"],
        config["context"],
        config.get("positions", True),
    )


def read_for(steps: int, **changes: Any) -> tuple[NextCharacter, list[float]]:
    """Train a small model for a while; return it and its loss by interval of 25 steps.

    Args:
        steps: weight updates; about a hundred a second.
        changes: settings that differ from :data:`READING`, such as ``heads=1``.
    """
    training.set_seed(0)
    task = Reading({**READING, **changes})
    plan = Plan(0, steps, learning_rate=0.005, warmup=20, interval=25)
    progress = training.fit(task, plan)
    assert isinstance(task.model, NextCharacter)
    return task.model, [entry["loss"] for entry in progress.losses]


@torch.no_grad()
def look_back(model: NextCharacter, windows: Tensor, farthest: int) -> Tensor:
    """Measure how far back each head looks.

    Args:
        model: whose heads are looked at.
        windows: (B, T), numbers of characters, T > *farthest*.
        farthest: characters back, at most.

    Returns:
        (H, farthest + 1): a head's mean weight on the character so many places back.
    """
    _, weights = model(windows)  # (B, H, T, T)
    means = [
        weights.diagonal(-back, -2, -1)[..., farthest - back :].mean(dim=(0, 2))
        for back in range(farthest + 1)
    ]  # each (H,)
    return torch.stack(means, dim=1)


@torch.no_grad()
def continue_text(model: NextCharacter, text: str, length: int) -> str:
    """Let the model write on, each time the character that it finds likeliest."""
    alphabet = austen_alphabet()
    for _ in range(length):
        scores, _ = model(alphabet.encode(text[-model.context :])[None])
        text += alphabet.decode([int(scores[0, -1, 1:].argmax()) + 1])
    return text


READING: dict[str, Any] = {
    "data": "gutenberg, austen-emma and austen-sense",
    "size": 64,
    "heads": 4,
    "context": 32,
    "rows": 32,
    "draw": 0,
}
HEADS = (1, 2, 4, 8, 16)
SEEDS = (0, 1, 2)
NAME = "transformer-heads{heads}-seed{seed}"


def _recipe(heads: int, seed: int) -> Recipe:
    return Recipe(
        build=Reading,
        config={**READING, "heads": heads, "draw": seed},
        plan=Plan(
            seed=seed, steps=1500, learning_rate=0.005, warmup=20, interval=100
        ),
        half=True,
        keep_weights=(heads, seed) == (4, 0),
        about=f"one layer of {heads} heads predicts the next character, seed {seed}",
    )


RECIPES = {
    NAME.format(heads=heads, seed=seed): _recipe(heads, seed)
    for heads in HEADS
    for seed in SEEDS
}


def load_reader() -> tuple[NextCharacter, dict[str, Any]]:
    """Return the model of four heads whose weights are kept, and its log."""
    name = NAME.format(heads=4, seed=0)
    tensors, log = training.load(name, RECIPES[name])
    model = build(READING)
    model.load_state_dict(tensors)
    return model.eval(), log
