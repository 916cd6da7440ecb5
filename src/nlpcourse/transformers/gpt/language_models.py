"""Three vocabularies for one decoder: characters, words, pieces of words.

However a model cuts the text, the price of the text is the sum of −ln p over its tokens.
Divided by the number of words, that sum gives perplexities which can be compared.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nlpcourse import corpora
from nlpcourse.corpora.running_text import WikitextSplit
from nlpcourse.evaluation import perplexity
from nlpcourse.neural.rnn.language_model import (
    END,
    UNKNOWN,
    State,
    TiedLanguageModel,
    wikitext_vocabulary,
)
from nlpcourse.text.tokenization.bpe import (
    Merge,
    byte_ranks,
    encode_chunk,
    to_ranks,
)
from nlpcourse.text.tokenization.fast import train_fast
from nlpcourse.transformers.attention.reader import Alphabet
from nlpcourse.transformers.gpt.model import GPT, Cache, Decoder, GPTConfig
from nlpcourse.transformers.gpt.sampling import Reader

PLAYS = ("shakespeare-caesar", "shakespeare-hamlet", "shakespeare-macbeth")

Costs = Callable[[Tensor], Tensor]
"""A model's prices: ids (B, T) → −ln p of every token but the first, (B, T − 1), in nats."""


# -------------------------------------------------------------------------------- characters


@lru_cache(maxsize=1)
def plays() -> str:
    """Return Gutenberg's three plays of Shakespeare, one after the other, as they are."""
    books = corpora.gutenberg()
    return "".join(books[name] for name in PLAYS)


@lru_cache(maxsize=1)
def plays_alphabet() -> Alphabet:
    """Number the characters of the three plays."""
    return Alphabet(plays())


@lru_cache(maxsize=1)
def plays_split() -> tuple[Tensor, Tensor]:
    """Return the first nine tenths of the plays and the last tenth, as numbers."""
    ids = plays_alphabet().encode(plays())
    cut = int(0.9 * len(ids))
    return ids[:cut], ids[cut:]


# ------------------------------------------------------------------------------------- words


class WordGPT(TiedLanguageModel):
    """Chapter 22's tied tables of words, read by GPT's decoder.

    Args:
        context: the longest text that it can read, in words.
        size: numbers per word vector.
        layers: blocks of the decoder.
        heads: heads of each block.
        cutoffs: ends of the classes of frequent words, and last the vocabulary's size.
        div_value: by how much each rarer class is narrower than the one before.
        dropout: share of the numbers dropped while training.
        spread: standard deviation of the blocks' weights before training.
        scale: the decoder reads every word's vector this much larger; in the table it is small,
            because it also scores its word.
    """

    def __init__(
        self,
        context: int,
        size: int,
        layers: int,
        heads: int,
        cutoffs: Sequence[int],
        div_value: float,
        dropout: float = 0.0,
        spread: float = 0.02,
        scale: float = 1.0,
    ) -> None:
        """Draw the weights."""
        super().__init__(size, cutoffs, div_value, dropout)
        self.scale = scale
        config = GPTConfig(
            cutoffs[-1], context, size, layers, heads, dropout, spread
        )
        self.decoder = Decoder(config)
        self.draw_vectors()

    def read(self, vectors: Tensor, state: State | None) -> tuple[Tensor, State]:
        """Read *vectors* (batch, time, size); a decoder has no state to hand on."""
        return self.decoder(self.scale * vectors), ()

    def costs(self, ids: Tensor) -> Tensor:
        """Return −ln p of every word but the first, (B, T) → (B, T − 1)."""
        outputs, _ = self.hidden(ids[:, :-1])
        found = self.softmax(outputs.flatten(0, 1), ids[:, 1:].flatten())
        log_likelihoods: Tensor = found.output
        return -log_likelihoods.view(len(ids), -1)


# ------------------------------------------------------------------------------------ pieces


class Pieces:
    """Chapter 02's byte-pair encoding of words, with ``<unk>`` and ``<eos>`` whole.

    Every word is cut by itself, with the blank before it, so that the cost of a word is the sum
    of the costs of its own pieces.

    >>> pieces = Pieces([(b" ", b"t"), (b" t", b"h"), (b" th", b"e")])
    >>> ids, owners = pieces.encode(["the", "thy", "<eos>"])
    >>> pieces.texts(ids), owners
    ([' the', ' th', 'y', '<eos>'], [0, 1, 1, 2])
    """

    SPECIAL = (UNKNOWN, END)

    def __init__(self, merges: Iterable[Merge]) -> None:
        """Number the bytes, the merged pieces, and the two special ones."""
        self.merges = list(merges)
        self.ranks = to_ranks(self.merges)
        self._texts = [
            *(token.decode("utf-8", "replace") for token in self.ranks),
            *self.SPECIAL,
        ]
        self._known: dict[str, list[int]] = {
            text: [len(self.ranks) + number]
            for number, text in enumerate(self.SPECIAL)
        }

    def __len__(self) -> int:
        return len(self._texts)

    @classmethod
    def learn(cls, words: Iterable[str], size: int) -> Pieces:
        """Learn *size* pieces, the 256 bytes and the special ones included.

        Raises:
            ValueError: the bytes and special pieces alone are more.
        """
        if size < 256 + len(cls.SPECIAL):
            raise ValueError(
                f"{size} pieces can't hold the 256 bytes and {len(cls.SPECIAL)} special "
                "pieces; ask for more"
            )
        chunks = (f" {word}".encode() for word in words if word not in cls.SPECIAL)
        return cls(train_fast(chunks, size - 256 - len(cls.SPECIAL)))

    def encode(self, words: Iterable[str]) -> tuple[list[int], list[int]]:
        """Return the pieces of the words, and for each piece the number of its word."""
        ids: list[int] = []
        owners: list[int] = []
        for number, word in enumerate(words):
            if word not in self._known:
                parts = encode_chunk(
                    f" {word}".encode(errors="replace"), self.ranks
                )
                self._known[word] = [self.ranks[part] for part in parts]
            ids += self._known[word]
            owners += [number] * len(self._known[word])
        return ids, owners

    def texts(self, ids: Iterable[int]) -> list[str]:
        """Return each piece as text, ``�`` where it holds half a character."""
        return [self._texts[number] for number in ids]

    def as_tensor(self) -> Tensor:
        """Return the merges as pairs of ids, (merges, 2), to keep beside the weights."""
        pairs = [[self.ranks[a], self.ranks[b]] for a, b in self.merges]
        return torch.tensor(pairs, dtype=torch.int32).view(-1, 2)

    @classmethod
    def from_tensor(cls, pairs: Tensor) -> Pieces:
        """Undo :meth:`as_tensor`."""
        tokens = list(byte_ranks())
        known = set(tokens)
        merges = []
        for a, b in pairs.tolist():
            merges.append((tokens[a], tokens[b]))
            joined = tokens[a] + tokens[b]
            if joined not in known:
                known.add(joined)
                tokens.append(joined)
        return cls(merges)


class PieceGPT(GPT):
    """A GPT that carries the merges of its pieces among its weights."""

    merges: Tensor

    def __init__(self, config: GPTConfig, merges: Tensor) -> None:
        """Make the model; *merges* (merges, 2) are pairs of ids."""
        super().__init__(config)
        self.register_buffer("merges", merges)

    def pieces(self) -> Pieces:
        """Return the vocabulary that the model was trained with."""
        return Pieces.from_tensor(self.merges)


@lru_cache(maxsize=1)
def wikitext_pieces(size: int) -> Pieces:
    """Learn *size* pieces from WikiText-2's training text (some seconds)."""
    return Pieces.learn(corpora.wikitext_2_tokens("train"), size)


# ---------------------------------------------------------------------- one price for all


def token_costs(model: GPT, ids: Tensor) -> Tensor:
    """Return −ln p of every token but the first, (B, T) → (B, T − 1), in nats."""
    logits = model(ids[:, :-1])
    costs = F.cross_entropy(
        logits.flatten(0, 1), ids[:, 1:].flatten(), reduction="none"
    )
    return costs.view(len(ids), -1)


def without_unknown(model: GPT, pieces: Pieces) -> Reader:
    """Return the model as a reader that never expects ``<unk>``.

    The training text has ``<unk>`` in place of every rare word, so it is often the likeliest
    piece; but nobody can read what it stands for, and it should not be written.
    """
    ((number,), _) = pieces.encode([UNKNOWN])

    def read(ids: Tensor, cache: Cache | None = None) -> Tensor:
        logits: Tensor = model(ids, cache)
        logits[..., number] = -math.inf
        return logits

    return read


@torch.no_grad()
def next_logits(model: Reader, pieces: Pieces, text: str) -> Tensor:
    """Return the logits of the piece after a text, (V,).

    Args:
        model: a GPT over pieces.
        pieces: its vocabulary.
        text: words and marks with blanks between them; it is read as the begin of a line.
    """
    ids, _ = pieces.encode([END, *text.split()])
    logits = model(torch.tensor([ids]), None)
    return logits[0, -1]


@torch.no_grad()
def sliding_costs(
    costs: Costs, ids: Tensor, context: int, stride: int, rows: int = 16
) -> Tensor:
    """Return −ln p of every token of a long text but the first, in nats.

    The text is read in windows that overlap; of each window only the last *stride* tokens are
    counted, so that each is predicted from at least ``context - stride`` tokens before it.

    Args:
        costs: the model's prices of a window.
        ids: (tokens,), the text.
        context: the longest text that the model reads.
        stride: tokens by which a window moves on; *context* for windows that do not overlap.
        rows: windows that are read at once.

    Returns:
        (tokens − 1,).

    Raises:
        ValueError: the windows would leave tokens out, or no token can be predicted.
    """
    if len(ids) < 2:
        raise ValueError(
            f"a text of {len(ids)} tokens predicts nothing; give two or more"
        )
    if not 1 <= stride <= context:
        raise ValueError(
            f"the stride must lie between 1 and {context}, the context, "
            f"not {stride}"
        )
    length = min(context, len(ids) - 1) + 1
    last = len(ids) - length
    starts = [*range(0, last, stride), last]
    found = torch.zeros(len(ids) - 1)
    for first in range(0, len(starts), rows):
        group = starts[first : first + rows]
        windows = torch.stack([ids[start : start + length] for start in group])
        for start, row in zip(group, costs(windows), strict=True):
            end = start + length - 1
            counted = row if start == 0 else row[-stride:]
            found[end - len(counted) : end] = counted
    return found


def word_perplexity(costs: Tensor, words: int) -> float:
    """Return the perplexity per word from the costs of all tokens, whatever they are.

    Args:
        costs: −ln p of every token, in nats.
        words: how many words (and ends of lines) these tokens spell.

    Returns:
        Infinity where it is beyond the largest number of 64 bits.

    Raises:
        ValueError: they spell no word.
    """
    return perplexity(float(costs.double().sum()), words)


def split_ids(split: WikitextSplit, pieces: Pieces | None) -> tuple[Tensor, int]:
    """Return a part of WikiText-2 as ids, of pieces or of words, and its number of words.

    The first token is the end of an empty line, and no model has to predict it.
    """
    words = corpora.wikitext_2_tokens(split)
    if pieces is None:
        ids = wikitext_vocabulary().encode(words)
    else:
        ids = torch.tensor(pieces.encode(words)[0])
    return ids, len(words) - 1


def sentence_costs(
    model: nn.Module, words: Sequence[str], pieces: Pieces | None = None
) -> list[float]:
    """Return −ln p of each word of a sentence, in nats, after the end of a line.

    A word outside WikiText-2's vocabulary is ``<unk>`` to a model of words, which is cheap, and
    spelt by a model of pieces, which is dear; compare the two on known words.

    Args:
        model: a `WordGPT`, or a `PieceGPT`.
        words: the sentence, cut as WikiText-2 is.
        pieces: the vocabulary of a `PieceGPT`, whose costs are added up by word.

    Raises:
        ValueError: the sentence is empty.
        TypeError: the model is neither.

    >>> _ = torch.manual_seed(0)
    >>> pieces = Pieces([(b" ", b"a")])
    >>> gpt = PieceGPT(GPTConfig(259, 8, 4, 1, 2), pieces.as_tensor())
    >>> [round(cost, 1) for cost in sentence_costs(gpt, ["a", "an"], pieces)]
    [5.6, 11.1]
    """
    if not words:
        raise ValueError("the sentence is empty; give at least one word")
    if isinstance(words, str):
        raise ValueError(f"{words!r} is one text; cut it into words")
    model.eval()
    if isinstance(model, WordGPT):
        ids = wikitext_vocabulary().encode([END, *words])
        owners = list(range(len(words) + 1))
        costs: Costs = model.costs
        context = model.decoder.config.context
    elif isinstance(model, GPT) and pieces is not None:
        numbers, owners = pieces.encode([END, *words])
        ids = torch.tensor(numbers)
        gpt = model

        def costs(windows: Tensor) -> Tensor:
            return token_costs(gpt, windows)

        context = model.config.context
    else:
        raise TypeError("need a WordGPT, or a GPT over pieces with its pieces")
    per_token = sliding_costs(costs, ids, context, stride=max(1, context // 2))
    totals = [0.0] * len(words)
    for owner, cost in zip(owners[1:], per_token.tolist(), strict=True):
        totals[owner - 1] += cost
    return totals
