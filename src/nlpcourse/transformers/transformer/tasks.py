"""Chapter 25's two tasks under a Transformer: letters to sounds, English to Spanish.

The data, the splits, the batches and the measures are those of chapter 25; the model differs, and
with it the settings of its training.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from nlpcourse.neural.seq2seq import pronunciation, translation
from nlpcourse.neural.seq2seq.search import State, beam_search, greedy_search
from nlpcourse.neural.seq2seq.symbols import (
    BEGIN,
    END,
    PAD,
    Epochs,
    length_batches,
    pad,
)
from nlpcourse.transformers.transformer.model import Transformer

WIDTH = 4  # of the beam, as in the paper and in chapter 25


def build(config: Mapping[str, Any], source: int, target: int) -> Transformer:
    """Return an untrained Transformer of the sizes in *config* for two vocabularies.

    Raises:
        KeyError: *config* lacks a setting.
    """
    return Transformer(
        source,
        target,
        size=config["size"],
        heads=config["heads"],
        layers=config["layers"],
        inner=config["inner"],
        dropout=config["dropout"],
        norm_first=config.get("norm_first", False),
        shared=config.get("shared", False),
    )


def next_step(
    model: Transformer, last: Tensor, state: State
) -> tuple[Tensor, State]:
    """Take one step of a search: score what may follow what is written.

    Args:
        model: in evaluation mode.
        last: (rows,), the symbols written last.
        state: memory (rows, S, C), its mask (rows, 1, 1, S), and what is written (rows, T).

    Returns:
        Log-probabilities (rows, tokens) and the state with *last* written down.
    """
    memory, real, written = state
    written = torch.cat([written, last[:, None]], dim=1)  # (rows, T + 1)
    scores = model.decode(written, memory, real)[:, -1]  # only the last row is news
    return scores.log_softmax(dim=-1), (memory, real, written)


@torch.no_grad()
def answers(
    model: Transformer,
    sources: Sequence[Sequence[int]],
    width: int = 1,
    rows: int = 250,
    longest: int = 60,
) -> list[list[int]]:
    """Return the model's answer to every source text.

    Args:
        model: in evaluation mode.
        sources: numbers of the source tokens.
        width: of the beam; 1 is greedy search.
        rows: texts that are answered side by side.
        longest: tokens of an answer, at most.

    Raises:
        ValueError: the beam's width, the rows or the longest answer are below 1, or a source is
            longer than the model's positions.
    """
    if min(width, rows, longest) < 1:
        raise ValueError(
            f"a width of {width}, {rows} rows, answers of {longest} tokens: each must be 1 or more"
        )
    found: list[list[int]] = [[] for _ in sources]
    lengths = [len(source) for source in sources]
    for batch in length_batches(lengths, rows, seed=0, shuffled=False):
        source = pad([[*sources[i], END] for i in batch])
        limit = min(longest, 2 * source.shape[1] + 10)
        memory, real = model.encode(source)
        start = torch.zeros(len(batch), 0, dtype=torch.long)
        state = (memory, real, start)

        def step(last: Tensor, state: State) -> tuple[Tensor, State]:
            return next_step(model, last, state)

        if width == 1:
            outputs = greedy_search(step, state, BEGIN, END, limit)
        else:
            ranked = beam_search(step, state, width, BEGIN, END, limit)
            outputs = [hypotheses[0].symbols for hypotheses in ranked]
        for i, output in zip(batch, outputs, strict=True):
            found[i] = output
    return found


class _Task:
    """What both tasks share: batches of like length, the smoothed loss."""

    model: nn.Module

    def __init__(
        self, config: Mapping[str, Any], pairs: list[tuple[list[int], list[int]]]
    ) -> None:
        """Keep the pairs of source and target numbers.

        Raises:
            ValueError: the pairs do not fill one batch.
        """
        self.config, self.pairs = config, pairs
        self.epochs = Epochs([len(s) + len(t) for s, t in pairs], config["rows"])

    def batch(self, step: int) -> tuple[Tensor, ...]:
        """Return source (rows, S), answer so far (rows, T) and what follows it (rows, T)."""
        chosen = [self.pairs[i] for i in self.epochs.items(step)]
        source = pad([[*s, END] for s, _ in chosen])
        target = pad([[BEGIN, *t, END] for _, t in chosen])
        return source, target[:, :-1], target[:, 1:]

    def loss(
        self, model: nn.Module, batch: tuple[Tensor, ...], carry: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the mean smoothed cross-entropy of the tokens to come."""
        source, so_far, following = batch
        scores = model(source, so_far)  # (rows, T, tokens)
        smoothing = self.config["smoothing"]
        # PyTorch's fused form of this chapter's smoothed_cross_entropy; the tests prove them equal
        loss = functional.cross_entropy(
            scores.flatten(0, 1),
            following.flatten(),
            ignore_index=PAD,
            label_smoothing=smoothing,
        )
        return loss, ()


class Pronouncing(_Task):
    """From the letters of a word to its sounds, on CMUdict."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Make the model and number the training words."""
        letters, sounds = pronunciation.LETTERS, pronunciation.SOUNDS
        self.model: nn.Module = build(config, len(letters), len(sounds))
        train = pronunciation.pairs(pronunciation.pronunciations().train)
        super().__init__(
            config, [(letters.encode(w), sounds.encode(s)) for w, s in train]
        )

    def evaluate(self) -> dict[str, float]:
        """Return both error rates on all test words, and on every sixth by both searches."""
        assert isinstance(self.model, Transformer)
        test = pronunciation.pronunciations().test
        words = sorted(test)
        greedy, some = pronounce(self.model, words), words[::6]
        found = {
            "": greedy,
            "part_greedy_": {word: greedy[word] for word in some},
            "part_beam_": pronounce(self.model, some, WIDTH),
        }
        metrics = {}
        for name, outputs in found.items():
            rates = pronunciation.error_rates(outputs, test)
            metrics[f"{name}phoneme_error_rate"] = rates.phoneme
            metrics[f"{name}word_error_rate"] = rates.word
        return metrics


def pronounce(
    model: Transformer, words: Sequence[str], width: int = 1
) -> dict[str, list[str]]:
    """Return the sounds that the model gives to every word."""
    letters, sounds = pronunciation.LETTERS, pronunciation.SOUNDS
    found = answers(model, [letters.encode(word) for word in words], width)
    return {
        word: sounds.decode(numbers)
        for word, numbers in zip(words, found, strict=True)
    }


class Translating(_Task):
    """From English to Spanish, on Tatoeba's sentences."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Make the model and number the training sentences."""
        tokens = len(translation.pieces())
        self.model: nn.Module = build(config, tokens, tokens)
        super().__init__(config, translation.training_pairs())

    def evaluate(self) -> dict[str, float]:
        """Return BLEU on all test sentences, and on every second by both searches."""
        assert isinstance(self.model, Transformer)
        test = translation.sentences().test
        english = [s.english for s in test]
        references = [s.spanish for s in test]
        greedy = translate(self.model, english)
        beam = translate(self.model, english[::2], WIDTH)
        bleu = translation.corpus_bleu
        return {
            "bleu": bleu(greedy, references),
            "part_greedy_bleu": bleu(greedy[::2], references[::2]),
            "part_beam_bleu": bleu(beam, references[::2]),
        }


def translate(
    model: Transformer, sentences: Sequence[str], width: int = 1
) -> list[str]:
    """Return the model's Spanish for every English sentence."""
    vocabulary = translation.pieces()
    found = answers(model, [vocabulary.encode(s) for s in sentences], width)
    return [vocabulary.decode(numbers) for numbers in found]


class NextToken(nn.Module):
    """One step of a greedy search as a module, for the page."""

    def __init__(self, model: Transformer) -> None:
        """Keep the trained model."""
        super().__init__()
        self.model = model

    def forward(self, source: Tensor, written: Tensor) -> tuple[Tensor, Tensor]:
        """Return what follows what is written, and where the model looks for it.

        Args:
            source: (B, S), numbers of the source tokens, the end among them.
            written: (B, T), the beginning and the answer so far.

        Returns:
            Log-probabilities (B, tokens), and the last decoder layer's weights (B, H, S).
        """
        memory, real = self.model.encode(source)
        scores = self.model.decode(written, memory, real)[:, -1]
        return scores.log_softmax(dim=-1), self.model.look_across[:, :, -1]
