"""Hidden Markov models by hand: the page's example on paper, edges, long and empty sequences."""

import itertools
import math
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlpcourse import corpora
from nlpcourse.statistics.hmm.baum_welch import (
    Expected,
    baum_welch,
    baum_welch_step,
    random_model,
)
from nlpcourse.statistics.hmm.fast import FastViterbi
from nlpcourse.statistics.hmm.fast_baum_welch import fast_step
from nlpcourse.statistics.hmm.forward import (
    backward,
    forward,
    likelihood,
    posteriors,
)
from nlpcourse.statistics.hmm.model import HiddenMarkovModel, count, estimate
from nlpcourse.statistics.hmm.playground import FISH_TEXT
from nlpcourse.statistics.hmm.scaling import (
    log_forward,
    log_likelihood,
    log_sum_exp,
    scaled_backward,
    scaled_forward,
)
from nlpcourse.statistics.hmm.tagging import (
    SuffixGuesser,
    coarse_tag,
    interpolation,
    score,
    smooth_transitions,
    train,
)
from nlpcourse.statistics.hmm.unsupervised import (
    dictionary_model,
    letters,
    watched_steps,
)
from nlpcourse.statistics.hmm.viterbi import (
    follow,
    log,
    most_probable_each,
    trellis,
    viterbi,
)

FISH = estimate(count(FISH_TEXT))
WORDS = ["fish", "fish", "fish"]

seeds = st.integers(0, 10_000)
sequences = st.lists(st.sampled_from("abcd"), min_size=1, max_size=6)


def model_of(seed, states="XYZ", words="abcd"):
    return random_model(list(states), words, seed)


def all_paths(model, words):
    return itertools.product(model.states, repeat=len(words))


def on_paper(path):
    """The joint probability of 'fish fish fish' with fractions, from the counts on the page."""
    start = {"N": Fraction(3, 5), "V": Fraction(2, 5)}
    step = {
        ("N", "V"): Fraction(4, 5), ("N", "N"): Fraction(1, 5),
        ("V", "N"): Fraction(2, 3), ("V", "V"): Fraction(1, 3),
    }  # fmt: skip
    fish = {"N": Fraction(3, 6), "V": Fraction(2, 7)}
    p = start[path[0]] * math.prod(fish[tag] for tag in path)
    return p * math.prod(step[pair] for pair in itertools.pairwise(path))


def test_the_trellis_on_paper():
    paths = {path: on_paper(path) for path in itertools.product("NV", repeat=3)}
    for path, p in paths.items():
        assert FISH.joint(WORDS, path) == pytest.approx(float(p), abs=1e-15)
    assert likelihood(FISH, WORDS) == pytest.approx(float(sum(paths.values())))
    assert (
        tuple(viterbi(FISH, WORDS)) == max(paths, key=paths.get) == ("N", "V", "N")
    )
    ways_to_n = paths["N", "V", "N"] + paths["V", "V", "N"]
    ways_to_n += paths["N", "N", "N"] + paths["V", "N", "N"]
    assert forward(FISH, WORDS)[-1]["N"] == pytest.approx(float(ways_to_n))


@settings(max_examples=60, deadline=None)
@given(seeds, sequences)
def test_sums_and_maxima_are_those_of_all_paths(seed, words):
    model = model_of(seed)
    joint = {path: model.joint(words, path) for path in all_paths(model, words)}
    total = math.fsum(joint.values())
    assert likelihood(model, words) == pytest.approx(total, rel=1e-12)
    assert model.joint(words, viterbi(model, words)) == pytest.approx(
        max(joint.values()), rel=1e-12
    )
    for place, column in enumerate(posteriors(model, words)):
        assert math.fsum(column.values()) == pytest.approx(1)
        for state, p in column.items():
            here = math.fsum(q for path, q in joint.items() if path[place] == state)
            assert p == pytest.approx(here / total, rel=1e-9)


@settings(max_examples=60, deadline=None)
@given(seeds, sequences)
def test_every_place_gives_the_same_likelihood(seed, words):
    model = model_of(seed)
    total = likelihood(model, words)
    both = zip(forward(model, words), backward(model, words), strict=True)
    for alpha, beta in both:
        assert math.fsum(alpha[s] * beta[s] for s in alpha) == pytest.approx(total)


@settings(max_examples=60, deadline=None)
@given(seeds, sequences)
def test_scaled_and_logarithmic_columns_are_the_plain_ones(seed, words):
    model = model_of(seed)
    plain = forward(model, words)
    scaled, scales = scaled_forward(model, words)
    for place, column in enumerate(log_forward(model, words)):
        so_far = math.prod(scales[: place + 1])
        for state, log_alpha in column.items():
            assert math.exp(log_alpha) == pytest.approx(plain[place][state])
            assert scaled[place][state] * so_far == pytest.approx(
                plain[place][state]
            )
    assert log_likelihood(model, words) == pytest.approx(
        math.log(likelihood(model, words))
    )
    beta = scaled_backward(model, words, scales)
    for place, column in enumerate(posteriors(model, words)):
        for state, p in column.items():
            assert scaled[place][state] * beta[place][state] == pytest.approx(p)


def test_no_words_at_all():
    model = model_of(0)
    assert forward(model, []) == backward(model, []) == posteriors(model, []) == []
    assert likelihood(model, []) == 1.0
    assert log_likelihood(model, []) == 0.0
    assert viterbi(model, []) == FastViterbi(model).path([]) == []
    assert model.joint([], []) == 1.0
    assert model.sample(0) == []


def test_ten_thousand_words():
    model = model_of(1)
    words = [word for word, _ in model.sample(10_000, seed=2)]
    assert likelihood(model, words) == 0.0  # the product has vanished
    with pytest.raises(ValueError, match="vanishes"):
        posteriors(model, words)
    logs = log_likelihood(model, words)
    assert -20_000 < logs < -5_000
    assert log_sum_exp(log_forward(model, words)[-1].values()) == pytest.approx(
        logs
    )
    path = viterbi(model, words)
    assert len(path) == 10_000
    assert FastViterbi(model).path(words) == path
    alpha, scales = scaled_forward(model, words)
    beta = scaled_backward(model, words, scales)
    assert sum(alpha[0][s] * beta[0][s] for s in alpha[0]) == pytest.approx(1)


def test_a_word_that_no_state_emits_ends_every_path():
    words = ["fish", "blorkness", "fish"]
    assert likelihood(FISH, words) == 0.0
    assert log_likelihood(FISH, words) == -math.inf
    for path in (lambda w: viterbi(FISH, w), FastViterbi(FISH).path):
        with pytest.raises(ValueError, match="word 2"):
            path(words)
    with pytest.raises(ValueError, match="probability 0"):
        posteriors(FISH, words)
    with pytest.raises(ValueError, match="word 2"):
        baum_welch_step(FISH, [words])
    guess = SuffixGuesser.of(count(FISH_TEXT))
    model = HiddenMarkovModel(FISH.start, FISH.transition, FISH.emission, guess)
    assert viterbi(model, words) == FastViterbi(model).path(words)


def test_a_step_that_was_never_seen_ends_every_path():
    never = estimate(count([[("a", "A"), ("b", "B")]]))
    assert likelihood(never, ["a", "a"]) == 0.0
    for path in (lambda w: viterbi(never, w), FastViterbi(never).path):
        with pytest.raises(ValueError, match="word 2"):
            path(["a", "a"])


def test_unseen_tags_and_bad_counts():
    with pytest.raises(ValueError, match="no tagged words"):
        count([])
    with pytest.raises(ValueError, match="no tagged words"):
        count([[]])
    with pytest.raises(ValueError, match="pairs"):
        count([["fish"]])
    with pytest.raises(KeyError):
        FISH.joint(["fish"], ["ADJ"])
    with pytest.raises(ValueError, match="each word needs one tag"):
        FISH.joint(["fish"], [])
    with pytest.raises(ValueError, match="no tagged words"):
        score(FastViterbi(FISH).path, [[]], {})
    unseen = score(FastViterbi(FISH).path, [[("fish", "NEVER-SEEN")]], {})
    assert (unseen.right, unseen.words, unseen.new) == (0, 1, 1)
    with pytest.raises(ValueError, match="not nan"):
        log(math.nan)
    with pytest.raises(ValueError, match="0 words or more"):
        FISH.sample(-1)


@pytest.mark.parametrize(
    "word", ["", "\ud800", "e\u0301", "🫨👩‍🚒", "שלום", "x" * 1_000_000]
)
def test_strange_words_get_a_tag(word):
    model = train(count(FISH_TEXT), SuffixGuesser.of(count(FISH_TEXT)))
    assert viterbi(model, ["people", word]) == FastViterbi(model).path(
        ["people", word]
    )


def test_tables_sum_to_one():
    counts = count(FISH_TEXT)
    smooth = train(counts, SuffixGuesser.of(counts))
    some = dictionary_model(FISH_TEXT, {"fish": ["N", "V"], "blork": ["J"]})
    for model in (FISH, smooth, some, model_of(3)):
        assert math.fsum(model.start.values()) == pytest.approx(1)
        for law in model.transition.values():
            assert math.fsum(law.values()) == pytest.approx(1)
        for state in model.states:
            spoken = [e.get(state, 0) for e in model.emission.values()]
            assert math.fsum(spoken) == pytest.approx(1)
    guess = SuffixGuesser.of(counts)
    assert math.fsum(guess.posterior("blorkness").values()) == pytest.approx(1)


def test_interpolation_takes_the_pair_out_before_it_votes():
    # N V five times: both estimates foretell V; the tag before does it better.
    assert interpolation(count([[("a", "N"), ("b", "V")]] * 5)) == 1.0
    # every pair but once: taken out, nothing is left, so no pair votes for the tag before
    once = [[("a", "A"), ("b", "B")], [("b", "B"), ("c", "C")]]
    assert interpolation(count(once)) == 0.0
    smooth = smooth_transitions(count(FISH_TEXT))
    assert min(p for law in smooth.values() for p in law.values()) > 0


def test_suffixes_by_hand():
    seen = [[("walking", "V")], [("talking", "V")], [("king", "N")]]
    guess = SuffixGuesser.of(count(seen))
    share = {"N": 1 / 3, "V": 2 / 3}
    theta = math.sqrt(2 * (1 / 6) ** 2)
    for n_v, n in ((2, 3), (2, 3), (2, 3), (2, 3)):  # the empty suffix, g, ng, ing
        share = {
            "V": (n_v / n + theta * share["V"]) / (1 + theta),
            "N": ((n - n_v) / n + theta * share["N"]) / (1 + theta),
        }
    assert guess.posterior("sing") == pytest.approx(share)
    assert guess("sing")["V"] == pytest.approx(share["V"] / (2 / 3))


def test_likelihood_never_falls_and_stays_at_the_top():
    model = model_of(5)
    texts = [list("abcabd"), list("aabbcc"), list("d"), []]
    found = []
    after = baum_welch(model, texts, 25, lambda step, m, log_p: found.append(log_p))
    assert all(b >= a - 1e-9 for a, b in itertools.pairwise(found))
    assert found[-1] > found[0]
    assert baum_welch_step(after, texts)[1] >= found[-1] - 1e-9
    for step in (baum_welch_step, fast_step):
        with pytest.raises(ValueError, match="no words"):
            step(model, [[]])
        with pytest.raises(ValueError, match="cannot emit word 2"):
            step(model, [["a", "never"]])


def test_expected_counts_are_those_of_all_paths():
    model, words = model_of(7), list("abca")
    found = Expected()
    found.add(model, words)
    joint = {path: model.joint(words, path) for path in all_paths(model, words)}
    total = math.fsum(joint.values())
    pairs, spoken = Counter(), Counter()
    for path, p in joint.items():
        for pair in itertools.pairwise(path):
            pairs[pair] += p / total
        for state, word in zip(path, words, strict=True):
            spoken[state, word] += p / total
    assert dict(found.pairs) == pytest.approx(dict(pairs))
    assert dict(found.words) == pytest.approx(dict(spoken))
    assert found.log_likelihood == pytest.approx(math.log(total))


def test_an_even_model_learns_nothing_about_its_states():
    """Two states that are alike stay alike: that is why the start is drawn at random."""
    half = {"A": 0.5, "B": 0.5}
    even = HiddenMarkovModel(half, {"A": half, "B": half}, {"a": half, "b": half})
    after = baum_welch(even, [list("aababb")], 10)
    assert after.emission["a"]["A"] == pytest.approx(after.emission["a"]["B"])


def test_best_each_and_best_path_differ():
    model = HiddenMarkovModel(
        {"A": 0.4, "B": 0.6},
        {"A": {"A": 1.0, "B": 0.0}, "B": {"A": 0.5, "B": 0.5}},
        {"x": {"A": 1.0, "B": 1.0}},
    )
    each = most_probable_each(posteriors(model, ["x", "x"]))
    assert (each, viterbi(model, ["x", "x"])) == (["B", "A"], ["A", "A"])
    with pytest.raises(ValueError, match="no states"):
        most_probable_each([{}])
    assert follow(trellis(model, ["x"])) == ["B"]


def test_tags_of_brown():
    assert coarse_tag("NN-TL-HL") == coarse_tag("FW-NN") == "noun"
    assert coarse_tag("--") == coarse_tag(",-HL") == "mark"
    assert coarse_tag("NIL-TL") == "other"
    assert coarse_tag("PP$") == "pronoun"
    assert coarse_tag("*") == "adverb"
    assert coarse_tag("") == "other"


def test_letters():
    assert "".join(letters("  A\n--b! ")) == "a b "
    assert letters("") == []


def test_a_dictionary_keeps_its_word_through_every_step():
    dictionary = {w: sorted(t) for w, t in count(FISH_TEXT).words.items()}
    few = dictionary_model([], dictionary)
    assert few.emission["swim"].keys() == {"V"}
    assert few.transition["N"] == {"N": 0.5, "V": 0.5}
    right, log_p = watched_steps(few, FISH_TEXT, 3)
    assert len(right) == len(log_p) == 4
    assert all(b >= a - 1e-9 for a, b in itertools.pairwise(log_p))
    with pytest.raises(ValueError, match="not -1"):
        watched_steps(few, FISH_TEXT, -1)
    with pytest.raises(ValueError, match="a word with a tag"):
        dictionary_model([], {})


@pytest.mark.assets
def test_every_tag_of_brown_has_a_class():
    tags = Counter(tag for s in corpora.brown() for _, tag in s)
    total = tags.total()
    other = sum(n for tag, n in tags.items() if coarse_tag(tag) == "other")
    assert other / total < 0.001
