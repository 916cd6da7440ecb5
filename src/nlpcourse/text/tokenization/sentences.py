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
THRESHOLD = 0.3  # Kiss and Strunk (2006), section 4.1.2


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

    >>> abbreviation_score(with_stop=50, without_stop=0, word="mr", stop_share=0.05) > THRESHOLD
    True
    >>> abbreviation_score(with_stop=50, without_stop=90, word="house", stop_share=0.05) > THRESHOLD
    False
    """

    def log_likelihood(
        p: float,
    ) -> float:  # of the counts, if a stop follows with probability p
        return with_stop * math.log(p) + without_stop * math.log(1 - p)

    log_likelihood_ratio = -2 * (log_likelihood(stop_share) - log_likelihood(0.99))

    inner_stops = word.count(".")
    letters = len(word) - inner_stops
    short = math.exp(-letters)
    periods = inner_stops + 1
    penalty = math.pow(letters, -without_stop)
    return log_likelihood_ratio * short * periods * penalty


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


def _types(text: str) -> Iterator[str]:
    """Yield the words of *text* in lower case, with full stops but without other edge marks."""
    for word in text.replace("--", " ").lower().split():
        if stripped := word.strip("\"'“”‘’()[]{},;:!?*_`-"):
            yield stripped
