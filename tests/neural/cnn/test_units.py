"""Chapter 24's network, its data, its measurements and the checks' hints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from nlpcourse.exercises import judge, parameters
from nlpcourse.neural.cnn import (
    baselines,
    characters,
    checks,
    data,
    detector,
    failures,
    inspection,
    recipes,
    study,
)
from nlpcourse.neural.cnn import playground as page
from nlpcourse.neural.cnn.convolution import (
    convolution_gradients,
    convolve,
    max_over_time,
    windows,
)
from nlpcourse.neural.cnn.model import SentenceCNN, limit_norms, predict
from nlpcourse.neural.cnn.side_by_side import SideBySide
from nlpcourse.page.export import session_runner
from nlpcourse.page.models import drive
from nlpcourse.page.views import render_views
from nlpcourse.training import loop
from nlpcourse.training.recipe import Plan

TEXTS = [["a", "good", "film"], ["bad"], ["not", "a", "good", "film", "at", "all"]]


@pytest.fixture
def vocabulary() -> data.Vocabulary:
    return data.Vocabulary.of(TEXTS, least=1)


@pytest.fixture
def model(vocabulary: data.Vocabulary) -> SentenceCNN:
    torch.manual_seed(0)
    return SentenceCNN(len(vocabulary), 6, [2, 3], 4, 2).double().eval()


@pytest.fixture(scope="module")
def trained() -> tuple[SentenceCNN, data.Vocabulary]:
    network, words, _ = recipes.load_movie_model()
    return network, words


def test_a_filter_wider_than_the_text_is_refused() -> None:
    with pytest.raises(ValueError, match="a filter 3 wide finds no place among 2"):
        windows(torch.zeros(1, 2, 4), 3)
    with pytest.raises(ValueError, match="0 wide"):
        windows(torch.zeros(1, 2, 4), 0)


def test_gradients_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="stands at 4 places, the gradient at 5"):
        convolution_gradients(
            torch.zeros(1, 5, 2), torch.zeros(1, 2, 2), torch.zeros(1, 5, 1)
        )


def test_an_answer_does_not_depend_on_its_company(
    model: SentenceCNN, vocabulary: data.Vocabulary
) -> None:
    together = predict(model, vocabulary, TEXTS)
    for row, words in zip(together, TEXTS, strict=True):
        torch.testing.assert_close(predict(model, vocabulary, [words])[0], row)


def test_careless_padding_changes_answers(
    trained: tuple[SentenceCNN, data.Vocabulary],
) -> None:
    network, vocabulary = trained
    texts = data.movie_fold(0)[1].documents[:20]
    careless = failures.careless(network)
    moved = failures.in_company(careless, vocabulary, texts, 40, masked=False)
    assert moved.furthest > 0.01
    still = failures.in_company(network, vocabulary, texts, 40, masked=True)
    assert still.furthest < 1e-6
    assert still.verdicts == 0
    assert (
        float(network.embedding.weight[0].detach().abs().sum()) == 0
    )  # a copy was changed


def test_pooling_leaves_padding_out() -> None:
    maps = torch.tensor([[[-3.0], [-1.0], [0.0]]])
    values, places = max_over_time(maps, torch.tensor([2]))
    assert (values.item(), places.item()) == (-1.0, 1)


def test_norms_are_cut_back_in_training_only() -> None:
    network = SentenceCNN(5, 3, [1], 2, 2, largest_norm=1.0)
    with torch.no_grad():
        network.output.weight.fill_(3.0)
    words, lengths = torch.tensor([[2, 3]]), torch.tensor([2])
    network.eval()(words, lengths)
    assert float(network.output.weight[0].norm()) > 4
    network.train()(words, lengths)
    assert network.output.weight.norm(dim=1).tolist() == pytest.approx([1.0, 1.0])
    zero = torch.zeros(1, 2)
    limit_norms(zero, 1.0)
    assert zero.tolist() == [[0.0, 0.0]]


def test_batches_hold_every_sentence_at_most_once() -> None:
    lengths = [n % 7 + 1 for n in range(103)]
    found = data.batches(lengths, rows=10, seed=3)
    numbers = [n for batch in found for n in batch]
    assert len(found) == 10
    assert len(set(numbers)) == 100
    assert found != data.batches(lengths, rows=10, seed=4)
    spans = [{lengths[n] for n in batch} for batch in found]
    assert all(max(span) - min(span) <= 1 for span in spans)


def test_words_without_a_number_are_unknown(vocabulary: data.Vocabulary) -> None:
    assert vocabulary.encode(["good", "zyx"]) == [vocabulary.numbers["good"], 1]
    assert min(vocabulary.numbers.values()) == 2


def test_what_was_chosen_on_is_never_tested_on() -> None:
    """The settings' own sentences are in every training part and in no test part."""
    films = data.movie_sentences()
    apart, rest = data.set_apart(len(films), data.FILMS_APART)
    tested: list[int] = []
    for train, test in data.folds_of(len(films), shuffle=1):
        assert set(apart) <= set(train)
        assert not set(test) & set(train)
        tested += test
    assert sorted(tested) == sorted(rest)
    train, validation = data.movie_choice()
    assert (len(train), len(validation)) == (len(rest), 2_000)
    train, validation = data.trec_choice()
    assert (len(train), len(validation)) == (4_452, 1_000)
    for count in (0, 5, 6):
        with pytest.raises(ValueError, match="can't be set apart"):
            data.set_apart(5, count)
    with pytest.raises(ValueError, match="none of 0 to 4"):
        data.movie_fold(data.FOLDS)


def test_trec_has_its_published_split() -> None:
    train, test = data.trec_questions()
    assert (len(train), len(test)) == (5452, 500)
    assert set(test.labels) == set(range(6))


def test_the_filter_set_by_hand_wants_both_clues() -> None:
    texts = [
        ["not", "so", "good"],
        ["so", "so", "good"],
        ["not", "so", "so"],
        ["not"],
    ]
    found = detector.matches(texts, least=0.1)
    assert [(m.sentence, m.value) for m in found] == [(0, 1.0)]
    values = convolve(
        detector.vectors_of(texts[0]), detector.FILTER, detector.THRESHOLD
    )
    assert values.flatten().tolist() == [1.0]


def test_windows_are_found_again(
    model: SentenceCNN, vocabulary: data.Vocabulary
) -> None:
    """The vectors of the window that a filter picked give the answer that it gave."""
    values, places = inspection.all_pooled(model.float(), vocabulary, TEXTS)
    for number, words in enumerate(TEXTS):
        for k in range(8):
            width = inspection.width_of(model, k)
            window = inspection.window_at(words, int(places[number, k]), width)
            rows = torch.stack(
                [
                    torch.zeros(6)
                    if w == inspection.OUTSIDE
                    else model.embedding.weight[vocabulary.numbers[w]]
                    for w in window
                ]
            )
            layer = model.layers[k // 4]
            answer = (layer.weight[k % 4].T * rows).sum() + layer.bias[k % 4]
            assert float(values[number, k]) == pytest.approx(
                max(0.0, float(answer)), abs=1e-5
            )
    with pytest.raises(ValueError, match="no filter"):
        inspection.width_of(model, 8)


def test_pushes_add_up_to_the_verdict(
    trained: tuple[SentenceCNN, data.Vocabulary],
) -> None:
    network, vocabulary = trained
    words = ["a", "lively", "and", "enjoyable", "adventure"]
    pushes = inspection.explain(network, vocabulary, words)
    bias = float(network.output.bias[1] - network.output.bias[0])
    total = torch.tensor(sum(p.push for p in pushes) + bias)
    [good] = failures.good(network, vocabulary, [" ".join(words)])
    assert float(total.sigmoid()) == pytest.approx(good, abs=1e-5)
    assert len(inspection.strongest_filters(network, torch.rand(5, 300), 6)) == 6


def test_training_side_by_side_is_training_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two folds in one run end where one of them ends alone (dropout apart)."""
    texts = data.movie_sentences().choose(range(300))
    monkeypatch.setattr(data, "movie_sentences", lambda: texts)
    monkeypatch.setattr(data, "FILMS_APART", 60)
    config = {
        **recipes.MOVIE,
        "maps": 3,
        "size": 4,
        "dropout": 0.0,
        "input_dropout": 0.0,
        "folds": 2,
        "rows": 20,
        "least": 1,
    }
    plan = Plan(seed=0, steps=4, learning_rate=1e-2, clip=1e9)
    torch.manual_seed(0)
    both = recipes.CrossValidating({**config, "fold": 0})
    alone = recipes.Classifying({**config, "fold": 1})
    alone.model.load_state_dict(both.tasks[1].model.state_dict())
    loop.fit(both, plan)
    loop.fit(alone, plan)
    assert isinstance(both.model, SideBySide)
    for mine, theirs in zip(
        both.model.models[1].parameters(), alone.model.parameters(), strict=True
    ):
        torch.testing.assert_close(mine, theirs, rtol=1e-4, atol=1e-5)
    assert 0 <= both.evaluate()["accuracy"] <= 1


def test_baselines_judge_and_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    train, test = data.movie_fold(0)
    few = train.choose(range(600))
    for kind in ("naive Bayes", "linear SVM"):
        outcome = baselines.judge(kind, few, test)  # type: ignore[arg-type]
        assert 0.5 < outcome.accuracy < 0.8
    monkeypatch.setattr(data, "FILMS_APART", 100)
    [share] = baselines.cross_validated("naive Bayes", few, [0], folds=3)
    assert 0.5 < share < 0.8
    with pytest.raises(ValueError, match="above zero"):
        baselines.pipeline("linear SVM", 0.0)
    with pytest.raises(ValueError, match="both parts need some"):
        baselines.judge("naive Bayes", few, few.choose([]))
    with pytest.raises(ValueError, match="kind must be"):
        baselines.pipeline("oracle")  # type: ignore[arg-type]


def test_spelling_is_learnt(monkeypatch: pytest.MonkeyPatch) -> None:
    stems = [
        "gran",
        "tel",
        "mor",
        "plin",
        "sken",
        "dup",
        "fal",
        "rit",
        "bol",
        "wex",
    ]
    kinds = {s + "ly": 3 for s in stems} | {s + "ed": 1 for s in stems}
    monkeypatch.setattr(characters, "word_kinds", lambda: kinds)
    known, unseen = characters.split_words(4)
    _, _, curves = characters.learn_spelling(
        data.Labelled(known.documents * 20, known.labels * 20), unseen, steps=30
    )
    assert curves.unseen == [1.0]


def test_curves_measure_both_texts() -> None:
    train, test = data.movie_fold(0)
    curves = study.small_training(
        train.choose(range(100)), test.choose(range(60)), regularized=False
    )
    assert curves.steps == list(range(2, 17, 2))
    assert len(curves.unseen_loss) == 8
    assert curves.seen[-1] > 0.9


# ------------------------------------------------------------------------------- the edges


def test_nothing_and_too_little_are_refused(
    model: SentenceCNN, vocabulary: data.Vocabulary
) -> None:
    vectors = torch.zeros(1, 3, 2)
    for wrong, question in (
        (lambda: windows(torch.zeros(3, 2), 2), "are \\(batch, time, size\\)"),
        (
            lambda: convolve(vectors, torch.zeros(1, 2, 2), torch.zeros(1), -1),
            "cut",
        ),
        (
            lambda: convolve(vectors, torch.zeros(1, 5, 2), torch.zeros(1)),
            "don't fit",
        ),
        (lambda: max_over_time(torch.zeros(1, 0, 2)), "one place or more"),
        (lambda: max_over_time(vectors, torch.tensor([0])), "needs a margin"),
        (lambda: max_over_time(vectors, torch.tensor([4])), "between 1 and 3"),
        (lambda: data.stack([]), "at least one sentence"),
        (lambda: data.batches([1, 2], rows=0, seed=0), "one sentence or more"),
        (lambda: list(data.in_order([1, 2], rows=0)), "one sentence or more"),
        (lambda: limit_norms(torch.ones(1, 2), 0.0), "above zero"),
        (lambda: SentenceCNN(5, 3, [], 2, 2), "there is a width"),
        (lambda: SentenceCNN(5, 3, [2], 0, 2), "one or more"),
        (lambda: predict(model, vocabulary, []), "give at least one"),
        (lambda: inspection.width_of(model, -1), "no filter"),
        (
            lambda: inspection.strongest_filters(model, torch.ones(1, 8), 2),
            "two sent",
        ),
        (
            lambda: inspection.strongest_filters(model, torch.ones(3, 8), 9),
            "9 of 8",
        ),
        (lambda: characters.split_words(0), "can't be held out"),
    ):
        with pytest.raises(ValueError, match=question):
            wrong()


def test_the_smallest_that_works(
    model: SentenceCNN, vocabulary: data.Vocabulary
) -> None:
    values, places = max_over_time(torch.full((1, 1, 2), -3.0))
    assert (values.tolist(), places.tolist()) == ([[-3.0, -3.0]], [[0, 0]])
    assert detector.vectors_of([]).shape == (1, 0, 2)
    assert detector.matches([[], ["not"]], least=0.5) == []
    assert data.Vocabulary.of([], least=1).encode(["word"]) == [1]
    assert data.batches([], rows=3, seed=0) == []
    assert failures.good(model, vocabulary, []) == []
    # an empty sentence is all margin: each filter answers with its bias
    empty, _ = model.pooled(torch.tensor([[0]]), torch.tensor([0]))
    biases = torch.cat([layer.bias for layer in model.layers])
    torch.testing.assert_close(empty[0], biases.relu())
    assert len(predict(model, vocabulary, [[]])) == 1
    two = SentenceCNN(len(vocabulary), 6, [2, 3], 4, 2)
    assert inspection.strongest_filters(two, torch.rand(3, 8), 0) == []
    pooled = inspection.all_pooled(two, vocabulary, TEXTS)
    assert inspection.strongest_matches(two, TEXTS, pooled, 0, 0) == []


# ---------------------------------------------------------------------------- the page


def test_the_page_gives_the_chapters_verdict(
    trained: tuple[SentenceCNN, data.Vocabulary],
) -> None:
    runner = session_runner({name: make() for name, make in page.MODELS.items()})
    resources = {name: make() for name, make in page.RESOURCES.items()}
    text = "A lively and enjoyable adventure, not dull at all!"
    result = drive(page.run({"text": text}, resources), runner)
    assert render_views(result["views"])
    network, vocabulary = trained
    words = page.words(text)
    [good] = failures.good(network, vocabulary, [" ".join(words)])
    assert page.percent(good) in result["summary"]
    strongest = inspection.explain(network, vocabulary, words)[0]
    bars = next(v for v in result["views"] if v["kind"] == "bars")
    assert " ".join(strongest.words) in str(bars)
    assert sum(map(len, resources.values())) < 400_000


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_the_page_asks_for_a_sentence(text: str) -> None:
    resources = {name: b"{}" for name in page.RESOURCES}
    result = drive(page.run({"text": text}, resources), lambda call: {})
    assert "Type a sentence" in result["views"][0]["text"]


# --------------------------------------------------------------------------- the checks


def message(exercise: str, answer: Any) -> str:
    verdict = judge(exercise, answer)
    assert not verdict.passed
    return verdict.message


@pytest.mark.parametrize(
    ("wrong", "question"),
    [
        (lambda t, w, m: t + 2 * m - w, "Does the last window count"),
        (lambda t, w, m: t + m - w + 1, "At how many ends"),
        (lambda t, w, m: t - w + 1, "What became of the margin"),
        (lambda t, w, m: 2 * t, "slide the window"),
        (lambda t, w, m: t + 2 * m - w + 1, "Does the filter fit"),
    ],
)
def test_hints_about_places(wrong: Callable[..., int], question: str) -> None:
    assert question in message("24.1", wrong)


def _pooled(how: str) -> Any:
    """Return an answer to 24.2 with one thing wrong."""
    p = parameters("24.2")
    real = checks.feature_map(p, p["real"])
    every = checks.feature_map(p, len(p["vectors"]))
    place = real.index(max(real))
    return {
        "right": (max(real), place),
        "one": max(real),
        "padding": [max(every), every.index(max(every))],
        "zero": [0, place],
        "no bias": [max(real) - p["bias"], place],
        "end": [max(real), place + 2],
        "smallest": [min(real), real.index(min(real))],
        "other": [99.0, 0],
    }[how]


@pytest.mark.parametrize(
    ("how", "question"),
    [
        ("one", "Which came"),
        ("padding", "text or padding"),
        ("zero", "come from"),
        ("no bias", "the bias"),
        ("end", "begin"),
        ("smallest", "or the smallest"),
        ("other", "first window"),
    ],
)
def test_hints_about_pooling(how: str, question: str) -> None:
    assert judge("24.2", _pooled("right")).passed
    assert question in message("24.2", _pooled(how))


def _winner(vectors: torch.Tensor, weight: torch.Tensor) -> int:
    return int(
        convolve(vectors[None], weight[None], torch.zeros(1).double()).argmax()
    )


def _everywhere(vectors: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    watched = vectors.clone().requires_grad_()
    convolve(watched[None], weight[None], torch.zeros(1).double()).sum().backward()
    assert watched.grad is not None
    return watched.grad


def _mirrored(vectors: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    gradient = torch.zeros_like(vectors)
    start, width = _winner(vectors, weight), weight.shape[1]
    gradient[start : start + width] = weight.T.flip(0)
    return gradient


@pytest.mark.parametrize(
    ("wrong", "question"),
    [
        (lambda v, w: w, "Which shape has yours"),
        (_mirrored, "Which column"),
        (lambda v, w: torch.ones_like(v) * 7, "How many words|Which column"),
        (_everywhere, "Every window sends|Which"),
    ],
)
def test_hints_about_the_gradient(wrong: Callable[..., Any], question: str) -> None:
    said = message("24.3", wrong)
    assert any(part in said for part in question.split("|")), said


@pytest.mark.parametrize(
    ("wrong", "question"),
    [
        (
            lambda: ({"bad": [1.0]}, torch.ones(1, 2, 1), 0.0),
            "Which shape has yours",
        ),
        (
            lambda: ({"bad": [1.0], "dull": [1.0, 2.0]}, nn.Identity(), 0.0),
            "same length",
        ),
        (lambda: [0, 0, 0], "Which words does it hold"),
        (lambda: 0, "Where are the table"),
        (
            lambda: ({"bad": [1.0]}, torch.ones(1, 1, 1), torch.nan),
            "Which threshold",
        ),
        (lambda: ({"bad": [1.0]}, torch.ones(1, 1, 1), 0.5), "80% are asked"),
        (lambda: ({"tedious": [1.0]}, torch.ones(1, 1, 1), 0.0), "200 are asked"),
        (lambda: ({"the": [1.0]}, torch.ones(1, 1, 1), 0.0), "80% are asked"),
    ],
)
def test_hints_about_the_detector(wrong: Callable[..., Any], question: str) -> None:
    assert question in message("24.4", wrong)
