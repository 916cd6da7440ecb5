"""Sentences: a rule that every abbreviation breaks, and Punkt's repair that learns them from text.

Punkt (Kiss and Strunk 2006) reads raw text twice: once to learn which types are abbreviations, once
to split.  What this version leaves out of it: ordinal numbers, initials, frequent sentence starters
and the evidence of capital letters, by which Punkt also ends a sentence *at* an abbreviation.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Set

# A word, its closing marks, white space, and ahead of it what may open a sentence.
END = re.compile(
    r"""(\S*?)([.?!]+)["'”’)\]]*\s+(?=["'“‘(\[]*[^\W_a-z])""",
)
THRESHOLD = 0.3  # Kiss and Strunk's (2006), and NLTK's


def split_sentences(text: str, abbreviations: Set[str] = frozenset()) -> list[str]:
    """Split after ``.``, ``?`` or ``!`` that white space and a capital or a digit follow.

    Args:
        text: running text.
        abbreviations: types in lower case, without their last full stop, after which a full stop
            does not end a sentence.

    >>> split_sentences("Mr. Knightley came. He smiled.")
    ['Mr.', 'Knightley came.', 'He smiled.']
    >>> split_sentences("Mr. Knightley came. He smiled.", abbreviations={"mr"})
    ['Mr. Knightley came.', 'He smiled.']
    """
    sentences, start = [], 0
    for match in END.finditer(text):
        word, mark = match[1].lstrip("\"'“‘([-").lower(), match[2]
        if mark == "." and word in abbreviations:
            continue
        sentences.append(text[start : match.end()].strip())
        start = match.end()
    last = text[start:].strip()
    return [*sentences, last] if last else sentences


def abbreviation_score(
    with_stop: int, without_stop: int, word: str, stop_share: float
) -> float:
    r"""Return how much the type *word* behaves like an abbreviation; above 0.3 it is one.

    Args:
        with_stop: how often a full stop follows the type.
        without_stop: how often none does.
        word: the type without its last full stop.
        stop_share: the share of all tokens that end in a full stop, between 0 and 1.

    Returns:
        Kiss and Strunk's score: Dunning's log-likelihood ratio of "a full stop nearly always
        follows" against "a full stop follows as after any word", times three factors for short
        types, inner full stops and occurrences without a full stop (section 4.1).

    Raises:
        ValueError: *word* has no letter, a count is negative, or *stop_share* is no share, or is
            one that the counts rule out.

    >>> abbreviation_score(with_stop=50, without_stop=0, word="mr", stop_share=0.05) > THRESHOLD
    True
    >>> abbreviation_score(with_stop=50, without_stop=90, word="house", stop_share=0.05) > THRESHOLD
    False
    """

    def log_likelihood(p: float) -> float:
        """Of the counts, if a full stop follows with probability p."""
        return times_log(with_stop, p) + times_log(without_stop, 1 - p)

    log_likelihood_ratio = -2 * (log_likelihood(stop_share) - log_likelihood(0.99))
    inner_stops = word.count(".")
    letters = len(word) - inner_stops
    if letters == 0:
        raise ValueError(f"{word!r} has no letter; score words only")
    short = math.exp(-letters)
    periods = inner_stops + 1
    penalty = math.pow(letters, -without_stop)
    return log_likelihood_ratio * short * periods * penalty


def times_log(count: float, p: float) -> float:
    """Return count · log p, which is 0 where nothing is counted, even if p is 0.

    Raises:
        ValueError: *count* is negative, *p* is no probability, or something is counted that has
            probability 0.
    """
    if not (count >= 0 and 0 <= p <= 1):
        raise ValueError(f"{count} events of probability {p} cannot be")
    if count and not p:
        raise ValueError(f"{count} events are counted whose probability is 0")
    return count * math.log(p) if count else 0.0


def learn_abbreviations(text: str) -> dict[str, float]:
    """Return the abbreviations of *text* with their scores, learnt from the text alone.

    >>> text = "Mr. A met Mrs. B. Mr. B met Mrs. A. The end of it. We saw the end. It is the end."
    >>> sorted(learn_abbreviations(text * 3))
    ['mr', 'mrs']
    """
    types = list(_types(text))
    with_stop = Counter(w[:-1] for w in types if w.endswith("."))
    without_stop = Counter(w for w in types if not w.endswith("."))
    stop_share = with_stop.total() / max(len(types), 1)
    scores = {
        word: abbreviation_score(n, without_stop[word], word, stop_share)
        for word, n in with_stop.items()
        if any(c.isalpha() for c in word) and not word.endswith(".")
    }
    return {w: score for w, score in scores.items() if score >= THRESHOLD}


def detokenize(words: Iterable[str]) -> str:
    """Join the words of the Brown corpus as they stood on paper.

    >>> detokenize(["``", "No", ",", "Mr.", "Hill", "''", ",", "she", "said", "."])
    '"No, Mr. Hill", she said.'
    """
    text = " ".join(words).replace("`` ", '"').replace(" ''", '"')
    text = re.sub(r" ([,.;:?!)\]])", r"\1", text)
    text = re.sub(r"([(\[]) ", r"\1", text)
    return re.sub(r"([.;?!])\1", r"\1", text)  # Brown writes "U.S. ." and "? ?"


def boundaries(sentences: Iterable[str]) -> set[int]:
    """Return where the sentences end that end in ``.``, ``?`` or ``!``.

    Places are counted in visible characters, so that splitters which treat white space differently
    can be compared.

    >>> sorted(boundaries(["Go. ", "A headline", "Is it?"]))
    [3, 17]
    """
    ends, place = set(), 0
    for sentence in sentences:
        visible = "".join(sentence.split())
        place += len(visible)
        if visible.rstrip("\"'”’)]").endswith((".", "?", "!")):
            ends.add(place)
    return ends


def boundary_scores(
    gold: Iterable[str], split: Iterable[str]
) -> tuple[float, float, float]:
    """Return precision, recall and F1 of the sentence ends of *split* against those of *gold*.

    Precision is the share of the found ends that are true, recall the share of the true ends that
    are found, F1 the harmonic mean of the two.

    Raises:
        ValueError: *gold* or *split* has no sentence that ends in ``.``, ``?`` or ``!``.

    >>> boundary_scores(["Mr. Knightley came.", "He left."], ["Mr.", "Knightley came. He left."])
    (0.5, 0.5, 0.5)
    """
    true, found = boundaries(gold), boundaries(split)
    if not true or not found:
        raise ValueError(
            "no sentence ends in a full stop, question or exclamation mark"
        )
    precision, recall = (
        len(true & found) / len(found),
        len(true & found) / len(true),
    )
    f1 = 2 * len(true & found) / (len(found) + len(true))
    return precision, recall, f1


def _types(text: str) -> Iterator[str]:
    """Yield the words of *text* in lower case, with full stops but without other edge marks."""
    for word in text.replace("--", " ").lower().split():
        if stripped := word.strip("\"'“”‘’()[]{},;:!?*_`-"):
            yield stripped
