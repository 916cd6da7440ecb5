"""Instant checks of chapter 30, BERT and RoBERTa."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from nlpcourse import corpora
from nlpcourse.checks import Hint, exercise
from nlpcourse.transformers.bert import (
    IGNORED,
    Bert,
    BertConfig,
    PieceTokenizer,
    embed,
    load_pretrained,
)


def _near(got: Tensor, expected: Tensor) -> bool:
    return got.shape == expected.shape and torch.allclose(
        got.float(), expected, atol=1e-5
    )


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
        got = torch.as_tensor(answer(scores.clone(), mask.clone()))
        expected = scores.masked_fill(~mask, -1e30).softmax(dim=-1)
        if _near(got, expected):
            continue
        if got.shape != scores.shape:
            raise Hint(
                f"You gave back a table of shape {tuple(got.shape)}, the scores have "
                f"{tuple(scores.shape)}. Should each score not have one weight?"
            )
        if torch.isnan(got).any():
            raise Hint(
                "Some weights are not numbers. Is a row left with nothing to look at?"
            )
        if _near(got, scores.softmax(dim=-1)):
            raise Hint(
                "Padding still gets weight. Where does your function use the mask?"
            )
        if _near(got, scores.softmax(dim=-1) * mask):
            raise Hint(
                "Padding gets no weight, but do the rows still add up to one? What if the mask "
                "came before the softmax?"
            )
        if _near(got, (scores * mask).softmax(dim=-1)):
            raise Hint(
                "You set the score of padding to 0. What is e to the power of 0?"
            )
        if _near(got, scores.masked_fill(mask, -1e30).softmax(dim=-1)):
            raise Hint(
                "All the weight goes to the padding. Does True stand for a real token?"
            )
        if _near(got.sum(dim=0), torch.ones(scores.size(1))) and scores.size(0) > 1:
            raise Hint(
                "The columns add up to one. Along which axis does one token look at others?"
            )
        raise Hint(
            f"For scores {scores.tolist()} and mask {mask.tolist()} you gave {got.tolist()}. "
            "Which score makes e to its power vanish?"
        )
    return (
        "Libraries add the smallest number that the type can hold where we put minus infinity: in "
        "16 bits that number is about −65,504, and a row of nothing but padding then gives even "
        "weights and not a division of zero by zero."
    )


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


@exercise("30.2", parameters=draw_sizes)
def count_parameters(answer: Callable[..., int]) -> str:
    """The number of weights of an encoder with pooler, from its sizes."""
    for layers, hidden, feed, vocabulary, positions, segments in (
        (1, 4, 8, 10, 6, 2), (2, 4, 8, 10, 6, 2), (1, 8, 16, 10, 6, 2), (3, 6, 30, 50, 7, 1),
    ):  # fmt: skip
        config = BertConfig(
            vocabulary, hidden, layers, 2, feed, positions, segments
        )
        right = sum(p.numel() for p in Bert(config).parameters())
        sizes = {
            "layers": layers,
            "hidden": hidden,
            "feed_forward": feed,
            "vocabulary": vocabulary,
            "positions": positions,
            "segments": segments,
        }
        got = answer(**sizes)
        if got == right:
            continue
        pooler = hidden * hidden + hidden
        norms = 2 * hidden + layers * 4 * hidden
        biases = layers * (5 * hidden + feed) + hidden
        output = layers * (hidden * hidden + hidden)
        for missing, question in (
            (
                pooler,
                "Did you count the pooler, a square of hidden × hidden with its offsets?",
            ),
            (
                norms,
                "Did you count the layer norms, a scale and an offset for every channel?",
            ),
            (
                2 * hidden,
                "There is a layer norm after the embeddings too. Is it in your sum?",
            ),
            (
                biases,
                "Each linear layer adds an offset per output. Are they in your sum?",
            ),
            (
                output,
                "After the heads are joined, one more square layer mixes them. Is it there?",
            ),
            (
                (positions + segments) * hidden,
                "Did you count the positions and the segments?",
            ),
        ):
            if got == right - missing:
                raise Hint(question)
        raise Hint(
            f"For {sizes} you gave {got!r}, and the encoder has {right}. "
            "Which of its parts can you count alone: embeddings, one block, pooler?"
        )
    return (
        "Heads do not appear in the sum: cutting the channels into twelve heads or into one costs "
        "the same. In BERT-base a fifth of all weights are word embeddings; in MiniLM it is half."
    )


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
    result = answer(ids, special, 3, 5000)
    if not isinstance(result, tuple) or len(result) != 2:
        raise Hint(
            "Two tables should come back, the inputs and the targets. Do you return both?"
        )
    inputs, targets = result
    if inputs.shape != ids.shape or targets.shape != ids.shape:
        raise Hint(
            f"The ids have shape {tuple(ids.shape)}. Do both of your tables have it too?"
        )
    if not torch.equal(ids, before):
        raise Hint(
            "The ids that came in were changed. Could you write into a copy?"
        )
    asked = targets != IGNORED
    if (asked & special).any():
        raise Hint(
            "Some special tokens were asked about. Where do you leave them out?"
        )
    share = asked[~special].double().mean().item()
    if not 0.14 < share < 0.16:
        raise Hint(
            f"Of the ordinary tokens {share:.0%} were asked about. What share does the rule name?"
        )
    if not torch.equal(targets[asked], ids[asked]):
        raise Hint(
            "What should the target be at a hidden place: the true token, or the one shown?"
        )
    if not torch.equal(inputs[~asked], ids[~asked]):
        raise Hint(
            "Some tokens that you do not ask about were changed. Did you choose twice?"
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
    swapped = asked & (inputs != 3) & (inputs != ids)
    if len(set(inputs[swapped].tolist())) < 300:
        raise Hint(
            "The random replacements are hardly random. Is one drawn for every place?"
        )
    again, _ = answer(ids, special, 3, 5000)
    if torch.equal(again, inputs):
        raise Hint(
            "A second call hides the same places. Is the generator set anew inside?"
        )
    return (
        "Because the true token is sometimes left in place, the model can never trust what it sees "
        "at any place, and so keeps a good vector for every token, not for the blanks alone. "
        "And because your second call hid other places, you have just written dynamic masking."
    )


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
        got = [bool(x) for x in answer(list(pieces), list(words))]
        if got == right:
            continue
        if len(got) != len(pieces):
            raise Hint(
                f"There are {len(pieces)} pieces. Why do you give back {len(got)} answers?"
            )
        if any(
            got[i] for i, piece in enumerate(pieces) if piece in ("[CLS]", "[SEP]")
        ):
            raise Hint(
                "You hide a special token. Do [CLS] and [SEP] count as words?"
            )
        if got == [
            r and not p.startswith("##") for r, p in zip(right, pieces, strict=True)
        ]:
            raise Hint(
                "Only first pieces are hidden. What should happen to the ## that follow?"
            )
        raise Hint(
            f"For {pieces} and words {words} you gave {got}. Which number has the word that each "
            "piece belongs to, if the first word after [CLS] has number 0?"
        )
    return (
        "Google later published BERT models trained this way. Hiding one piece of embankment is an "
        "easy question, for its neighbours spell the answer; hiding the word asks what it means."
    )


# ── 30.5 · fooling the encoder ────────────────────────────────────────────────────────────────────

_NEGATION = re.compile(
    r"\b(?:not|no|never|nobody|nothing|cannot|neither|nor)\b|n't\b", re.I
)


def _content(text: str) -> set[str]:
    return {word for word in re.findall(r"[a-z]+", text.lower()) if len(word) > 4}


@exercise("30.5")
def triples(answer: Callable[[], Sequence[tuple[str, str, str]]]) -> str:
    """Sentences whose negation is nearer than their paraphrase."""
    found = list(answer())
    if len(found) < 3:
        raise Hint(f"You gave {len(found)} triples. Can you find three?")
    if any(not isinstance(t, tuple | list) or len(t) != 3 for t in found):
        raise Hint(
            "Each triple is (sentence, negation, paraphrase). Does one have another length?"
        )
    if len({t[0].strip().lower() for t in found}) < len(found):
        raise Hint(
            "Two triples start from the same sentence. Can you find another one?"
        )
    folder = corpora.minilm()
    bert, tokenizer = load_pretrained(folder), PieceTokenizer.from_folder(folder)
    for sentence, negation, paraphrase in found:
        if not _NEGATION.search(negation) or _NEGATION.search(sentence):
            raise Hint(
                f"Should the second of a triple not deny the first, with a word such as not or "
                f"never? Yours are {sentence!r} and {negation!r}."
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
        if len(paraphrase.split()) < 3:
            raise Hint(
                f"Is {paraphrase!r} a sentence that says the same as {sentence!r}?"
            )
        unit = torch.nn.functional.normalize(
            embed(bert, tokenizer, [sentence, negation, paraphrase]), dim=-1
        )
        to_negation, to_paraphrase = (
            (unit[0] @ unit[1]).item(),
            (unit[0] @ unit[2]).item(),
        )
        if to_negation <= to_paraphrase:
            raise Hint(
                f"The encoder is right about {sentence!r}: {to_negation:.2f} to the negation, "
                f"{to_paraphrase:.2f} to the paraphrase. Would rarer words in the paraphrase do it?"
            )
    return (
        "You wrote a small adversarial test. Search engines and retrieval systems built on such "
        "vectors make this mistake on real questions, which is why many add a second model that "
        "reads both texts together."
    )
