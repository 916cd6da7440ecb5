"""Clustering: what comes back at the edges, and what is refused in words."""

import math

import numpy as np
import pytest
from scipy import sparse

from nlpcourse.learning.clustering import (
    agreement,
    choosing,
    figures,
    mixture,
    plain,
    tree,
)
from nlpcourse.learning.clustering.kmeans import (
    careful_start,
    fill_empty,
    k_means,
    lloyd,
    random_start,
)
from nlpcourse.learning.clustering.points import (
    as_points,
    distances_between,
    squared_distances,
    unit_rows,
)
from nlpcourse.learning.clustering.recipes import (
    encode,
    four_groups,
    headlines,
    sentence_vectors,
)
from nlpcourse.learning.clustering.spherical import spherical_lloyd
from nlpcourse.learning.clustering.words import mail_words, top_terms

FOUR = [[0.0, 0.0], [0.0, 1.0], [9.0, 0.0], [9.0, 1.0]]


@pytest.mark.parametrize(
    ("points", "clue"),
    [
        ([], "1 or more"),
        ([[]], "1 or more"),
        ([1.0, 2.0], "table"),
        ([[1.0], [math.nan]], "NaN"),
        ([[1.0], [math.inf]], "infinite"),
        ([[1.0], [2.0, 3.0]], "lengths"),
        ([["a"]], "no number"),
        (sparse.csr_matrix([[1.0, math.nan]]), "NaN"),
        (sparse.csr_matrix((0, 3)), "1 or more"),
    ],
)
def test_what_is_no_table_of_numbers_is_refused_everywhere(points, clue):
    rng = np.random.default_rng(0)
    for call in (
        lambda: as_points(points),
        lambda: k_means(points, 1),
        lambda: lloyd(points, [[0.0]]),
        lambda: careful_start(points, 1, rng),
        lambda: random_start(points, 1, rng),
        lambda: spherical_lloyd(points, [[0.0]]),
        lambda: unit_rows(points),
        lambda: distances_between(points),
        lambda: mixture.fit_mixture(points, [0]),
        lambda: choosing.stability(points, 1),
    ):
        with pytest.raises(ValueError, match=clue):
            call()


@pytest.mark.parametrize("k", [0, -1, 5, 100])
def test_more_clusters_than_points_or_none_are_refused(k):
    rng = np.random.default_rng(0)
    for call in (
        lambda: k_means(FOUR, k),
        lambda: careful_start(FOUR, k, rng),
        lambda: random_start(FOUR, k, rng),
        lambda: choosing.stability(FOUR, k),
        lambda: tree.cut(tree.merge_tree(distances_between(FOUR)), k),
    ):
        with pytest.raises(ValueError, match=f"can't make {k} clusters"):
            call()


def test_fewer_different_points_than_clusters_are_refused():
    same = [[0.1, 0.7]] * 5 + [[0.3, 0.2]] * 5
    with pytest.raises(ValueError, match="only 2 different"):
        k_means(same, 3)
    with pytest.raises(ValueError, match="fewer than 3 different"):
        lloyd(same, [[0.1, 0.7], [0.3, 0.2], [9.0, 9.0]])
    assert k_means(same, 2).objective == pytest.approx(0)


def test_duplicated_points_fall_into_one_cluster():
    labels = k_means(FOUR * 3, 4, starts=3).labels
    assert len(set(labels.tolist())) == 4
    assert labels.reshape(3, 4).tolist() == [labels[:4].tolist()] * 3


def test_one_cluster_and_a_cluster_for_every_point():
    assert k_means(FOUR, 1).centres.tolist() == [[4.5, 0.5]]
    every = k_means(FOUR, 4)
    assert every.objective == 0
    assert sorted(every.labels.tolist()) == [0, 1, 2, 3]
    assert k_means([[3.0]], 1).centres.tolist() == [[3.0]]


def test_centres_of_another_width_or_steps_below_one_are_refused():
    with pytest.raises(ValueError, match="coordinates"):
        lloyd(FOUR, [[0.0]])
    with pytest.raises(ValueError, match="max_steps"):
        lloyd(FOUR, [[0.0, 0.0]], max_steps=0)
    with pytest.raises(ValueError, match="starts"):
        k_means(FOUR, 2, starts=0)
    with pytest.raises(ValueError, match="candidates"):
        careful_start(FOUR, 2, np.random.default_rng(0), candidates=0)


def test_it_stops_after_max_steps_and_says_that_it_is_not_settled():
    points = np.arange(40.0)[:, None] ** 2
    run = lloyd(points, points[:4], max_steps=2)
    assert not run.settled
    assert len(run.history) == 3
    assert lloyd(points, points[:4]).settled


def test_an_empty_text_stays_where_it_is_and_gets_a_cluster():
    counts = sparse.csr_matrix([[3.0, 0.0], [0.0, 0.0], [0.0, 2.0]])
    assert unit_rows(counts).toarray().tolist() == [[1, 0], [0, 0], [0, 1]]
    assert len(k_means(unit_rows(counts), 2).labels) == 3
    assert spherical_lloyd(counts, [[1.0, 0.0], [0.0, 1.0]]).labels.tolist() == [
        0,
        0,
        1,
    ]


def test_length_says_nothing_to_spherical_k_means():
    points = np.array([[1.0, 0.1], [100.0, 9.0], [0.2, 2.0], [3.0, 40.0]])
    start = [[1.0, 0.0], [0.0, 1.0]]
    one = spherical_lloyd(points, start)
    other = spherical_lloyd(points * [[1], [0.01], [50], [7]], start)
    assert one.labels.tolist() == other.labels.tolist() == [0, 0, 1, 1]
    np.testing.assert_allclose(one.centres, other.centres)


def test_a_lone_point_is_not_taken_to_fill_an_empty_cluster():
    labels, distances = np.array([0, 0, 0, 1]), np.array([1.0, 2.0, 3.0, 50.0])
    fill_empty(labels, distances, 3)
    assert labels.tolist() == [0, 0, 2, 1]


def test_distances_are_never_negative_and_zero_on_the_diagonal():
    points = np.full((50, 7), 1 / 3) * np.linspace(1, 1.0001, 50)[:, None] * 1e4
    assert (squared_distances(points, points) >= 0).all()
    assert (np.diag(distances_between(points)) == 0).all()


@pytest.mark.parametrize(
    ("distances", "clue"),
    [
        ([[0.0, 1.0]], "square"),
        ([[0.0, 1.0], [2.0, 0.0]], "same both ways"),
        ([[0.0, -1.0], [-1.0, 0.0]], "negative"),
        ([[0.0, math.nan], [math.nan, 0.0]], "NaN"),
    ],
)
def test_a_table_that_holds_no_distances_is_refused(distances, clue):
    with pytest.raises(ValueError, match=clue):
        tree.merge_tree(distances)


def test_trees_of_one_point_and_of_an_unknown_criterion():
    assert tree.merge_tree([[0.0]]).shape == (0, 4)
    assert tree.cut(np.empty((0, 4)), 1).tolist() == [0]
    with pytest.raises(ValueError, match="single, complete, average, ward"):
        tree.merge_tree([[0.0]], "median")


@pytest.mark.parametrize(
    "merges",
    [
        [[0, 3, 1, 2], [1, 2, 2, 3]],
        [[0, 1, 1, 2], [0, 2, 2, 2]],
        [[0, 0, 1, 2]],
        [[0, 1]],
    ],
)
def test_merges_that_can_not_be_are_refused(merges):
    with pytest.raises(ValueError, match=r"made yet|gone|4 columns"):
        tree.cut(merges, 1)


def test_criteria_differ_where_they_should():
    line = distances_between([[0.0], [1.0], [2.1], [3.3], [4.6], [20.0]])
    chained = tree.cut(tree.merge_tree(line, "single"), 2).tolist()
    assert chained == [0, 0, 0, 0, 0, 1]
    heights = [
        tree.merge_tree(line, c)[-1, 2] for c in ("single", "average", "complete")
    ]
    assert heights == pytest.approx([15.4, 17.8, 20.0])


def test_agreement_at_its_edges():
    for measure in (agreement.v_measure, agreement.adjusted_rand):
        with pytest.raises(ValueError, match="nothing"):
            measure([], [])
        with pytest.raises(ValueError, match="each thing"):
            measure(["a"], [])
    assert agreement.v_measure("a", [7]).v == 1
    assert agreement.v_measure("aaaa", [0, 0, 1, 1]).homogeneity == 1
    assert agreement.v_measure("aabb", [0, 0, 0, 0]).v == 0
    assert agreement.adjusted_rand("ab", [0, 1]) == 1


def test_names_of_groups_do_not_matter():
    one, other = list("aabbcc"), ["z", "z", None, None, 3, 1]
    renamed = [{"z": 0, None: 1, 3: 2, 1: 3}[x] for x in other]
    assert agreement.v_measure(one, other) == agreement.v_measure(one, renamed)
    assert agreement.adjusted_rand(one, other) == agreement.adjusted_rand(
        one, renamed
    )


def test_silhouettes_refuse_one_cluster_and_as_many_as_points():
    near = distances_between(FOUR)
    for labels in ([0, 0, 0, 0], [0, 1, 2, 3]):
        with pytest.raises(ValueError, match="2 clusters or more"):
            choosing.silhouettes(near, labels)
    with pytest.raises(ValueError, match="cluster numbers"):
        choosing.silhouettes(near, [0, 1])
    with pytest.raises(ValueError, match="square"):
        choosing.silhouettes([[0.0, 1.0]], [0])
    assert choosing.silhouettes(
        distances_between([[0], [0], [0]]), [0, 0, 1]
    ).tolist() == [0, 0, 0]


def test_round_groups_are_stable_at_their_own_number_only():
    rng = np.random.default_rng(0)
    points = np.vstack(
        [rng.normal(c, 0.3, (30, 2)) for c in [(0, 0), (9, 0), (0, 9)]]
    )
    right = choosing.stability(points, 3, pairs=4, starts=5)
    more = choosing.stability(points, 6, pairs=4, starts=5)
    assert min(right) == 1
    assert max(more) < 1
    with pytest.raises(ValueError, match="pairs"):
        choosing.stability(points, 3, pairs=0)


def test_a_mixture_at_its_edges():
    with pytest.raises(ValueError, match="without gaps"):
        mixture.fit_mixture(FOUR, [0, 0, 2, 2])
    with pytest.raises(ValueError, match="whole numbers"):
        mixture.fit_mixture(FOUR, [0, 0, -1, 1])
    with pytest.raises(ValueError, match="max_steps"):
        mixture.fit_mixture(FOUR, [0, 0, 1, 1], max_steps=0)
    fitted, _ = mixture.fit_mixture(FOUR, [0, 0, 1, 1])
    with pytest.raises(ValueError, match="coordinates"):
        mixture.expectation(fitted, [[1.0]])
    shares, _ = mixture.expectation(fitted, FOUR)
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    constant, history = mixture.fit_mixture([[5.0, 1.0]] * 4, [0, 0, 1, 1])
    assert np.isfinite(history).all()
    assert constant.variances.min() >= mixture.LEAST_VARIANCE
    far, _ = mixture.expectation(fitted, [[1e6, 1e6]])
    assert np.isfinite(far).all()


def test_the_pages_twin_refuses_what_the_chapters_does():
    with pytest.raises(ValueError, match="can't make"):
        plain.lloyd([{"a": 1.0}], [{"a": 1.0}, {"b": 1.0}])
    with pytest.raises(ValueError, match="different"):
        plain.lloyd([{"a": 1.0}] * 3, [{"a": 1.0}] * 2)
    with pytest.raises(ValueError, match="one vector"):
        plain.assign([], [])
    assert plain.vectors([[], ["a"]], weigh=True) == [{}, {"a": 1.0}]
    assert plain.vectors([], weigh=True) == []


def test_mail_words_stand_in_attributions_more_than_elsewhere():
    posts = ["in article q zoo org henry writes the moon"] * 3 + [
        "the moon zoo"
    ] * 13
    found = mail_words(posts)
    assert {"henry", "org", "writes"} <= found
    assert not {"moon", "the", "zoo"} & found
    assert mail_words(posts, share=0.15) >= {"zoo"}
    assert mail_words(posts, least=4) == set()
    assert mail_words([]) == set()
    assert mail_words(["in article " + "word " * 40 + "writes"] * 9) == set()
    with pytest.raises(ValueError, match="share"):
        mail_words(posts, share=0)
    with pytest.raises(ValueError, match="one word for each"):
        top_terms([[1.0, 2.0]], ["a"])


def test_the_order_of_leaves_keeps_every_branch_together():
    rng = np.random.default_rng(1)
    merges = tree.merge_tree(distances_between(rng.normal(size=(12, 2))), "average")
    order = figures.leaf_order(merges)
    assert sorted(order) == list(range(12))
    for k in range(2, 12):
        labels = tree.cut(merges, k)[order]
        assert (np.diff(labels) != 0).sum() == k - 1


@pytest.mark.assets
def test_the_stored_vectors_are_minilms():
    for name, texts, pieces in (
        ("posts", four_groups()[0], 128),
        ("headlines", headlines(), 64),
    ):
        stored = sentence_vectors(name)
        assert stored.shape == (len(texts), 384)
        rows = [7, len(texts) - 1]
        fresh = encode([texts[i] for i in rows], pieces)
        assert (stored[rows] * fresh).sum(axis=1).min() > 0.9995
    with pytest.raises(ValueError, match="posts, headlines"):
        sentence_vectors("tales")
