"""The parts of chapter 35, one by one."""

import random

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from nlpcourse.responsible.scarce_labels import (
    asking,
    augment,
    bayes,
    curves,
    label_model,
    rules,
    shift,
    unlabelled,
    votes,
)

words = st.lists(
    st.sampled_from(["a", "dull", "film", "not", "fun"]), min_size=1, max_size=9
)


def topics(n=120, seed=0, k=2, length=8, strength=4.0):
    """Texts whose class shows in a third of the words."""
    rng = np.random.default_rng(seed)
    y = rng.integers(k, size=n)
    rates = np.ones((k, 6 * k))
    for c in range(k):
        rates[c, 2 * c : 2 * c + 2] = strength
    rates /= rates.sum(axis=1, keepdims=True)
    counts = np.stack([rng.multinomial(length, rates[c]) for c in y])
    return sp.csr_matrix(counts.astype(float)), y


def collection(**options):
    counts, y = topics(**options)
    return curves.split(counts, y, test=40, seed=1)


# --------------------------------- learning curves


def test_pool_and_test_share_nothing_and_draws_are_nested_and_balanced():
    data = collection()
    assert not set(data.pool) & set(data.test)
    assert len(data.pool) + len(data.test) == 120
    small, large = curves.draw(data, 3, seed=4), curves.draw(data, 9, seed=4)
    assert set(small) < set(large) <= set(data.pool)
    assert np.bincount(data.labels[large]).tolist() == [9, 9]
    assert set(small) != set(curves.draw(data, 3, seed=5))


def test_more_labels_help_on_average():
    data = collection(n=600, strength=2.5)
    found = curves.learning_curve(data, [2, 200], range(12))
    assert found.shape == (12, 2)
    assert found[:, 1].mean() > found[:, 0].mean() + 0.05


def test_sizes_that_cannot_be_shared_are_refused():
    data = collection()
    with pytest.raises(ValueError, match="can't be shared"):
        curves.learning_curve(data, [3], [0])
    with pytest.raises(ValueError, match="each class can give"):
        curves.draw(data, 1000, 0)
    with pytest.raises(ValueError, match="can't judge"):
        curves.split(data.counts, data.labels, 0, 0)
    with pytest.raises(ValueError, match="each needs one"):
        curves.split(data.counts, data.labels[:5], 2, 0)


def test_an_interval_holds_the_mean_and_narrows():
    rng = np.random.default_rng(0)
    few, many = rng.random((5, 3)), rng.random((80, 3))
    mean, low, high = curves.means_and_intervals(few)
    assert ((low <= mean) & (mean <= high)).all()
    _, low_80, high_80 = curves.means_and_intervals(many)
    assert (high_80 - low_80 < high - low).all()
    with pytest.raises(ValueError, match="one repetition a row"):
        curves.means_and_intervals(np.zeros((0, 3)))


# --------------------------------- active learning

STRATEGIES = [
    asking.at_random,
    asking.most_unsure,
    asking.most_unsure_per_word,
    asking.by_committee,
    asking.spread_out,
]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_strategy_asks_once_about_each_and_repeats_itself(strategy):
    data = collection()
    start = curves.draw(data, 2, 0)
    rows = asking.label_in_rounds(data, start, strategy, 5, 31, seed=7)
    assert len(set(rows)) == len(rows) == 31
    assert set(rows) <= set(data.pool)
    assert rows[:4].tolist() == start.tolist()
    again = asking.label_in_rounds(data, start, strategy, 5, 31, seed=7)
    assert rows.tolist() == again.tolist()


def test_a_strategy_sees_no_label_that_was_not_paid_for():
    data = collection()
    start = curves.draw(data, 2, 0)
    seen = []

    def spy(moment, number):
        seen.append((len(moment.labelled), len(moment.labels), set(moment.left)))
        return moment.left[:number]

    rows = asking.label_in_rounds(data, start, spy, 10, 24)
    assert [n for n, _, _ in seen] == [n for _, n, _ in seen] == [4, 14]
    assert not seen[1][2] & set(rows[:14])


def test_the_least_sure_come_first():
    posteriors = np.array([[0.9, 0.1, 0.0], [0.4, 0.3, 0.3], [0.5, 0.49, 0.01]])
    assert asking.top(asking.unsure(posteriors), 2).tolist() == [2, 1]
    with pytest.raises(ValueError, match="two classes or more"):
        asking.unsure(np.array([0.5, 0.5]))


def test_long_texts_look_surer_than_short_ones_unless_divided_by_length():
    rng = np.random.default_rng(0)
    rates = np.array([[0.3, 0.2, 0.5], [0.2, 0.3, 0.5]])
    lengths = np.repeat([5, 100], 60)
    y = np.tile([0, 1], 60)
    counts = np.stack(
        [rng.multinomial(n, rates[c]) for n, c in zip(lengths, y, strict=True)]
    ).astype(float)
    first = curves.Collection(counts, y, np.arange(120), np.arange(4), 2)
    start = np.array([60, 61, 62, 63])
    plain = asking.label_in_rounds(first, start, asking.most_unsure, 20, 24)
    divided = asking.label_in_rounds(
        first, start, asking.most_unsure_per_word, 20, 24
    )
    assert lengths[plain[4:]].mean() < lengths[divided[4:]].mean()


def test_rounds_that_cannot_be_held_are_refused():
    data = collection()
    for batch, total in ((0, 10), (5, 2), (5, 10_000)):
        with pytest.raises(ValueError, match="can't be done"):
            asking.label_in_rounds(
                data, data.pool[:4], asking.at_random, batch, total
            )


# --------------------------------- rules and their votes


def test_film_rules_vote_as_one_would_expect():
    found = rules.film_rules({"gloomy": -1.5, "sunny": 1.9})
    assert found["praise or blame"]("A GREAT film") == rules.GOOD
    assert found["praise or blame"]("the worst film") == rules.BAD
    assert found["praise or blame"]("the best and the worst") == votes.ABSTAIN
    assert found["praise or blame"]("goodness") == votes.ABSTAIN
    assert found["drawn in or let down"]("It should have been shorter") == rules.BAD
    assert found["lexicon"]("gloomy") == rules.BAD
    assert found["lexicon"]("gloomy, sunny") == votes.ABSTAIN
    assert found["length"]("short") == rules.BAD
    assert found["length"]("word " * 21) == rules.GOOD
    assert rules.by_person("I like it") == rules.BAD
    assert rules.by_person("One likes it") == rules.GOOD
    with pytest.raises(ValueError, match="name one word"):
        rules.either(" , ", "dull")


def test_a_rule_that_nobody_agrees_with_loses_its_vote():
    rng = np.random.default_rng(0)
    y = rng.integers(2, size=3000)
    good = np.where(rng.random((3000, 3)) < 0.8, y[:, None], 1 - y[:, None])
    noise = rng.integers(2, size=(3000, 2))
    table = np.concatenate([good, noise], axis=1)
    model, _ = label_model.fit_label_model(table, 2, [0.5, 0.5])
    assert (model.weights[:3] > 1).all()
    assert (np.abs(model.weights[3:]) < 0.3).all()
    weighed = label_model.class_posterior(model, table).argmax(axis=1)
    assert (weighed == y).mean() > (votes.majority(table, 2) == y).mean() + 0.03


def test_two_rules_that_err_together_take_the_model_over():
    rng = np.random.default_rng(0)
    y = rng.integers(2, size=3000)
    good = np.where(rng.random((3000, 3)) < 0.7, y[:, None], 1 - y[:, None])
    twin = rng.integers(2, size=(3000, 1))
    copy = np.where(rng.random((3000, 1)) < 0.95, twin, 1 - twin)
    table = np.concatenate([good, twin, copy], axis=1)
    model, _ = label_model.fit_label_model(table, 2, [0.5, 0.5])
    assert model.accuracy[3:].min() > model.accuracy[:3].max()


def test_votes_that_are_none_are_refused():
    for wrong in ([[2]], [[-2]], [0, 1], [[0.5]], [["a"]], None):
        with pytest.raises(ValueError, match="votes are a table"):
            votes.majority(wrong, 2)
    with pytest.raises(ValueError, match="no texts"):
        votes.coverage(np.zeros((0, 2), dtype=int), 2)
    for balance in ([0.5], [0.9, 0.9], "ab", [-0.5, 1.5]):
        with pytest.raises(ValueError, match="the balance is"):
            label_model.fit_label_model([[1, 0]], 2, balance)
    with pytest.raises(ValueError, match="one text, one rule"):
        label_model.fit_label_model(np.zeros((0, 2), dtype=int))
    model = label_model.LabelModel(np.array([0.5, 0.5]), np.array([0.7]))
    with pytest.raises(ValueError, match="the table has 2"):
        label_model.log_joint(model, [[1, 0]])


# --------------------------------- unlabelled text


def test_unlabelled_texts_help_where_topics_are_the_classes():
    data = collection(n=800, length=12)
    gains = []
    for seed in range(5):
        rows = curves.draw(data, 2, seed)
        left = np.setdiff1d(data.pool, rows)
        model, _ = unlabelled.fit_em(
            data.counts[rows], data.labels[rows], data.counts[left], 2
        )
        gains.append(
            curves.accuracy(data, model)
            - curves.accuracy(data, curves.train(data, rows))
        )
    assert np.mean(gains) > 0.05


def test_weight_zero_is_training_without_them():
    counts, y = topics()
    model, _ = unlabelled.fit_em(counts[:20], y[:20], counts[20:], 2, weight=0.0)
    alone = bayes.fit_shares(counts[:20], bayes.one_hot(y[:20], 2))
    np.testing.assert_allclose(model.log_likelihood, alone.log_likelihood)
    np.testing.assert_allclose(model.log_prior, alone.log_prior)


def test_self_training_believes_a_batch_a_round_and_stops():
    counts, y = topics()
    _, verdicts = unlabelled.self_train(counts[:10], y[:10], counts[10:], 2, 7, 3)
    assert (verdicts >= 0).sum() == 21
    _, verdicts = unlabelled.self_train(counts[:10], y[:10], counts[10:], 2, 50, 99)
    assert (verdicts >= 0).all()


def test_tables_that_do_not_fit_are_refused():
    counts, y = topics()
    with pytest.raises(ValueError, match="one vocabulary"):
        unlabelled.fit_em(counts[:4], y[:4], counts[4:, :3], 2)
    with pytest.raises(ValueError, match="between 0 and 1"):
        unlabelled.fit_em(counts[:4], y[:4], counts[4:], 2, weight=2.0)
    with pytest.raises(ValueError, match="1 text or more"):
        unlabelled.self_train(counts[:4], y[:4], counts[4:], 2, 0, 1)
    with pytest.raises(ValueError, match="less than 0 times"):
        bayes.fit_shares(-counts, bayes.one_hot(y, 2))
    with pytest.raises(ValueError, match="can't be negative"):
        bayes.fit_shares(counts, -bayes.one_hot(y, 2))
    with pytest.raises(ValueError, match="need as many shares"):
        bayes.fit_shares(counts[:3], bayes.one_hot(y, 2))
    with pytest.raises(ValueError, match="same vocabulary"):
        bayes.joint(bayes.fit_shares(counts, bayes.one_hot(y, 2)), counts[:, :3])
    with pytest.raises(ValueError, match="positive number"):
        bayes.fit_shares(counts, bayes.one_hot(y, 2), 0.0)
    for wrong in ([0.5], [2], ["a"], [[0]], None):
        with pytest.raises(ValueError, match="labels are whole numbers"):
            bayes.one_hot(wrong, 2)


# --------------------------------- augmentation and shift


@given(words, st.integers(0, 10**6))
def test_swapping_keeps_the_bag_and_dropping_keeps_the_order(document, seed):
    rng = random.Random(seed)
    assert sorted(augment.swap_words(document, 3, rng)) == sorted(document)
    rest = iter(document)
    assert all(word in rest for word in augment.drop_words(document, 0.5, rng))
    assert augment.drop_words(document, 0.0, rng) == document
    assert len(augment.drop_words(document, 1.0, rng)) == 1
    replaced = augment.replace_words(document, {"film": ["movie"]}, 1.0, rng)
    assert replaced == ["movie" if w == "film" else w for w in document]


def test_copies_stand_behind_their_document():
    found = augment.with_copies([["a"], ["b"]], lambda w, _: [*w, "x"], 2, seed=0)
    assert found == [["a"], ["a", "x"], ["a", "x"], ["b"], ["b", "x"], ["b", "x"]]
    with pytest.raises(ValueError, match="0 copies"):
        augment.with_copies([["a"]], lambda w, _: w, -1, seed=0)


def test_a_model_is_worth_most_at_home():
    one, two = collection(n=300), collection(n=300)
    strange = sp.csr_matrix(np.roll(two.counts.toarray(), 4, axis=1))
    other = curves.Collection(strange, two.labels, two.pool, two.test, 2)
    table = shift.transfer({"one": one, "other": other}, 50, seed=0)
    assert table.shape == (2, 2)
    assert table[0, 0] > table[0, 1] + 0.1
    assert table[1, 1] > table[1, 0] + 0.1
    with pytest.raises(ValueError, match="no domains"):
        shift.transfer({}, 5, 0)
