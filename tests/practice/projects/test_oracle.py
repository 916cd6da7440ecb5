"""By hand against production libraries, brute force and every permutation."""

import itertools
import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import connected_components
from scipy.stats import bootstrap
from sklearn.metrics import f1_score, jaccard_score, ndcg_score

from nlpcourse.learning.topics.similarity import jaccard
from nlpcourse.practice.projects import draws
from nlpcourse.practice.projects import material as data
from nlpcourse.practice.projects.bands import candidates, found_chance
from nlpcourse.practice.projects.finding import Finder, judged
from nlpcourse.practice.projects.gain import dcg, ndcg
from nlpcourse.practice.projects.groups import deal, groups
from nlpcourse.practice.projects.minhash import estimate, hash_functions, signature
from nlpcourse.practice.projects.near import leaks, near_duplicates
from nlpcourse.practice.projects.ratio import gain_interval, interval, score
from nlpcourse.practice.projects.shingles import PRIME, number, shingles
from nlpcourse.practice.projects.tasks import spam_part, tokens_part

TEXTS = st.lists(st.text("ab c", max_size=12), min_size=2, max_size=8)


@given(
    st.text("abc ", min_size=1, max_size=40),
    st.text("abc ", min_size=1, max_size=40),
)
def test_shingles_as_rows_of_zeros_and_ones(one, other):
    a, b = shingles(one, 3), shingles(other, 3)
    every = sorted(a | b)
    if every:
        first, second = ([s in found for s in every] for found in (a, b))
        expected = jaccard_score(first, second, zero_division=0)
        assert jaccard(a, b) == pytest.approx(expected)


@given(
    st.sets(st.integers(0, 5), min_size=1), st.sets(st.integers(0, 5), min_size=1)
)
@settings(max_examples=40)
def test_over_all_orders_the_least_agree_as_often_as_jaccard_says(a, b):
    """The theorem itself, by counting all 720 orders of six things."""
    agree = 0
    for order in itertools.permutations(range(6)):
        agree += min(a, key=order.__getitem__) == min(b, key=order.__getitem__)
    assert agree / math.factorial(6) == pytest.approx(jaccard(a, b))


def test_signatures_by_pythons_integers():
    functions = hash_functions(20, seed=3)
    for text in ("hello there", "Ζeus", "\U0001fae8\ud800 x", "a"):
        found = shingles(text)
        expected = [
            min((int(a) * number(s) + int(b)) % PRIME for s in found)
            for a, b in functions
        ]
        assert signature(found, functions).tolist() == expected


@pytest.mark.parametrize("shared", [4, 10, 16])
def test_estimates_come_near_the_coefficient(shared):
    a = {f"x{i}" for i in range(20)}
    b = {f"x{i}" for i in range(shared)} | {f"y{i}" for i in range(20 - shared)}
    exact = jaccard(a, b)
    guesses = []
    for seed in range(40):
        functions = hash_functions(200, seed)
        guesses.append(estimate(signature(a, functions), signature(b, functions)))
    assert np.mean(guesses) == pytest.approx(exact, abs=0.02)
    assert np.std(guesses) == pytest.approx(
        math.sqrt(exact * (1 - exact) / 200), rel=0.4
    )


@pytest.mark.parametrize(("similarity", "table"), [
    (0.2, 0.006), (0.3, 0.047), (0.4, 0.186), (0.5, 0.470), (0.6, 0.802), (0.7, 0.975),
    (0.8, 0.9996),
])  # fmt: skip
def test_the_lectures_table(similarity, table):
    places = 4 if table > 0.99 else 3
    assert round(found_chance(similarity, rows=5, bands=20), places) == table


@given(
    st.lists(
        st.lists(st.integers(0, 2), min_size=4, max_size=4), min_size=1, max_size=9
    )
)
def test_candidates_are_all_pairs_that_agree_in_a_band(signatures):
    table = np.array(signatures)
    expected = {
        (i, j)
        for i, j in itertools.combinations(range(len(table)), 2)
        if (table[i, :2] == table[j, :2]).all()
        or (table[i, 2:] == table[j, 2:]).all()
    }
    found = list(candidates(table, rows=2))
    assert len(found) == len(set(found))
    assert set(found) == expected


def brute(texts, least):
    sets = [shingles(text) for text in texts]
    return {
        (i, j): jaccard(sets[i], sets[j])
        for i, j in itertools.combinations(range(len(texts)), 2)
        if sets[i] and sets[j] and jaccard(sets[i], sets[j]) >= least
    }


@pytest.mark.assets
def test_near_duplicates_of_real_messages_by_comparing_every_pair():
    texts = [row.text for row in data.messages()]
    rng = random.Random(0)
    some = [texts[i] for i, _, _ in near_duplicates(texts[:2000])][:150]
    chosen = list(dict.fromkeys([*rng.sample(texts, 400), *some]))
    expected = brute(chosen, 0.5)
    found = {(i, j): alike for i, j, alike in near_duplicates(chosen)}
    assert len(expected) > 20
    assert found.items() <= expected.items(), (
        "what is reported was measured exactly"
    )
    assert len(found) >= 0.97 * len(expected)
    sure = {pair for pair, alike in expected.items() if alike > 0.65}
    assert sure <= found.keys()


@given(TEXTS)
@settings(max_examples=60)
def test_equal_texts_are_always_found(texts):
    found = {(i, j): alike for i, j, alike in near_duplicates(texts)}
    expected = brute(texts, 0.5)
    assert found.items() <= expected.items()
    assert {p for p, alike in expected.items() if alike == 1} <= found.keys()


@given(TEXTS, TEXTS)
@settings(max_examples=40)
def test_leaks_are_pairs_across(train, test):
    every = {(i, j) for i, j, _ in near_duplicates([*train, *test])}
    n = len(train)
    found = {(i, j + n) for i, j, _ in leaks(train, test)}
    assert found == {(i, j) for i, j in every if i < n <= j}


@given(
    st.integers(1, 12),
    st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=10),
)
def test_groups_are_scipys_connected_components(n, pairs):
    pairs = [(i % n, j % n) for i, j in pairs]
    graph = np.zeros((n, n))
    for i, j in pairs:
        graph[i, j] = 1
    count, labels = connected_components(graph, directed=False)
    found = groups(n, pairs)
    assert len(found) == count
    assert sorted(itertools.chain.from_iterable(found)) == list(range(n))
    assert all(len({labels[i] for i in group}) == 1 for group in found)


@given(st.integers(0, 99))
def test_dealing_keeps_groups_whole(seed):
    grouped = [[0, 1, 2], [3], [4, 5], [6], [7], [8], [9]]
    parts = deal(grouped, [4, 3], seed)
    assert [len(part) for part in parts] == [4, 3]
    for group in grouped:
        assert sum(bool(set(group) & set(part)) for part in parts) <= 1
        assert all(set(group) <= set(p) or not set(group) & set(p) for p in parts)


@given(st.lists(st.integers(0, 3), min_size=2, max_size=14), st.integers(1, 12))
def test_ndcg_is_scikit_learns(gains, k):
    names = [f"d{i}" for i in range(len(gains))]
    relevant = {name: gain for name, gain in zip(names, gains, strict=True) if gain}
    order = [-float(i) for i in range(len(gains))]
    expected = ndcg_score([gains], [order], k=k) if relevant else 0.0
    assert ndcg(names, relevant, k) == pytest.approx(expected)


def test_dcg_by_hand():
    assert dcg([3, 2, 3]) == pytest.approx(3 + 2 / math.log2(3) + 3 / 2)
    assert dcg([]) == 0


LABELS = st.lists(st.sampled_from(["ham", "spam"]), min_size=1, max_size=30)


@given(LABELS, st.randoms(use_true_random=False))
def test_the_ratio_is_f1(gold, rng):
    said = [rng.choice(["ham", "spam"]) for _ in gold]
    ours = score([spam_part(g, s) for g, s in zip(gold, said, strict=True)])
    theirs = f1_score(gold, said, pos_label="spam", zero_division=0)
    assert ours == pytest.approx(theirs)


def test_the_ratio_is_accuracy_over_all_tags():
    parts = [
        tokens_part("a b c", "a x c"),
        tokens_part("a", "a"),
        tokens_part("a b", "a"),
    ]
    assert score(parts) == pytest.approx(3 / 6)


def test_the_interval_comes_near_scipys():
    rng = np.random.default_rng(1)
    right = rng.random(400) < 0.7
    ours = interval([(float(r), 1.0) for r in right], samples=4000)
    theirs = bootstrap(
        (right.astype(float),),
        np.mean,
        method="percentile",
        n_resamples=4000,
        random_state=2,
    ).confidence_interval
    assert ours == pytest.approx((theirs.low, theirs.high), abs=0.006)


def test_the_interval_of_a_gain_is_that_of_the_differences():
    """Where every lower part is one, the gain is the mean of differences."""
    rng = np.random.default_rng(3)
    before, after = rng.random(300), rng.random(300)
    ones = np.ones(300)
    ours = gain_interval(
        list(zip(before, ones, strict=True)),
        list(zip(after, ones, strict=True)),
        samples=3000,
    )
    theirs = bootstrap(
        (after - before,),
        np.mean,
        method="percentile",
        n_resamples=3000,
        random_state=4,
    ).confidence_interval
    assert ours == pytest.approx((theirs.low, theirs.high), abs=0.006)


@pytest.mark.assets
def test_the_messages_are_dealt_as_they_are_stored():
    """The stored letters, made anew."""
    letters = data.dealt_letters("moderation")
    stored = data.material("moderation")
    rows = data.messages()
    for letter, part in data.PARTS.items():
        made = tuple(
            r for r, own in zip(rows, letters, strict=True) if own == letter
        )
        assert made == getattr(stored, part)


@pytest.mark.assets
@pytest.mark.parametrize("name", list(data.SIZES))
def test_parts_have_their_sizes_and_share_nothing(name):
    stored = data.material(name)
    parts = (stored.train, stored.validation, stored.test)
    assert tuple(map(len, parts)) == data.SIZES[name]
    ids = [row.id for part in parts for row in part]
    assert len(ids) == len(set(ids))
    hidden = [row.text for row in (*stored.validation, *stored.test)]
    if name != "moderation":  # which the test above deals anew
        assert leaks([row.text for row in stored.train[::10]], hidden) == []
    assert all(row.gold for part in parts for row in part)


@pytest.mark.assets
def test_gold_verses_are_in_the_collection():
    stored = data.material("search")
    known = {row.id for row in stored.collection}
    for row in stored.test:
        gains = dict(item.split(":") for item in row.gold.split())
        assert gains.keys() <= known
        assert gains[f"v{row.id[1:]}"] == "2"
        assert sorted(gains.values())[-1] == "2"
        assert list(gains.values()).count("2") == 1


@pytest.mark.assets
def test_the_stored_draws_are_what_a_draw_comes_to():
    """Another draw than the chapter's: learnt and scored anew on the validation data."""
    told = draws.stored()[1]
    made = data.search_material(told["seed"])
    finder = Finder(row.text for row in made.collection)
    learnt = finder.set(draws.learnt_from(made))
    parts = [judged(system, made.validation) for system in (finder, learnt)]
    assert [score(one) for one in parts] == pytest.approx(
        told["validation"]["scores"][1:3]
    )
    assert gain_interval(*parts) == pytest.approx(told["validation"]["gains"][1])
    assert [study["seed"] for study in draws.stored()] == list(draws.SEEDS)
