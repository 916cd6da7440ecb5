"""What is sampled before the chapter is read, because it takes minutes.

    python -m nlpcourse.learning.topics.recipes newsgroups 0     # three minutes a seed
    python -m nlpcourse.learning.topics.recipes lee 0            # a minute a seed
    python -m nlpcourse.learning.topics.recipes doc2vec 0 1 2    # seconds

The first is 20 topics of the newsgroups; it reads every second training post, and the other half
is left for questions about the model.  The second is a comparison on Lee's background documents:
for several numbers of topics, by our sampler and by gensim, how well the topics foretell Lee's
fifty other documents, and how coherent they are.  The third trains doc2vec on the same texts.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from functools import lru_cache
from pathlib import Path

from nlpcourse.learning.topics.bags import numbered, vocabulary, words
from nlpcourse.learning.topics.coherence import WINDOW, c_v, count_together, u_mass
from nlpcourse.learning.topics.fast_lda import sample
from nlpcourse.learning.topics.heldout import completion_perplexity, fold_in
from nlpcourse.learning.topics.lda import log_joint, start, top_words, word_shares
from nlpcourse.learning.topics.similarity import agreement, cosines
from nlpcourse.learning.topics.table import TopicTable, pack, table_of, unpack

TOPICS, SWEEPS = 20, 100
ALPHA, BETA = 5 / TOPICS, 0.01
"""The defaults of MALLET, where the alphas of all topics sum to 5."""
LEAST, MOST = 10, 0.1
"""Posts that must hold a word, and the largest share that may."""
SEEDS, BEST_SEED = (0, 1, 2), 2
"""The best is the one whose assignment of topics is the likeliest, log P(w, z) at the end."""


def english_stop_words() -> frozenset[str]:
    """Return NLTK's English stop words, cut as :func:`words` cuts a text."""
    from nltk.corpus import stopwords

    from nlpcourse import corpora

    corpora.stopwords()
    return frozenset(words(" ".join(stopwords.words("english"))))


def posts(first: int) -> tuple[list[list[str]], list[str]]:
    """Return the words of every second training post from the *first*, and their groups.

    Raises:
        ValueError: *first* is neither 0, the half that the model reads, nor 1.
    """
    from nlpcourse import corpora

    if first not in (0, 1):
        raise ValueError(f"the halves are 0 and 1, not {first}")
    stop = english_stop_words()
    half = corpora.newsgroups_20().train[first::2]
    return [words(post.text, stop, 3) for post in half], [p.label for p in half]


def trained(seed: int, sweeps: int = SWEEPS) -> TopicTable:
    """Sample the topics of the newsgroups."""
    documents, _ = posts(0)
    kept = vocabulary(documents, LEAST, MOST)
    ids = numbered(documents, kept)
    state = start(ids, len(kept), TOPICS, ALPHA, BETA, seed)
    logs = [log_joint(now) for now in sample(state, sweeps, seed)]
    return table_of(state, kept, logs)


def _folder() -> Path:
    from nlpcourse.course.paths import data_dir

    return data_dir() / "chapters" / "16_topics"


def _file(seed: int) -> Path:
    return _folder() / f"lda-20ng-seed{seed}.bin"


@lru_cache(maxsize=3)
def stored_topics(seed: int = BEST_SEED) -> TopicTable:
    """Return the topics that are stored with the chapter.

    Raises:
        ValueError: no topics of that seed are stored.
    """
    if seed not in SEEDS:
        raise ValueError(f"stored are the seeds {SEEDS}, not {seed}")
    return unpack(_file(seed).read_bytes())


def store(seed: int) -> None:
    """Sample the topics of one seed and write their file."""
    _file(seed).write_bytes(pack(trained(seed)))


# ── Lee's documents: how many topics? ─────────────────────────────────────────────────────────────

NUMBERS = (1, 5, 10, 20)
"""Numbers of topics that are compared."""
LEE_SWEEPS, LEE_PASSES = 40, 10
SHOWN = 10
"""Words of a topic that coherence asks about."""


@dataclass(frozen=True)
class Trial:
    """One model of Lee's background, judged on the fifty other documents.

    *people* is how well the angles of the documents' mixtures agree with people's judgements.
    """

    sampler: str
    seed: int
    topics: int
    perplexity: float
    u_mass: float
    c_v: float
    people: float


def lee_texts() -> tuple[list[list[str]], list[list[str]], list[str]]:
    """Return the words of Lee's background and of the fifty documents, and the vocabulary."""
    from nlpcourse import corpora

    stop, found = english_stop_words(), corpora.lee()
    background = [words(text, stop, 3) for text in found.background]
    documents = [words(text, stop, 3) for text in found.documents]
    kept = vocabulary(background, least=2)
    known = set(kept)
    return [[w for w in text if w in known] for text in background], documents, kept


def gensim_shares(
    ids: Sequence[Sequence[int]],
    kept: Sequence[str],
    k: int,
    seed: int,
    passes: int,
) -> list[list[float]]:
    """Return φ by word, (V, K), of gensim's variational Bayes with our priors."""
    from collections import Counter

    from gensim.models import LdaModel

    bags = [sorted(Counter(document).items()) for document in ids]
    model = LdaModel(
        bags,
        num_topics=k,
        id2word=dict(enumerate(kept)),
        alpha=[5 / k] * k,
        eta=BETA,
        passes=passes,
        iterations=100,
        chunksize=len(bags),
        random_state=seed,
    )
    shares: list[list[float]] = model.get_topics().T.astype(float).tolist()
    return shares


def judged(
    sampler: str, seed: int, shares: list[list[float]], kept: Sequence[str]
) -> Trial:
    """Return how well topics foretell the fifty documents, and how coherent they are."""
    import numpy as np

    from nlpcourse import corpora

    background, documents, _ = lee_texts()
    k = len(shares[0])
    ids = numbered(documents, kept)
    mixtures = np.array([fold_in(document, shares, 5 / k) for document in ids])
    people = np.array(corpora.lee().similarities)
    topics = top_words(shares, kept, SHOWN)
    relevant = {word for topic in topics for word in topic}
    whole = count_together(background, relevant)
    windows = count_together(background, relevant, WINDOW)
    return Trial(
        sampler,
        seed,
        k,
        completion_perplexity(ids, shares, 5 / k),
        sum(u_mass(topic, whole) for topic in topics) / k,
        sum(c_v(topic, windows) for topic in topics) / k,
        agreement(cosines(mixtures), people) if k > 1 else 0.0,
    )


def compare(seed: int) -> list[Trial]:
    """Train and judge models of all numbers of topics, by both ways."""
    background, _, kept = lee_texts()
    ids = numbered(background, kept)
    found = []
    for k in NUMBERS:
        state = start(ids, len(kept), k, 5 / k, BETA, seed)
        for _ in sample(state, LEE_SWEEPS, seed):
            pass
        found.append(judged("Gibbs sampling", seed, word_shares(state), kept))
        shares = gensim_shares(ids, kept, k, seed, LEE_PASSES)
        found.append(judged("variational Bayes", seed, shares, kept))
    return found


def store_comparison(seed: int) -> None:
    """Compare with one seed and write the table."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(Trial.__dataclass_fields__)
    for trial in compare(seed):
        table.writerow(
            [round(v, 6) if isinstance(v, float) else v for v in astuple(trial)]
        )
    (_folder() / f"lda-lee-seed{seed}.csv").write_text(out.getvalue(), "utf-8")


def stored_comparison() -> list[Trial]:
    """Return the trials that are stored with the chapter, of all seeds."""
    found = []
    for seed in SEEDS:
        text = (_folder() / f"lda-lee-seed{seed}.csv").read_text("utf-8")
        for row in csv.DictReader(io.StringIO(text)):
            found.append(
                Trial(
                    row["sampler"],
                    int(row["seed"]),
                    int(row["topics"]),
                    float(row["perplexity"]),
                    float(row["u_mass"]),
                    float(row["c_v"]),
                    float(row["people"]),
                )
            )
    return found


# ── doc2vec on Lee's documents ────────────────────────────────────────────────────────────────────


def doc2vec_agreement(seed: int) -> float:
    """Train gensim's doc2vec on the background; return how its angles agree with people."""
    import numpy as np
    from gensim.models.doc2vec import Doc2Vec, TaggedDocument

    from nlpcourse import corpora

    found = corpora.lee()
    tagged = [TaggedDocument(words(t), [i]) for i, t in enumerate(found.background)]
    model = Doc2Vec(
        tagged, dm=0, vector_size=50, min_count=2, epochs=40, workers=1, seed=seed
    )
    rows = [model.infer_vector(words(text)) for text in found.documents]
    return agreement(cosines(np.array(rows)), np.array(found.similarities))


def store_doc2vec(seed: int) -> None:
    """Train doc2vec with one seed and put its agreement down."""
    found = stored_doc2vec() if _doc2vec_file().is_file() else {}
    found[seed] = round(doc2vec_agreement(seed), 6)
    text = json.dumps({str(k): v for k, v in sorted(found.items())}, indent=1)
    _doc2vec_file().write_text(text + "\n", "utf-8")


def stored_doc2vec() -> dict[int, float]:
    """Return by seed how the stored doc2vec models agree with people."""
    found = json.loads(_doc2vec_file().read_text("utf-8"))
    return {int(seed): value for seed, value in found.items()}


def _doc2vec_file() -> Path:
    return _folder() / "doc2vec-lee.json"


if __name__ == "__main__":
    import sys

    what, *seeds = sys.argv[1:]
    kinds = {"newsgroups": store, "lee": store_comparison, "doc2vec": store_doc2vec}
    for chosen in map(int, seeds):
        kinds[what](chosen)
