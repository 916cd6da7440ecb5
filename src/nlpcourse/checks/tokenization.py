"""Instant checks of chapter 02, Tokenization."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nlpcourse.checks import Hint, exercise
from nlpcourse.text.tokenization.bpe import encode_chunk, to_ranks
from nlpcourse.text.tokenization.fast import train_fast
from nlpcourse.text.tokenization.gpt import gpt4_split, gpt4_tokenizer

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
        if given != ids:
            raise Hint(
                "Your function changed the list that it was given. Who else may hold it?"
            )
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
        if given != ids:
            raise Hint(
                "Your function changed the list that it was given. Should it build a new one?"
            )
        if got != right:
            raise Hint(
                f"Merging {pair} in {ids} you gave {got}. What should stand at each place?"
            )
    return (
        "With these two functions and a loop you have byte-pair encoding; all that the fast "
        "version adds is not to look where nothing has changed."
    )


# ── 02.3 · numbers from the right ─────────────────────────────────────────────────────────────────


def draw_group(rng: random.Random) -> dict[str, Any]:
    """Draw how many digits a group has."""
    return {"size": rng.choice([2, 3, 4])}


@exercise("02.3", parameters=draw_group)
def group_digits(answer: Callable[[str, int], Sequence[str]]) -> str:
    """Digits in groups, counted from the right."""
    got = list(answer("1234567", 3))
    if got == ["123", "456", "7"]:
        raise Hint(
            "These groups are counted from the left, as GPT-4 does. Where is the unit's digit?"
        )
    if got == ["7", "456", "123"] or got == ["567", "234", "1"]:
        raise Hint(
            "The groups are there, but can you still read the number from left to right?"
        )
    if got == ["765", "432", "1"]:
        raise Hint("Did you turn the string round and forget to turn it back?")
    if list(answer("123456", 3))[:1] == [""]:
        raise Hint(
            "When the digits come out even, is there an empty group at the front?"
        )
    rng = random.Random(23)
    for _ in range(100):
        size = rng.randrange(1, 6)
        number = "".join(rng.choices("0123456789", k=rng.randrange(1, 13)))
        got = list(answer(number, size))
        if "".join(got) != number:
            raise Hint(
                f"For {number!r} you gave {got}. Are all digits there, in their order?"
            )
        if (
            any(len(group) != size for group in got[1:])
            or not 1 <= len(got[0]) <= size
        ):
            raise Hint(
                f"For {number!r} in groups of {size} you gave {got}. Which groups may be shorter "
                "than the others?"
            )
    return (
        "Singh and Strouse (2024) found that models add better when digits are grouped from the "
        "right: then the same place of two numbers stands in the same place of two tokens."
    )


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


@exercise("02.5")
def fair_training_text(
    answer: Callable[[list[str], list[str], int], Sequence[str]],
) -> str:
    """A choice of training text that treats two languages alike."""
    from nlpcourse import corpora

    pairs = corpora.tatoeba_es()[20_000:60_000:10]
    english, spanish = ([pair[side] for pair in pairs] for side in (0, 1))
    budget, known = 40_000, {*english[:3000], *spanish[:3000]}
    chosen = list(answer(english[:3000], spanish[:3000], budget))
    if (
        not all(isinstance(text, str) for text in chosen)
        or not set(chosen) <= known
    ):
        raise Hint(
            "Is everything that you chose a sentence out of one of the two lists?"
        )
    length = sum(map(len, chosen))
    if length > budget:
        raise Hint(
            f"You chose {length} characters. Where does your loop look at the budget?"
        )
    if length < budget // 2:
        raise Hint(
            f"You chose {length} characters of {budget}. What could the rest teach?"
        )
    chunks = [chunk.encode() for text in chosen for chunk in gpt4_split(text)]
    tokenizer = gpt4_tokenizer(to_ranks(train_fast(chunks, 300)))
    tokens = [
        sum(len(tokenizer.encode(text)) for text in side[3000:])
        for side in (english, spanish)
    ]
    (fewer, winner), (more, loser) = sorted(
        zip(tokens, ("English", "Spanish"), strict=True)
    )
    if more / fewer > 1.05:
        raise Hint(
            f"On new sentences {loser} needs {more / fewer - 1:.0%} more tokens than {winner}. Of "
            "which language should the vocabulary see more, and is half and half enough?"
        )
    return (
        f"{loser} pays {more / fewer - 1:.1%} more now. Equal shares would not do it: Spanish "
        "spreads its text over more forms of a word. Who is in the training text, and how much, "
        "decides who pays for as long as the vocabulary lives."
    )
