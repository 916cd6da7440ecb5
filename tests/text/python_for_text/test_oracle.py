"""Chapter 01 by hand against Python's codecs, the regex package, NumPy and SciPy."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.optimize import minimize_scalar
from scipy.special import zeta

from nlpcourse import corpora
from nlpcourse.text.python_for_text import powerlaw
from nlpcourse.text.python_for_text.characters import graphemes
from nlpcourse.text.python_for_text.counting import count, words
from nlpcourse.text.python_for_text.encodings import utf8
from nlpcourse.text.python_for_text.lines import log_log_line

# Letters, marks, emoji with what modifies and joins them, flags, white space, controls.
ALPHABET = (
    "aZéßжשअ中\u0301\u0308\u0323\u05b0\ufe0f\u20e3\u200d🏻🏽🏿👩🚀👨❤🏳🌈🇫🇷🇩 \n\t1#"
)
counts = st.lists(st.integers(1, 400), min_size=2, max_size=200)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_utf_8_on_made_up_text(text):
    assert utf8(text) == text.encode("utf-8")


@pytest.mark.parametrize("border", [0x7F, 0x7FF, 0xD7FF, 0xE000, 0xFFFF, 0x10FFFF])
def test_utf_8_at_its_borders(border):
    for point in range(max(0, border - 2), min(border + 3, 0x110000)):
        if not 0xD800 <= point <= 0xDFFF:
            assert utf8(chr(point)) == chr(point).encode()


@pytest.mark.assets
def test_utf_8_of_every_tatoeba_pair():
    for english, spanish in corpora.tatoeba_es():
        assert utf8(english) == english.encode()
        assert utf8(spanish) == spanish.encode()


@settings(max_examples=500)
@given(st.text(alphabet=ALPHABET, max_size=30))
def test_clusters_on_made_up_text(text):
    assert graphemes(text) == regex.findall(r"\X", text)


@pytest.mark.assets
def test_clusters_of_a_whole_book_and_of_headlines():
    texts = [corpora.gutenberg()["chesterton-ball"]]
    texts += [headline.text for headline in corpora.headlines()]
    for text in texts:
        assert graphemes(text) == regex.findall(r"\X", text)


@pytest.mark.assets
def test_counts_of_every_book():
    for text in corpora.gutenberg().values():
        found = words(text)
        assert count(found) == Counter(found)


@given(st.lists(st.text(max_size=2)))
def test_counts_of_made_up_words(tokens):
    assert count(tokens) == Counter(tokens)
    assert list(count(tokens)) == list(Counter(tokens))


@given(
    st.lists(
        st.tuples(st.floats(0.1, 1e4), st.floats(0.1, 1e4)), min_size=2, max_size=40
    ).filter(lambda points: np.ptp([math.log(x) for x, _ in points]) > 0.5)
)
def test_the_line(points):
    x, y = zip(*points, strict=True)
    found = log_log_line(x, y)
    slope, start = np.polyfit(np.log(x), np.log(y), deg=1)
    assert found.exponent == pytest.approx(slope, rel=1e-6, abs=1e-6)
    assert math.log(found.factor) == pytest.approx(start, rel=1e-6, abs=1e-5)


def test_a_line_that_is_too_steep_is_refused():
    with pytest.raises(ValueError, match="further apart"):
        log_log_line([2045.0, 2056.0], [1.0, 2355.0])


@given(st.floats(1.01, 40), st.integers(1, 20_000))
def test_the_zeta_function(s, m):
    expected = zeta(s, m)
    if expected > 1e-250:
        assert powerlaw.log_zeta(s, m) == pytest.approx(
            math.log(expected), rel=1e-12, abs=1e-12
        )


def scipys_exponent(values, minimum):
    kept = np.array([x for x in values if x >= minimum])
    log_sum = np.log(kept).sum()
    return minimize_scalar(
        lambda alpha: kept.size * np.log(zeta(alpha, minimum)) + alpha * log_sum,
        bounds=(1.0001, 30),
        method="bounded",
        options={"xatol": 1e-10},
    ).x


@settings(deadline=None)
@given(counts, st.integers(1, 5))
def test_the_exponent_on_made_up_counts(values, minimum):
    kept = [x for x in values if x >= minimum]
    if not kept or np.mean(np.log(np.array(kept) / minimum)) < 1e-3:
        return  # the top lies beyond the interval that SciPy is given
    found = powerlaw.fit_exponent(values, minimum)
    expected = scipys_exponent(values, minimum)
    assert found == pytest.approx(expected, rel=1e-5)


@settings(deadline=None)
@given(counts, st.floats(1.1, 6))
def test_the_likelihood_is_that_of_scipys_zipf(values, alpha):
    found = powerlaw.log_likelihood(alpha, values)
    assert found == pytest.approx(stats.zipf.logpmf(values, alpha).sum(), rel=1e-9)


@settings(deadline=None)
@given(counts, st.floats(1.1, 6))
def test_the_distance_is_the_largest_gap_at_any_whole_number(values, alpha):
    numbers = np.arange(1, max(values) + 2)
    empirical = np.searchsorted(np.sort(values), numbers, side="right") / len(
        values
    )
    gap = np.abs(empirical - stats.zipf.cdf(numbers, alpha)).max()
    assert powerlaw.distance(values, alpha) == pytest.approx(gap, abs=1e-9)


def test_draws_follow_scipys_zipf():
    drawn = powerlaw.draw(1.8, 1, 20_000, seed=3)
    for x in (1, 2, 5, 50, 2000):
        share = sum(value <= x for value in drawn) / len(drawn)
        assert share == pytest.approx(stats.zipf.cdf(x, 1.8), abs=0.012)
    assert max(drawn) > 2000  # beyond the table


@pytest.mark.assets
@pytest.mark.parametrize(
    "name", ["melville-moby_dick", "carroll-alice", "blake-poems"]
)
def test_the_exponent_of_books(name):
    values = list(count(words(corpora.gutenberg()[name])).values())
    for minimum in (1, 2, 8):
        found = powerlaw.fit_exponent(values, minimum)
        assert found == pytest.approx(scipys_exponent(values, minimum), abs=1e-6)


@pytest.mark.assets
def test_the_best_minimum_is_that_of_an_exhaustive_search():
    values = np.array(
        list(count(words(corpora.gutenberg()["blake-poems"])).values())
    )
    found = {}
    for minimum in np.unique(values)[:-1]:
        kept = np.sort(values[values >= minimum])
        if kept.size < 50:
            break
        alpha = scipys_exponent(values, minimum)
        numbers = np.arange(minimum, kept[-1] + 2)
        empirical = np.searchsorted(kept, numbers, side="right") / kept.size
        law = 1 - zeta(alpha, numbers + 1) / zeta(alpha, minimum)
        found[int(minimum)] = np.abs(empirical - law).max()
    best = powerlaw.best_fit(values.tolist())
    assert best.minimum == min(found, key=found.get)
    assert best.distance == pytest.approx(min(found.values()), abs=1e-6)
