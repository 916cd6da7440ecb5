"""What chapter 31's SmolLM2 writes when it is asked for a summary, stored because it is slow.

    python -m nlpcourse.neural.summarization.smol       # goes on where it was stopped

The file ``smol-summaries.json`` beside the chapter's results holds each answer with its prompt's
length and the seconds that it took.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

import torch

from nlpcourse import corpora
from nlpcourse.course.files import read_json
from nlpcourse.course.paths import data_dir
from nlpcourse.transformers.gpt.llama import Smol
from nlpcourse.transformers.gpt.model import Cache

PLAIN, DEMANDING = "plain", "demanding"
QUESTIONS = {
    PLAIN: "Summarize this abstract of a research paper in two short sentences.",
    DEMANDING: (
        "Summarize this abstract of a research paper in two short sentences. Name the data sets, "
        "the methods it is compared with, and the scores."
    ),
}
"""The second asks for what an abstract may not hold."""
SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
"""The system message of the model's own chat template."""
LONGEST, WORDS, PAPERS = 70, 110, 12
"""Tokens of an answer; words of an abstract at most; abstracts that are asked about."""


def path() -> Path:
    """Return where the answers are stored."""
    return data_dir() / "chapters" / "26_summarization" / "smol-summaries.json"


def asked() -> list[tuple[str, str]]:
    """Return id and abstract of the first :data:`PAPERS` test papers with a short abstract."""
    found = [
        (paper.id, " ".join(paper.sections["abstract"]))
        for paper in corpora.aclsum("test")
    ]
    return [(i, text) for i, text in found if len(text.split()) <= WORDS][:PAPERS]


def prompt(smol: Smol, text: str, question: str) -> list[int]:
    """Return the ids of the question in the form of the model's chat template.

    The marks of a turn are single tokens, which the plain tokenizer would spell out.
    """
    start, end = (smol.texts.index(f"<|im_{mark}|>") for mark in ("start", "end"))
    line = smol.encode("\n")[0].tolist()
    ids: list[int] = []
    for who, said in (("system", SYSTEM), ("user", f"{question}\n\n{text}")):
        ids += [start, *smol.encode(f"{who}\n{said}")[0].tolist(), end, *line]
    return [*ids, start, *smol.encode("assistant\n")[0].tolist()]


def answer(smol: Smol, ids: Sequence[int], longest: int = LONGEST) -> str:
    """Return the likeliest answer token by token, up to the end of the turn."""
    end = smol.texts.index("<|im_end|>")
    cache, fresh, written = Cache(), torch.tensor([list(ids)]), []
    with torch.no_grad():
        for _ in range(longest):
            token = int(smol.model(fresh, cache)[0, -1].argmax())
            if token == end:
                break
            written.append(token)
            fresh = torch.tensor([[token]])
    return str(smol.decode(written)).strip()


def stored() -> list[dict[str, Any]]:
    """Return the stored answers: id, kind of question, tokens of the prompt, answer, seconds.

    Raises:
        DamagedFile: the file is cut or no JSON; the message names it.
    """
    if not path().is_file():
        return []
    found: list[dict[str, Any]] = read_json(path(), dict)["answers"]
    return found


def _store(seconds: float = 1e9) -> int:
    """Ask about every abstract that has no answer yet, for so long; return how many have one."""
    begin, done = time.perf_counter(), stored()
    have = {(row["id"], row["kind"]) for row in done}
    smol = Smol()
    for (paper, text), (kind, question) in product(asked(), QUESTIONS.items()):
        late = time.perf_counter() - begin > seconds
        if late or (paper, kind) in have:
            continue
        ids, start = prompt(smol, text, question), time.perf_counter()
        said = answer(smol, ids)
        took = round(time.perf_counter() - start, 1)
        row = {"id": paper, "kind": kind, "tokens": len(ids)}
        done.append({**row, "answer": said, "seconds": took})
        log = {"questions": QUESTIONS, "longest": LONGEST, "answers": done}
        text_of = json.dumps(log, indent=1, ensure_ascii=False)
        path().write_text(f"{text_of}\n", encoding="utf-8")
    return len(done)


if __name__ == "__main__":
    print(_store(), "abstracts have an answer")
