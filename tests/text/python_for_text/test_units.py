"""Chapter 01 by hand: encodings, clusters, counts, lines and laws, at their edges and on books."""

from __future__ import annotations

import codecs
import math
import time
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpcourse import corpora
from nlpcourse.assets import path
from nlpcourse.text.python_for_text import figures, powerlaw
from nlpcourse.text.python_for_text.characters import (
    described,
    graphemes,
    joins_before,
)
from nlpcourse.text.python_for_text.counting import (
    count,
    growth,
    hapax_share,
    ranked,
    spectrum,
    words,
)
from nlpcourse.text.python_for_text.encodings import decode, utf8
from nlpcourse.text.python_for_text.lines import PowerCurve, log_log_line

# ── encodings ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("half", ["\ud800", "a\udfff", "\udc80b"])
def test_half_a_surrogate_pair_is_no_character(half):
    with pytest.raises(ValueError, match="surrogate pair"):
        utf8(half)


@pytest.mark.parametrize(
    "codec", ["utf-8", "utf-8-sig", "utf-16", "latin-1"], ids=str
)
def test_a_file_is_read_in_the_encoding_that_it_was_written_in(codec):
    text = "naïve Zoë\r\n" if codec == "latin-1" else "naïve Zoë 中 🎧\r\n"
    found = decode(text.encode(codec))
    assert found.text == text
    assert found.encoding == codec


def test_ascii_is_utf_8_and_nothing_is_a_text():
    assert decode(b"plain").encoding == "utf-8"
    assert decode(b"").text == ""


@pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be"])
def test_a_mark_that_is_not_kept_is_told(name):
    mark = codecs.BOM_UTF16_LE if name == "utf-16-le" else codecs.BOM_UTF16_BE
    assert decode(mark + "é".encode(name)).text == "é"
    with pytest.raises(ValueError, match="cut short"):
        decode(mark + b"abc")
    with pytest.raises(ValueError, match="utf-8-sig"):
        decode(codecs.BOM_UTF8 + b"\xff")


@given(st.text(alphabet=st.characters(max_codepoint=0xFF)))
def test_latin_1_is_read_as_such_unless_it_looks_like_utf_8(text):
    data = text.encode("latin-1")
    if not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        found = decode(data)
        assert found.text.encode(found.encoding) == data


@pytest.mark.assets
def test_two_of_eighteen_files_are_no_utf_8():
    folder = path("gutenberg") / "corpora" / "gutenberg"
    read = {file.stem: decode(file.read_bytes()) for file in folder.glob("*.txt")}
    assert {name: one.text for name, one in read.items()} == corpora.gutenberg()
    assert sorted(n for n, one in read.items() if one.encoding == "latin-1") == [
        "chesterton-ball",
        "shakespeare-caesar",
    ]


# ── characters ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("", []),
        ("a", [1]),
        ("\u0301", [1]),
        ("\n\u0301", [1, 1]),
        ("a\r\nb", [1, 2, 1]),
        ("e\u0301\u0323x", [3, 1]),
        ("👩🏽\u200d🚀👩", [4, 1]),
        ("🇫🇷🇩🇪🇮", [2, 2, 1]),
        ("a\u200db", [2, 1]),
        ("1\ufe0f\u20e3", [3]),
        ("שָׁלוֹם", [3, 1, 2, 1]),
        ("\ud800\u0301", [2]),
    ],
)
def test_clusters(text, lengths):
    assert [len(cluster) for cluster in graphemes(text)] == lengths


@given(st.text())
def test_clusters_are_the_text(text):
    assert "".join(graphemes(text)) == text
    assert all(graphemes(text))


@pytest.mark.parametrize("function", [joins_before, described])
@pytest.mark.parametrize("text", ["", "ab"])
def test_one_code_point_is_asked_for(function, text):
    with pytest.raises(ValueError, match="one code point"):
        function(text)


def test_a_code_point_without_a_name_has_a_number():
    assert described("\x07") == "U+0007 (without a name)"
    assert described("\ud800").startswith("U+D800")


# ── counting ──────────────────────────────────────────────────────────────────────────────────────


def test_words_of_hard_texts():
    assert words("") == words("1851 ... 🎧 — _") == []
    assert words("Don't—don’t stop's'") == ["don't", "don’t", "stop's"]
    assert words("NAÏVE Éowyn") == ["naïve", "éowyn"]
    assert words("שלום עולם") == ["שלום", "עולם"]
    assert words("\ud800a") == ["a"]


def test_a_megabyte_without_a_space_is_one_word_at_once():
    begun = time.perf_counter()
    assert len(words("x" * 1_000_000)) == 1
    assert len(words("x'" * 500_000)) == 1
    assert len(graphemes("e" + "\u0301" * 20_000)) == 1
    assert len(utf8("é" * 500_000)) == 1_000_000
    assert time.perf_counter() - begun < 20


@given(st.lists(st.sampled_from("abc")))
def test_ranks_spectrum_and_counts_agree(tokens):
    counts = count(tokens)
    rows = ranked(counts)
    assert [rank for rank, _, _ in rows] == list(range(1, len(counts) + 1))
    assert sum(n for _, _, n in rows) == len(tokens)
    assert all(a[2] >= b[2] for a, b in pairwise(rows))
    assert sum(x * n for x, n in spectrum(counts).items()) == len(tokens)
    if tokens:
        assert hapax_share(counts) == spectrum(counts)[1] / len(counts)


@given(st.lists(st.sampled_from("abcdef"), max_size=30))
def test_growth_is_the_number_of_types_of_each_beginning(tokens):
    sizes = range(len(tokens) + 1)
    assert growth(tokens, sizes) == [len(set(tokens[:n])) for n in sizes]


def test_a_text_where_words_are_meant_is_refused():
    for call in (lambda: count("text"), lambda: growth("text", [1])):
        with pytest.raises(ValueError, match="cut it with `words`"):
            call()
    with pytest.raises(ValueError, match="first 3 of 2"):
        growth(["a", "b"], [3])
    with pytest.raises(ValueError, match="no words"):
        hapax_share({})


# ── lines ─────────────────────────────────────────────────────────────────────────────────────────


@given(st.floats(0.01, 100), st.floats(-3, 3))
def test_a_line_through_its_own_points_is_found(factor, exponent):
    curve = PowerCurve(factor, exponent)
    x = [1, 2, 5, 40]
    found = log_log_line(x, [curve.at(value) for value in x])
    assert found.factor == pytest.approx(factor)
    assert found.exponent == pytest.approx(exponent, abs=1e-9)


@pytest.mark.parametrize(
    ("x", "y", "reason"),
    [
        ([1, 2], [1], "each needs one"),
        ([1, 0], [1, 1], "no logarithm"),
        ([1, 2], [1, math.nan], "no logarithm"),
        ([3, 3], [1, 2], "two different"),
        ([], [], "two different"),
    ],
)
def test_points_without_a_line_are_refused(x, y, reason):
    with pytest.raises(ValueError, match=reason):
        log_log_line(x, y)


def test_a_curve_starts_above_zero():
    with pytest.raises(ValueError, match="above 0"):
        PowerCurve(1, 1).at(0)


# ── power laws ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("s", "m"), [(1, 1), (0.5, 1), (math.nan, 1), (2, 0)])
def test_a_sum_without_end_is_refused(s, m):
    with pytest.raises(ValueError, match="above 1"):
        powerlaw.log_zeta(s, m)


def test_a_steep_law_is_its_first_term():
    assert powerlaw.log_zeta(400.0, 9) == pytest.approx(-400 * math.log(9))


@pytest.mark.parametrize(
    ("counts", "minimum", "reason"),
    [
        ([], 1, "no count is above"),
        ([1, 1], 1, "no count is above"),
        ([3, 5], 6, "no count is above"),
        ([0, 4], 1, "does not occur"),
        ([4], 0, "1 or more"),
    ],
)
def test_counts_without_an_exponent_are_refused(counts, minimum, reason):
    with pytest.raises(ValueError, match=reason):
        powerlaw.fit_exponent(counts, minimum)


def test_too_few_words_have_no_best_fit():
    with pytest.raises(ValueError, match="too few"):
        powerlaw.best_fit([1, 2, 3])
    with pytest.raises(ValueError, match="equally often"):
        powerlaw.best_fit([2] * 80)
    with pytest.raises(ValueError, match="ask for 1 or more"):
        powerlaw.plausibility(powerlaw.Fit(2.0, 1, 0.1, 9), simulations=0)
    with pytest.raises(ValueError, match="cannot be drawn"):
        powerlaw.draw(2.0, 1, -1, seed=0)


@pytest.mark.parametrize(("alpha", "minimum"), [(1.95, 1), (2.5, 8), (1.6, 3)])
def test_the_exponent_of_a_known_law_is_found(alpha, minimum):
    size = 4000
    errors = []
    for seed in range(5):
        drawn = powerlaw.draw(alpha, minimum, size, seed)
        assert min(drawn) >= minimum
        errors.append(powerlaw.fit_exponent(drawn, minimum) - alpha)
    assert abs(sum(errors) / 5) < 2 * powerlaw.standard_error(alpha, size)


def test_the_line_misses_the_law_that_maximum_likelihood_finds():
    for seed in range(3):
        drawn = sorted(powerlaw.draw(1.95, 1, 5000, seed), reverse=True)
        line = log_log_line(range(1, 5001), drawn)
        assert 1 - 1 / line.exponent > 1.99
        shares = Counter(drawn)
        line = log_log_line(list(shares), list(shares.values()))
        assert -line.exponent < 1.3
        assert powerlaw.fit_exponent(drawn) == pytest.approx(1.95, abs=0.04)


def test_samples_of_the_law_are_plausible_and_another_law_is_not():
    drawn = powerlaw.draw(2.2, 2, 1500, seed=5)
    assert powerlaw.plausibility(powerlaw.fit(drawn, 2), simulations=30) > 0.1
    even = [x for x in range(1, 60) for _ in range(25)]
    assert powerlaw.plausibility(powerlaw.fit(even), simulations=30) == 0


@pytest.mark.assets
def test_moby_dick_stands_where_the_paper_has_it():
    counts = Counter(words(corpora.gutenberg()["melville-moby_dick"]))
    found = powerlaw.best_fit(counts.values())
    assert 5 <= found.minimum <= 9  # 7 ± 2
    assert found.alpha == pytest.approx(1.95, abs=0.02)


def test_places_are_spaced_and_none_is_refused():
    assert figures.spaced(1) == [0]
    places = figures.spaced(100_000)
    assert places[0] == 0
    assert places[-1] == 99_999
    assert len(places) <= figures.POINTS + 1
    with pytest.raises(ValueError, match="points to draw"):
        figures.spaced(0)
