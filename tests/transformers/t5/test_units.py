"""Chapter 32: positions, layers, corruption, vocabulary, tasks, teaching."""

from __future__ import annotations

import random

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nlpcourse import corpora
from nlpcourse.transformers.t5 import recipes, results, tasks, teaching, toys
from nlpcourse.transformers.t5.corruption import corrupt, fill, random_lengths
from nlpcourse.transformers.t5.hugging_face import our_name
from nlpcourse.transformers.t5.mixing import mixing_rates, turns
from nlpcourse.transformers.t5.model import END, PAD, T5, T5Config
from nlpcourse.transformers.t5.pretraining import (
    Trained,
    filling,
    question,
    rows_of,
)
from nlpcourse.transformers.t5.relative import PositionBias, relative_bucket
from nlpcourse.transformers.t5.vocabulary import Vocabulary, learn


def small(**more: bool) -> T5:
    torch.manual_seed(0)
    return T5(T5Config(40, 16, 4, 24, 2, 4, **more)).eval()


def test_near_distances_have_a_bucket_each_and_far_ones_share() -> None:
    buckets = relative_bucket(torch.arange(-400, 401), two_way=True)
    assert len(set(buckets[400 - 7 : 400 + 8].tolist())) == 15
    assert set(buckets[:200].tolist()) == {15}
    assert set(buckets[-200:].tolist()) == {31}
    back = relative_bucket(torch.arange(-400, 401), two_way=False)
    assert set(back[400:].tolist()) == {0}
    assert set(back[:200].tolist()) == {31}


def test_only_the_distance_counts() -> None:
    """A text moved to the right by padding gets the same scores at its own places."""
    bias = PositionBias(2, two_way=True)
    torch.nn.init.normal_(bias.table)
    full = bias(12, 12)
    assert torch.equal(full[..., :9, :9], full[..., 3:, 3:])


def test_padding_and_what_comes_later_change_nothing() -> None:
    model = small()
    source = torch.tensor([[5, 6, 7, END]])
    longer = torch.tensor([[5, 6, 7, END, PAD, PAD]])
    so_far = torch.tensor([[PAD, 9, 8]])
    with torch.no_grad():
        scores = model(source, so_far)
        assert torch.allclose(scores, model(longer, so_far), atol=1e-6)
        assert torch.allclose(
            scores[:, :2], model(source, so_far[:, :2]), atol=1e-6
        )
        other = torch.tensor([[PAD, 9, 30]])
        changed = model(source, other)
    assert torch.allclose(scores[:, :2], changed[:, :2], atol=1e-6)
    assert not torch.allclose(scores[:, 2], changed[:, 2])


def test_without_positions_order_would_not_matter() -> None:
    model = small()
    one, other = torch.tensor([[5, 6, 7, END]]), torch.tensor([[7, 6, 5, END]])
    so_far = torch.tensor([[PAD]])
    with torch.no_grad():
        assert not torch.allclose(model(one, so_far), model(other, so_far))
        model.encoder.bias.table.zero_()
        assert torch.allclose(model(one, so_far), model(other, so_far), atol=1e-6)


def test_nothing_has_a_bias_but_positions() -> None:
    model = small(gated=True, tied=False)
    names = [name for name, _ in model.named_parameters() if "bias" in name]
    assert names == ["encoder.bias.table", "decoder.bias.table"]
    assert model.name is not None
    assert model.name.weight.shape == model.table.weight.shape


def test_sizes_below_one_are_refused() -> None:
    with pytest.raises(ValueError, match="1 or more"):
        T5Config(0)


@pytest.mark.parametrize("name", ["encoder.nothing", "decoder.block.0.weight"])
def test_unknown_weights_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no weight called"):
        our_name(name)


def test_spans_that_touch_or_leave_the_text_are_refused() -> None:
    for spans in ([(0, 1), (1, 2)], [(2, 2)], [(3, 6)], [(2, 3), (0, 1)]):
        with pytest.raises(ValueError, match="span from"):
            corrupt(["a", "b", "c", "d"], spans, "<{}>".format)


def test_a_target_that_says_too_much_or_too_little() -> None:
    sentinels = ["<0>", "<1>", "<2>"]
    source = ["a", "<0>", "b", "<1>"]
    assert fill(source, ["x", "<0>", "y"], sentinels) == ["a", "y", "b", "<1>"]
    twice = ["<0>", "y", "<0>", "z", "<2>", "w", "<1>"]
    assert fill(source, twice, sentinels) == ["a", "y", "b"]


def test_every_way_to_cut_is_drawn() -> None:
    chance = random.Random(1)
    drawn = {tuple(random_lengths(4, 2, chance)) for _ in range(200)}
    assert drawn == {(1, 3), (2, 2), (3, 1)}


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return recipes.load(recipes.PRETRAINED)[1]


@given(text=st.text(st.characters(codec="utf-8"), max_size=40))
@settings(max_examples=25, deadline=None)
def test_texts_come_back(vocabulary: Vocabulary, text: str) -> None:
    plain = " ".join(text.split())
    assert vocabulary.decode(vocabulary.encode(text)) == plain


def test_sentinels_have_the_last_numbers(vocabulary: Vocabulary) -> None:
    numbers = vocabulary.encode("Thank you <extra_id_0> me to your party")
    assert len(vocabulary) - 1 in numbers
    text = "<extra_id_0> for inviting <extra_id_1>"
    assert vocabulary.decode([*vocabulary.encode(text), END, PAD]) == text
    assert vocabulary.pieces([PAD, END]) == ["<pad>", "</s>"]
    with pytest.raises(ValueError, match="sentinels"):
        vocabulary.encode("<extra_id_20>")


def test_a_vocabulary_is_its_merges() -> None:
    texts = corpora.gutenberg()["carroll-alice"].split("\n\n")[:200]
    learnt = learn(texts, 500)
    again = Vocabulary(torch.tensor(learnt.merges).tolist())
    assert len(learnt) == len(again) == 500
    assert all(learnt.encode(t) == again.encode(t) for t in texts)
    assert len(learnt.encode(texts[50])) < len(texts[50]) / 2
    with pytest.raises(ValueError, match="no room"):
        learn(texts, 200)
    with pytest.raises(ValueError, match="can't be joined"):
        Vocabulary([(0, 256)])


def test_rows_and_their_questions(vocabulary: Vocabulary) -> None:
    rows = rows_of(["In the beginning was the Word. " * 4], vocabulary, 20)
    assert {len(row) for row in rows} == {20}
    source, target = question(rows[0], vocabulary, random.Random(0), 0.15, 3.0)
    assert source[-1] == target[-1] == END
    marks = range(len(vocabulary) - vocabulary.sentinels, len(vocabulary))
    assert [*fill(source[:-1], target[:-1], marks)] == rows[0]


@pytest.mark.parametrize(
    ("said", "right", "right_first"), [("ab", 1.0, 1.0), ("bb", 0.5, 0.0)]
)
def test_pieces_of_spans_count_and_first_ones_by_themselves(
    vocabulary: Vocabulary, said: str, right: float, right_first: float
) -> None:
    number = {letter: vocabulary.encode(letter)[-1] for letter in "ab"}
    a, b = number.values()
    gold = [vocabulary.sentinel(0), a, b, vocabulary.sentinel(1), END]
    answer = torch.tensor([gold, [*gold[:3], PAD, PAD]])

    def model(source: torch.Tensor, so_far: torch.Tensor) -> torch.Tensor:
        """Be wrong wherever it does not count, and say *said* where it does."""
        scores = torch.zeros(*answer.shape, len(vocabulary))
        scores[:, [1, 2], [number[letter] for letter in said]] = 50.0
        return scores

    found = filling(model, vocabulary, answer, answer)  # type: ignore[arg-type]
    assert found["accuracy"] == right
    assert found["first_accuracy"] == right_first
    assert found["loss"] == pytest.approx(50 * (1 - right), abs=1e-4)


def test_no_question_is_on_two_sides() -> None:
    for name in tasks.NAMES:
        task = tasks.task(name)
        sides = [{e.source for e in side} for side in (task.train, task.validation)]
        test = {e.source for e in task.test}
        assert test
        assert not test & sides[0]
        assert not test & sides[1]
        assert all(source.startswith(tasks.PREFIXES[name]) for source in test)


def test_right_answers_score_fully_and_others_do_not() -> None:
    best = {
        "spanish": {"bleu": 100.0},
        "modern": {"bleu": 100.0},
        "sounds": {"phoneme_error_rate": 0.0, "word_error_rate": 0.0},
        "sentiment": {"accuracy": 1.0},
    }
    for name, expected in best.items():
        examples = tasks.task(name).test[:40]
        right = [e.answers[0] for e in examples]
        assert tasks.score(name, right, examples) == pytest.approx(expected)
        assert tasks.score(name, [""] * 40, examples) != pytest.approx(expected)
    with pytest.raises(ValueError, match="no 'french'"):
        tasks.score("french", ["a"], examples[:1])


def test_one_task_alone_reads_what_it_reads_among_four() -> None:
    start = (recipes.PRETRAINED, recipes.PRETRAINING)
    batches = {name: 8 for name in tasks.NAMES}
    config = {**recipes.RECIPES["t5-together-seed0"].config, "most": 200}
    four = teaching.Teaching({**config, "batches": batches}, start)
    for name in tasks.NAMES:
        alone = teaching.Teaching({**config, "batches": {name: 8}}, start)
        places = [k for k, (whose, _) in enumerate(four.turns) if whose == name]
        for turn in (0, 1, 7):
            for a, b in zip(
                alone.batch(turn), four.batch(places[turn]), strict=True
            ):
                assert torch.equal(a, b)


def test_batches_are_dealt_by_the_mixing_rates() -> None:
    most = recipes.RECIPES["t5-together-seed0"].config["most"]
    sizes = [
        min(most, sum(len(e.answers) for e in tasks.task(name).train))
        for name in tasks.NAMES
    ]
    total = sum(recipes.BATCHES.values())
    for name, rate in zip(
        tasks.NAMES, mixing_rates(sizes, recipes.LIMIT), strict=True
    ):
        assert recipes.BATCHES[name] == pytest.approx(total * rate, abs=4)


@given(
    batches=st.dictionaries(st.sampled_from("abcd"), st.integers(0, 9)),
    seed=st.integers(0, 99),
)
def test_every_turn_of_a_mixture_is_taken_once(
    batches: dict[str, int], seed: int
) -> None:
    found = turns(batches, seed)
    assert sorted(found) == sorted(
        (name, k) for name, count in batches.items() for k in range(count)
    )
    for name, count in batches.items():
        assert [k for whose, k in found if whose == name] == list(range(count))


def test_a_mixture_has_no_negative_batches() -> None:
    with pytest.raises(ValueError, match="0 batches or more"):
        turns({"a": -1}, 0)


@pytest.mark.parametrize(
    ("table_step", "query_step", "bias_step"), [(1.0, 1.0, 1.0), (8.0, 0.25, 4.0)]
)
def test_table_queries_and_biases_take_steps_of_their_own_and_stay_what_they_are(
    table_step: float, query_step: float, bias_step: float
) -> None:
    torch.manual_seed(0)
    config = T5Config(30, 8, 4, 12, 1, 2)
    steps = table_step, query_step, bias_step
    trained = Trained(config, torch.zeros(0, 2), *steps)
    torch.manual_seed(0)
    plain = T5(config)
    query = plain.decoder.across[0].transform.query  # type: ignore[union-attr]
    own = trained.model.decoder.across[0].transform.query  # type: ignore[union-attr]
    optimizer = torch.optim.AdamW(
        trained.parameters(), lr=1e-3, eps=1e-20, weight_decay=0.0
    )
    source, written = torch.tensor([[5, 6, END]]), torch.tensor([[7, END]])
    trained(source, written).backward()
    optimizer.step()
    for before, after, factor in (
        (plain.table.weight[5], trained.model.table.weight[5], table_step),
        (query.weight, own.weight, query_step),
        (
            plain.encoder.bias.table[1],
            trained.model.encoder.bias.table[1],
            bias_step,
        ),
    ):
        moved = (after - before).detach().abs()
        assert torch.allclose(moved, torch.tensor(factor * 1e-3), rtol=0.05)
    scores = trained.model(source, written)
    assert torch.allclose(trained.finished()(source, written), scores)
    assert dict(trained.model.table.named_parameters()).keys() == {"weight"}


def test_an_untrained_model_answers_something(vocabulary: Vocabulary) -> None:
    torch.manual_seed(0)
    model = T5(T5Config(len(vocabulary), 16, 4, 24, 1, 4)).eval()
    outputs = teaching.answer(
        model, vocabulary, ["", "to Spanish: I go."], longest=3
    )
    assert len(outputs) == 2
    with pytest.raises(ValueError, match="1 or more"):
        teaching.answer(model, vocabulary, ["a"], longest=0)


def test_the_loss_of_a_batch_is_that_of_its_texts_one_by_one(
    vocabulary: Vocabulary,
) -> None:
    torch.manual_seed(0)
    model = T5(T5Config(len(vocabulary), 16, 4, 24, 1, 4)).eval()
    examples = tasks.task("modern").test[:7]
    total, tokens = 0.0, 0
    for example in examples:
        source = torch.tensor([[*vocabulary.encode(example.source), END]])
        right = [*vocabulary.encode(example.answers[0]), END]
        with torch.no_grad():
            scores = model(source, torch.tensor([[PAD, *right[:-1]]]))[0]
        chosen = scores.log_softmax(dim=-1)[range(len(right)), right]
        total, tokens = total - float(chosen.sum()), tokens + len(right)
    together = teaching.loss_per_token(model, vocabulary, examples)
    assert together == pytest.approx(total / tokens, rel=1e-5)
    with pytest.raises(ValueError, match="at least one"):
        teaching.loss_per_token(model, vocabulary, [])


def test_every_way_to_learn_has_as_many_seeds() -> None:
    for own in (False, True):
        table = results.compared(own)
        assert list(table) == list(tasks.NAMES)
        counts = {len(s) for ways in table.values() for s in ways.values()}
        assert len(counts) == 1
        assert min(counts) >= 1
        assert len(results.printed(table, own)) == 4
    with pytest.raises(ValueError, match="a score or more"):
        results.printed({"spanish": {"alone": []}})


def test_toys_need_their_letters_and_words() -> None:
    assert toys.question("backwards", "ab") == ([28, 2, 3, END], [3, 2, END])
    attempt = toys.learn(["abc", "dcb"], ["cab"], positions=False, steps=3)
    assert len(attempt.losses) == 3
    assert set(attempt.right) == set(toys.PREFIXES)
    with pytest.raises(ValueError, match="other characters"):
        toys.numbers("a-b")
    with pytest.raises(ValueError, match="no 'upper'"):
        toys.question("upper", "ab")
    with pytest.raises(ValueError, match="give 1 or more"):
        toys.learn([], ["a"], positions=True, steps=1)
