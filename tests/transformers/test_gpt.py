"""GPT: units."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from nlpcourse.playgrounds import gpt as page
from nlpcourse.playgrounds.models import Call, drive
from nlpcourse.playgrounds.models import Tensor as PageTensor
from nlpcourse.transformers.gpt import in_context, recipes
from nlpcourse.transformers.gpt import language_models as lm
from nlpcourse.transformers.gpt.gguf import GGUF, half, q4_1, q8_0
from nlpcourse.transformers.gpt.model import GPT, Cache, GPTConfig
from nlpcourse.transformers.gpt.sampling import (
    Draw,
    generate,
    repeated_share,
    top_p,
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
        ({"temperature": -0.1}, "temperature must be 0 or more"),
        ({"k": 0}, "k must be 1 or more"),
        ({"p": 0.0}, "p must be above 0"),
        ({"p": 1.5}, "at most 1"),
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


# ----------------------------------------------------------------------- language models


def test_sliding_windows_count_every_token_once(tiny: GPT) -> None:
    ids = torch.randint(300, (50,))

    def named(windows: torch.Tensor) -> torch.Tensor:
        return windows[:, 1:].float()  # the "cost" of a token is its own number

    for stride in (1, 5, 12):
        found = lm.sliding_costs(named, ids, context=12, stride=stride)
        assert found.tolist() == ids[1:].tolist()
    with pytest.raises(ValueError, match="between 1 and 12, the context"):
        lm.sliding_costs(named, ids, context=12, stride=13)


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


# ----------------------------------------------------------------------------------- GGUF


def test_a_file_that_is_no_gguf_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"PK\x03\x04" + bytes(100))
    with pytest.raises(ValueError, match=r"model\.gguf begins with b'PK"):
        GGUF(path)


def test_blocks_are_decoded_as_the_format_says() -> None:
    rng = np.random.default_rng(0)
    scale, least = np.float16(0.25), np.float16(-1.5)
    numbers = rng.integers(0, 16, 32)
    packed = bytes(
        int(a) | int(b) << 4 for a, b in zip(*numbers.reshape(2, 16), strict=True)
    )
    raw = scale.tobytes() + least.tobytes() + packed
    expected = 0.25 * numbers - 1.5
    assert q4_1(raw * 2).tolist() == [*expected, *expected]
    signed = rng.integers(-128, 128, 32).astype(np.int8)
    assert q8_0(scale.tobytes() + signed.tobytes()).tolist() == list(0.25 * signed)
    assert half(np.float16([1.5, -2]).tobytes()).tolist() == [1.5, -2]


def test_a_hand_made_file_is_read(tmp_path: Path) -> None:
    def text(word: str) -> bytes:
        return len(word).to_bytes(8, "little") + word.encode()

    def number(value: int, size: int) -> bytes:
        return value.to_bytes(size, "little")

    header = b"GGUF" + number(3, 4) + number(2, 8) + number(2, 8)
    header += text("general.architecture") + number(8, 4) + text("toy")
    header += text("toy.names") + number(9, 4) + number(8, 4) + number(2, 8)
    header += text("a") + text("b")
    header += text("one") + number(2, 4) + number(3, 8) + number(2, 8)
    header += number(0, 4) + number(0, 8)
    header += (
        text("two") + number(1, 4) + number(2, 8) + number(1, 4) + number(32, 8)
    )
    body = np.arange(6, dtype="<f4").tobytes().ljust(32, b"\0")
    body += np.array([1, 2], "<f2").tobytes()
    path = tmp_path / "toy.gguf"
    path.write_bytes(header + bytes(-len(header) % 32) + body)
    file = GGUF(path)
    assert file.settings == {"general.architecture": "toy", "toy.names": ["a", "b"]}
    assert file.read("one").tolist() == [[0, 1, 2], [3, 4, 5]]
    assert file.read("two").tolist() == [1, 2]


# ------------------------------------------------------------------- exercises, playground


def test_repetition_is_counted() -> None:
    assert repeated_share(list(range(40))) == 0
    assert repeated_share([1, 2, 3, 4] * 30) > 0.9


def test_a_prompt_shows_others_and_asks_for_one() -> None:
    for pairs in in_context.TASKS.values():
        assert len(pairs) == 10
        for number in (0, 9):
            lines = in_context.prompt(pairs, number, 4).splitlines()
            assert len(lines) == 5
            assert lines[-1] == f"{pairs[number][0]} ->"
            assert not any(line.startswith(lines[-1]) for line in lines[:-1])


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


@pytest.mark.parametrize("temperature", [0.3, 1.0, 1.7])
@pytest.mark.parametrize(("k", "p"), [(40, 1.0), (5, 1.0), (40, 0.7), (6, 0.5)])
def test_the_pages_filters_are_the_chapters(
    temperature: float, k: int, p: float
) -> None:
    logits = torch.randn(40, generator=torch.Generator().manual_seed(k))
    found = page.filtered(logits.tolist(), temperature, k, p)
    expected = Draw(temperature, k, p).filtered(logits[None]).softmax(-1)[0]
    assert found == pytest.approx(expected.tolist(), abs=1e-6)


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
