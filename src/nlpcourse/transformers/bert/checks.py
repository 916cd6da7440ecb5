"""Instant checks of chapter 30, BERT and RoBERTa."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from nlpcourse import corpora
from nlpcourse.exercises import Hint, exercise, number, numbers, parameters
from nlpcourse.transformers.bert.classifier import embed
from nlpcourse.transformers.bert.encoder import Bert, load_pretrained
from nlpcourse.transformers.bert.masking import IGNORED
from nlpcourse.transformers.bert.senses import DENIALS
from nlpcourse.transformers.bert.tokens import PieceTokenizer


def _near(got: Tensor, expected: Tensor) -> bool:
    """Say whether two tables are one but for the rounding of 32 bits; NaN is near nothing."""
    return got.shape == expected.shape and torch.allclose(
        got.float(), expected.float(), rtol=1e-5, atol=1e-5
    )


def _table(got: Any, what: str) -> Tensor:
    """Return what came back as a tensor."""
    if numbers(got) is None and not isinstance(got, Tensor):
        raise Hint(f"{what} should be a table of numbers. What is {got!r:.60}?")
    return torch.as_tensor(got)


# ── 30.1 · mask, then softmax ─────────────────────────────────────────────────────────────────────


@exercise("30.1")
def masked_weights(answer: Callable[[Tensor, Tensor], Tensor]) -> str:
    """Attention weights that give nothing to padding."""
    generator = torch.Generator().manual_seed(1)
    cases = [(torch.tensor([[1.0, 1.0, 5.0]]), torch.tensor([True, True, False]))]
    for length in (1, 3, 6):
        scores = torch.randn(length, length, generator=generator) * 3
        mask = torch.rand(length, generator=generator) < 0.6
        mask[int(torch.randint(length, (1,), generator=generator))] = True
        cases.append((scores, mask))
    for scores, mask in cases:
        got = _table(answer(scores.clone(), mask.clone()), "The weights")
        if _near(got, scores.masked_fill(~mask, -1e30).softmax(dim=-1)):
            continue
        where = (
            f"For scores {[[round(s, 2) for s in row] for row in scores.tolist()]} and mask "
            f"{mask.tolist()}: "
        )
        raise Hint(where + _what_is_wrong(got, scores, mask))
    return (
        "Libraries add the smallest number that the type can hold where we put minus infinity: in "
        "16 bits that number is about −65,504, and a row of nothing but padding then gives even "
        "weights and not a division of zero by zero."
    )


def _what_is_wrong(got: Tensor, scores: Tensor, mask: Tensor) -> str:
    """Return a question about a table of weights that is not the right one."""
    if got.shape != scores.shape:
        return (
            f"you gave back a table of shape {tuple(got.shape)}, the scores have "
            f"{tuple(scores.shape)}. Should each score not have one weight?"
        )
    if torch.isnan(got).any():
        return (
            "some weights are not numbers. Is a row left with nothing to look at?"
        )
    mistakes = (
        (
            scores.softmax(dim=-1),
            "padding still gets weight. Where does your function use the mask?",
        ),
        (
            scores.softmax(dim=-1) * mask,
            "padding gets no weight, but do the rows still add up to one? What if the mask came "
            "before the softmax?",
        ),
        (
            (scores * mask).softmax(dim=-1),
            "you set the score of padding to 0. What is e to the power of 0?",
        ),
        (
            scores.masked_fill(mask, -1e30).softmax(dim=-1),
            "all the weight goes to the padding. Does True stand for a real token?",
        ),
    )
    for wrong, question in mistakes:
        if _near(got, wrong):
            return question
    if scores.size(0) > 1 and _near(got.sum(dim=0), torch.ones(scores.size(1))):
        return "the columns add up to one. Along which axis does one token look at others?"
    return f"you gave {got.tolist()}. Which score makes e to its power vanish?"


# ── 30.2 · counting the weights ───────────────────────────────────────────────────────────────────


def draw_sizes(rng: random.Random) -> dict[str, Any]:
    """Draw the sizes of an encoder."""
    hidden = rng.choice([256, 384, 512, 768])
    return {
        "layers": rng.choice([4, 6, 12]),
        "hidden": hidden,
        "feed_forward": 4 * hidden,
        "vocabulary": rng.choice([30522, 50265]),
        "positions": rng.choice([128, 512]),
        "segments": 2,
    }


@exercise("30.2", parameters=draw_sizes, cases=3)
def count_parameters(answer: Any) -> str:
    """The number of weights of an encoder with pooler, from its sizes."""
    p = parameters("30.2")
    layers, hidden, feed = p["layers"], p["hidden"], p["feed_forward"]
    square = hidden * hidden + hidden
    table = p["vocabulary"] + p["positions"] + p["segments"]
    network = hidden * feed + feed + feed * hidden + hidden
    block = 4 * square + network + 4 * hidden
    right = table * hidden + 2 * hidden + layers * block + square
    got = number(answer)
    if got is None:
        raise Hint(f"{answer!r:.60} is no number. How many weights are there?")
    if got == right:
        return (
            "Heads do not appear in the sum: cutting the channels into twelve heads or into one "
            "costs the same. In BERT-base a fifth of all weights are word embeddings; in MiniLM "
            "it is half."
        )
    heads = (
        "the heads are joined, and one more square layer mixes them. Is it there?"
    )
    missing = {
        square: "did you count the pooler, a square of hidden × hidden with its offsets?",
        (2 + 4 * layers)
        * hidden: "did you count the layer norms, a scale and an offset each?",
        2
        * hidden: "there is a layer norm after the embeddings too. Is it in your sum?",
        layers * (5 * hidden + feed)
        + hidden: "each linear layer adds an offset per output. "
        "Are they in your sum?",
        layers * square: heads,
        (p["positions"] + p["segments"])
        * hidden: "did you count the positions and the segments?",
        (layers - 1) * block: "are there as many blocks as layers?",
        layers * network: "which part of a block works on each token alone?",
    }
    question = missing.get(
        int(right - got) if abs(got) < 1e15 else 0,
        "which of its parts can you count alone: embeddings, one block, pooler?",
    )
    raise Hint(f"For {p} you count {answer}: {question}")


# ── 30.3 · eighty, ten, ten ───────────────────────────────────────────────────────────────────────


@exercise("30.3")
def hide_tokens(
    answer: Callable[[Tensor, Tensor, int, int], tuple[Tensor, Tensor]],
) -> str:
    """BERT's masking rule, checked by its rates on many tokens."""
    torch.manual_seed(30)
    ids = torch.randint(10, 5000, (400, 100))
    special = torch.zeros_like(ids, dtype=torch.bool)
    special[:, 0] = special[:, -1] = True
    before = ids.clone()
    inputs, targets = _two_tables(answer(ids, special, 3, 5000), ids)
    if not torch.equal(ids, before):
        raise Hint(
            "The ids that came in were changed. Could you write into a copy?"
        )
    asked = targets != IGNORED
    if (asked & special).any():
        row = int((asked & special).any(dim=1).nonzero()[0])
        raise Hint(
            f"The special tokens {ids[row, [0, -1]].tolist()} of row {row} were asked about. "
            "Where do you leave them out?"
        )
    share = asked[~special].double().mean().item()
    if not 0.14 < share < 0.16:
        raise Hint(
            f"Of the ordinary tokens {share:.0%} were asked about. What share does the rule name?"
        )
    if not torch.equal(targets[asked], ids[asked]):
        wrong = (targets != ids) & asked
        raise Hint(
            f"Where {int(ids[wrong][0])} stood, your target is {int(targets[wrong][0])}. Should "
            "it be the true token, or the one shown?"
        )
    if not torch.equal(inputs[~asked], ids[~asked]):
        wrong = (inputs != ids) & ~asked
        raise Hint(
            f"The token {int(ids[wrong][0])} became {int(inputs[wrong][0])}, and nobody asks "
            "about it. Did you choose twice?"
        )
    blank = (inputs[asked] == 3).double().mean().item()
    kept = (inputs[asked] == ids[asked]).double().mean().item()
    if not 0.78 < blank < 0.82:
        raise Hint(
            f"{blank:.0%} of the hidden places show the blank. How many should?"
        )
    if not 0.085 < kept < 0.115:
        raise Hint(
            f"{kept:.0%} of the hidden places show the true token. How many should?"
        )
    swapped = inputs[asked & (inputs != 3) & (inputs != ids)]
    if len(set(swapped.tolist())) < 300:
        raise Hint(
            "The random replacements are hardly random. Is one drawn for every place?"
        )
    if int(swapped.min()) < 0 or int(swapped.max()) >= 5000:
        raise Hint(
            f"The random token {int(swapped.max())} is not in range(5000). From which numbers "
            "do you draw?"
        )
    again, _ = answer(ids, special, 3, 5000)
    if torch.equal(torch.as_tensor(again), inputs):
        raise Hint(
            "A second call hides the same places. Is the generator set anew inside?"
        )
    return (
        "Because the true token is sometimes left in place, the model can never trust what it sees "
        "at any place, and so keeps a good vector for every token, not for the blanks alone. "
        "And because your second call hid other places, you have just written dynamic masking."
    )


def _two_tables(result: Any, ids: Tensor) -> tuple[Tensor, Tensor]:
    """Return inputs and targets after making sure that they are tables like the ids."""
    if not isinstance(result, tuple | list) or len(result) != 2:
        raise Hint(
            "Two tables should come back, the inputs and the targets. Do you return both?"
        )
    inputs, targets = (_table(part, "Inputs and targets") for part in result)
    if inputs.shape != ids.shape or targets.shape != ids.shape:
        raise Hint(
            f"The ids have shape {tuple(ids.shape)}. Do both of your tables have it too?"
        )
    return inputs, targets


# ── 30.4 · whole words ────────────────────────────────────────────────────────────────────────────


@exercise("30.4")
def whole_words(
    answer: Callable[[Sequence[str], Sequence[int]], Sequence[bool]],
) -> str:
    """Which pieces to hide when whole words are hidden."""
    cases: list[tuple[list[str], list[int]]] = [
        (["[CLS]", "the", "emb", "##ank", "##ment", "rose", "[SEP]"], [1]),
        (["[CLS]", "the", "emb", "##ank", "##ment", "rose", "[SEP]"], [0, 2]),
        (["[CLS]", "un", "##do", "re", "##do", "[SEP]"], [0]),
        (["[CLS]", "un", "##do", "re", "##do", "[SEP]"], []),
        (["[CLS]", "a", "b", "[SEP]", "c", "##d", "[SEP]"], [2]),
    ]
    for pieces, words in cases:
        place, right = -1, []
        for piece in pieces:
            special = piece in ("[CLS]", "[SEP]")
            place += not special and not piece.startswith("##")
            right.append(not special and place in words)
        got = answer(list(pieces), list(words))
        marks = _marks(got)
        where = f"For {pieces} and words {words} "
        if marks is None:
            raise Hint(
                f"{where}you gave {got!r:.60}. Should each piece not get True or False?"
            )
        if marks == right:
            continue
        if len(marks) != len(pieces):
            raise Hint(
                f"{where}you gave back {len(marks)} answers. How many pieces are there?"
            )
        if any(
            mark and piece in ("[CLS]", "[SEP]")
            for mark, piece in zip(marks, pieces, strict=True)
        ):
            raise Hint(
                f"{where}you hide a special token. Do [CLS] and [SEP] count as words?"
            )
        firsts = [
            r and not p.startswith("##") for r, p in zip(right, pieces, strict=True)
        ]
        if marks == firsts:
            raise Hint(
                f"{where}only first pieces are hidden. What should happen to the ## that follow?"
            )
        raise Hint(
            f"{where}you gave {marks}. Which number has the word that each piece belongs to, if "
            "the first word after [CLS] has number 0?"
        )
    return (
        "Google later published BERT models trained this way. Hiding one piece of embankment is an "
        "easy question, for its neighbours spell the answer; hiding the word asks what it means."
    )


def _marks(got: Any) -> list[bool] | None:
    """Return a sequence of truth values of any kind as a list; None where it is something else."""
    items = got.tolist() if hasattr(got, "tolist") else got
    if not isinstance(items, list | tuple):
        return None
    if any(item not in (True, False) for item in items):
        return None
    return [bool(item) for item in items]


# ── 30.5 · fooling the encoder ────────────────────────────────────────────────────────────────────

_NEGATION = re.compile(
    r"\b(?:not|no|never|nobody|nothing|cannot|neither|nor)\b|n't\b", re.I
)
RELATED = 0.25
"""The least cosine of a sentence and its paraphrase: unrelated sentences lie far below."""


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text.lower())


def _content(text: str) -> set[str]:
    return {word for word in _words(text) if len(word) > 4}


@lru_cache(maxsize=1)
def _encoder() -> tuple[Bert, PieceTokenizer]:
    folder = corpora.minilm()
    return load_pretrained(folder), PieceTokenizer.from_folder(folder)


@exercise("30.5")
def triples(answer: Callable[[], Sequence[tuple[str, str, str]]]) -> str:
    """Sentences whose negation is nearer than their paraphrase."""
    given = answer()
    if not isinstance(given, list | tuple) or len(given) < 3:
        raise Hint(f"You gave {given!r:.60}. Can you give a list of three triples?")
    for triple in given:
        if (
            not isinstance(triple, tuple | list)
            or len(triple) != 3
            or not all(isinstance(part, str) for part in triple)
        ):
            raise Hint(
                f"Each triple is (sentence, negation, paraphrase). Is {triple!r:.60} one?"
            )
    firsts = [" ".join(_words(triple[0])) for triple in given]
    if len(set(firsts)) < len(firsts):
        raise Hint(
            "Two triples start from the same sentence. Can you find another one?"
        )
    for sentence, negation, paraphrase in given:
        _look_at_words(sentence, negation, paraphrase)
    for sentence, negation, paraphrase in given:
        _look_at_vectors(sentence, negation, paraphrase)
    return (
        "You wrote a small adversarial test. Search engines and retrieval systems built on such "
        "vectors can make this mistake on real questions, which is why many add a second model "
        "that reads both texts together."
    )


def _look_at_words(sentence: str, negation: str, paraphrase: str) -> None:
    """Make sure that one text denies the sentence and the other says it in other words."""
    if _words(sentence) in [_words(texts[0]) for texts in DENIALS]:
        raise Hint(
            f"{sentence!r} stands in the chapter. Can you find one of your own?"
        )
    if not _NEGATION.search(negation) or _NEGATION.search(sentence):
        raise Hint(
            "Should the second of a triple not deny the first, with a word such as not or "
            f"never? Yours are {sentence!r} and {negation!r}."
        )
    first, second = set(_words(sentence)), set(_words(negation))
    if 2 * len(first & second) < len(first):
        raise Hint(
            f"Does {negation!r} deny {sentence!r}, or does it speak of something else? A denial "
            "keeps most of the words."
        )
    if _NEGATION.search(paraphrase):
        raise Hint(
            f"{paraphrase!r} holds a negation. Can you say the same without one?"
        )
    if shared := _content(sentence) & _content(paraphrase):
        raise Hint(
            f"{sentence!r} and {paraphrase!r} share {sorted(shared)}. Can you say it in other "
            "words (of five letters or more none in common)?"
        )
    if len(_words(paraphrase)) < 3:
        raise Hint(
            f"Is {paraphrase!r} a sentence that says the same as {sentence!r}?"
        )


def _look_at_vectors(sentence: str, negation: str, paraphrase: str) -> None:
    """Make sure that the encoder sees a relation, and takes the denial for the nearer one."""
    bert, tokenizer = _encoder()
    unit = torch.nn.functional.normalize(
        embed(bert, tokenizer, [sentence, negation, paraphrase]), dim=-1
    )
    denied, meant = (unit[0] @ unit[1]).item(), (unit[0] @ unit[2]).item()
    if not meant >= RELATED:
        raise Hint(
            f"The encoder sees hardly a relation between {sentence!r} and {paraphrase!r} "
            f"({meant:.2f}, and {RELATED} is asked for). Do both say the same?"
        )
    if not denied > meant:
        raise Hint(
            f"The encoder is right about {sentence!r}: {denied:.2f} to the negation, "
            f"{meant:.2f} to the paraphrase. Would rarer words in the paraphrase do it?"
        )
