"""Instant checks of chapter 02, Tokenization."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from nlpcourse.exercises import Hint, exercise, left_alone, parameters, same_items
from nlpcourse.text.tokenization.bpe import encode_chunk, to_ranks
from nlpcourse.text.tokenization.cost import learn_tokenizer, premium
from nlpcourse.text.tokenization.fast import train_fast

Pair = tuple[int, int]


# ── 02.1 · count the pairs ────────────────────────────────────────────────────────────────────────


@exercise("02.1")
def count_pairs(answer: Callable[[list[int]], Mapping[Pair, int]]) -> str:
    """Counts of neighbouring ids."""
    if dict(answer([])) or dict(answer([7])):
        raise Hint(
            "How many pairs of neighbours does a list with one id in it have?"
        )
    got = dict(answer([1, 2, 3]))
    if (3, 1) in got:
        raise Hint(
            "Is the last id a neighbour of the first? Did an index go round the end?"
        )
    if got and not all(isinstance(key, tuple) and len(key) == 2 for key in got):
        raise Hint(
            f"The keys should be pairs such as (1, 2). What is {next(iter(got))!r}?"
        )
    if (2, 3) not in got:
        raise Hint(
            "In [1, 2, 3] the pair (2, 3) is missing. Where does your loop stop?"
        )
    if (1, 3) in got:
        raise Hint("Are 1 and 3 neighbours in [1, 2, 3]?")
    if dict(answer([1, 2, 2, 1])).get((1, 2)) == 2:
        raise Hint(
            "Did you count (2, 1) as (1, 2)? Does the order matter in a text?"
        )
    if dict(answer([1, 1, 1])).get((1, 1)) == 1:
        raise Hint(
            "How often are two 1s neighbours in [1, 1, 1]? Pairs may overlap when counted."
        )
    rng = random.Random(21)
    for _ in range(50):
        ids = [rng.randrange(4) for _ in range(rng.randrange(12))]
        given = list(ids)
        got = {pair: n for pair, n in dict(answer(given)).items() if n}
        right: dict[Pair, int] = {}
        for i in range(len(ids) - 1):
            right[ids[i], ids[i + 1]] = right.get((ids[i], ids[i + 1]), 0) + 1
        left_alone(given, ids)
        if got != right:
            raise Hint(
                f"For {ids} you gave {got}. Which pair of neighbours is counted wrongly?"
            )
    return (
        "Overlaps count here, although only one of two overlapping pairs can be merged: the "
        "libraries do the same, and it is part of what makes their merges equal."
    )


# ── 02.2 · merge a pair ───────────────────────────────────────────────────────────────────────────


@exercise("02.2")
def merge(answer: Callable[[list[int], Pair, int], Sequence[int]]) -> str:
    """Replacement of a pair by a new id."""
    if list(answer([5, 6], (5, 6), 9)) == [5, 6]:
        raise Hint(
            "[5, 6] is the pair itself. Does your loop look at the last two ids?"
        )
    if list(answer([5, 6, 7], (5, 6), 9)) == [9]:
        raise Hint(
            "Where did the 7 of [5, 6, 7] go? What happens to the last id, if it is alone?"
        )
    if list(answer([5, 6, 7], (5, 6), 9)) == [9, 6, 7]:
        raise Hint(
            "The 6 was merged already. By how many ids must you move on after a merge?"
        )
    three = list(answer([1, 1, 1], (1, 1), 9))
    if three == [9, 9]:
        raise Hint(
            "In [1, 1, 1] did you use the middle id twice? From which side do you merge?"
        )
    if three == [1, 9]:
        raise Hint(
            "Which of the two pairs in [1, 1, 1] comes first when you read from the left?"
        )
    if list(answer([6, 5, 7], (5, 6), 9)) == [9, 7]:
        raise Hint("Is (6, 5) the same pair as (5, 6)?")
    rng = random.Random(22)
    for _ in range(80):
        ids = [rng.randrange(3) for _ in range(rng.randrange(12))]
        pair = (rng.randrange(3), rng.randrange(3))
        given = list(ids)
        got = list(answer(given, pair, 9))
        right, rest = [], list(ids)
        while rest:
            size = 2 if tuple(rest[:2]) == pair else 1
            right.append(9 if size == 2 else rest[0])
            rest = rest[size:]
        left_alone(given, ids)
        if got != right:
            raise Hint(
                f"Merging {pair} in {ids} you gave {got}. What should stand at each place?"
            )
    return (
        "With these two functions and a loop you have byte-pair encoding; all that the fast "
        "version adds is not to look where nothing has changed."
    )


# ── 02.3 · numbers from the right ─────────────────────────────────────────────────────────────────


def draw_numbers(rng: random.Random) -> dict[str, Any]:
    """Draw how many digits a group has, and numbers whose groups come out even and uneven."""
    size = rng.choice([2, 3, 4])
    lengths = [size, 2 * size, 2 * size + 1, size - 1, rng.randrange(5, 12)]
    rng.shuffle(lengths)
    numbers = [
        rng.choice("123456789") + "".join(rng.choices("0123456789", k=length - 1))
        for length in lengths
    ]
    return {"size": size, "numbers": numbers}


@exercise("02.3", parameters=draw_numbers, cases=1)
def group_digits(answer: Any) -> str:
    """Digits in groups, counted from the right."""
    p = parameters("02.3")
    numbers, size = p["numbers"], p["size"]
    rows = _rows(answer)
    if len(rows) != len(numbers):
        raise Hint(
            f"There are {len(numbers)} numbers. Why has your list {len(rows)} entries?"
        )
    for number, got in zip(numbers, rows, strict=True):
        first = len(number) % size or size
        right = [number[:first]]
        right += [number[i : i + size] for i in range(first, len(number), size)]
        if same_items(got, right):
            continue
        shown = f"{number!r} in groups of {size} became {got!r:.80}."
        if same_items(
            got, [number[i : i + size] for i in range(0, len(number), size)]
        ):
            raise Hint(
                f"{shown} That is counted from the left, as GPT-4 does. In which group is "
                "the digit of the units?"
            )
        if same_items(got, right[::-1]) or same_items(
            got, [part[::-1] for part in right[::-1]]
        ):
            raise Hint(f"{shown} Can you still read the number from left to right?")
        if same_items(got, ["", *right]):
            raise Hint(
                f"{shown} When the digits come out even, should an empty group stand first?"
            )
        raise Hint(
            f"{shown} Are all digits there in their order, and is only the first group shorter?"
        )
    return (
        "Singh and Strouse (2024) found that GPT-3.5 and GPT-4 add much better when digits are "
        "grouped from the right: then the same place of two numbers stands in the same place of "
        "two tokens."
    )


def _rows(answer: Any) -> list[Any]:
    """Return the entries of the learner's list."""
    try:
        if isinstance(answer, str | bytes | dict | set):
            raise TypeError
        return list(answer)
    except TypeError:
        raise Hint(
            f"`grouped` is {answer!r:.60}. Should it not be a list with one entry a number?"
        ) from None


# ── 02.4 · encode ─────────────────────────────────────────────────────────────────────────────────


@exercise("02.4")
def encode(answer: Callable[[bytes, Mapping[bytes, int]], Sequence[bytes]]) -> str:
    """Encoding of one chunk with given ranks."""
    ranks = to_ranks([(b"a", b"b"), (b"b", b"c"), (b"ab", b"c")])
    if list(answer(b"abc", ranks)) != [b"abc"]:
        if list(answer(b"abc", ranks)) == [b"ab", b"c"]:
            raise Hint("b'ab' + b'c' is a token too. When may your loop stop?")
        raise Hint(
            f"For b'abc' you gave {list(answer(b'abc', ranks))}. Which pair was born first?"
        )
    late = to_ranks([(b"b", b"c"), (b"a", b"b")])
    if list(answer(b"abc", late)) == [b"ab", b"c"]:
        raise Hint(
            "b'bc' was born before b'ab' here. Do you take the pair of the lowest rank, or the "
            "first pair from the left that is a token?"
        )
    trap = to_ranks([(b"e", b"r"), (b"t", b"h"), (b"h", b"er"), (b"th", b"e")])
    if list(answer(b"there", trap)) == [b"the", b"r", b"e"]:
        raise Hint(
            "b'the' is the longest token at the start, but b'er' was born first. Is encoding the "
            "same as taking the longest match?"
        )
    if list(answer(b"", ranks)):
        raise Hint("How many tokens do no bytes have?")
    rng = random.Random(24)
    for _ in range(60):
        corpus = [
            "".join(rng.choices("abc", k=rng.randrange(1, 8))).encode()
            for _ in range(12)
        ]
        learnt = to_ranks(train_fast(corpus, rng.randrange(12)))
        chunk = "".join(rng.choices("abcé", k=rng.randrange(14))).encode()
        got, right = list(answer(chunk, learnt)), encode_chunk(chunk, learnt)
        if got != right:
            born = [token for token in learnt if len(token) > 1]
            raise Hint(
                f"With the tokens {born} in the order of birth, {chunk!r} came out as {got}. Which "
                "pair of neighbours has the lowest rank at the start?"
            )
    return (
        "tiktoken does the same and keeps no merges at all: the order of birth in the list of "
        "tokens is enough to find them again."
    )


# ── 02.5 · a fair vocabulary ──────────────────────────────────────────────────────────────────────

TRAINED_ON = 3000  # pairs of sentences to choose from
BUDGET = 40_000  # characters


@lru_cache(maxsize=1)
def _sentences() -> tuple[list[str], list[str]]:
    """Return English sentences and their translations: some to choose from, then others."""
    from nlpcourse import corpora

    pairs = corpora.tatoeba_es()[20_000:55_000:10]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


@exercise("02.5")
def fair_training_text(
    answer: Callable[[list[str], list[str], int], Sequence[str]],
) -> str:
    """A choice of training text that treats two languages alike."""
    english, spanish = _sentences()
    offered = english[:TRAINED_ON], spanish[:TRAINED_ON]
    got = answer(list(offered[0]), list(offered[1]), BUDGET)
    if isinstance(got, str | bytes | dict | set):
        raise Hint(f"You gave back {got!r:.60}. Is that a list of sentences?")
    chosen = list(got)
    known = {*offered[0], *offered[1]}
    for text in chosen:
        if not isinstance(text, str) or text not in known:
            raise Hint(
                f"You chose {text!r:.60}. Is that a sentence out of one of the two lists?"
            )
    length = sum(map(len, chosen))
    if length > BUDGET:
        raise Hint(
            f"You chose {length} characters of {BUDGET}. Where does your loop look at the budget?"
        )
    if length < BUDGET // 2:
        raise Hint(
            f"You chose {length} characters of {BUDGET}. What could the rest teach?"
        )
    tokenizer = learn_tokenizer(chosen, 300)
    found = premium(tokenizer, english[TRAINED_ON:], spanish[TRAINED_ON:])
    if not 0.95 <= found <= 1.05:
        loser, more = (
            ("Spanish", found - 1) if found > 1 else ("English", 1 / found - 1)
        )
        raise Hint(
            f"On new sentences {loser} needs {more:.0%} more tokens. Of which language should "
            "the vocabulary see more, and is half and half enough?"
        )
    return (
        f"Spanish needs {found:.2f} times the tokens of English now. Equal shares would leave it "
        "about a tenth dearer. Who is in the training text, and how much, decides who pays for as "
        "long as the vocabulary lives."
    )
