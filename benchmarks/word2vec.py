"""Skip-gram: ours and gensim's side by side, in speed and in what their vectors score.

    python benchmarks/word2vec.py            # trains gensim with three seeds, some minutes
    python benchmarks/word2vec.py --quick    # speed alone, on two readings of the text
    python benchmarks/word2vec.py --choose   # four learning rates by the loss on other text
    python benchmarks/word2vec.py --cbow     # trains gensim's CBOW instead of its skip-gram
    python benchmarks/word2vec.py --record   # also writes the results of chapter 20

The text is WikiText-2's training text, lower-cased; both get the same sizes.  Words a second count
the running words of the text, before the rare and the frequent ones are dropped, by the processor
time of one core (``time.process_time``).
"""

from __future__ import annotations

import argparse
import os
import time
from statistics import mean, stdev
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"

import torch
from gensim.models import Word2Vec

from nlpcourse.course import ledger
from nlpcourse.course.machine import peak_memory_mb
from nlpcourse.neural.word2vec.recipes import (
    CONFIG,
    SEEDS,
    SkipGramming,
    held_out_loss,
    measure,
)
from nlpcourse.neural.word2vec.text import wikitext_sentences
from nlpcourse.neural.word2vec.vectors import WordVectors
from nlpcourse.training.loop import fit
from nlpcourse.training.recipe import Plan, set_seed

READINGS = 12
RATES = (0.003125, 0.00625, 0.0125, 0.025)
NAMES = {
    "wordsim": "gensim-wordsim",
    "simlex": "gensim-simlex",
    "semantic_analogies": "gensim-semantic",
    "syntactic_analogies": "gensim-syntactic",
}
CBOW_NAMES = {
    "wordsim": "gensim-cbow-wordsim",
    "simlex": "gensim-cbow-simlex",
    "analogies": "gensim-cbow-analogies",
}


def gensims(
    readings: int, seed: int, skipgram: bool = True
) -> tuple[float, Word2Vec]:
    """Train gensim's skip-gram, or its CBOW; return its words a second and the model."""
    sentences = wikitext_sentences()
    model = Word2Vec(
        vector_size=CONFIG["size"],
        window=CONFIG["window"],
        min_count=CONFIG["least"],
        negative=CONFIG["negatives"],
        sample=CONFIG["threshold"],
        ns_exponent=CONFIG["power"],
        sg=int(skipgram),
        workers=1,
        seed=seed + 1,
    )
    model.build_vocab(sentences)
    start = time.process_time()
    model.train(sentences, total_examples=model.corpus_count, epochs=readings)
    seconds = time.process_time() - start
    return readings * sum(map(len, sentences)) / seconds, model


def ours(readings: int) -> float:
    """Train ours by the recipe's own loop; return its words a second."""
    set_seed(0)
    task = SkipGramming(CONFIG)
    steps = round(readings * len(task.corpus.words) / CONFIG["stretch"])
    plan = Plan(seed=0, steps=steps, learning_rate=0.025, warmup=100, clip=1e9)
    start = time.process_time()
    fit(task, plan)
    seconds = time.process_time() - start
    return readings * task.corpus.tokens / seconds


def choose(readings: int = READINGS) -> None:
    """Print the loss on the validation text for four learning rates, at the recipe's length."""
    for rate in RATES:
        set_seed(0)
        task = SkipGramming(CONFIG)
        steps = round(readings * len(task.corpus.words) / CONFIG["stretch"])
        plan = Plan(seed=0, steps=steps, learning_rate=rate, warmup=100, clip=1e9)
        fit(task, plan)
        print(f"rate {rate}: {held_out_loss(task):.4f} nats a pair", flush=True)


def cbow(record_them: bool) -> None:
    """Print what gensim's CBOW scores and how fast it is; write the scores to the ledger."""
    speeds, scores = [], []
    for seed in SEEDS:
        speed, model = gensims(READINGS, seed, skipgram=False)
        speeds.append(speed)
        table = torch.tensor(model.wv.vectors)
        scores.append(measure(WordVectors(model.wv.index_to_key, table)))
    print(f"gensim's CBOW {mean(speeds):>9,.0f} words a second")
    for name in scores[0]:
        values = [score[name] for score in scores]
        print(f"{name:20} {mean(values):.4f} ± {stdev(values):.4f}")
        if record_them and name in CBOW_NAMES:
            ledger.rerecord(
                f"20.{CBOW_NAMES[name]}",
                value=mean(values),
                spread=stdev(values),
                seeds=list(SEEDS),
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--quick", action="store_true", help="speed alone")
    parser.add_argument("--record", action="store_true", help="write the ledger")
    parser.add_argument("--choose", action="store_true", help="try learning rates")
    parser.add_argument("--cbow", action="store_true", help="gensim's CBOW alone")
    options = parser.parse_args()
    if options.cbow:
        torch.set_num_threads(1)
        cbow(options.record)
        return
    if options.choose:
        torch.set_num_threads(1)
        choose()
        return
    if options.quick and options.record:
        parser.error("--record needs the whole measurement; leave --quick out")
    torch.set_num_threads(1)

    own = ours(2 if options.quick else 4)
    speeds, scores = [], []
    for seed in SEEDS[:1] if options.quick else SEEDS:
        speed, model = gensims(2 if options.quick else READINGS, seed)
        speeds.append(speed)
        table = torch.tensor(model.wv.vectors)
        scores.append(measure(WordVectors(model.wv.index_to_key, table)))
    ratio = own / mean(speeds)
    print(f"ours   {own:>9,.0f} words a second")
    print(f"gensim {mean(speeds):>9,.0f} words a second, ours / gensim {ratio:.2f}")
    for name in scores[0] if not options.quick else ():
        values = [score[name] for score in scores]
        print(f"gensim {name:20} {mean(values):.3f} ± {stdev(values):.3f}")
    if options.record:
        record(own, speeds, scores)


def record(own: float, speeds: list[float], scores: list[dict[str, float]]) -> None:
    """Write what was measured to the ledger."""
    where = "benchmarks/word2vec.py, one core, processor time"
    sizes = "WikiText-2's training text, 64 numbers, window 5, 5 negatives"
    memory_mb = round(peak_memory_mb())

    def put(key: str, value: float, **rest: Any) -> None:
        ledger.rerecord(f"20.{key}", value=value, memory_mb=memory_mb, **rest)

    speed = {"unit": "", "protocol": f"running words of the text; {sizes}; {where}"}
    metric = "words trained on a second, {}, one core"
    put(
        "speed-ours",
        round(own),
        metric=metric.format("ours"),
        tolerance=round(0.6 * own),
        format="{:,.0f}",
        **speed,
    )
    put(
        "speed-gensim",
        round(mean(speeds)),
        metric=metric.format("gensim"),
        tolerance=round(0.6 * mean(speeds)),
        format="{:,.0f}",
        **speed,
    )
    put(
        "speed-ratio",
        round(own / mean(speeds), 3),
        metric="our training speed relative to gensim's",
        tolerance=0.4,
        format="{:.2f}",
        **speed,
    )
    for name, key in NAMES.items():
        values = [score[name] for score in scores]
        put(key, mean(values), spread=stdev(values), seeds=list(SEEDS))


if __name__ == "__main__":
    main()
