"""Chapter 20's text, model, training, vectors, scores and playground."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from answers import each_meets_its_question
from nlpcourse.corpora.records import WordPair
from nlpcourse.exercises import judge, parameters
from nlpcourse.neural.word2vec import counting, text
from nlpcourse.neural.word2vec import playground as page
from nlpcourse.neural.word2vec import recipes as rec
from nlpcourse.neural.word2vec.blocks import SkipGram
from nlpcourse.neural.word2vec.gradients import (
    cbow_gradients,
    skipgram_gradients,
    update,
)
from nlpcourse.neural.word2vec.scores import (
    Answers,
    agreement,
    among_nearest,
    answers,
    nearest_is_given,
    shared_neighbours,
    spearman,
)
from nlpcourse.neural.word2vec.text import pairs
from nlpcourse.neural.word2vec.vectors import WordVectors
from nlpcourse.page.models import Call, Tensor, drive
from nlpcourse.page.views import render_views
from nlpcourse.training.checkpoints import train_recipe as train
from nlpcourse.training.loop import fit
from nlpcourse.training.recipe import ConfigurationError, Plan, Recipe
from nlpcourse.training.state import Progress

LINES = [["a", "b", "c", "rare"], ["b"], ["c", "a", "b", "c"]]
TINY: dict[str, Any] = {
    **rec.CONFIG,
    "least": 1,
    "size": 6,
    "drawn": 8,
    "threshold": 1.0,
    "stretch": 20,
}


def two_topics() -> text.Corpus:
    """Two topics in sentences of their own."""
    generator = torch.Generator().manual_seed(0)
    lines = [
        [f"{'ab'[k % 2]}{n}" for n in torch.randint(5, (9,), generator=generator)]
        for k in range(60)
    ]
    return text.number(lines, least=1)


def toy(config: Any) -> rec.SkipGramming:
    return rec.SkipGramming(config, two_topics())


def test_words_are_numbered_by_frequency_then_alphabet() -> None:
    vocabulary = text.Vocabulary(LINES, least=2)
    assert vocabulary.words == ["b", "c", "a"]
    assert vocabulary.counts == [3, 3, 2]
    assert vocabulary.encode(["rare", "a", "b"]) == [2, 0]
    with pytest.raises(KeyError):
        vocabulary["rare"]


def test_wikitext_has_the_sizes_that_the_chapter_tells() -> None:
    corpus = text.wikitext()
    assert corpus.tokens == 2_051_910
    assert (
        len(corpus.words) == len(corpus.sentence) == sum(corpus.vocabulary.counts)
    )
    assert len(corpus.vocabulary) == 20_981
    assert (corpus.sentence.diff() >= 0).all()


def test_pairs_stay_within_the_sentence_and_the_window() -> None:
    assert pairs([4], 5) == []
    every = pairs([1, 2, 3, 4], 2)
    assert (1, 3) in every
    assert (1, 4) not in every
    drawn = pairs([1, 2, 3, 4], 2, torch.Generator().manual_seed(0))
    assert set(drawn) <= set(every)
    assert {(1, 2), (2, 1), (2, 3), (3, 2), (3, 4), (4, 3)} <= set(drawn)


def test_hidden_words_do_not_show() -> None:
    found = text.companions(text.wikitext_sentences(), "guitar", 4, seed=0, count=5)
    assert len(found) == 5
    assert all(line.split()[4] == "____" for line in found)


def test_counted_pairs_are_the_drawn_pairs_in_expectation() -> None:
    corpus = text.number(LINES, least=1)
    types = len(corpus.vocabulary)
    counts = counting.count_pairs(corpus.words, corpus.sentence, types, window=2)
    want = torch.zeros(types, types)
    for line in LINES:
        for one, other in pairs(corpus.vocabulary.encode(line), 1):
            want[one, other] += 0.5
        for one, other in pairs(corpus.vocabulary.encode(line), 2):
            want[one, other] += 0.5
    assert torch.allclose(counts, want)


def test_information_is_what_independence_leaves() -> None:
    """Where company does not depend on the centre, only −ln k is left."""
    noise = torch.tensor([0.25, 0.75])
    counts = torch.outer(torch.tensor([2.0, 5.0]), noise)
    got = counting.shifted_information(counts, noise, negatives=4)
    assert torch.allclose(got, torch.full((2, 2), -torch.log(torch.tensor(4.0))))


def test_training_lowers_the_loss_and_separates_topics() -> None:
    task = toy(TINY)
    plan = Plan(seed=0, steps=150, learning_rate=0.05, clip=1e9, interval=25)
    losses = [entry["loss"] for entry in fit(task, plan).losses]
    assert losses[-1] < 0.8 * losses[0]
    vectors = task.vectors()
    assert {word[0] for word, _ in vectors.nearest("a0", 4)} == {"a"}


def test_the_text_goes_round() -> None:
    task = toy(TINY)
    size = len(task.corpus.words)
    seen = torch.cat([task.batch(step)[0] for step in range(2 * size // 20)])
    assert torch.equal(seen[:size], task.corpus.words)
    assert torch.equal(seen[size : 2 * size], task.corpus.words)


class Killed(Exception):
    pass


def test_a_killed_training_ends_as_one_that_was_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = Plan(seed=3, steps=30, learning_rate=0.05, clip=1e9, interval=10)
    recipe = Recipe(build=toy, config=TINY, plan=plan, half=True)
    monkeypatch.setattr(rec, "measure", lambda vectors: {"words": len(vectors)})
    whole = train("toy", recipe, tmp_path / "whole", tmp_path / "state-1")

    class Deadly(rec.SkipGramming):
        def batch(self, step: int) -> tuple[torch.Tensor, ...]:
            if step == 17:
                raise Killed
            return super().batch(step)

    deadly = dataclasses.replace(
        recipe, build=lambda config: Deadly(config, two_topics())
    )
    with pytest.raises(Killed):
        train("toy", deadly, tmp_path / "cut", tmp_path / "state-2")
    other = dataclasses.replace(recipe, config={**TINY, "window": 2})
    with pytest.raises(ConfigurationError, match="window"):
        train("toy", other, tmp_path / "cut", tmp_path / "state-2")
    resumed = train("toy", recipe, tmp_path / "cut", tmp_path / "state-2")
    assert resumed["sha256"] == whole["sha256"]
    losses = [
        [round(e["loss"], 5) for e in log["losses"]] for log in (whole, resumed)
    ]
    assert losses[0] == losses[1]


def test_a_trained_model_keeps_one_table_and_a_training_one_both() -> None:
    torch.manual_seed(0)
    model = SkipGram(torch.tensor([5, 3, 2]), 4, 2, 5, drawn=8, threshold=1.0)
    assert set(model.state_dict()) == {"centres", "contexts"}
    model.eval()
    state = model.state_dict()
    assert set(state) == {"centres"}
    model.load_state_dict(state)
    model.train()
    with pytest.raises(RuntimeError, match="contexts"):
        model.load_state_dict(state)


def test_a_stretch_of_which_nothing_is_kept_has_no_loss() -> None:
    model = SkipGram(torch.tensor([5, 3]), 4, 2, 5, drawn=8, threshold=1e-12)
    torch.manual_seed(0)
    loss = model(torch.tensor([0, 1, 0]), torch.zeros(3).long())
    loss.backward()
    assert float(loss.detach()) == 0.0


def test_progress_is_saved_with_both_tables() -> None:
    saved: list[Progress] = []
    plan = Plan(seed=0, steps=2, learning_rate=0.05, interval=2)
    fit(toy(TINY), plan, save=saved.append)
    assert "model.contexts" in saved[-1].tensors


@pytest.fixture
def square() -> WordVectors:
    """man and woman differ as king and queen do; cat stands apart."""
    table = [[1, 0, 0], [1, 1, 0], [0, 0, 1], [0, 1, 1], [-1, 0.2, -1]]
    words = ["man", "woman", "king", "queen", "cat"]
    return WordVectors(words, torch.tensor(table, dtype=torch.float32))


def test_analogies_leave_out_the_words_given(square: WordVectors) -> None:
    for method in ("add", "multiply"):
        best = square.analogy("man", "woman", "king", method=method)  # type: ignore[arg-type]
        assert best[0][0] == "queen"
        assert not {"man", "woman", "king"} & {word for word, _ in best[:2]}


def test_a_word_without_a_vector_is_named(square: WordVectors) -> None:
    with pytest.raises(KeyError, match="'Dog' has no vector"):
        square.nearest("Dog")
    with pytest.raises(ValueError, match="2 words but 3 vectors"):
        WordVectors(["a", "b"], torch.zeros(3, 2))


def test_a_sentence_gives_the_vectors_of_its_known_words(
    square: WordVectors,
) -> None:
    words, table = square.sentence(["The", "King", "saw", "the", "cat"])
    assert words == ["king", "cat"]
    assert torch.equal(table[1], square["cat"])
    nothing, empty = square.sentence(["dog"])
    assert nothing == []
    assert empty.shape == (0, 3)


def test_scores_count_what_was_left_out(square: WordVectors) -> None:
    rated = [
        WordPair("King", "queen", 9.0),
        WordPair("man", "woman", 8.0),
        WordPair("man", "cat", 1.0),
        WordPair("man", "dog", 5.0),
    ]
    got = agreement(square, rated)
    assert (got.used, got.asked) == (3, 4)
    assert got.correlation > 0
    questions = [("man", "woman", "king", "Queen"), ("man", "woman", "dog", "x")]
    assert answers(square, questions) == Answers(right=1, used=1, asked=2)
    assert (Answers(1, 2, 3) + Answers(1, 2, 3)).accuracy == 0.5
    assert Answers(0, 0, 4).accuracy == 0.0


def test_nothing_and_too_little_are_refused(square: WordVectors) -> None:
    pair = torch.ones(2)
    for wrong, question in (
        (lambda: text.Vocabulary(LINES, least=0), "once or more"),
        (lambda: text.number([], least=1), "ask for fewer"),
        (lambda: text.number(LINES, least=9), "occurs 9 times"),
        (lambda: pairs([1, 2], 0), "one word or more"),
        (lambda: text.keep_probability(torch.zeros(2), 1e-3), "above zero"),
        (lambda: text.keep_probability(torch.ones(2), 0.0), "above zero"),
        (lambda: text.noise_distribution(torch.zeros(0)), "at least one"),
        (lambda: text.draw(torch.zeros(3), 2), "add up to 1, not to 0"),
        (lambda: text.draw(torch.full((3,), torch.nan), 2), "zero or above"),
        (lambda: square.nearest("man", 0), "one word or more"),
        (lambda: square.analogy("man", "woman", "king", method="x"), "'add' or"),  # type: ignore[arg-type]
        (lambda: spearman(torch.ones(1), torch.ones(1)), "two at least"),
        (lambda: spearman(torch.ones(3), torch.arange(3.0)), "no order"),
        (
            lambda: spearman(torch.full((3,), torch.nan), torch.arange(3.0)),
            "no order",
        ),
        (lambda: agreement(square, []), "two at least"),
        (lambda: answers(square, [], rows=0), "one question"),
        (lambda: nearest_is_given(square, []), "no question"),
        (lambda: shared_neighbours(square, square, ["dog"]), "none of the words"),
        (lambda: counting.company(LINES, "a", 0), "one word or more"),
        (lambda: counting.cosine(Counter(), Counter(a=1)), "no direction"),
        (lambda: counting.frequency_loss(torch.zeros(2), pair, 1), "above zero"),
        (lambda: skipgram_gradients(pair, torch.ones(0, 2)), "don't fit"),
        (lambda: skipgram_gradients(pair, torch.ones(2, 3)), "don't fit"),
        (lambda: cbow_gradients(torch.ones(0, 2), torch.ones(1, 2)), "no mean"),
        (
            lambda: update(pair[:, None], pair[:, None], (0, 2), [1], 0.1),
            "numbered 0",
        ),
        (lambda: SkipGram(torch.ones(3), 0, 2, 5, 8, 1.0), "one or more"),
    ):
        with pytest.raises(ValueError, match=question):
            wrong()


def test_the_smallest_that_works(square: WordVectors) -> None:
    one = WordVectors(["only"], torch.ones(1, 3))
    assert one.nearest("only", 5) == []
    assert len(square.nearest("man", 100)) == len(square) - 1
    assert len(square.analogy("man", "woman", "king", top=100)) == len(square) - 3
    assert counting.company([], "a", 2) == Counter()
    empty = torch.zeros(0, dtype=torch.long)
    assert counting.count_pairs(empty, empty, 2, window=3).tolist() == [
        [0, 0],
        [0, 0],
    ]
    never = counting.shifted_information(torch.zeros(2, 2), torch.ones(2) / 2, 5)
    assert bool((never == -torch.inf).all())
    assert among_nearest(square, [("man", "woman"), ("man", "cat")], 1) == [
        "man-woman"
    ]
    assert shared_neighbours(square, square, ["man"], 2) == 2


def test_frequencies_alone_cost_what_training_on_them_costs() -> None:
    """The best score that knows no centre, against one found by gradient descent."""
    counts, noise = torch.tensor([8.0, 3.0, 1.0]), torch.tensor([0.5, 0.3, 0.2])
    scores = torch.zeros(3, requires_grad=True)
    rule = torch.optim.Adam([scores], lr=0.05)
    for _ in range(800):
        share = counts / counts.sum()
        loss = -(share * torch.nn.functional.logsigmoid(scores)).sum()
        loss = loss - 4 * (noise * torch.nn.functional.logsigmoid(-scores)).sum()
        rule.zero_grad()
        torch.autograd.backward(loss)
        rule.step()
    want = counting.frequency_loss(counts, noise, negatives=4)
    assert float(loss.detach()) == pytest.approx(want, abs=1e-5)


# ------------------------------------------------------------------ the exercises' checks


def kept(count: float, total: int, threshold: float) -> float:
    """The probability that a place is kept, worked out once more."""
    ratio = threshold * total / count
    return min(1.0, ratio**0.5 + ratio)


def left(formula: Callable[[int, int, float], float]) -> list[float]:
    """An answer to 20.1 by a formula of count, total and threshold."""
    p = parameters("20.1")
    return [formula(c, p["total"], p["threshold"]) for c in p["counts"]]


def everything(words: list[str], window: int) -> list[tuple[str, str]]:
    return [
        (one, words[j])
        for i, one in enumerate(words)
        for j in range(max(0, i - window), min(len(words), i + window + 1))
    ]


def wrapping(words: list[str], window: int) -> list[tuple[str, str]]:
    near = [d for d in range(-window, window + 1) if d]
    return [
        (one, words[i + d])
        for i, one in enumerate(words)
        for d in near
        if i + d < len(words) and i + d >= -len(words)
    ]


def rightward(words: list[str], window: int) -> list[tuple[str, str]]:
    return [
        (one, words[j])
        for i, one in enumerate(words)
        for j in range(i + 1, min(len(words), i + window + 1))
    ]


def by_word(words: list[str], window: int) -> list[tuple[str, str]]:
    return [pair for pair in everything(words, window) if pair[0] != pair[1]]


def too_near(words: list[str], window: int) -> list[tuple[str, str]]:
    places = everything(words, window - 1)
    return [pair for pair in places if pair[0] != pair[1]]


def step(
    centre: torch.Tensor, outputs: torch.Tensor, rate: float, how: str
) -> tuple[torch.Tensor, torch.Tensor]:
    error = torch.sigmoid(outputs @ centre)
    if how == "score":
        error = outputs @ centre
    if how != "noise":
        error[0] -= 1
    sign = -1 if how == "uphill" else 1
    new_centre = centre - sign * rate * error @ outputs
    seen = new_centre if how == "late centre" else centre
    new_outputs = outputs - sign * rate * torch.outer(error, seen)
    if how == "late outputs":
        new_centre = centre - rate * error @ new_outputs
    return new_centre, new_outputs


test_a_wrong_answer_is_met_with_a_question_that_points_at_it = (
    each_meets_its_question(
        [
            ("20.1", left(lambda c, n, t: c * (1 - kept(c, n, t))), "dropped"),
            (
                "20.1",
                left(lambda c, n, t: c * min(1, (t * n / c) ** 0.5)),
                "second term",
            ),
            (
                "20.1",
                left(lambda c, n, t: c * ((t * n / c) ** 0.5 + t * n / c)),
                "more be left",
            ),
            ("20.1", left(lambda c, n, t: c * kept(c, 1, t)), "a count"),
            ("20.1", left(kept), "how many places"),
            ("20.1", left(lambda c, n, t: 0.7 * c), "share f"),
            ("20.1", [1.0, 2.0], "Three numbers"),
            ("20.2", everything, "own company"),
            ("20.2", wrapping, "index −1"),
            ("20.2", rightward, "to the left"),
            ("20.2", by_word, "places"),
            ("20.2", too_near, "missing"),
            ("20.2", lambda words, window: [3], "list of pairs"),
            ("20.3", lambda v, u, r: step(v, u, r, "uphill"), "uphill"),
            (
                "20.3",
                lambda v, u, r: step(v, u, r, "late centre"),
                "before the step",
            ),
            (
                "20.3",
                lambda v, u, r: step(v, u, r, "late outputs"),
                "before the step",
            ),
            ("20.3", lambda v, u, r: step(v, u, r, "noise"), "did stand"),
            ("20.3", lambda v, u, r: step(v, u, r, "score"), "function is missing"),
            ("20.3", lambda v, u, r: v, "both"),
            ("20.3", lambda v, u, r: (u, v), "shapes"),
            ("20.3", lambda v, u, r: (v, u), "error first"),
            ("20.4", lambda table: table, "columns"),
            ("20.4", lambda table: table[:, :32], "directions"),
            ("20.4", lambda table: table[:, ::2] + table[:, 1::2], "directions"),
            ("20.4", lambda table: table[:5, :32], "one for each word"),
            ("20.4", lambda table: table[:, :32] / 0, "divide"),
            ("20.4", lambda table: torch.zeros_like(table[:, :32]), "all zeros"),
            ("20.4", lambda table: torch.ones_like(table[:, :32]), "all alike"),
            ("20.4", lambda table: "table", "one for each word"),
        ]
    )
)


@pytest.mark.parametrize("kept", [5000, None])
@pytest.mark.parametrize("centred", [True, False])
def test_principal_directions_of_any_kind_pass_the_open_exercise(
    kept: int | None, centred: bool
) -> None:
    def halve(table: torch.Tensor) -> torch.Tensor:
        rows = table - table.mean(dim=0) if centred else table
        _, directions = torch.linalg.eigh(rows[:kept].T @ rows[:kept])
        return rows @ directions[:, -table.shape[1] // 2 :]

    assert judge("20.4", halve).passed


# ------------------------------------------------------------------ the playground


def made_up(call: Call) -> dict[str, Tensor]:
    """Answer with cosines of the toy vectors."""
    table = torch.tensor(
        [[1.0, 0, 0], [1, 1, 0], [0, 0, 1], [0, 1, 1], [-1, 0.2, -1]]
    )
    units = torch.nn.functional.normalize(table, dim=1)
    numbers, signs = (
        torch.tensor(call.feeds[n].data) for n in ("numbers", "signs")
    )
    asked = (units[numbers] * signs.unsqueeze(1)).sum(dim=0)
    cosines = units @ (asked / asked.norm())
    return {"cosines": Tensor("float32", [5], cosines.tolist())}


TOY_WORDS = (
    b'{"words":["man","woman","king","queen","cat"],"counts":[90,80,70,60,5]}'
)


def play(words: str, top: int = 3) -> dict[str, Any]:
    steps = page.run({"words": words, "top": top}, {page.WORDS: TOY_WORDS})
    result = drive(steps, made_up)
    assert render_views(result["views"])
    return result


def test_the_page_completes_a_pattern() -> None:
    result = play("Man : woman = King : ?")
    assert "king is to … queen" in result["summary"]
    bars = [view for view in result["views"] if view["kind"] == "bars"]
    assert [len(view["items"]) for view in bars] == [2, 3]
    assert not {"man", "woman", "king"} & {i["label"] for i in bars[0]["items"]}


def test_the_page_shows_neighbours_and_warns_of_rare_words() -> None:
    result = play("cat", 2)
    assert "5 times" in result["views"][0]["text"]
    assert "trust these less" in result["views"][0]["text"]
    assert len(result["views"][1]["items"]) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "0 words"),
        ("man king", "2 words"),
        ("dog", "No vector"),
        ("a b c", "`b`"),
    ],
)
def test_the_page_answers_any_input_kindly(words: str, said: str) -> None:
    views = play(words)["views"]
    assert len(views) == 1
    assert said in views[0]["text"]


def test_the_pages_model_says_what_the_chapters_vectors_say() -> None:
    from nlpcourse.page.export import session_runner

    resources = {name: make() for name, make in page.RESOURCES.items()}
    models = {name: make() for name, make in page.MODELS.items()}
    size = sum(map(len, (*resources.values(), *models.values())))
    assert size < 2_000_000
    runner = session_runner(models)
    steps = page.run({"words": "see saw take", "top": 4}, resources)
    result = drive(steps, runner)
    vectors = rec.load_vectors().only(page.SIZE)
    want = [word for word, _ in vectors.analogy("see", "saw", "take", top=4)]
    bars = [view for view in result["views"] if view["kind"] == "bars"]
    assert [item["label"] for item in bars[0]["items"]] == want
    near = vectors.nearest("take", 4)
    for item, (word, cosine) in zip(bars[1]["items"], near, strict=True):
        assert item["label"] == word
        assert item["value"] == pytest.approx(cosine, abs=2e-3)
