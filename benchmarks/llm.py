"""Our SmolLM2 and MiniLM beside the libraries', and SmolLM2 with a draft beside without one.

    python benchmarks/llm.py            # measures, about four minutes
    python benchmarks/llm.py --record   # also writes the ledger of chapter 34

The libraries' loops are ``transformers.generate`` and ``SentenceTransformer.encode``.  Same
weights, 32-bit numbers, greedy, the same tokens and vectors (asserted).  All take turns, so that a
busy machine slows them alike.  Times are seconds of one core (``time.process_time``), the best of
three turns or five.
"""

from __future__ import annotations

import argparse
import os

os.environ["OMP_NUM_THREADS"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

from nlpcourse import corpora
from nlpcourse.course import ledger
from nlpcourse.transformers.gpt.llama import Smol, to_transformers
from nlpcourse.transformers.gpt.sampling import generate
from nlpcourse.transformers.llm import speculative
from nlpcourse.transformers.llm.chat import spell
from nlpcourse.transformers.llm.fast import FastLlama
from nlpcourse.transformers.llm.passages import book
from nlpcourse.transformers.llm.retrieval import LONGEST, Encoder, searchable
from nlpcourse.transformers.llm.speed import in_turn, library_generate

LENGTH = 24
PROPOSED = 4
PASSAGES, ROWS = 160, 32
"""Passages, and how many of them at a time."""


def main() -> None:
    """Measure, print, and record if asked."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--record", action="store_true")
    wanted = parser.parse_args()
    smol = Smol()
    sentence = book()[946].text.split(". ")[0] + "."
    again = " ".join(sentence.split()[:4])
    ids = spell(smol, f"{sentence}\n\nOnce more, the same: {again}")
    theirs = to_transformers(smol.model)
    theirs.requires_grad_(False)
    theirs.set_attn_implementation("sdpa")
    fast_smol = FastLlama(smol.model, len(ids) + LENGTH)
    draft = speculative.look_up(len(smol.texts))

    def drafted() -> list[int]:
        return speculative.speculate(smol.model, ids, LENGTH, draft, PROPOSED).ids

    texts = [
        fast_smol.generate(ids, LENGTH),
        library_generate(theirs, ids, LENGTH),
        drafted(),
    ]
    assert texts[0] == texts[1] == texts[2]
    ours, library, plain, fast = in_turn(
        [
            lambda: fast_smol.generate(ids, LENGTH),
            lambda: library_generate(theirs, ids, LENGTH),
            lambda: generate(smol.model, torch.tensor([ids]), LENGTH),
            drafted,
        ]
    )
    for name, seconds in (
        ("ours", ours),
        ("generate", library),
        ("chapter 31's", plain),
        ("with a draft", fast),
    ):
        print(f"{name:14}{LENGTH / seconds:6.1f} tokens a second")
    if wanted.record:
        ledger.rerecord("34.speed-generate", value=library / ours)
        ledger.rerecord("34.speed-draft", value=plain / fast)
    sentence_vectors(wanted.record)


def sentence_vectors(store: bool) -> None:
    """Measure texts a second of our encoder and of the library's; print, and record if asked."""
    ours = Encoder()
    theirs = SentenceTransformer(str(corpora.minilm()), device="cpu")
    pieces = ours.tokenizer.encode
    texts = [
        text
        for text in map(searchable, book())
        if len(pieces(text)) <= LONGEST
        and "[" not in text  # "[UNK]" is a mark to them
    ]
    texts = texts[:PASSAGES]

    def library() -> np.ndarray:
        return theirs.encode(texts, batch_size=ROWS, show_progress_bar=False)

    assert np.abs(ours(texts, ROWS) - library()).max() < 1e-5
    seconds = in_turn([lambda: ours(texts, ROWS), library], rounds=5)
    for name, spent in zip(("ours", "the library"), seconds, strict=True):
        print(f"{name:14}{len(texts) / spent:6.1f} passages a second")
    if store:
        ledger.rerecord("34.speed-vectors", value=seconds[1] / seconds[0])


if __name__ == "__main__":
    main()
