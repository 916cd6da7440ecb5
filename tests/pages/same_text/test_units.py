"""The page across chapters: its answers are those of the chapters' own functions."""

from __future__ import annotations

import math
import random

import pytest
import torch

from nlpcourse.neural.cnn import inspection
from nlpcourse.neural.cnn import playground as cnn_room
from nlpcourse.neural.cnn import recipes as cnn
from nlpcourse.neural.rnn.language_model import wikitext_vocabulary
from nlpcourse.neural.seq2seq import playground as seq2seq_room
from nlpcourse.neural.word2vec.recipes import load_vectors
from nlpcourse.page.models import Call, Outputs, Tensor, drive
from nlpcourse.page.views import render_views
from nlpcourse.pages.same_text import playground as room
from nlpcourse.pages.same_text import stations as same_text
from nlpcourse.statistics.naive_bayes.features import words
from nlpcourse.transformers.attention.recipes import load_reader
from nlpcourse.transformers.gpt import playground as gpt_room
from nlpcourse.transformers.gpt.language_models import sentence_costs

pytestmark = pytest.mark.assets

SWAPPED = "The book was not as good as the movie."
TEXTS = [same_text.SENTENCE, SWAPPED, "He was born in the city in 1901 ."]


@pytest.mark.parametrize("text", TEXTS)
def test_every_models_prices_add_up_to_its_own_loss(text: str) -> None:
    cut = same_text.words_of(text)
    ids = wikitext_vocabulary().encode(["<eos>", *cut]).unsqueeze(0)
    found = same_text.prices(text)
    assert set(found) == {"n-grams", "RNN", "LSTM", "GPT"}
    for name, model in same_text.language_models().items():
        with torch.no_grad():
            loss, _ = model(ids[:, :-1], ids[:, 1:])
        assert len(found[name]) == len(cut)
        assert math.fsum(found[name]) == pytest.approx(
            float(loss) * len(cut), rel=1e-5
        )


@pytest.mark.parametrize("text", TEXTS)
def test_gpts_prices_are_those_of_chapter_31(text: str) -> None:
    cut = same_text.words_of(text)
    gpt = same_text.language_models()["GPT"]
    assert same_text.word_costs(gpt, cut) == pytest.approx(
        sentence_costs(gpt, cut), rel=1e-4
    )


def test_naive_bayes_sees_a_bag_and_the_network_neighbours() -> None:
    one, other = same_text.verdicts(same_text.SENTENCE), same_text.verdicts(SWAPPED)
    assert one["naive Bayes"] == pytest.approx(other["naive Bayes"], abs=1e-12)
    assert abs(one["CNN"] - other["CNN"]) > 1e-4


def test_the_networks_verdict_is_the_sum_of_its_filters_pushes() -> None:
    model, vocabulary, _ = cnn.load_movie_model()
    for text in TEXTS:
        pushes = inspection.explain(model, vocabulary, words(text))
        bad, good_bias = model.output.bias.tolist()
        bias = good_bias - bad
        odds = math.fsum(push.push for push in pushes) + bias
        good = same_text.verdicts(text)["CNN"]
        assert math.log(good / (1 - good)) == pytest.approx(odds, abs=1e-3)


def test_a_mean_of_vectors_does_not_change_with_the_order() -> None:
    vectors = load_vectors()
    cut = same_text.words_of(same_text.SENTENCE)
    mean = same_text.mean_vector(vectors, same_text.SENTENCE)
    random.Random(0).shuffle(cut)
    again = same_text.mean_vector(vectors, " ".join(cut))
    assert torch.allclose(mean, again, atol=1e-6)
    assert not torch.allclose(
        mean, same_text.mean_vector(vectors, "The book"), atol=1e-2
    )


def test_a_head_looks_back_only_and_spends_all_its_weight() -> None:
    reader, _ = load_reader()
    looks = same_text.looks_back(reader, "not as good as the book.")
    assert torch.allclose(looks.sum(dim=2), torch.ones(looks.shape[:2]), atol=1e-5)
    assert float(looks.triu(1).abs().max()) == 0
    with pytest.raises(ValueError, match="characters"):
        same_text.looks_back(reader, "x" * (reader.context + 1))


def test_what_is_asked_of_a_model_must_be_there() -> None:
    with pytest.raises(ValueError, match="no word"):
        same_text.fillings(same_text.SENTENCE, "zebra")
    with pytest.raises(ValueError, match="at least one word"):
        same_text.verdicts("  ")
    guesses = same_text.fillings(same_text.SENTENCE, "good", count=3)
    shares = [share for _, share in guesses]
    assert shares == sorted(shares, reverse=True)


# ------------------------------------------------------------------------------ the playground


@pytest.fixture(scope="module")
def resources() -> dict[str, bytes]:
    return {name: make() for name, make in room.RESOURCES.items()}


def by_modules(call: Call) -> Outputs:
    """Answer a call of the page with the chapters' own modules in PyTorch."""
    from nlpcourse.transformers.gpt.recipes import load_pieces
    from nlpcourse.transformers.transformer.recipes import load_translator
    from nlpcourse.transformers.transformer.tasks import NextToken

    feeds = {
        name: torch.tensor(tensor.data).view(*tensor.shape)
        for name, tensor in call.feeds.items()
    }
    with torch.no_grad():
        if call.model == room.TRANSLATOR:
            found = NextToken(load_translator()[0])(
                feeds["source"], feeds["written"]
            )
            outputs = dict(
                zip(("log_probabilities", "weights"), found, strict=True)
            )
        elif call.model == gpt_room.MODEL:
            outputs = {"logits": load_pieces()[0](feeds["ids"])[:, -1]}
        else:
            assert call.model == cnn_room.MODEL
            model, _, _ = cnn.load_movie_model()
            length = torch.tensor([feeds["words"].shape[1]])
            outputs = {"scores": model(feeds["words"], length)}
    return {
        name: Tensor("float32", list(t.shape), t.flatten().tolist())
        for name, t in outputs.items()
    }


def play(resources: dict[str, bytes], **changes: str) -> dict:  # type: ignore[type-arg]
    defaults = {field["name"]: field["value"] for field in room.INPUTS}
    return drive(room.run({**defaults, **changes}, resources), by_modules)


def test_the_playground_says_what_the_chapters_functions_say(
    resources: dict[str, bytes],
) -> None:
    result = play(resources)
    rows = result["views"][0]["rows"]
    lines = result["views"][1]["text"].splitlines()
    texts = [same_text.SENTENCE, SWAPPED]
    for number, text in enumerate(texts):
        good = same_text.verdicts(text)
        _, bag, network, nats = rows[number]
        assert bag == cnn_room.percent(good["naive Bayes"])
        assert network == cnn_room.percent(good["CNN"])
        greedy = same_text.translations(text)["Transformer"]["greedy"]
        assert lines[number] == f"{text} → {greedy}"
        price = math.fsum(same_text.price_in_pieces(text))
        assert float(nats) == pytest.approx(price, abs=0.06)
    assert "same bag of words" in result["summary"]
    assert "same bag" not in play(resources, other="The movie was good.")["summary"]


@pytest.mark.parametrize(
    "text",
    ["", " \n", "!?", "<script>alert(1)</script>", "so " * 40, "日本 film 🙂"],
)
def test_whatever_a_reader_types_gives_views(
    text: str, resources: dict[str, bytes]
) -> None:
    for name in ("one", "other"):
        html = render_views(play(resources, **{name: text})["views"])
        assert html
        assert "<script>" not in html


def test_it_shares_the_chapters_files_and_is_light(
    resources: dict[str, bytes],
) -> None:
    assert room.MODELS[cnn_room.MODEL] is cnn_room.MODELS[cnn_room.MODEL]
    assert room.MODELS[gpt_room.MODEL] is gpt_room.MODELS[gpt_room.MODEL]
    assert (
        resources[seq2seq_room.PIECES]
        == seq2seq_room.RESOURCES[seq2seq_room.PIECES]()
    )
    models = [make() for make in room.MODELS.values()]
    assert sum(map(len, [*models, *resources.values()])) < 8_000_000
