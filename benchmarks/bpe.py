"""Byte-pair encoding: the textbook loop, ours and the production libraries side by side.

    python benchmarks/bpe.py            # measures all of it, some minutes
    python benchmarks/bpe.py --quick    # 32 merges in place of 512
    python benchmarks/bpe.py --record   # also writes the results of chapter 02

The text is 1 MB of Jane Austen for training, 1 MB of Chesterton, Carroll and Bryant for encoding.
Times are seconds of one core (``time.process_time``), the shortest of three runs in one process (of
one run for the textbook loops).  Every training time includes cutting the text into chunks, for
Hugging Face's trainer cuts it, too; a run that asks for no merges says how much of it that is.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import time
from collections.abc import Callable
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"
os.environ["RAYON_NUM_THREADS"] = "1"  # Hugging Face's tokenizers
os.environ["TOKENIZERS_PARALLELISM"] = "false"

import tiktoken
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

from nlpcourse import corpora
from nlpcourse.course import ledger
from nlpcourse.text.tokenization.bpe import byte_ranks, to_ranks
from nlpcourse.text.tokenization.fast import train_fast
from nlpcourse.text.tokenization.gpt import gpt4_pattern, gpt4_split, gpt4_tokenizer

MERGES = 512
MANY = 8000
# The pattern of cl100k_base as its regular-expression engines with Unicode classes read it.
PATTERN = (
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+"
    r"|\s++%s|\s*[\r\n]|\s+(?!\S)|\s"
)

Pair = tuple[int, int]


# ── the baseline: every pair is counted anew, over every chunk of the text, at every merge ────────


def count(ids: list[int], counts: dict[Pair, int]) -> None:
    for pair in itertools.pairwise(ids):
        counts[pair] = counts.get(pair, 0) + 1


def replace(ids: list[int], pair: Pair, new_id: int) -> list[int]:
    result, i = [], 0
    while i < len(ids):
        if ids[i] == pair[0] and i < len(ids) - 1 and ids[i + 1] == pair[1]:
            result.append(new_id)
            i += 2
        else:
            result.append(ids[i])
            i += 1
    return result


def textbook_train(chunks: list[bytes], n_merges: int) -> list[tuple[bytes, bytes]]:
    tokens = list(byte_ranks())
    id_of_byte = {token[0]: i for i, token in enumerate(tokens)}
    sequences = [[id_of_byte[byte] for byte in chunk] for chunk in chunks]
    merges = []
    for _ in range(n_merges):
        counts: dict[Pair, int] = {}
        for ids in sequences:
            count(ids, counts)
        top = max(counts.values())
        best = min(pair for pair, n in counts.items() if n == top)
        sequences = [replace(ids, best, len(tokens)) for ids in sequences]
        merges.append((tokens[best[0]], tokens[best[1]]))
        tokens.append(tokens[best[0]] + tokens[best[1]])
    return merges


def textbook_encode(
    text: str, pair_ranks: dict[Pair, int], id_of_byte: list[int]
) -> list[int]:
    encoded = []
    for chunk in gpt4_split(text):
        ids = [id_of_byte[byte] for byte in chunk.encode("utf-8")]
        while len(ids) >= 2:
            counts: dict[Pair, int] = {}
            count(ids, counts)
            best = min(counts, key=lambda pair: pair_ranks.get(pair, 1 << 30))
            if best not in pair_ranks:
                break
            ids = replace(ids, best, pair_ranks[best])
        encoded += ids
    return encoded


# ── the production libraries ──────────────────────────────────────────────────────────────────────


def hf_train(text: str, n_merges: int) -> list[tuple[bytes, bytes]]:
    # it reads the + as "once more"
    oniguruma = (PATTERN % r"\Z").replace("{1,3}+", "{1,3}")
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(oniguruma), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=256 + n_merges,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([text], trainer)
    byte_of = {
        character: token
        for token, character in zip(byte_ranks(), alphabet(), strict=True)
    }
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    return [(spell(left, byte_of), spell(right, byte_of)) for left, right in merges]


def alphabet() -> list[str]:
    """Return the characters by which byte-level tokenizers write the bytes, in the order of ids."""
    return [chr(token[0]) for token in list(byte_ranks())[:188]] + [
        chr(256 + i) for i in range(68)
    ]


def spell(token: str, byte_of: dict[str, bytes]) -> bytes:
    return b"".join(byte_of[character] for character in token)


# ── the measurement ───────────────────────────────────────────────────────────────────────────────


def timed(what: Callable[[], Any], runs: int = 3) -> tuple[float, Any]:
    """Return the seconds of the shortest of some runs, and the result of the last."""
    seconds = []
    for _ in range(runs):
        start = time.process_time()
        result = what()
        seconds.append(time.process_time() - start)
    return min(seconds), result


def table(
    title: str, rows: list[tuple[str, float]], unit: str, base: float
) -> None:
    print(f"\n{title}")
    for name, number in rows:
        ratio = base / number if unit == "s" else number / base
        print(f"  {name:<44}{number:>9.2f} {unit:<5}{ratio:>9.1f} ×")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument(
        "--quick", action="store_true", help="32 merges in place of 512"
    )
    parser.add_argument(
        "--record", action="store_true", help="write the results to the ledger"
    )
    options = parser.parse_args()
    if options.quick and options.record:
        parser.error("--record needs the whole measurement; leave --quick out")
    n_merges = 32 if options.quick else MERGES

    books = corpora.gutenberg()
    train_text = (books["austen-emma"] + books["austen-persuasion"])[:1_000_000]
    names = (
        "chesterton-ball",
        "chesterton-thursday",
        "carroll-alice",
        "bryant-stories",
    )
    held_out = "".join(books[name] for name in names)[:1_000_000]
    gpt4_pattern(0x7F), gpt4_pattern(0xFFFF)  # compiled before the clock starts

    found = training(train_text, n_merges) | encoding(
        held_out, train_text, n_merges
    )
    if options.record:
        record(found)


def training(text: str, n_merges: int) -> dict[str, float]:
    """Time the three trainers, and hold their merges equal."""

    def cut() -> list[bytes]:
        return [chunk.encode() for chunk in gpt4_split(text)]

    split_s, chunks = timed(cut)
    seconds = {
        "train-ours": timed(lambda: train_fast(cut(), n_merges)),
        "train-hf": timed(lambda: hf_train(text, n_merges)),
        "train-hf-cut": timed(lambda: hf_train(text, 0)),
        "train-ours-many": timed(lambda: train_fast(cut(), MANY)),
        "train-hf-many": timed(lambda: hf_train(text, MANY)),
        "train-textbook": timed(lambda: textbook_train(cut(), n_merges), runs=1),
    }
    if not (
        seconds["train-textbook"][1]
        == seconds["train-ours"][1]
        == seconds["train-hf"][1]
    ):
        raise SystemExit("the three trainers disagree: no ratio means anything")
    found = {name: second for name, (second, _) in seconds.items()}
    table(
        f"Training on {len(text) / 1e6:.2f} MB ({len(chunks):,} chunks), cutting included",
        [
            (f"textbook loop, {n_merges} merges", found["train-textbook"]),
            (f"ours, {n_merges} merges", found["train-ours"]),
            ("  of which cutting", split_s),
            (f"Hugging Face, one thread, {n_merges} merges", found["train-hf"]),
            ("  no merges at all", found["train-hf-cut"]),
            (f"ours, {MANY} merges", found["train-ours-many"]),
            (f"Hugging Face, {MANY} merges", found["train-hf-many"]),
        ],
        "s",
        found["train-textbook"],
    )
    found["train-ratio"] = found["train-textbook"] / found["train-ours"]
    return found


def encoding(text: str, train_text: str, n_merges: int) -> dict[str, float]:
    """Time the encoders in megabytes a second, and hold their ids equal."""
    size = len(text.encode()) / 1e6
    merges = train_fast(
        [chunk.encode() for chunk in gpt4_split(train_text)], n_merges
    )
    own = to_ranks(merges)
    id_of_byte = [own[bytes([byte])] for byte in range(256)]
    pair_ranks = {
        (own[left], own[right]): own[left + right] for left, right in merges
    }
    slow_s, slow_ids = timed(
        lambda: textbook_encode(text, pair_ranks, id_of_byte), runs=1
    )
    small_s, small_ids = timed(lambda: gpt4_tokenizer(own).encode(text))
    if slow_ids != small_ids:
        raise SystemExit("the textbook encoder and ours disagree")

    ranks = corpora.gpt_bpe("cl100k_base")
    cold_s, ids = timed(lambda: gpt4_tokenizer(ranks).encode(text))
    load_s, _ = timed(lambda: gpt4_tokenizer(ranks))
    ours = gpt4_tokenizer(ranks)
    forgetful_s, forgetful = timed(
        lambda: [i for chunk in gpt4_split(text) for i in ours._encode_chunk(chunk)]
    )
    production = tiktoken.Encoding(
        "cl100k_base",
        pat_str=PATTERN % "$",
        mergeable_ranks=ranks,
        special_tokens={},
    )
    tiktoken_s, tiktoken_ids = timed(lambda: production.encode_ordinary(text))
    if not ids == forgetful == tiktoken_ids:
        raise SystemExit("tiktoken and ours disagree")
    found = {
        "encode-cl100k": size / (cold_s - load_s),
        "encode-forgetful": size / forgetful_s,
    }
    table(
        f"Encoding {size:.2f} MB of held-out text",
        [
            (f"textbook loop, {n_merges} merges", size / slow_s),
            (f"ours, {n_merges} merges, empty cache", size / small_s),
            ("ours, cl100k_base, empty cache", found["encode-cl100k"]),
            ("ours, cl100k_base, no cache", found["encode-forgetful"]),
            ("tiktoken, cl100k_base", size / tiktoken_s),
        ],
        "MB/s",
        size / slow_s,
    )
    return found


def record(found: dict[str, float]) -> None:
    """Write what was measured to the ledger; all other fields of its records stay."""
    for name, measured in found.items():
        ledger.rerecord(f"02.{name}", value=round(measured, 3))


if __name__ == "__main__":
    main()
