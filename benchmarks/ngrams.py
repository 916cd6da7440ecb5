"""Kneser–Ney on a million words: NLTK, the readable model and the fast one side by side.

    python benchmarks/ngrams.py             # about two minutes
    python benchmarks/ngrams.py --quick     # a tenth of the text
    python benchmarks/ngrams.py --record    # also writes the results of chapter 09
    python benchmarks/ngrams.py --discounts # chooses the discounts on the validation text

The text is the beginning of WikiText-2's training part, the models are trigram models with
a discount of 0.75; times are seconds of one core (``time.process_time``), each of one run in
one process.  All three models must give the same probabilities, or no ratio is shown.
"""

from __future__ import annotations

import argparse
import math
import os
import time
from collections.abc import Callable
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"

from nltk.lm import KneserNeyInterpolated, Vocabulary
from nltk.util import everygrams

from nlpcourse import corpora
from nlpcourse.course import ledger
from nlpcourse.course.machine import peak_memory_mb
from nlpcourse.statistics.ngrams.as_nltk import NltkKneserNey, nltk_discounts
from nlpcourse.statistics.ngrams.counts import count_followers
from nlpcourse.statistics.ngrams.fast import (
    FastKneserNey,
    NgramTree,
    modified_discounts,
)
from nlpcourse.statistics.ngrams.perplexity import log_probabilities, perplexity

ORDER, DISCOUNT = 3, 0.75
WORDS, SLOW_WORDS = 1_000_000, 60
GRID = [0.7, 0.75, 0.8, 0.85, 0.9, 0.95]


def timed(what: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()
    result = what()
    return time.process_time() - start, result


def fit_nltk(train: list[str]) -> KneserNeyInterpolated:
    model = KneserNeyInterpolated(ORDER, DISCOUNT)
    model.vocab = Vocabulary(train, unk_cutoff=1, unk_label="<out>")
    model.fit([everygrams(train, max_len=ORDER)])
    return model


def fit_fast(train: list[str], vocabulary: set[str]) -> FastKneserNey:
    tree = NgramTree([train], vocabulary, ORDER)
    return FastKneserNey(tree, nltk_discounts(tree, DISCOUNT))


def fit_readable(train: list[str], vocabulary: set[str]) -> NltkKneserNey:
    return NltkKneserNey(count_followers([train], ORDER), vocabulary, DISCOUNT)


def nltk_logs(model: KneserNeyInterpolated, words: list[str]) -> list[float]:
    return [
        math.log(model.score(words[i], tuple(words[max(0, i - 2) : i])))
        for i in range(2, len(words))
    ]


def show(title: str, unit: str, rows: list[tuple[str, float]]) -> None:
    print(f"\n{title}")
    base = rows[0][1]
    for name, number in rows:
        ratio = base / number if unit == "s" else number / base
        print(f"  {name:<34}{number:>12,.1f} {unit:<8}{ratio:>12,.1f} ×")


def discounts() -> None:
    """Write the discount of each order with the lowest perplexity on the validation text."""
    train, valid = (corpora.wikitext_2_tokens(s) for s in ("train", "valid"))
    tree = NgramTree([train], frozenset(train), 5)
    for order in range(2, 6):
        tried = {
            d: perplexity(FastKneserNey(tree, d, order).log_probabilities(valid))
            for d in GRID
        }
        best = min(tried, key=tried.__getitem__)
        print(order, best, {d: round(p, 2) for d, p in tried.items()})
        ledger.rerecord(
            f"09.discount-{order}",
            metric=f"discount of the {order}-gram model, chosen on the validation text",
            value=best,
            tolerance=0.025,
            format="{:.2f}",
            chosen_on="validation",
            protocol="lowest perplexity on WikiText-2's validation text among "
            + ", ".join(map(str, GRID)),
        )
    best = FastKneserNey(tree, modified_discounts).log_probabilities(valid)
    ledger.rerecord("09.lm-validation", value=perplexity(best))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the text")
    parser.add_argument("--record", action="store_true", help="write the ledger")
    parser.add_argument("--discounts", action="store_true", help="choose discounts")
    options = parser.parse_args()
    if options.quick and options.record:
        parser.error("--record needs the whole measurement; leave --quick out")
    if options.discounts:
        discounts()
        return
    whole = corpora.wikitext_2_tokens("train")
    train = whole[: WORDS // 10 if options.quick else WORDS]
    test = corpora.wikitext_2_tokens("test")
    vocabulary = {*train, "<unk>"}
    few = [word for word in test[1000:4000] if word in vocabulary][: SLOW_WORDS + 2]

    nltk_fit, theirs = timed(lambda: fit_nltk(train))
    slow_fit, slow = timed(lambda: fit_readable(train, vocabulary))
    fast_fit, fast = timed(lambda: fit_fast(train, vocabulary))
    show(
        f"Fitting a trigram model to {len(train):,} words",
        "s",
        [
            ("nltk.lm", nltk_fit),
            ("ours, readable", slow_fit),
            ("ours, fast", fast_fit),
        ],
    )
    nltk_s, expected = timed(lambda: nltk_logs(theirs, few))
    slow_s, readable = timed(lambda: log_probabilities(slow, few, given=2))
    same = fast.log_probabilities(few, given=2)
    fast_s, scored = timed(lambda: fast.log_probabilities(test))
    worst = max(
        abs(math.exp(a) - math.exp(b))
        for mine in (readable, same)
        for a, b in zip(expected, mine, strict=True)
    )
    if worst > 1e-12:
        raise SystemExit(
            f"probabilities differ by {worst}: no ratio means anything"
        )
    nltk_speed, slow_speed = len(expected) / nltk_s, len(readable) / slow_s
    fast_speed = len(scored) / fast_s
    show(
        f"Scoring (NLTK {len(expected)} words, fast {len(scored):,}; "
        f"probabilities differ by {worst:.0e} at most)",
        "words/s",
        [
            ("nltk.lm", nltk_speed),
            ("ours, readable", slow_speed),
            ("ours, fast", fast_speed),
        ],
    )
    if options.record:
        record(nltk_fit, slow_fit, fast_fit, nltk_speed, slow_speed, fast_speed)


def record(
    nltk_fit: float,
    slow_fit: float,
    fast_fit: float,
    nltk_speed: float,
    slow_speed: float,
    fast_speed: float,
) -> None:
    """Write what was measured to the ledger, with tolerances for another machine."""
    memory_mb = round(peak_memory_mb())
    fit = "trigram Kneser–Ney, first million words of WikiText-2's training text"
    score = "the same models, words of WikiText-2's test text; probabilities equal to 1e-12"

    def put(key: str, metric: str, value: float, unit: str, shown: str, what: str):
        ledger.rerecord(
            f"09.{key}",
            metric=metric,
            unit=unit,
            value=float(f"{value:.4g}"),
            tolerance=float(f"{0.4 * value:.3g}"),
            chosen_on="nothing",
            format=shown,
            memory_mb=memory_mb,
            protocol=f"{what}; benchmarks/ngrams.py, one run on one core, process time",
        )

    put("fit-nltk", "time to fit, nltk.lm", nltk_fit, "s", "{:.0f}", fit)
    put("fit-readable", "time to fit, readable model", slow_fit, "s", "{:.1f}", fit)
    put("fit-fast", "time to fit, fast model", fast_fit, "s", "{:.1f}", fit)
    ratio = nltk_fit / fast_fit
    put("fit-ratio", "nltk.lm's time to fit / ours", ratio, "times", "{:.0f}", fit)
    unit = "words/s"
    put(
        "score-nltk", "speed of scoring, nltk.lm", nltk_speed, unit, "{:.1f}", score
    )
    put(
        "score-readable",
        "speed of scoring, readable model",
        slow_speed,
        unit,
        "{:,.0f}",
        score,
    )
    put(
        "score-fast",
        "speed of scoring, fast model",
        fast_speed,
        unit,
        "{:,.0f}",
        score,
    )
    ratio = fast_speed / nltk_speed
    put(
        "score-ratio",
        "our speed of scoring / nltk.lm's",
        ratio,
        "times",
        "{:,.0f}",
        score,
    )


if __name__ == "__main__":
    main()
