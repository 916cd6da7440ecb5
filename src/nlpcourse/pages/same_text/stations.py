"""One sentence through the models of the path: what each is asked, and what it answers.

Every answer comes from the chapter's own model as it was trained there; nothing is trained here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from nlpcourse import plots
from nlpcourse.neural.cnn import data as films
from nlpcourse.neural.cnn import recipes as cnn
from nlpcourse.neural.lstm import recipes as lstm
from nlpcourse.neural.rnn import recipes as rnn
from nlpcourse.neural.rnn.language_model import (
    TiedLanguageModel,
    wikitext_vocabulary,
)
from nlpcourse.neural.seq2seq.translate import translate as translate_step_by_step
from nlpcourse.neural.seq2seq.translation import sentences
from nlpcourse.neural.word2vec.vectors import WordVectors
from nlpcourse.statistics.naive_bayes import features
from nlpcourse.statistics.naive_bayes.features import Counts
from nlpcourse.statistics.naive_bayes.models import MultinomialNaiveBayes
from nlpcourse.statistics.ngrams.wikitext import (
    END_OF_LINE,
    sentence_log_probabilities,
)
from nlpcourse.transformers.attention.reader import NextCharacter, austen_alphabet
from nlpcourse.transformers.bert.recipes import load_filler
from nlpcourse.transformers.gpt import recipes as gpt
from nlpcourse.transformers.gpt.language_models import sentence_costs
from nlpcourse.transformers.gpt.playground import cut
from nlpcourse.transformers.transformer import recipes as transformer
from nlpcourse.transformers.transformer import tasks

SENTENCE = "The movie was not as good as the book."


def words_of(sentence: str) -> list[str]:
    """Cut a sentence into words and marks, as WikiText-2 is cut.

    >>> words_of("The movie wasn't bad.")
    ['The', 'movie', 'wasn', "'t", 'bad', '.']
    """
    return cut(sentence)


# --------------------------------------------------------------------------- what comes next?


@torch.no_grad()
def word_costs(model: TiedLanguageModel, words: Sequence[str]) -> list[float]:
    """Return −ln p of every word of a line, in nats, given the words before it.

    Args:
        model: a language model of WikiText-2's words, in evaluation mode.
        words: the line; words outside the vocabulary become ``<unk>``.  No words, no costs.
    """
    if not words:
        return []
    ids = (
        wikitext_vocabulary().encode([END_OF_LINE, *words]).unsqueeze(0)
    )  # (1, T + 1)
    outputs, _ = model.hidden(ids[:, :-1])  # (1, T, C)
    log_p = model.softmax.log_prob(outputs[0])  # (T, vocabulary)
    costs: Tensor = -log_p.gather(1, ids[0, 1:, None]).squeeze(1)  # (T,)
    return [float(cost) for cost in costs]


@lru_cache(maxsize=1)
def language_models() -> dict[str, TiedLanguageModel]:
    """Return the course's neural language models of words, trained, by name."""
    return {
        "RNN": rnn.load_language_model()[0],
        "LSTM": lstm.load_language_model()[0],
        "GPT": gpt.load_words()[0],
    }


def prices(sentence: str) -> dict[str, list[float]]:
    """Return what every word of a sentence costs each language model of words, in nats."""
    words = words_of(sentence)
    found = {"n-grams": [-p for _, p in sentence_log_probabilities(words)]}
    for name, model in language_models().items():
        found[name] = word_costs(model, words)
    return found


def price_in_pieces(sentence: str) -> list[float]:
    """Return what every word costs the GPT of pieces, in nats: the sum of its pieces."""
    model, pieces, _ = gpt.load_pieces()
    return sentence_costs(model, words_of(sentence), pieces)


# ------------------------------------------------------------------------------ good or bad?


def film_counts() -> Counts:
    """Return the counts of the film sentences that the CNN read, for naive Bayes."""
    train, _ = films.movie_fold(0)
    labels = [films.MOVIE_LABELS[number] for number in train.labels]
    return features.count(train.documents, labels)


@lru_cache(maxsize=1)
def film_bayes() -> MultinomialNaiveBayes:
    """Return chapter 11's naive Bayes of these counts."""
    return MultinomialNaiveBayes(film_counts(), alpha=1.0)


@torch.no_grad()
def verdicts(sentence: str) -> dict[str, float]:
    """Return P(good) of a film sentence, by naive Bayes and by the convolutional network.

    Raises:
        ValueError: the sentence has no words.
    """
    words = features.words(sentence)
    if not words:
        raise ValueError("there is nothing to judge; give at least one word")
    model, vocabulary, _ = cnn.load_movie_model()
    numbers = torch.tensor([vocabulary.encode(words)])  # (1, T)
    scores = model(numbers, torch.tensor([len(words)]))  # (1, 2)
    return {
        "naive Bayes": film_bayes().posterior(words)["good"],
        "CNN": float(scores.softmax(dim=1)[0, films.MOVIE_LABELS.index("good")]),
    }


# --------------------------------------------------------------------------------- meanings


def mean_vector(vectors: WordVectors, sentence: str) -> Tensor:
    """Return the mean of a sentence's word vectors, (size,)."""
    _, found = vectors.sentence(words_of(sentence))
    return found.mean(dim=0)


# ------------------------------------------------------------------------------ in Spanish?


def translations(sentence: str) -> dict[str, dict[str, str]]:
    """Return the Spanish of both translators, greedy and with a beam.

    Returns:
        network → search → translation.
    """
    model, _ = transformer.load_translator()
    found: dict[str, dict[str, str]] = {
        "LSTM with attention": {},
        "Transformer": {},
    }
    for search, width in (("greedy", 1), (f"beam of {tasks.WIDTH}", tasks.WIDTH)):
        recurrent = translate_step_by_step(sentence, width)
        found["LSTM with attention"][search] = recurrent.text
        (written,) = tasks.translate(model, [sentence], width)
        found["Transformer"][search] = written
    return found


def lessons_with(phrase: str) -> int:
    """Return how many of the translators' training sentences hold a Spanish phrase."""
    train = sentences().train
    return sum(phrase in text for lesson in train for text in lesson.spanish)


# ----------------------------------------------------------------------- what is missing?


def fillings(sentence: str, word: str, count: int = 4) -> list[tuple[str, float]]:
    """Hide one word of a sentence; return what chapter 30's small model puts there.

    Args:
        sentence: as in the book's text.
        word: the word to hide, where it stands first.
        count: how many fillings to return, the likeliest first.

    Raises:
        ValueError: the sentence does not hold the word.
    """
    words = words_of(sentence)
    if word not in words:
        raise ValueError(f"{word!r} is no word of {sentence!r}")
    words[words.index(word)] = "<mask>"
    line = " " + " ".join(words)
    (found,) = load_filler().guesses(line.replace(" <mask>", "<mask>"), count)
    return [(text.strip(), chance) for text, chance in found]


# -------------------------------------------------------------------------- who looks where?


@torch.no_grad()
def looks_back(model: NextCharacter, text: str) -> Tensor:
    """Return the weights of one layer's heads on the characters of a text, (H, T, T).

    Raises:
        ValueError: the text is longer than the model's context.
    """
    if len(text) > model.context:
        raise ValueError(
            f"the model reads {model.context} characters, and {text!r} has {len(text)}"
        )
    _, weights = model(austen_alphabet().encode(text).unsqueeze(0))
    found: Tensor = weights[0]
    return found


# ---------------------------------------------------------------------------------- figures


def draw_prices(words: Sequence[str], rows: Mapping[str, Sequence[float]]) -> Any:
    """Draw what every word costs each model: a line of marks for each."""
    fig, axis = plots.subplots(figsize=(5, 3.4))
    looks = ("o-", "s--", "^-.", "D:", "v-")
    for (name, costs), look, color in zip(
        rows.items(), looks, plots.PALETTE, strict=False
    ):
        axis.plot(
            range(len(words)), costs, look, color=color, label=name, linewidth=1.2
        )
    axis.set_xticks(range(len(words)), words, rotation=40, ha="right")
    axis.set_ylabel("nats")
    axis.set_ylim(bottom=0)
    axis.legend(ncols=2)
    return fig


def draw_looks(text: str, weights: Mapping[str, Tensor]) -> Any:
    """Draw, head by head, at which character each character looks back.

    Args:
        text: T characters, at least one.
        weights: by the head's title, its attention weights, (T, T).

    Raises:
        ValueError: there are no heads or no characters, or a head has other sizes.
    """
    if not weights or not text:
        raise ValueError(
            "there is nothing to draw: give a text and at least one head"
        )
    for title, head in weights.items():
        if tuple(head.shape) != (len(text), len(text)):
            raise ValueError(
                f"the head {title!r} has the shape {tuple(head.shape)}; it needs a row and a "
                f"column for each of the {len(text)} characters"
            )
    fig, axes = plots.subplots(
        1, len(weights), figsize=(5, 3.2), sharey=True, squeeze=False
    )
    names = [character if character != " " else "␣" for character in text]
    for axis, (title, head) in zip(axes[0], weights.items(), strict=True):
        axis.imshow(head, vmin=0, vmax=1)
        axis.set_xticks(range(len(names)), names)
        axis.set_yticks(range(len(names)), names)
        axis.set_xlabel("looks at")
        axis.set_title(title)
        axis.grid(False)
    return fig
