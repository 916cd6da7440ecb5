"""GPT: units."""

from __future__ import annotations

import math
import random
import re
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from nlpcourse.page.models import Call, drive
from nlpcourse.page.models import Tensor as PageTensor
from nlpcourse.page.views import render_views
from nlpcourse.transformers.gpt import in_context, llama, recipes, speed
from nlpcourse.transformers.gpt import language_models as lm
from nlpcourse.transformers.gpt import playground as page
from nlpcourse.transformers.gpt.model import GPT, Cache, GPTConfig
from nlpcourse.transformers.gpt.sampling import (
    Draw,
    generate,
    repeated_share,
    top_k,
    top_p,
    with_temperature,
)

TINY = GPTConfig(vocabulary=300, context=12, size=8, layers=2, heads=2)


@pytest.fixture
def tiny() -> GPT:
    torch.manual_seed(0)
    return GPT(TINY).eval()


# -------------------------------------------------------------------------------- the model


def test_no_token_sees_a_later_one(tiny: GPT) -> None:
    ids = torch.arange(10)[None]
    other = ids.clone()
    other[0, 6:] = 200
    same = torch.isclose(tiny(ids), tiny(other)).all(dim=-1)[0]
    assert same.tolist() == [True] * 6 + [False] * 4


def test_each_token_sees_all_earlier_ones(tiny: GPT) -> None:
    ids = torch.arange(10)[None]
    before = tiny(ids)[0, -1]
    for place in range(10):
        other = ids.clone()
        other[0, place] = 200
        assert not torch.allclose(before, tiny(other)[0, -1], atol=1e-6), place


def test_it_begins_by_guessing_evenly(tiny: GPT) -> None:
    ids = torch.randint(300, (4, 12))
    assert tiny.loss(ids).item() == pytest.approx(math.log(300), abs=0.05)


def test_the_table_of_tokens_is_one() -> None:
    names = dict(GPT(TINY).named_parameters())
    assert sum(300 in weight.shape for weight in names.values()) == 1


def test_sizes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="3 heads can't share 8"):
        GPTConfig(10, 10, 8, 1, 3)
    for place, name in enumerate(
        ("vocabulary", "context", "size", "layers", "heads")
    ):
        sizes = [2, 2, 2, 2, 2]
        sizes[place] = 0
        with pytest.raises(ValueError, match=f"needs {name} of 1 or more, not 0"):
            GPTConfig(*sizes)
    with pytest.raises(ValueError, match="dropout is a share"):
        GPTConfig(2, 2, 2, 1, 1, dropout=1.0)
    with pytest.raises(ValueError, match="multiple of twice the heads"):
        llama.LlamaConfig(5, 5, 6, 4, 1, 2, 1)
    with pytest.raises(ValueError, match="2 heads of queries can't share 0"):
        llama.LlamaConfig(5, 5, 8, 4, 1, 2, 0)
    with pytest.raises(ValueError, match="needs wide of 1"):
        llama.LlamaConfig(5, 5, 8, 0, 1, 2, 1)
    with pytest.raises(ValueError, match="can't be turned in pairs of channels"):
        llama.rotate(torch.zeros(1, 1, 2, 3), 0, 10.0)


def test_one_token_and_no_token(tiny: GPT) -> None:
    assert tiny(torch.tensor([[1]])).shape == (1, 1, 300)
    assert tiny(torch.zeros(1, 0, dtype=torch.long)).shape == (1, 0, 300)
    with pytest.raises(ValueError, match="one token predicts nothing"):
        tiny.loss(torch.tensor([[1]]))
    one = GPT(GPTConfig(1, 1, 1, 1, 1))
    assert one(torch.zeros(1, 1, dtype=torch.long)).shape == (1, 1, 1)


def test_a_text_beyond_the_context_is_refused(tiny: GPT) -> None:
    with pytest.raises(
        ValueError, match="13 tokens are more than the context of 12"
    ):
        tiny(torch.zeros(1, 13, dtype=torch.long))
    cache = Cache()
    tiny(torch.zeros(1, 12, dtype=torch.long), cache)
    with pytest.raises(ValueError, match="13 tokens"):
        tiny(torch.zeros(1, 1, dtype=torch.long), cache)


# ------------------------------------------------------------------------------- sampling


def test_the_same_seed_writes_the_same(tiny: GPT) -> None:
    ids = torch.tensor([[1, 2]])
    first = generate(tiny, ids, 8, Draw(), seed=3)
    assert torch.equal(first, generate(tiny, ids, 8, Draw(), seed=3, cached=False))
    assert not torch.equal(first, generate(tiny, ids, 8, Draw(), seed=4))
    assert first[:, :2].tolist() == ids.tolist()


def test_it_writes_beyond_its_context_without_a_cache(tiny: GPT) -> None:
    ids = torch.tensor([[1, 2]])
    long = generate(tiny, ids, 20, cached=False, context=12)
    assert long.shape == (1, 22)
    last = tiny(long[:, 9:21])[0, -1].argmax()
    assert int(last) == int(long[0, 21])
    with pytest.raises(ValueError, match="cache can't slide"):
        generate(tiny, ids, 20, context=12)
    with pytest.raises(ValueError, match="prompt is empty"):
        generate(tiny, ids[:, :0], 3)


def test_k_of_one_is_greedy(tiny: GPT) -> None:
    ids = torch.tensor([[1, 2]])
    assert torch.equal(generate(tiny, ids, 6), generate(tiny, ids, 6, Draw(k=1)))
    tight = Draw(temperature=0.5, p=1e-9)
    assert torch.equal(generate(tiny, ids, 6), generate(tiny, ids, 6, tight))


def test_draws_follow_the_probabilities() -> None:
    shares = torch.tensor([[0.5, 0.3, 0.15, 0.05]])
    generator = torch.Generator().manual_seed(0)
    rows = shares.log().repeat(20_000, 1)
    drawn = Draw(p=0.75).choose(rows, generator).flatten()
    counts = torch.bincount(drawn, minlength=4) / len(drawn)
    assert counts[:2].tolist() == pytest.approx([0.625, 0.375], abs=0.01)
    assert counts[2:].tolist() == [0, 0]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"temperature": -0.1}, "temperature must be 0, or 0.001 or more"),
        ({"temperature": 1e-9}, "temperature must be 0, or 0.001"),
        ({"temperature": math.nan}, "temperature must be 0, or 0.001"),
        ({"temperature": math.inf}, "not inf"),
        ({"k": 0}, "k must be 1 or more"),
        ({"p": 0.0}, "p must be above 0"),
        ({"p": 1.5}, "at most 1"),
        ({"p": math.nan}, "p must be above 0"),
    ],
)
def test_settings_that_leave_nothing_are_refused(
    wrong: dict[str, float], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Draw(**wrong)  # type: ignore[arg-type]


def test_the_likeliest_token_survives_any_p() -> None:
    logits = torch.zeros(1, 4)
    assert int(top_p(logits, 1e-12).isfinite().sum()) == 1


def test_p_of_one_keeps_everything() -> None:
    """Sums of fifty thousand shares in 32 bits reach 1 too early: 3,404 tokens were lost."""
    logits = torch.randn(2, 50_257, generator=torch.Generator().manual_seed(0)) * 4
    assert torch.equal(top_p(logits, 1.0), logits)
    nearly = top_p(logits, 1 - 1e-12).isfinite().sum(dim=-1)
    shares = logits.double().softmax(dim=-1).sort(descending=True).values
    needed = (shares.cumsum(dim=-1) < 1 - 1e-12).sum(dim=-1) + 1
    assert (nearly - needed).abs().max() <= 1
    kept = top_p(logits, 0.9).isfinite()
    held = (logits.double().softmax(dim=-1) * kept).sum(dim=-1)
    assert bool((held >= 0.9).all())


@pytest.mark.parametrize(
    ("logits", "message"),
    [
        (torch.zeros(2, 0), "no token to choose from"),
        (torch.tensor(1.0), "no token to choose from"),
        (torch.tensor([[0.0, math.nan]]), "largest logit of a row is nan"),
        (torch.full((1, 3), -math.inf), "largest logit of a row is -inf"),
        (torch.tensor([[0.0, math.inf]]), "largest logit of a row is inf"),
    ],
)
def test_logits_that_nothing_can_be_drawn_from_are_refused(
    logits: torch.Tensor, message: str
) -> None:
    generator = torch.Generator()
    for cut in (
        lambda: top_k(logits, 2),
        lambda: top_p(logits, 0.5),
        lambda: with_temperature(logits, 0.5),
        lambda: Draw(temperature=0).choose(logits, generator),
        lambda: Draw(k=2).choose(logits, generator),
    ):
        with pytest.raises(ValueError, match=message):
            cut()


def test_a_vocabulary_of_one_and_arrays_are_fine() -> None:
    one = np.array([[3]])
    assert top_k(one, 5).tolist() == top_p(one, 0.1).tolist() == [[3.0]]
    assert with_temperature(np.array([[1.0, 2.0]]), 0.5).tolist() == [[2.0, 4.0]]
    for wrong in (0, -1, math.nan):
        with pytest.raises(ValueError, match="can't divide"):
            with_temperature(torch.zeros(2), wrong)
        with pytest.raises(ValueError, match="p must be above 0"):
            top_p(torch.zeros(2), wrong)
    with pytest.raises(ValueError, match="k must be 1 or more"):
        top_k(torch.zeros(2), 0)


def test_what_cannot_be_continued_is_refused(tiny: GPT) -> None:
    ids = np.array([[1, 2]])
    assert generate(tiny, ids, 0).tolist() == [[1, 2]]
    assert generate(tiny, ids, 2).shape == (1, 4)
    wrong: list[tuple[Any, dict[str, Any], str]] = [
        ([1, 2], {"length": 2}, "table \\(texts, tokens\\), not of shape \\(2,\\)"),
        (torch.zeros(0, 3), {"length": 2}, "prompt is empty"),
        (ids, {"length": -1}, "-1 tokens can't be added"),
        (ids, {"length": 1, "cached": False, "context": 0}, "context of 0 tokens"),
    ]
    for prompt, settings, message in wrong:
        with pytest.raises(ValueError, match=message):
            generate(tiny, prompt, **settings)


# ----------------------------------------------------------------------- language models


def test_sliding_windows_count_every_token_once(tiny: GPT) -> None:
    ids = torch.randint(300, (50,))

    def named(windows: torch.Tensor) -> torch.Tensor:
        return windows[:, 1:].float()  # the "cost" of a token is its own number

    for stride in (1, 5, 12):
        found = lm.sliding_costs(named, ids, context=12, stride=stride)
        assert found.tolist() == ids[1:].tolist()
    for wrong in (0, 13):
        with pytest.raises(ValueError, match="between 1 and 12, the context"):
            lm.sliding_costs(named, ids, context=12, stride=wrong)
    for short in (0, 1):
        with pytest.raises(ValueError, match=f"{short} tokens predicts nothing"):
            lm.sliding_costs(named, ids[:short], context=12, stride=3)
    with pytest.raises(ValueError, match="tokens must be positive"):
        lm.word_perplexity(torch.zeros(3), 0)


def test_sliding_gives_each_token_its_context(tiny: GPT) -> None:
    ids = torch.randint(300, (30,))
    found = lm.sliding_costs(
        lambda windows: lm.token_costs(tiny, windows), ids, context=12, stride=4
    )
    for place in (5, 15, 20, 28):  # costs[place] is that of token place + 1
        end = place + 1
        begins = {
            max(0, start)
            for start in (0, 4, 8, 12, 16, 17)
            if start + 12 >= end > start
        }
        costs = [
            lm.token_costs(tiny, ids[None, b : end + 1])[0, -1].item()
            for b in begins
        ]
        assert any(abs(cost - float(found[place])) < 1e-5 for cost in costs)
    one = lm.sliding_costs(
        lambda windows: lm.token_costs(tiny, windows), ids, context=12, stride=1
    )
    for place in (15, 28):
        expected = lm.token_costs(tiny, ids[None, place - 11 : place + 2])[0, -1]
        assert float(one[place]) == pytest.approx(float(expected), abs=1e-5)


def test_a_short_text_is_read_in_one_piece(tiny: GPT) -> None:
    ids = torch.randint(300, (6,))
    found = lm.sliding_costs(
        lambda windows: lm.token_costs(tiny, windows), ids, context=12, stride=6
    )
    assert torch.allclose(found, lm.token_costs(tiny, ids[None])[0], atol=1e-6)


def test_pieces_spell_every_word() -> None:
    words = ["the", "naïve", "<unk>", "cat", "'s", "x²y", "<eos>"]
    pieces = lm.Pieces.learn(
        ["the", "cat", "the", "cats", "then", "<unk>"] * 3, size=262
    )
    ids, owners = pieces.encode(words)
    assert owners == sorted(owners)
    data = [b""] * len(words)
    tokens = [*pieces.ranks, b"<unk>", b"<eos>"]
    for number, owner in zip(ids, owners, strict=True):
        data[owner] += tokens[number]
    assert [part.decode().strip() for part in data] == words
    assert len(pieces) == 262
    again = lm.Pieces.from_tensor(pieces.as_tensor())
    assert again.merges == pieces.merges
    assert again.encode(words) == (ids, owners)
    assert pieces.encode([]) == ([], [])
    with pytest.raises(ValueError, match="257 pieces can't hold the 256 bytes"):
        lm.Pieces.learn(words, size=257)
    bare = lm.Pieces([])
    assert bare.as_tensor().shape == (0, 2)
    assert (
        lm.Pieces.from_tensor(bare.as_tensor()).encode(["é"])[0]
        == bare.encode(["é"])[0]
    )


def test_a_writer_does_not_expect_unknown_words() -> None:
    pieces = lm.Pieces([(b" ", b"t")])
    torch.manual_seed(0)
    gpt = lm.PieceGPT(GPTConfig(len(pieces), 6, 8, 1, 2), pieces.as_tensor()).eval()
    ((number,), _) = pieces.encode(["<unk>"])
    with torch.no_grad():
        gpt.tokens.weight[number] = 50.0
    writes = lm.without_unknown(gpt, pieces)
    ids = torch.tensor([pieces.encode(["t"])[0]])
    found = writes(ids, None)
    assert bool((found[..., number] == -math.inf).all())
    assert number not in generate(writes, ids, 3, Draw(temperature=3.0), seed=1)[0]
    others = [n for n in range(len(pieces)) if n != number]
    assert torch.equal(found[..., others], gpt(ids)[..., others])
    assert torch.equal(
        lm.next_logits(writes, pieces, "t").isinf().nonzero()[0],
        torch.tensor([number]),
    )


def test_perplexity_does_not_depend_on_the_cutting() -> None:
    by_word = torch.tensor([math.log(8), math.log(2)])
    by_piece = torch.tensor([math.log(2), math.log(4), math.log(2)])
    assert lm.word_perplexity(by_word, 2) == pytest.approx(4)
    assert lm.word_perplexity(by_piece, 2) == pytest.approx(4)


def test_sentence_costs_add_up() -> None:
    pieces = lm.Pieces([(b" ", b"t"), (b" t", b"h"), (b" th", b"e")])
    torch.manual_seed(0)
    config = GPTConfig(len(pieces), 6, 8, 1, 2)
    gpt = lm.PieceGPT(config, pieces.as_tensor()).eval()
    words = ["the", "thy", "cat", "<unk>"]
    costs = lm.sentence_costs(gpt, words, pieces)
    assert len(costs) == len(words)
    ids = torch.tensor(pieces.encode(["<eos>", *words])[0])
    whole = lm.sliding_costs(lambda w: lm.token_costs(gpt, w), ids, 6, 3)
    assert sum(costs) == pytest.approx(float(whole.sum()), rel=1e-5)
    with pytest.raises(ValueError, match="sentence is empty"):
        lm.sentence_costs(gpt, [], pieces)
    with pytest.raises(ValueError, match="'the cat' is one text"):
        lm.sentence_costs(gpt, "the cat", pieces)
    with pytest.raises(TypeError, match="with its pieces"):
        lm.sentence_costs(gpt, words)


def test_word_costs_are_the_adaptive_softmaxs() -> None:
    torch.manual_seed(0)
    model = lm.WordGPT(8, 12, 1, 2, [5, 10, 30], 2.0).eval()
    ids = torch.randint(30, (2, 7))
    costs = model.costs(ids)
    assert costs.shape == (2, 6)
    loss, state = model(ids[:, :-1], ids[:, 1:])
    assert state == ()
    assert costs.mean().item() == pytest.approx(loss.item(), rel=1e-5)
    all_words = model.next_log_probabilities(ids[:, :-1])
    assert float(all_words.exp().sum(-1).sub(1).abs().max()) < 1e-5
    picked = -all_words.gather(1, ids[:, -1:])[:, 0]
    assert torch.allclose(picked, costs[:, -1], atol=1e-5)


# ------------------------------------------------------------------------------- training


def test_batches_read_every_window_once() -> None:
    config = {"rows": 3, "context": 5, "draw": 1}
    task = recipes.NextToken(config, GPT(TINY), torch.arange(100))
    starts = [
        int(row[0])
        for step in range(task.per_reading)
        for row in task.batch(step)[0]
    ]
    assert len(set(starts)) == len(starts)
    assert {start % 5 for start in starts} == {starts[0] % 5}
    rows = task.batch(2)[0]
    assert rows.shape == (3, 6)
    assert (rows[:, 1:] - rows[:, :-1] == 1).all()
    again = recipes.NextToken(config, GPT(TINY), torch.arange(100))
    far = 7 * task.per_reading + 1
    task.batch(far)
    assert torch.equal(again.batch(2)[0], rows)
    assert torch.equal(again.batch(far)[0], task.batch(far)[0])
    assert int(max(task.batch(step)[0].max() for step in range(200))) <= 99


def test_the_plays_are_split_without_overlap() -> None:
    first, last = lm.plays_split()
    assert len(first) + len(last) == len(lm.plays())
    assert lm.plays_alphabet().decode(last[-9:].tolist()) == lm.plays()[-9:]


# ------------------------------------------------------------------- exercises, playground


def test_repetition_is_counted() -> None:
    assert repeated_share(list(range(40))) == 0
    assert repeated_share([1, 2, 3, 4] * 30) > 0.9
    for short in ([], [1], list(range(11)), [7] * 12):
        assert repeated_share(short) == 0
    loop = torch.tensor([1, 2, 3, 4] * 30)
    assert repeated_share(loop) == repeated_share(loop.tolist())
    assert repeated_share(loop.numpy()) == repeated_share(loop.tolist())
    with pytest.raises(ValueError, match="stretch of 0 tokens"):
        repeated_share([1], length=0)


def test_a_prompt_shows_others_and_asks_for_one() -> None:
    for pairs in in_context.TASKS.values():
        assert len(pairs) == 10
        for number in (0, 9):
            lines = in_context.prompt(pairs, number, 4).splitlines()
            assert len(lines) == 5
            assert lines[-1] == f"{pairs[number][0]} ->"
            assert not any(line.startswith(lines[-1]) for line in lines[:-1])
    assert in_context.prompt([("hot", "cold")], 0, 0) == "hot ->"
    with pytest.raises(ValueError, match="2 of the other 1 pairs can't be shown"):
        in_context.prompt([("a", "b"), ("c", "d")], 0, 2)
    with pytest.raises(ValueError, match="no pair 2 among 2"):
        in_context.prompt([("a", "b"), ("c", "d")], 2, 0)


def test_a_model_that_copies_pays_once() -> None:
    def copier(ids: torch.Tensor) -> torch.Tensor:
        logits = torch.zeros(1, ids.shape[1], 50)
        half = ids.shape[1] // 2
        for place in range(half, ids.shape[1] - 1):
            logits[0, place, ids[0, place - half + 1]] = 20.0
        return logits

    first, second = in_context.read_twice(copier, 50, 30, seed=0)
    assert len(first) == len(second) == 29
    assert first.tolist() == pytest.approx([math.log(50)] * 29, abs=1e-5)
    assert float(second.max()) < 1e-3
    with pytest.raises(ValueError, match="list of 1 out of 50 tokens"):
        in_context.read_twice(copier, 50, 1, seed=0)


def test_nothing_cannot_be_timed(tiny: GPT) -> None:
    assert len(speed.seconds_per_token(tiny, 300, 3, cached=True, turns=1)) == 3
    for wrong in ({"length": 0}, {"turns": 0}, {"vocabulary": 0}):
        with pytest.raises(ValueError, match="nothing can be timed"):
            speed.seconds_per_token(
                tiny, **{"vocabulary": 3, "length": 3, "cached": True, **wrong}
            )


@pytest.mark.parametrize("temperature", [0.3, 1.0, 1.7])
@pytest.mark.parametrize(("k", "p"), [(40, 1.0), (5, 1.0), (40, 0.7), (6, 0.5)])
def test_the_pages_filters_are_the_chapters(
    temperature: float, k: int, p: float
) -> None:
    logits = torch.randn(40, generator=torch.Generator().manual_seed(k))
    found = page.filtered(logits.tolist(), temperature, k, p)
    expected = Draw(temperature, k, p).filtered(logits[None]).softmax(-1)[0]
    assert found == pytest.approx(expected.tolist(), abs=1e-6)


def test_all_are_kept_at_top_p_of_one_on_the_page_too() -> None:
    chance = random.Random(0)
    logits = [chance.gauss(0, 4) for _ in range(4096)]
    for scores, temperature in (([40.0, 0.0, -1.0], 1.0), (logits, 0.3)):
        found = page.filtered(scores, temperature, len(scores), 1.0)
        assert min(found) > 0
        whole = torch.tensor(scores, dtype=torch.double) / temperature
        assert found == pytest.approx(whole.softmax(-1).tolist(), rel=1e-9)
        assert (
            sum(share > 0 for share in page.filtered(scores, temperature, 2, 1.0))
            == 2
        )


def test_the_pages_pieces_are_the_chapters() -> None:
    pieces = lm.Pieces.learn(["the", "then", "thin", "naïve"] * 3, size=270)
    there = page.Pieces(pieces.as_tensor().tolist())
    assert (
        there.encode("the thin naïve, then")
        == (pieces.encode(["the", "thin", "naïve", ",", "then"])[0])
    )
    assert there.unknown == len(pieces) - 2
    assert there.end == len(pieces) - 1
    assert there.join(there.encode("naïve thin")) == " naïve thin"


VOCABULARY = 263


def answer_evenly(call: Call) -> dict[str, PageTensor]:
    """Score every piece alike but one."""
    window = call.feeds["ids"].data
    assert len(window) <= page.CONTEXT
    scores = [0.0] * VOCABULARY
    scores[(window[-1] + 1) % VOCABULARY] = 30.0
    return {"logits": PageTensor("float32", [1, VOCABULARY], scores)}


def test_the_page_draws_a_continuation() -> None:
    merges = lm.Pieces.learn(["the", "then", "thin", "this"] * 3, size=VOCABULARY)
    assert len(merges) == VOCABULARY
    data = {page.RESOURCE: str(merges.as_tensor().tolist()).encode()}
    inputs = {field["name"]: field["value"] for field in page.INPUTS}
    result = drive(page.run(inputs, data), answer_evenly)
    assert [view["kind"] for view in result["views"]] == [
        "bars",
        "text",
        "tokens",
        "text",
    ]
    assert len(result["views"][0]["items"]) <= page.SHOWN
    assert result == drive(page.run(inputs, data), answer_evenly)
    assert drive(page.run({**inputs, "prompt": ""}, data), answer_evenly)["views"]
    for wrong in ({"temperature": "hot"}, {"temperature": 0}, {"p": 0}, {"k": 0}):
        views = drive(page.run({**inputs, **wrong}, data), answer_evenly)["views"]
        assert [view["kind"] for view in views] == ["text"]


@pytest.mark.parametrize(
    "prompt",
    ["日本の城", "Жил-был король", "नमस्ते दुनिया", "🫨🫨", "\ud83d", "مرحبا", "a\0b"],
)
def test_a_prompt_in_another_script_is_shown_in_letters(prompt: str) -> None:
    merges = lm.Pieces.learn(["the", "then", "thin", "this"] * 3, size=VOCABULARY)
    data = {page.RESOURCE: str(merges.as_tensor().tolist()).encode()}
    inputs = {field["name"]: field["value"] for field in page.INPUTS}
    result = drive(page.run({**inputs, "prompt": prompt}, data), answer_evenly)
    row = [token for token in result["views"][2]["tokens"] if token["group"] == 0]
    assert "�" not in "".join(token["text"] for token in row)
    assert all(token["text"] for token in row)
    labels = [item["label"] for item in result["views"][0]["items"]]
    assert not any("�" in label for label in labels)
    assert "<unk>" not in labels


@example([126, 126, 94])  # a lost byte, then a character in two pieces
@given(st.lists(st.integers(0, 262), max_size=30))
def test_joined_pieces_hold_every_byte(numbers: list[int]) -> None:
    pieces = page.Pieces(
        lm.Pieces.learn(["the", "thin"] * 3, size=VOCABULARY - 2)
        .as_tensor()
        .tolist()
    )
    numbers = [number for number in numbers if number < len(pieces.tokens)]
    joined = "".join(pieces.whole(numbers))
    if "�" not in pieces.join(numbers):
        assert joined == pieces.join(numbers)
    unsplit = re.sub(
        "‹([0-9A-F]{2})›", lambda byte: chr(0xDC00 + int(byte[1], 16)), joined
    )
    whole = b"".join(pieces.raw(numbers))
    assert unsplit.encode("utf-8", "surrogateescape") == whole


def test_what_was_dropped_has_no_bar() -> None:
    merges = lm.Pieces.learn(["the", "then", "thin", "this"] * 3, size=VOCABULARY)
    data = {page.RESOURCE: str(merges.as_tensor().tolist()).encode()}
    inputs = {field["name"]: field["value"] for field in page.INPUTS} | {"k": 1}
    result = drive(page.run(inputs, data), answer_evenly)
    html = render_views([result["views"][0]])
    assert html.count("nlp-meter__plus") == 1
    assert html.count(">dropped, was") == page.SHOWN - 1
