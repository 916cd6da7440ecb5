"""What Baum–Welch is asked in the chapter: letters, and sentences with a dictionary but no tags."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from nlpcourse.statistics.hmm.fast import FastViterbi
from nlpcourse.statistics.hmm.fast_baum_welch import fast_step
from nlpcourse.statistics.hmm.model import (
    HiddenMarkovModel,
    TagCounts,
    Tagged,
    count,
)
from nlpcourse.statistics.hmm.tagging import score

EXTRA = 0.1
"""Added to every count of a model that has few tagged sentences, as NLTK's tagger does."""


def letters(text: str) -> list[str]:
    """Return the letters of a text in lower case, with one space where anything else stands.

    >>> "".join(letters("Call me -- Ishmael."))
    'call me ishmael '
    """
    spaced = [c if "a" <= c <= "z" else " " for c in text.lower()]
    return [
        c for before, c in itertools.pairwise([" ", *spaced]) if before + c != "  "
    ]


def dictionary_model(
    tagged: Sequence[Tagged], dictionary: Mapping[str, Sequence[str]]
) -> HiddenMarkovModel:
    """Return a model in which a word has only the tags that a dictionary gives it.

    The tables come from tagged sentences, which may be few or none: a tenth is added to the count
    of every entry of the dictionary, and of every step from tag to tag.

    Source: Merialdo (1994), whose dictionary also comes from the whole corpus.

    Raises:
        ValueError: the dictionary has no words with tags.
    """
    nothing: Counter[str] = Counter()
    counts = (
        count(tagged) if any(map(len, tagged)) else TagCounts(Counter(), {}, {})
    )
    states = sorted({tag for tags in dictionary.values() for tag in tags})
    if not states:
        raise ValueError("a dictionary needs a word with a tag at least")
    speak: defaultdict[str, float] = defaultdict(float)
    raised = {
        word: {t: counts.words.get(word, nothing)[t] + EXTRA for t in tags}
        for word, tags in dictionary.items()
    }
    for by_tag in raised.values():
        for tag, n in by_tag.items():
            speak[tag] += n
    emission = {
        word: {t: n / speak[t] for t, n in by_tag.items()}
        for word, by_tag in raised.items()
    }
    transition = {s: _raised(counts.pairs.get(s, nothing), states) for s in states}
    return HiddenMarkovModel(_raised(counts.first, states), transition, emission)


def _raised(counted: Counter[str], states: Iterable[str]) -> dict[str, float]:
    """Return shares of counts to each of which a tenth is added."""
    more = {s: counted[s] + EXTRA for s in states}
    total = sum(more.values())
    return {s: n / total for s, n in more.items()}


def watched_steps(
    model: HiddenMarkovModel, sentences: Sequence[Tagged], steps: int
) -> tuple[list[float], list[float]]:
    """Take steps on the words of tagged sentences; return accuracies and log likelihoods.

    Both begin with those of the model itself.  The tags are used for the accuracies alone.

    Raises:
        ValueError: the number of steps is negative, there are no words, or a word is impossible.
    """
    if steps < 0:
        raise ValueError(f"the number of steps is 0 or more, not {steps}")
    texts = [[word for word, _ in sentence] for sentence in sentences]
    accuracies, log_ps = [], []
    for _ in range(steps + 1):
        found = score(FastViterbi(model).path, sentences, model.emission)
        accuracies.append(found.accuracy)
        model, log_p = fast_step(model, texts)
        log_ps.append(log_p)
    return accuracies, log_ps
