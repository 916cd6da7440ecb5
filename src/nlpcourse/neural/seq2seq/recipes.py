"""What ``nlpcourse train`` trains for this chapter.

Three seeds each of the pronouncer, of the translator with and without attention, of
the aligner, and of the small models that spell backwards (see ``backwards``). Greedy
search is judged on all test items, beam search on a fixed part of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from nlpcourse.neural.seq2seq import (
    alignment,
    backwards,
    pronunciation,
    translation,
)
from nlpcourse.neural.seq2seq.model import Seq2Seq
from nlpcourse.neural.seq2seq.teaching import Teaching, build_model, write_all
from nlpcourse.statistics.alignment import gold
from nlpcourse.training import registry
from nlpcourse.training.recipe import Plan, Recipe
from nlpcourse.training.registry import over_seeds, read_log

BEAM = 4


def pronounce_all(
    model: Seq2Seq, words: Sequence[str], width: int = 1
) -> dict[str, list[str]]:
    """Return the sounds that the model gives each of *words*."""
    outputs = write_all(
        model, [pronunciation.LETTERS.encode(w) for w in words], width
    )
    sounds = [pronunciation.SOUNDS.decode(output) for output in outputs]
    return dict(zip(words, sounds, strict=True))


class Pronouncing(Teaching):
    """CMUdict's training words, one pair for each pronunciation."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Number letters and sounds of all training pairs."""
        letters, sounds = pronunciation.LETTERS, pronunciation.SOUNDS
        train = pronunciation.pairs(pronunciation.pronunciations().train)
        pairs = [
            (letters.encode(word), sounds.encode(said)) for word, said in train
        ]
        super().__init__(config, pairs, len(letters), len(sounds))

    def evaluate(self) -> dict[str, float]:
        """Return both error rates on all test words, and on every sixth."""
        model, lexicon = (
            cast(Seq2Seq, self.model),
            pronunciation.pronunciations().test,
        )
        greedy = pronounce_all(model, sorted(lexicon))
        some = sorted(lexicon)[::6]
        found = {
            "": greedy,
            "part_greedy_": {word: greedy[word] for word in some},
            "part_beam_": pronounce_all(model, some, BEAM),
        }
        metrics = {}
        for name, outputs in found.items():
            rates = pronunciation.error_rates(outputs, lexicon)
            metrics[f"{name}phoneme_error_rate"] = rates.phoneme
            metrics[f"{name}word_error_rate"] = rates.word
        return metrics


LENGTHS = (
    (1, 4),
    (5, 6),
    (7, 8),
    (9, 11),
    (12, 30),
)  # words of an English sentence


def by_length(
    outputs: Sequence[str], chosen: Sequence[translation.Sentence]
) -> dict[str, float]:
    """Return BLEU for each range of English sentence lengths."""
    found = {}
    for low, high in LENGTHS:
        part = [
            (output, sentence.spanish)
            for output, sentence in zip(outputs, chosen, strict=True)
            if low <= len(sentence.english.split()) <= high
        ]
        texts, references = zip(*part, strict=True)
        found[f"bleu_words_{low}_{high}"] = translation.corpus_bleu(
            texts, references
        )
    return found


def translate_all(
    model: Seq2Seq, english: Sequence[str], width: int = 1
) -> list[str]:
    """Return the model's Spanish for each English sentence."""
    vocabulary = translation.pieces()
    outputs = write_all(model, [vocabulary.encode(text) for text in english], width)
    return [vocabulary.decode(output) for output in outputs]


class Translating(Teaching):
    """Tatoeba's training pairs."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Cut all sentences into pieces."""
        size = len(translation.pieces())
        super().__init__(config, translation.training_pairs(), size, size)

    def evaluate(self) -> dict[str, float]:
        """Return BLEU on all test sentences, by length, on every second."""
        model, test = cast(Seq2Seq, self.model), translation.sentences().test
        references = [sentence.spanish for sentence in test]
        greedy = translate_all(model, [sentence.english for sentence in test])
        beam = translate_all(
            model, [sentence.english for sentence in test[::2]], BEAM
        )
        return {
            "bleu": translation.corpus_bleu(greedy, references),
            "part_greedy_bleu": translation.corpus_bleu(
                greedy[::2], references[::2]
            ),
            "part_beam_bleu": translation.corpus_bleu(beam, references[::2]),
            **by_length(greedy, test),
        }


class Aligning(Teaching):
    """The verses of the Greek New Testament with their English."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Cut all verses into pieces."""
        pieces = alignment.word_pieces()
        pairs = [
            (pieces.encode(verse.source)[0], pieces.encode(verse.target)[0])
            for verse in gold.verses()
        ]
        super().__init__(config, pairs, len(pieces), len(pieces))

    def evaluate(self) -> dict[str, float]:
        """Return the alignment error rate of attention and its neighbours."""
        model, chosen = cast(Seq2Seq, self.model), gold.verses()
        pieces = alignment.word_pieces()
        metrics = {}
        for name, shift in (("", 0), ("one_earlier_", -1), ("one_later_", 1)):
            weights = alignment.attention_of(model, pieces, chosen, shift)
            guesses = [alignment.links_of(table) for table in weights]
            metrics[f"{name}alignment_error_rate"] = gold.error_of(guesses, chosen)
        return metrics


PRONOUNCER: dict[str, Any] = {
    "data": "cmudict",
    "size": 96,
    "hidden": 256,
    "layers": 1,
    "attention": "general",
    "dropout": 0.1,
    "lexical": False,
    "shared": False,
    "rows": 128,
}
TRANSLATOR: dict[str, Any] = {
    "data": "tatoeba-es",
    "size": 160,
    "hidden": 224,
    "layers": 1,
    "attention": "general",
    "dropout": 0.1,
    "lexical": False,
    "shared": True,
    "rows": 64,
}
ALIGNER: dict[str, Any] = {
    "data": "gnt-bsb",
    "size": 128,
    "hidden": 160,
    "layers": 1,
    "attention": "general",
    "dropout": 0.1,
    "lexical": True,
    "shared": True,
    "rows": 16,
}
NO_ATTENTION = {**TRANSLATOR, "attention": "none"}
SEEDS = (0, 1, 2)
PRONOUNCER_NAME = "seq2seq-cmudict-seed0"
TRANSLATOR_NAME = "seq2seq-tatoeba-seed0"
ALIGNER_NAME = "seq2seq-gnt-seed0"


def _plan(seed: int, steps: int, learning_rate: float) -> Plan:
    return Plan(
        seed=seed,
        steps=steps,
        learning_rate=learning_rate,
        warmup=200,
        interval=100,
    )


def _recipes(seed: int) -> dict[str, Recipe]:
    return {
        f"seq2seq-cmudict-seed{seed}": Recipe(
            build=Pronouncing,
            config=PRONOUNCER,
            plan=_plan(seed, 2600, 3e-3),  # nearly three readings of the words
            half=True,
            keep_weights=seed == 0,
            about=f"letters to sounds with attention on CMUdict, seed {seed}",
        ),
        f"seq2seq-tatoeba-seed{seed}": Recipe(
            build=Translating,
            config=TRANSLATOR,
            plan=_plan(seed, 2700, 3e-3),  # one and a third readings
            half=True,
            keep_weights=seed == 0,
            about=f"English to Spanish with attention on Tatoeba, seed {seed}",
        ),
        f"seq2seq-tatoeba-no-attention-seed{seed}": Recipe(
            build=Translating,
            config=NO_ATTENTION,
            plan=_plan(seed, 2700, 3e-3),
            half=True,
            keep_weights=False,
            about=f"English to Spanish without attention on Tatoeba, seed {seed}",
        ),
        f"seq2seq-gnt-seed{seed}": Recipe(
            build=Aligning,
            config=ALIGNER,
            plan=_plan(seed, 2400, 3e-3),  # nearly five readings
            half=True,
            keep_weights=seed == 0,
            about=f"Greek to English with attention, New Testament, seed {seed}",
        ),
    }


RECIPES = {
    **{name: recipe for seed in SEEDS for name, recipe in _recipes(seed).items()},
    **backwards.RECIPES,
}


def bleu_by_length(stem: str) -> dict[str, float]:
    """Return BLEU by the words of the English sentence, mean over the seeds.

    Args:
        stem: the recipes' name without the seed.
    """
    found = {}
    for low, high in LENGTHS:
        scores = over_seeds(stem, f"bleu_words_{low}_{high}", SEEDS)
        found[f"{low}–{high}"] = sum(scores.values()) / len(scores)
    return found


def minutes(stem: str) -> float:
    """Return how long one seed's training took, mean over the seeds, in minutes."""
    seconds = [
        float(read_log(f"{stem}-seed{seed}")["training_seconds"]) for seed in SEEDS
    ]
    return sum(seconds) / len(seconds) / 60


def load_pronouncer() -> tuple[Seq2Seq, dict[str, Any]]:
    """Return the trained pronouncer of this chapter and the log of its training."""
    letters, sounds = len(pronunciation.LETTERS), len(pronunciation.SOUNDS)
    return _load(PRONOUNCER_NAME, build_model(PRONOUNCER, letters, sounds))


def load_translator() -> tuple[Seq2Seq, dict[str, Any]]:
    """Return the trained translator of this chapter and the log of its training."""
    size = translation.PIECES
    return _load(TRANSLATOR_NAME, build_model(TRANSLATOR, size, size))


def load_aligner() -> tuple[Seq2Seq, dict[str, Any]]:
    """Return the model trained on the verses, and the log of its training."""
    size = alignment.PIECES
    return _load(ALIGNER_NAME, build_model(ALIGNER, size, size))


def _load(name: str, model: Seq2Seq) -> tuple[Seq2Seq, dict[str, Any]]:
    return registry.load_model(name, model, RECIPES[name])
