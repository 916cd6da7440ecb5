"""Playground of chapter 02: byte-pair encoding, step by step, on the reader's own text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

from nlpcourse.text.tokenization.bpe import Merge, merge_pair, to_ranks
from nlpcourse.text.tokenization.fast import Tokenizer, train_fast
from nlpcourse.text.tokenization.gpt import gpt4_split, gpt4_tokenizer, read_ranks

TITLE = "Watch a vocabulary grow"
DESCRIPTION = (
    "Byte-pair encoding learns from your text alone: each step joins the most frequent pair of "
    "neighbours. Below it, the same text as GPT-4's vocabulary cuts it."
)
MOST_MERGES = 60
INPUTS = [
    {
        "name": "text",
        "type": "textarea",
        "label": "Your text",
        "value": "She sells sea shells by the sea shore. The shells she sells are sea shells.",
    },
    {
        "name": "merges",
        "type": "range",
        "label": "Merges",
        "min": 0,
        "max": MOST_MERGES,
        "value": 12,
    },
]
CL100K = "cl100k_base.tiktoken"

LONGEST = 20_000  # characters that are read
WINDOW = 120  # bytes that each step shows
LONGEST_TOKEN = 60  # characters of a token that are shown
COMPARED = 600  # characters that the two vocabularies are shown on

View = dict[str, Any]
Pair = tuple[bytes, bytes]


def _cl100k_file() -> bytes:
    """Return the file of GPT-4's merges, out of its asset."""
    from nlpcourse.assets import path

    return (path("gpt-bpe") / CL100K).read_bytes()


RESOURCES = {CL100K: _cl100k_file}


def run(
    inputs: Mapping[str, Any], resources: Mapping[str, bytes]
) -> dict[str, Any]:
    """Learn merges on the reader's text; return each as a step, then the text beside cl100k's.

    >>> result = run({"text": "ab ab ab", "merges": 1}, {})
    >>> result["views"][0]["steps"][1]["caption"]
    'Merge 1: `a` + `b` → `ab`, seen 3 times.'
    """
    text = str(inputs.get("text", ""))[:LONGEST]
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if not text:
        message = "Type something, and its most frequent pair of neighbours will be joined."
        return {"views": [{"kind": "text", "text": message}], "summary": message}

    chunks = [chunk.encode() for chunk in gpt4_split(text)]
    merges = train_fast(chunks, _wished(inputs.get("merges", 0)))
    own = gpt4_tokenizer(to_ranks(merges))
    views: list[View] = [
        {
            "kind": "steps",
            "title": "Merge by merge",
            "steps": list(_steps(chunks, merges)),
            "alt": f"{len(merges)} merges, one step each: " + _spelt(merges),
        },
        _tokens("Your text in your vocabulary", own, text),
    ]
    rows = [_row("yours", own, text, len(own.ranks))]
    if CL100K in resources:
        cl100k = _tokenizer(resources[CL100K])
        views.append(
            _tokens("Your text in GPT-4's vocabulary, `cl100k_base`", cl100k, text)
        )
        rows.append(_row("cl100k_base", cl100k, text, len(cl100k.ranks)))
    views.append(
        {
            "kind": "table",
            "title": "How much each vocabulary compresses",
            "columns": ["vocabulary", "its size", "tokens", "bytes per token"],
            "rows": rows,
            "alt": "; ".join(
                f"{name}: {count} tokens" for name, _, count, _ in rows
            ),
        }
    )
    summary = f"{len(merges)} merges cut your {len(text.encode())} bytes into "
    summary += f"{rows[0][2]} tokens"
    summary += f"; GPT-4's vocabulary needs {rows[1][2]}." if len(rows) > 1 else "."
    return {"views": views, "summary": summary}


def _wished(merges: Any) -> int:
    """Return how many merges the reader wishes, within what the slider offers.

    >>> _wished("12"), _wished(-1), _wished(float("nan")), _wished(10**6)
    (12, 0, 0, 60)
    """
    try:
        return min(max(int(merges), 0), MOST_MERGES)
    except (TypeError, ValueError, OverflowError):
        return 0


@lru_cache(maxsize=1)
def _tokenizer(data: bytes) -> Tokenizer:
    """Return the tokenizer of a file of merges, read once and kept between runs."""
    return gpt4_tokenizer(read_ranks(data))


def _steps(chunks: Sequence[bytes], merges: Sequence[Merge]) -> Iterator[View]:
    """Yield one step for the start and one for each merge: what was joined, and what came of it."""
    types = Counter(chunks)
    words = {chunk: [bytes([byte]) for byte in chunk] for chunk in types}
    born: dict[bytes, int] = {}
    ranks = to_ranks(merges)
    total = sum(map(len, chunks))
    yield {
        "caption": f"At the start every byte is a token: {total} of them.",
        "views": _state(chunks, words, born, types, ranks),
    }
    for number, pair in enumerate(merges, start=1):
        token = pair[0] + pair[1]
        count = _pairs(words, types)[pair]
        words = {c: merge_pair(parts, pair, token) for c, parts in words.items()}
        born.setdefault(token, number)
        times = "once" if count == 1 else f"{count} times"
        yield {
            "caption": f"Merge {number}: `{_shown(pair[0])}` + `{_shown(pair[1])}` → "
            f"`{_shown(token)}`, seen {times}.",
            "views": _state(chunks, words, born, types, ranks),
        }


def _state(
    chunks: Sequence[bytes],
    words: Mapping[bytes, list[bytes]],
    born: Mapping[bytes, int],
    types: Mapping[bytes, int],
    ranks: Mapping[bytes, int],
) -> list[View]:
    """Show the beginning of the text as it is now, and the pairs that are next in line."""
    tokens: list[View] = []
    read = 0  # bytes
    for part in (part for chunk in chunks for part in words[chunk]):
        if read + len(part) > WINDOW and tokens:
            tokens.append({"text": "…"})
            break
        read += len(part)
        token: View = {"text": _shown(part, spaces=False)}
        if part in born:  # single bytes stay without colour
            token["group"] = born[part] - 1
        tokens.append(token)
    counts = _pairs(words, types)
    leaders = sorted(
        counts, key=lambda pair: (-counts[pair], ranks[pair[0]], ranks[pair[1]])
    )[:3]
    following = ", ".join(
        f"`{_shown(a)}` `{_shown(b)}` ({counts[a, b]})" for a, b in leaders
    )
    note = (
        f"Most frequent pairs now: {following}."
        if leaders
        else "No pair is left to join."
    )
    return [{"kind": "tokens", "tokens": tokens}, {"kind": "text", "text": note}]


def _pairs(
    words: Mapping[bytes, list[bytes]], types: Mapping[bytes, int]
) -> Counter[Pair]:
    counts: Counter[Pair] = Counter()
    for chunk, parts in words.items():
        for pair in pairwise(parts):
            counts[pair] += types[chunk]
    return counts


def _tokens(title: str, tokenizer: Tokenizer, text: str) -> View:
    """Show *text* cut into tokens, each over its id."""
    shown = text[:COMPARED]
    ids = tokenizer.encode(shown)
    tokens: list[View] = [
        {
            "text": _shown(tokenizer.token_of[i], spaces=False),
            "label": str(i),
            "group": n,
        }
        for n, i in enumerate(ids)
    ]
    if len(shown) < len(text):
        tokens.append({"text": "…"})
    alt = f"{len(ids)} tokens: " + " | ".join(
        token["text"] for token in tokens[:80]
    )
    return {"kind": "tokens", "title": title, "tokens": tokens, "alt": alt}


def _row(name: str, tokenizer: Tokenizer, text: str, size: int) -> list[Any]:
    n_tokens = len(tokenizer.encode(text))
    n_bytes = len(text.encode())
    return [name, size, n_tokens, n_bytes / n_tokens]


def _spelt(merges: Sequence[Merge]) -> str:
    return ", ".join(_shown(left + right) for left, right in merges) or "none"


def _shown(token: bytes, spaces: bool = True) -> str:
    """Return a token as text; bytes that are no whole character in hexadecimal.

    >>> _shown(b" the"), _shown("é".encode()[:1])
    ('␣the', '‹c3›')
    """
    try:
        text = token.decode("utf-8")
    except UnicodeDecodeError:
        return f"‹{token.hex(' ')}›"
    text = text.replace("`", "ˋ")
    if len(text) > LONGEST_TOKEN:
        text = f"{text[:LONGEST_TOKEN]}…"
    return text.replace(" ", "␣").replace("\n", "↵") if spaces else text
