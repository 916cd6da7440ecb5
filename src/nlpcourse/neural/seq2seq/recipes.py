"""What ``nlpcourse train`` trains for this chapter.

Three seeds of the pronouncer, the translator and the aligner, and one translator
without attention. Batches hold pairs of like length; greedy search is judged on all
test items, beam search on a fixed part of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from nlpcourse import training
from nlpcourse.neural.seq2seq import alignment, pronunciation, translation
from nlpcourse.neural.seq2seq.model import Decoder, Encoder, Seq2Seq
from nlpcourse.neural.seq2seq.search import beam_search, greedy_search
from nlpcourse.neural.seq2seq.symbols import BEGIN, END, PAD, length_batches, pad
from nlpcourse.training import Plan, Recipe

Pair = tuple[list[int], list[int]]


def build_model(config: Mapping[str, Any], inputs: int, outputs: int) -> Seq2Seq:
    """Return an untrained model of the sizes in *config*."""
    encoder = Encoder(
        inputs,
        config["size"],
        config["hidden"],
        config["layers"],
        config["dropout"],
        config["lexical"],
    )
    decoder = Decoder(
        outputs,
        config["size"],
        config["hidden"],
        config["attention"],
        config["dropout"],
    )
    return Seq2Seq(encoder, decoder, config["shared"])


class Teaching:
    """Teacher forcing on pairs of sequences, in batches of like length.

    Args:
        config: sizes of the model, and ``rows`` of a batch.
        pairs: input and output numbers, without begin and end.
        inputs: symbols of the input.
        outputs: symbols of the output.
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        pairs: Sequence[Pair],
        inputs: int,
        outputs: int,
    ) -> None:
        """Make the model and keep the pairs."""
        self.model: nn.Module = build_model(config, inputs, outputs)
        self.pairs = pairs
        self.rows: int = config["rows"]
        self.lengths = [len(source) + len(target) for source, target in pairs]
        self.per_epoch = len(pairs) // self.rows
        self._epoch, self._batches = -1, [[0]]

    def batch(self, step: int) -> tuple[Tensor, ...]:
        """Return inputs (rows, inputs) and whole outputs (with begin, end)."""
        epoch, place = divmod(step, self.per_epoch)
        if epoch != self._epoch:
            self._epoch = epoch
            self._batches = length_batches(self.lengths, self.rows, seed=epoch)
        chosen = self._batches[place]
        source = pad([self.pairs[k][0] for k in chosen])
        return source, pad([[BEGIN, *self.pairs[k][1], END] for k in chosen])

    def loss(
        self, model: nn.Module, batch: tuple[Tensor, ...], carry: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the mean cross-entropy of the true next symbols."""
        return teacher_forcing_loss(model, *batch), ()

    def evaluate(self) -> dict[str, float]:
        """Return nothing: the tasks below know what to measure."""
        return {}


def teacher_forcing_loss(
    model: nn.Module, source: Tensor, target: Tensor
) -> Tensor:
    """Return the mean cross-entropy of each next symbol, given the true past.

    Args:
        model: takes inputs and outputs so far.
        source: inputs, (rows, inputs).
        target: true outputs with begin and end, (rows, outputs + 1).
    """
    logits = model(source, target[:, :-1]).logits  # (rows, outputs, symbols)
    return functional.cross_entropy(
        logits.flatten(0, 1), target[:, 1:].flatten(), ignore_index=PAD
    )


def write_all(
    model: Seq2Seq, sources: Sequence[list[int]], width: int, alpha: float = 1.0
) -> list[list[int]]:
    """Return the model's output for every input, by greedy or by beam search.

    Args:
        model: a trained model.
        sources: input numbers.
        width: of the beam.
        alpha: power of the length by which a beam's scores are divided.
    """
    model.eval()
    outputs: list[list[int]] = [[] for _ in sources]
    batches = length_batches([len(s) for s in sources], 64, seed=0, shuffled=False)
    for chosen in batches:
        source = pad([sources[k] for k in chosen])
        longest = 2 * source.shape[1] + 10
        with torch.no_grad():
            state = model.start(source)
        if width == 1:
            written = greedy_search(model.step, state, BEGIN, END, longest)
        else:
            beams = beam_search(
                model.step, state, width, BEGIN, END, longest, alpha
            )
            written = [hypotheses[0].symbols for hypotheses in beams]
        for k, output in zip(chosen, written, strict=True):
            outputs[k] = output
    return outputs


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
            for verse in alignment.verses()
        ]
        super().__init__(config, pairs, len(pieces), len(pieces))

    def evaluate(self) -> dict[str, float]:
        """Return the alignment error rate of attention and its neighbours."""
        model, chosen = cast(Seq2Seq, self.model), alignment.verses()
        pieces = alignment.word_pieces()
        metrics = {}
        for name, shift in (("", 0), ("one_earlier_", -1), ("one_later_", 1)):
            weights = alignment.attention_of(model, pieces, chosen, shift)
            guesses = [alignment.links_of(table) for table in weights]
            metrics[f"{name}alignment_error_rate"] = alignment.error_of(
                guesses, chosen
            )
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
NO_ATTENTION_NAME = "seq2seq-tatoeba-no-attention-seed0"
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
    name: recipe for seed in SEEDS for name, recipe in _recipes(seed).items()
}


def over_seeds(stem: str, metric: str) -> dict[int, float]:
    """Return a metric of every trained seed of a task, from the logs.

    Args:
        stem: a recipe's name without its seed, such as ``"seq2seq-gnt"``.
        metric: as the task's ``evaluate`` calls it.
    """
    names = {seed: f"{stem}-seed{seed}" for seed in SEEDS}
    folder = training.checkpoints_dir()
    return {
        seed: float(training.read_log(name)["metrics"][metric])
        for seed, name in names.items()
        if (folder / f"{name}.json").is_file()
    }


def bleu_by_length(name: str) -> dict[str, float]:
    """Return BLEU by the words of the English sentence, from a log.

    Args:
        name: of the recipe.
    """
    metrics = training.read_log(name)["metrics"]
    return {
        f"{low}–{high}": float(metrics[f"bleu_words_{low}_{high}"])
        for low, high in LENGTHS
    }


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
    tensors, log = training.load(name, RECIPES[name])
    model.load_state_dict(tensors)
    return model.eval(), log
