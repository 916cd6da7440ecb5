"""What the host's secret key draws: who is in which part, under which name, in which words.

Nothing here is hidden by being complicated: whoever holds the key gets the same draw again, and
whoever does not can tell no keyed draw from chance.
"""

from __future__ import annotations

import hmac
import random
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from nlpcourse.practice.competition.tasks import Item

SHORTEST_KEY = 16
"""Bytes that a key has at least."""


def keyed(key: bytes, *parts: str) -> str:
    """Return 64 hexadecimal digits that depend on key and parts: HMAC with SHA-256.

    Every part goes in with its length before it, so that ("ab", "c") is not ("a", "bc").

    Source: Krawczyk, Bellare and Canetti (1997), RFC 2104.

    Raises:
        ValueError: the key has fewer than `SHORTEST_KEY` bytes.

    >>> keyed(b"a secret of some length", "id", "free prize")[:12]
    '5a5affa318b2'
    """
    if len(key) < SHORTEST_KEY:
        raise ValueError(
            f"a key has {SHORTEST_KEY} bytes or more, not {len(key)}; draw one "
            "with secrets.token_bytes(32)"
        )
    coded = [part.encode("utf-8", "surrogatepass") for part in parts]
    message = b"".join(len(part).to_bytes(8, "big") + part for part in coded)
    return hmac.new(key, message, "sha256").hexdigest()


@dataclass(frozen=True)
class Row:
    """A row of a file: a name that tells nothing, a text, and the label that belongs to it."""

    id: str
    text: str
    label: str


@dataclass(frozen=True)
class Drawn:
    """The three parts. A participant sees *train*, and ids and texts of the other two mixed."""

    train: tuple[Row, ...]
    public: tuple[Row, ...]
    private: tuple[Row, ...]

    @property
    def test(self) -> tuple[Row, ...]:
        """Public and private rows by their ids, so that nobody sees which is which."""
        return tuple(sorted(self.public + self.private, key=lambda row: row.id))


def draw(
    items: Sequence[Item],
    key: bytes,
    train: int = 3000,
    public: int = 600,
    private: int = 1400,
    perturbed: bool = False,
) -> Drawn:
    """Deal the items out by the key.

    Args:
        items: all items of a task.
        key: the host's secret.
        train, public, private: rows of each part.
        perturbed: whether the test's texts are changed by :func:`perturb`.

    Raises:
        ValueError: a size is negative, or there are not enough items, or the key is short.

    >>> rows = draw([Item(w, "a") for w in "one two three four".split()], b"k" * 16, 2, 1, 1)
    >>> len(rows.train), len(rows.test)
    (2, 2)
    """
    if min(train, public, private) < 0 or train + public + private > len(items):
        raise ValueError(
            f"{len(items)} items can't give {train}, {public} and {private} rows; ask for fewer"
        )
    order = sorted(items, key=lambda item: keyed(key, "place", item.text))
    edges = (train, train + public, train + public + private)
    seen = tuple(_row(item, key, 0) for item in order[: edges[0]])
    hidden = [_row(item, key, 1, perturbed) for item in order[edges[0] : edges[2]]]
    return Drawn(seen, tuple(hidden[:public]), tuple(hidden[public:]))


def _row(item: Item, key: bytes, half: int, perturbed: bool = False) -> Row:
    text = perturb(item.text, key) if perturbed else item.text
    return Row(keyed(key, "id", item.text)[:12], text, label_of(item, key, half))


def label_of(item: Item, key: bytes, half: int) -> str:
    """Return an item's label; of a rated one, the mean of the half of its raters that is asked for.

    Half 0 makes the training labels, half 1 the hidden ones: the key says who is in which.

    >>> label_of(Item("a", "ham"), b"k" * 16, 1), label_of(Item("a", "2", (3, 3)), b"k" * 16, 0)
    ('ham', '3.0000')
    """
    if len(item.ratings) < 2:
        return item.label
    raters = list(item.ratings)
    random.Random(keyed(key, "raters", item.text)).shuffle(raters)
    middle = len(raters) // 2
    return f"{fmean(raters[middle:] if half else raters[:middle]):.4f}"


def perturb(text: str, key: bytes) -> str:
    """Return the text with other digits, and without one word if it has six or more.

    What it is about stays, so that its label still holds in most cases; what a search for the
    exact text would find does not.

    >>> perturb("call 555 now to win a big prize", b"k" * 16)
    'call 961 now to a big prize'
    """
    rng = random.Random(keyed(key, "perturb", text))
    text = re.sub(r"[1-9]", lambda _: str(rng.randint(1, 9)), text)
    words = text.split(" ")
    if len(words) >= 6:
        del words[rng.randrange(1, len(words) - 1)]
    return " ".join(words)


def team_name(name: str) -> str:
    """Return what a team is known by: in any script, without regard to case and to wide forms.

    Source: Unicode Standard Annex 15 (normalization form KC).

    Raises:
        ValueError: it is empty or longer than forty characters, or holds what can't be seen.

    >>> team_name("  Ｌａ Forêt "), team_name("数据队")
    ('la forêt', '数据队')
    """
    clean = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    hidden = {c for c in clean if c != " " and unicodedata.category(c)[0] in "CZ"}
    if hidden:
        shown = ", ".join(f"U+{ord(c):04X}" for c in sorted(hidden))
        raise ValueError(
            f"a team's name holds only what can be seen, not {shown}; leave it out"
        )
    if not 0 < len(clean) <= 40 or not any(c.isalnum() for c in clean):
        raise ValueError(
            "a team's name has 1 to 40 characters, a letter or digit among them; choose another"
        )
    return clean


def token(key: bytes, team: str) -> str:
    """Return what a team shows to prove that it is that team: made from the key, stored nowhere.

    Raises:
        ValueError: as :func:`team_name` and :func:`keyed`.

    >>> token(b"k" * 16, "Ada") == token(b"k" * 16, "ADA")
    True
    """
    return keyed(key, "team", team_name(team))[:32]
