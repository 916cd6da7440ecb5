"""What Kim (2014) trained on: TREC's questions, and film sentences with their critics' labels."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from nlpcourse import corpora
from nlpcourse.evaluation import cross_validation_folds
from nlpcourse.neural.cnn.data import TREC_LABELS, Labelled, set_apart

FOLDS = 10
"""Of the film sentences, as in the paper."""

_ENDINGS = re.compile(r"('s|'ve|n't|'re|'d|'ll|[,!()?])")


def kim_words(text: str) -> list[str]:
    """Split a text as the code that Kim published does, in the case that it comes in.

    Marks other than ``, ! ? ( ) ' ` `` go, and endings such as *n't* stand alone.

    Source: the function ``clean_str`` of Kim's code; the paper does not describe it.

    >>> kim_words("It isn't over-long (I'd say)!")
    ['It', 'is', "n't", 'over', 'long', '(', 'I', "'d", 'say', ')', '!']
    """
    kept = re.sub(r"[^A-Za-z0-9(),!?'`]", " ", text)
    return _ENDINGS.sub(r" \1 ", kept).split()


def cut(text: str, kims: bool = True, lower: bool = True) -> list[str]:
    """Split a text in one of four ways.

    Args:
        text: a sentence.
        kims: split as Kim's code does; at the spaces alone otherwise.
        lower: turn all into lower case first.

    >>> cut("What 's UTF-8 ?"), cut("What 's UTF-8 ?", kims=False, lower=False)
    (['what', "'s", 'utf', '8', '?'], ['What', "'s", 'UTF-8', '?'])
    """
    text = text.lower() if lower else text
    return kim_words(text) if kims else text.split()


def questions(kims: bool = True, lower: bool = True) -> tuple[Labelled, Labelled]:
    """Return TREC's questions to train and to test on; classes as in ``TREC_LABELS``."""
    split = corpora.trec()

    def part(items: Iterable[corpora.LabelledText]) -> Labelled:
        kept = list(items)
        return Labelled(
            [cut(q.text, kims, lower) for q in kept],
            [TREC_LABELS.index(q.label) for q in kept],
        )

    return part(split.train), part(split.test)


def bare(text: str) -> str:
    """Return a text's letters and digits in lower case, to find it in another copy.

    >>> bare("It's so laddish and juvenile, …") == bare("it's so laddish and juvenile , . . .")
    True
    """
    return re.sub(r"[^a-z0-9]", "", text.lower())


@lru_cache(maxsize=1)
def critics_sentences() -> Labelled:
    """Return the film sentences whose critics' label is known: 1 is *fresh*, 0 *rotten*.

    The sentences are those that Hutto and Gilbert had rated; the labels come from another copy of
    them, by their letters.  Sentences that the other copy lacks, or labels both ways, are left out.
    """
    labels: dict[str, set[str]] = {}
    for review in corpora.reviews():
        if review.label != "plot":
            labels.setdefault(bare(review.text), set()).add(review.label)
    found = Labelled([], [])
    for rated in corpora.sentiment_4("movie"):
        kinds = labels.get(bare(rated.text), set())
        if len(kinds) == 1:
            found.documents.append(cut(rated.text))
            found.labels.append(int(kinds == {"fresh"}))
    return found


def fold_of(
    total: int, fold: int, shuffle: int, folds: int = FOLDS
) -> tuple[list[int], list[int]]:
    """Return the numbers of the sentences to train and to test on in one fold.

    Raises:
        ValueError: there is no such fold.
    """
    if not 0 <= fold < folds:
        raise ValueError(f"fold {fold} is none of 0 to {folds - 1}")
    return list(cross_validation_folds(total, folds, shuffle))[fold]


def hold_back(part: Labelled, share: float = 0.1) -> tuple[Labelled, Labelled]:
    """Return a training part without a random tenth of it, and that tenth.

    Raises:
        ValueError: the share is not between 0 and 1, or leaves one of both parts empty.
    """
    if not 0 < share < 1:
        raise ValueError(f"the share lies between 0 and 1, not {share}")
    apart, rest = set_apart(len(part), round(share * len(part)))
    return part.choose(rest), part.choose(apart)
