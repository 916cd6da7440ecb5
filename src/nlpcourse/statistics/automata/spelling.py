"""Which word was meant?  The noisy channel: how likely is the word, and how likely the slip.

The corrector is that of Norvig (2007), and with a learnt model of slips that of Kernighan, Church
and Gale (1990) and of Norvig (2009): the best word is the one for which the probability of the
word times the probability of the slip is largest.

Candidates come out of a walk through two machines at once: the word as it was typed, which may be
misread at the price of an edit, and the *trie* of the lexicon, a machine without circles that
accepts its words.  A letter is touched by one edit at most, as in
:mod:`~nlpcourse.statistics.automata.distance`.

What this file does not handle: the words around, and slips that make another word.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import takewhile
from string import ascii_lowercase

from nlpcourse.statistics.automata.distance import edits

LONGEST = 60
"""Letters of a word that is corrected; no English word is longer."""


def words(text: str) -> list[str]:
    """Return the words of a text in lower case, as Norvig's program cuts them.

    >>> words("The cat's 2 mats.")
    ['the', 'cat', 's', '2', 'mats']
    """
    return re.findall(r"\w+", text.lower())


def neighbours(word: str) -> set[str]:
    """Return every string that is one edit away from a word, the word itself among them.

    Raises:
        ValueError: the word has more than 60 letters.

    >>> len(neighbours("somthing"))
    442
    """
    check_word(word)
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    deleted = {a + b[1:] for a, b in cuts if b}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    replaced = {a + c + b[1:] for a, b in cuts if b for c in ascii_lowercase}
    inserted = {a + c + b for a, b in cuts for c in ascii_lowercase}
    return deleted | swapped | replaced | inserted


def check_word(word: str) -> None:
    """Refuse what is too long to be a word.

    Raises:
        ValueError: the word has more than 60 letters.
    """
    if len(word) > LONGEST:
        raise ValueError(
            f"a word of {len(word):,} letters is none; give at most {LONGEST}"
        )


class Lexicon:
    """Words with their counts, and a trie: which letters may follow which beginning."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        """Keep the words of the letters a to z.

        Raises:
            ValueError: no word is left, or a count is not positive.
        """
        self.counts = {w: n for w, n in counts.items() if re.fullmatch("[a-z]+", w)}
        if not self.counts or min(self.counts.values()) <= 0:
            raise ValueError(
                "a lexicon needs words of the letters a to z with counts above 0"
            )
        self.total = sum(self.counts.values())
        self.arcs: list[dict[str, int]] = [{}]  # of each state of the trie
        self.ends: dict[int, str] = {}
        for word in self.counts:
            state = 0
            for letter in word:
                if letter not in self.arcs[state]:
                    self.arcs[state][letter] = len(self.arcs)
                    self.arcs.append({})
                state = self.arcs[state][letter]
            self.ends[state] = word

    def within(self, word: str, most: int) -> dict[str, int]:
        """Return the words at most so many edits away, each with its number of edits.

        Raises:
            ValueError: the word has more than 60 letters, or *most* is not 0, 1, 2 or 3.

        >>> Lexicon({"the": 9, "then": 2, "cat": 1}).within("teh", 2)
        {'the': 1, 'then': 2}
        """
        check_word(word)
        if most not in range(4):
            raise ValueError(f"most is {most}; ask for 0 to 3 edits")
        found: dict[str, int] = {}
        seen: set[tuple[int, int]] = set()
        reached = {(0, 0)}  # letters read of the word, and the state of the trie
        for cost in range(most + 1):
            reached -= seen
            for i, state in reached:
                end = self.read_rest(word, i, state)
                if end in self.ends:
                    found.setdefault(self.ends[end], cost)
            if cost < most:
                reached = self.read_on(word, reached)
                seen |= reached
                reached = {
                    place for at in reached for place in self.edited(word, *at)
                }
        return found

    def read_rest(self, word: str, i: int, state: int) -> int:
        """Return the state after reading a word from letter *i* on as it is, or -1 for none."""
        for letter in word[i:]:
            state = self.arcs[state].get(letter, -1)
            if state < 0:
                break
        return state

    def read_on(
        self, word: str, reached: set[tuple[int, int]]
    ) -> set[tuple[int, int]]:
        """Return the places that are reached by reading letters as they are."""
        found = set(reached)
        for i, state in reached:
            for j in range(i, len(word)):
                after = self.arcs[state].get(word[j])
                if after is None or (j + 1, after) in found:
                    break
                state = after
                found.add((j + 1, state))
        return found

    def edited(self, word: str, i: int, state: int) -> Iterable[tuple[int, int]]:
        """Yield the places one edit on from letter *i* of the word and a state of the trie."""
        for after in self.arcs[state].values():
            yield i, after  # the writer left a letter out
            if i < len(word):
                yield i + 1, after  # and took another one
        if i < len(word):
            yield i + 1, state  # one too many
        if i + 1 < len(word) and word[i] != word[i + 1]:
            turned = self.arcs[state].get(word[i + 1], -1)
            if turned >= 0 and word[i] in self.arcs[turned]:
                yield i + 2, self.arcs[turned][word[i]]


def nearest(lexicon: Lexicon, word: str) -> str:
    """Return the correction of Norvig's rule: known, else one edit away, else two, else as it is.

    Among words that are equally far the most frequent one wins.

    Raises:
        ValueError: the word has more than 60 letters.

    >>> nearest(Lexicon({"the": 9, "then": 2, "cat": 1}), "teh")
    'the'
    """
    for most in (0, 1, 2):
        found = lexicon.within(word, most)
        if found:
            return max(found, key=lambda w: (lexicon.counts[w], w))
    return word


Slip = tuple[str, str, str]
"""The letter before (nothing at the start), what should stand there, and what does."""


def slips(right: str, wrong: str) -> list[Slip]:
    """Return the edits that made a wrong spelling out of the right one, each with its context.

    Raises:
        ValueError: a word has more than 2,000 characters.

    >>> slips("access", "acess"), slips("their", "thier")
    ([('c', 'c', '')], [('h', 'ei', 'ie')])
    """
    same = takewhile(lambda two: two[0] == two[1], zip(right, wrong, strict=False))
    start = sum(1 for _ in same)
    shorter = min(len(right), len(wrong))
    end = 0  # letters that are the same at the end
    while end < shorter - start and right[-1 - end] == wrong[-1 - end]:
        end += 1
    before = right[:start][-1:]
    found = []
    for edit in edits(
        right[start : len(right) - end], wrong[start : len(wrong) - end], swaps=True
    ):
        if edit.kind != "keep":
            found.append((before, edit.old, edit.new))
        before = edit.old[-1:] or before
    return found


KINDS = 27 * (26 + 26 + 26 * 25 + 26 * 25)
"""Different slips: after 26 letters or none, one left out, added, replaced, or two swapped."""


class Channel:
    """A model of slips: how often each was seen among pairs of right and wrong spellings."""

    def __init__(
        self, pairs: Iterable[tuple[str, str]], alpha: float = 1.0
    ) -> None:
        """Count the slips of pairs.

        Args:
            pairs: each a wrong spelling and the right one.
            alpha: what is added to the count of each slip.

        Raises:
            ValueError: *alpha* is not positive.
        """
        if not 0 < alpha < math.inf:
            raise ValueError(f"alpha is {alpha}; it must be above 0")
        self.alpha = alpha
        made = (slip for wrong, right in pairs for slip in slips(right, wrong))
        self.seen = Counter(made)
        self.total = self.seen.total() + alpha * KINDS
        self.easiest = self.log_of(max(self.seen.values(), default=0))

    def log_of(self, count: int) -> float:
        """Return the logarithm of the probability of a slip that was seen so often."""
        return math.log((count + self.alpha) / self.total)

    def log_probability(self, right: str, wrong: str) -> float:
        """Return the logarithm of the probability of the slips that make one out of the other.

        Without a slip it is 0.
        """
        return math.fsum(
            self.log_of(self.seen[slip]) for slip in slips(right, wrong)
        )


def rival(
    lexicon: Lexicon, channel: Channel, word: str, most: int = 2
) -> tuple[str, float]:
    """Return the word that was most probably meant if not this one, and its lead in log odds.

    The lead is that over the word as it was typed: infinite where the lexicon does not know the
    word, and minus infinite where there is no rival.

    Candidates come in the order of the most that they could reach, if each edit were the easiest
    of all slips; when that is less than the best so far, the rest need no look.

    Raises:
        ValueError: the word has more than 60 letters, or *most* is not 0, 1, 2 or 3.

    >>> lexicon = Lexicon({"actress": 5, "across": 9, "access": 4})
    >>> rival(lexicon, Channel([("acess", "access"), ("adress", "address")]), "acess")
    ('access', inf)
    """
    found = lexicon.within(word, most)
    itself = (
        math.log(lexicon.counts[word]) if found.pop(word, None) == 0 else -math.inf
    )
    bound = {
        w: math.log(lexicon.counts[w]) + n * channel.easiest
        for w, n in found.items()
    }
    best, highest = word, -math.inf
    for candidate in sorted(found, key=lambda w: (-bound[w], w)):
        if bound[candidate] < highest:
            break
        score = math.log(lexicon.counts[candidate])
        score += channel.log_probability(candidate, word)
        if score > highest:
            best, highest = candidate, score
    return best, highest - itself if highest > -math.inf else -math.inf


def correct(
    lexicon: Lexicon, channel: Channel, word: str, share: float = 0.5, most: int = 2
) -> str:
    """Return the word that was most probably meant: P(word) times P(slip), as logarithms.

    Args:
        lexicon: the words and how often they are written.
        channel: how likely each slip is.
        word: as it was typed.
        share: how many of the words that are typed hold a slip.
        most: how many edits a slip has.

    Raises:
        ValueError: *share* is not between 0 and 1, the word has more than 60 letters, or *most*
            is not 0, 1, 2 or 3.

    >>> lexicon = Lexicon({"thew": 1, "the": 10_000})
    >>> channel = Channel([("thew", "the")])
    >>> correct(lexicon, channel, "thew", 0.01), correct(lexicon, channel, "thew", 0.9)
    ('thew', 'the')
    """
    if not 0 < share < 1:
        raise ValueError(f"share is {share}; it must be between 0 and 1")
    other, lead = rival(lexicon, channel, word, most)
    return other if lead + math.log(share / (1 - share)) > 0 else word
