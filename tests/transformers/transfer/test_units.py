"""Chapter 33's parts, one by one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from nlpcourse.training.recipe import Plan
from nlpcourse.transformers.transfer import data
from nlpcourse.transformers.transfer.adapter import Adapter, add_adapters
from nlpcourse.transformers.transfer.classify import (
    AllWeights,
    FewLabels,
    TextClassifier,
    Upper,
    build_classifier,
    cut,
    encode,
    judge,
    lower_vectors,
    pieces,
    read,
    together,
    trained_blocks,
)
from nlpcourse.transformers.transfer.lora import (
    LoRALinear,
    add_lora,
    merge_lora,
    trained,
)
from nlpcourse.transformers.transfer.quantize import (
    bytes_of,
    quantize_model,
    quantize_rows,
    restore_rows,
)
from nlpcourse.transformers.transfer.recipes import (
    CHOICES,
    RATES,
    RECIPES,
    SHARED,
    STUDENT,
    TEACHER,
    load_classifier,
    load_student,
)
from nlpcourse.transformers.transfer.student import Reader, vocabulary_of

# ---------------------------------------------------------------------------------------- data


@pytest.mark.parametrize("task", data.TASKS)
def test_no_text_is_in_two_parts(task: str) -> None:
    part = data.division(task)
    places = [len(part.train), len(part.validation), len(part.test)]
    assert min(places) >= 500
    assert len(part.judged) == data.JUDGED
    assert len(part.validated) == data.VALIDATED
    assert set(part.judged.labels) <= set(range(len(part.judged.names)))


def test_the_films_test_on_chapter_24s_first_fold() -> None:
    from nlpcourse.neural.cnn.data import movie_fold
    from nlpcourse.statistics.naive_bayes.features import words

    _, theirs = movie_fold(0)
    ours = data.division("films").test
    assert [words(t) for t in ours.texts] == theirs.documents
    assert ours.labels == theirs.labels


@given(st.integers(2, 40), st.integers(0, 50))
def test_labels_are_bought_from_each_class_in_turn(count: int, seed: int) -> None:
    pool = data.Texts(
        [str(i) for i in range(40)], [i % 2 for i in range(40)], ["a", "b"]
    )
    found = data.few(pool, count, seed)
    assert abs(found.labels.count(0) - found.labels.count(1)) <= 1
    assert len(set(found.texts)) == count
    more = data.few(pool, 40, seed)
    assert more.texts[:count] == found.texts


@pytest.mark.parametrize("count", [0, 1, 7])
def test_too_few_or_too_many_labels_are_refused(count: int) -> None:
    pool = data.Texts(["x"] * 6, [0, 1] * 3, ["a", "b"])
    with pytest.raises(ValueError, match="labels of 6 texts"):
        data.few(pool, count)


# ---------------------------------------------------------------------------------------- LoRA


def test_a_detour_changes_nothing_before_it_is_trained() -> None:
    layer = nn.Linear(5, 3)
    wrapped = LoRALinear(layer, 2, 4)
    x = torch.randn(7, 5)
    assert torch.equal(wrapped(x), layer(x))
    assert not wrapped.frozen.weight.requires_grad


def test_the_change_has_the_rank_that_it_may_have() -> None:
    wrapped = LoRALinear(nn.Linear(9, 8), 3, 6)
    nn.init.normal_(wrapped.up)
    assert int(torch.linalg.matrix_rank(wrapped.change())) == 3
    assert torch.allclose(wrapped.change(), 2.0 * wrapped.up @ wrapped.down)


@pytest.mark.parametrize("rank", [0, -1, 4])
def test_a_rank_that_cannot_be_is_refused(rank: int) -> None:
    with pytest.raises(ValueError, match="choose 1 to 3"):
        LoRALinear(nn.Linear(5, 3), rank)


def test_merging_keeps_what_the_network_says() -> None:
    torch.manual_seed(0)
    model = nn.Sequential()
    model.add_module("query", nn.Linear(4, 4, bias=False))
    model.add_module("other", nn.Linear(4, 2))
    assert add_lora(model, 2, 2, ["query"]) == 1
    nn.init.normal_(model.get_submodule("query").up)  # type: ignore[arg-type]
    assert set(trained(model)) == {"query.down", "query.up"}
    x = torch.randn(3, 4)
    before = model(x)
    assert merge_lora(model) == 1
    assert torch.allclose(model(x), before, atol=1e-6)
    assert not any(isinstance(m, LoRALinear) for m in model.modules())


def test_the_first_tasks_detours_put_back_say_what_they_said() -> None:
    torch.manual_seed(0)
    model = nn.Sequential()
    model.add_module("query", nn.Linear(4, 4))
    model.add_module("other", nn.Linear(4, 2))
    add_lora(model, 2, 2, ["query"])
    x, said = torch.randn(9, 4), []
    for goal in (torch.zeros(9, 2), torch.ones(9, 2)):  # one task, then another
        rule = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad])
        for _ in range(3):
            torch.autograd.backward((model(x) - goal).square().sum())
            rule.step()
        said.append(({n: w.clone() for n, w in trained(model).items()}, model(x)))
    (first, before), (_, after) = said
    assert not torch.equal(before, after)
    model.load_state_dict(first, strict=False)
    assert torch.equal(model(x), before)


def test_a_model_without_such_a_layer_is_refused() -> None:
    with pytest.raises(ValueError, match="no linear layer called query"):
        add_lora(nn.Sequential(nn.Linear(2, 2)))
    with pytest.raises(ValueError, match="no block"):
        add_adapters(nn.Sequential(nn.Linear(2, 2)), 2)
    with pytest.raises(ValueError, match="1 or more"):
        Adapter(4, 0)


# ---------------------------------------------------------------------------------- eight bits


@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 500))
def test_rounding_errs_by_half_a_step_at_most(
    rows: int, columns: int, seed: int
) -> None:
    weight = torch.randn(
        rows, columns, generator=torch.Generator().manual_seed(seed)
    )
    numbers, scale = quantize_rows(weight)
    assert numbers.dtype == torch.int8
    assert int(numbers.abs().amax()) == 127
    gap = (restore_rows(numbers, scale) - weight).abs()
    assert bool((gap <= 0.5001 * scale).all())


def test_what_has_no_scale_is_refused() -> None:
    with pytest.raises(ValueError, match="infinite"):
        quantize_rows(torch.tensor([[1.0, float("inf")]]))
    with pytest.raises(ValueError, match="table of fractions"):
        quantize_rows(torch.tensor([1.0]))
    with pytest.raises(ValueError, match="one scale a row"):
        restore_rows(torch.zeros(2, 2, dtype=torch.int8), torch.ones(1, 1))


# ------------------------------------------------------------------------------------ classify


def test_long_texts_keep_their_marks() -> None:
    (row,) = encode(["never " * 100], 12)
    assert len(row) == 12
    assert pieces().pieces([row[0], row[-1]]) == ["[CLS]", "[SEP]"]
    with pytest.raises(ValueError, match="none for a piece"):
        cut([1, 2, 3], 2)


@pytest.fixture(scope="module")
def teacher() -> TextClassifier:
    return load_classifier()


def test_the_upper_half_says_what_the_whole_says(teacher: TextClassifier) -> None:
    from nlpcourse.transformers.transfer.classify import Lower

    texts = data.division("films").test.texts[:5]
    rows = encode(texts, 48)
    with torch.no_grad():
        whole = torch.stack(read(teacher, rows))
        lower = read(Lower(teacher.bert, 2), rows)
        upper = Upper(teacher, 2).eval()(*together(lower))
    assert torch.allclose(upper, whole, atol=1e-5)


def test_the_teacher_stores_what_it_trained_and_no_more(
    teacher: TextClassifier,
) -> None:
    stored = teacher.state_dict()
    assert (
        sum(w.numel() for w in stored.values()) == 2 * 2 * 2 * 384 * 8 + 384 * 2 + 2
    )
    with pytest.raises(KeyError, match="other weights"):
        teacher.load_state_dict({})


def test_the_teachers_log_is_what_it_does(teacher: TextClassifier) -> None:
    from nlpcourse.course import chapters
    from nlpcourse.training.registry import read_log

    part = data.division("films")
    log = read_log(TEACHER, chapters.get("33").folder)
    found = judge(teacher, part.judged, data.LONGEST["films"])
    assert found == pytest.approx(log["metrics"]["accuracy"], abs=0.003)


def test_eight_bits_keep_what_the_teacher_says(teacher: TextClassifier) -> None:
    import copy

    rounded = copy.deepcopy(teacher)
    merge_lora(rounded)
    whole = bytes_of(rounded)
    assert quantize_model(rounded) == 6 * 6 + 1 + 3 + 1
    assert bytes_of(rounded) < 0.27 * whole
    rows = encode(data.division("films").test.texts[:12], 48)
    with torch.no_grad():
        before, after = (
            torch.stack(read(m, rows)).softmax(-1) for m in (teacher, rounded)
        )
    assert (before - after).abs().max() < 0.05


@pytest.mark.parametrize("way", ["lora", "adapters", "top"])
def test_only_the_last_blocks_learn(way: str) -> None:
    model = build_classifier({**SHARED, "way": way}, 3)
    names = [n for n in trained(model) if not n.startswith("head")]
    assert names
    assert all(n.startswith(("bert.blocks.4.", "bert.blocks.5.")) for n in names)


def test_what_is_no_way_is_refused() -> None:
    with pytest.raises(ValueError, match="the ways are"):
        build_classifier({**SHARED, "way": "magic"}, 2)
    with pytest.raises(ValueError, match="choose one or more"):
        trained_blocks(load_classifier().bert, 7)


@pytest.fixture
def few_judged(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Judge by eight texts, and let no other test see their vectors."""
    lower_vectors.cache_clear()
    monkeypatch.setattr(data, "JUDGED", 8)
    yield
    lower_vectors.cache_clear()


@pytest.mark.usefixtures("few_judged")
def test_a_few_steps_learn() -> None:
    from nlpcourse.training.loop import fit
    from nlpcourse.training.recipe import set_seed

    set_seed(0)
    config = {**SHARED, "task": "stories", "way": "lora", "labels": 8, "draw": 0}
    task = FewLabels(config)
    frozen = task.model.whole.bert.embeddings.words.weight.clone()  # type: ignore[union-attr]
    progress = fit(task, Plan(seed=0, steps=12, learning_rate=1e-2, interval=4))
    losses = [entry["loss"] for entry in progress.losses]
    assert losses[-1] < losses[0]
    assert torch.equal(frozen, task.model.whole.bert.embeddings.words.weight)  # type: ignore[union-attr]
    assert 0 <= task.evaluate()["accuracy"] <= 1


# ------------------------------------------------------------------------------------- recipes


@pytest.mark.parametrize("way", CHOICES)
def test_the_rates_are_those_that_won(way: str) -> None:
    folder = Path(__file__).parents[3] / "data" / "chapters" / "33_transfer"
    found = {}
    for rate in CHOICES[way]:
        name = f"transfer-choice-{way}-{rate:g}"
        log = json.loads((folder / f"{name}.json").read_text())
        found[rate] = log["metrics"]["accuracy"]
        assert RECIPES[name].config["judged"] == "validated"
    assert found[RATES[way]] == max(found.values()), found


@pytest.mark.usefixtures("few_judged")
def test_every_weight_begins_where_the_probe_ends() -> None:
    config = {**SHARED, "task": "stories", "labels": 8, "draw": 0}
    probe = FewLabels({**config, "way": "frozen"})
    every = AllWeights({**config, "way": "full"})
    assert every.evaluate() == probe.evaluate()
    ids, mask, labels = every.batch(0)
    assert ids.shape == mask.shape
    loss, _ = every.loss(every.model, (ids, mask, labels), ())
    loss.backward()
    table = every.model.bert.embeddings.words.weight
    assert float(table.grad.abs().sum()) > 0


def test_the_students_reader_is_the_student() -> None:
    network = load_student(STUDENT)
    numbers = torch.tensor([[5, 9, 20, 7]])
    with torch.no_grad():
        wanted = network(numbers, torch.tensor([4]))
        assert torch.allclose(Reader(network)(numbers), wanted, atol=1e-5)
    assert len(vocabulary_of("films", 2)) == network.embedding.num_embeddings


# ------------------------------------------------------------------------------------- library


def test_a_card_says_all_that_it_must() -> None:
    from nlpcourse.transformers.transfer.library import (
        SECTIONS,
        model_card,
        sections_of,
    )

    parts = {name: f"About {name}." for name in SECTIONS}
    card = model_card("A model", {"license": "mit", "tags": ["a"]}, parts)
    assert sections_of(card) == parts
    with pytest.raises(ValueError, match="nothing under Limits"):
        model_card("A model", {}, {**parts, "Limits": " "})


def test_the_librarys_form_says_the_same(
    teacher: TextClassifier, tmp_path: Path
) -> None:
    import copy

    from nlpcourse import corpora
    from nlpcourse.transformers.transfer.library import (
        MeanClassifier,
        in_library_form,
        pieces_a_word,
        write_lines,
    )
    from transformers import AutoTokenizer

    ours = copy.deepcopy(teacher)
    merge_lora(ours)
    in_library_form(ours, ["bad", "good"]).save_pretrained(tmp_path)
    theirs = MeanClassifier.from_pretrained(tmp_path).eval()
    batch = pieces().batch(data.division("films").test.texts[:6])
    with torch.no_grad():
        mine = teacher(batch.ids, batch.mask)
        other = theirs(input_ids=batch.ids, attention_mask=batch.mask).logits
    assert torch.allclose(mine, other, atol=1e-5)
    assert theirs.config.id2label == {0: "bad", 1: "good"}
    tokenizer = AutoTokenizer.from_pretrained(corpora.minilm())
    assert pieces_a_word(tokenizer, ["banks embankments"]) == 1.5
    with pytest.raises(ValueError, match="no word"):
        pieces_a_word(tokenizer, [" "])
    lines = write_lines(
        data.division("films").test.choose([0, 1]), tmp_path / "a.jsonl"
    )
    rows = [json.loads(line) for line in lines.read_text().splitlines()]
    assert [set(row) for row in rows] == [{"text", "label"}] * 2
