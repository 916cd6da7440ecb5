"""Whose file is it: the names that learning platforms give to what they let you download.

What each writes into the name, and where that is said:

Canvas
    ``lopezana_LATE_340934_208490284_11_naive_bayes-1.ipynb``: the sortable name in small letters
    without anything but letters, the mark ``LATE``, the user, the file, and the student's own name
    of the file (``lib/content_zipper.rb`` of canvas-lms, methods ``get_filename`` and
    ``add_upload_submission``; with anonymous grading ``anon_`` and a code stand for the student).
Moodle
    ``Ana López_54321_assignsubmission_file_/11_naive_bayes.ipynb``: full name, participant, the
    plug-in; a folder, or one name joined by ``_`` (``mod/assign/locallib.php``, function
    ``download_submissions``; newer versions leave out the last ``_`` of the folder; groups come
    before the name with a hyphen, and ``Participant`` stands for the name in blind marking).
Blackboard
    ``Chapter 11_alopez_attempt_2026-10-05-21-07-33_11_naive_bayes.ipynb``: assignment, user name,
    time of the attempt, the student's own name of the file (as the repository
    kwurst/bb-file-cleanup documents it; no page of Blackboard's that was at hand writes it down).
Brightspace
    ``152711-351765 - Ana López - Oct 5, 2026 907 PM/11_naive_bayes.ipynb``: two numbers, the name,
    and the time without its colon; a folder, or one name joined by `` - `` (from parsers of such
    downloads in public repositories; no page of D2L that was at hand writes it down).
nbgrader
    ``ana/11_naive_bayes/11_naive_bayes.ipynb``: student, assignment, notebook (its documentation,
    *How to structure course files*), with ``timestamp.txt`` beside it where its exchange was used.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from nlpcourse.grading.release import Person


@dataclass(frozen=True)
class Named:
    """What a name says.

    Attributes:
        platform: such as ``"Canvas"``; empty where the name has none of the known forms.
        key: tells one student of the download from another.
        who: how the student may be called in it.
        file: the student's own name of the file.
        time: of the attempt, in the machine's zone; None where the name does not say it.
        number: grows from one attempt to the next, where a name has such a number.
        late: whether the platform has marked it as late.
    """

    platform: str
    key: str
    who: tuple[str, ...]
    file: str
    time: datetime | None = None
    number: int = 0
    late: bool = False


_CANVAS = re.compile(
    r"(?P<name>[^_\W]*|anon)_(?:(?P<late>LATE)_)?(?P<user>\w+?)_(?P<number>\d+)_(?P<file>.+)"
)
_MOODLE = re.compile(
    r"(?P<name>.+)_(?P<user>\d+)_assignsubmission_file_?(?:/|_|(?<=_))(?P<file>.+)",
    re.DOTALL,
)
_BLACKBOARD = re.compile(
    r"(?P<who>.+_.+)_attempt_"
    r"(?P<time>\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d)(?:_(?P<file>.+)|\.txt)"
)
_BRIGHTSPACE = re.compile(
    r"(?P<user>\d+)-(?P<number>\d+) ?- (?P<name>.+?) ?- "
    r"(?P<time>[^\W\d]+\.? \d{1,2}, \d{4},? \d{1,4} [AP]M)(?:/| - )(?P<file>.+)",
    re.IGNORECASE,
)


def parse(path: str) -> Named:
    """Return what a path inside a download says about student and attempt.

    >>> parse("lopezana_LATE_340934_208490284_11_naive_bayes-1.ipynb").who
    ('lopezana', '340934')
    >>> parse("Team 4-Jo van-der Berg_54321_assignsubmission_file_/a/11.ipynb").who
    ('Team 4-Jo van-der Berg', 'Jo van-der Berg', 'der Berg')
    >>> parse("Chapter 11_a.lopez_attempt_2026-10-05-21-07-33_my_work.ipynb").who
    ('a.lopez', 'Chapter 11_a.lopez')
    >>> parse("152711-351765 - Ana López - Oct 5, 2026 907 PM/11.ipynb").time.minute
    7
    >>> parse("ana/11_naive_bayes/11_naive_bayes.ipynb").who
    ('ana',)
    """
    path = unicodedata.normalize("NFC", path.replace("\\", "/"))
    parts = path.split("/")
    for start in range(len(parts)):
        rest = "/".join(parts[start:])
        for form in (_brightspace, _moodle, _blackboard, _canvas):
            found = form(rest)
            if found is not None:
                return found
    return _plain(parts)


def _brightspace(rest: str) -> Named | None:
    if not (found := _BRIGHTSPACE.fullmatch(rest)):
        return None
    return Named(
        "Brightspace",
        found["user"],
        (found["name"].strip(),),
        found["file"].split("/")[-1],
        _brightspace_time(found["time"]),
        int(found["number"]),
    )


def _brightspace_time(text: str) -> datetime | None:
    month, day, year, clock, half = text.replace(",", "").replace(".", "").split()
    clock = clock.zfill(4) if len(clock) > 2 else clock.zfill(2) + "00"
    for form in ("%b", "%B"):
        try:
            name = month[:3] if form == "%b" else month
            found = datetime.strptime(
                f"{name} {day} {year} {clock} {half.upper()}",
                f"{form} %d %Y %I%M %p",
            )
        except ValueError:
            continue
        return found.astimezone()
    return None


def _moodle(rest: str) -> Named | None:
    if not (found := _MOODLE.fullmatch(rest)):
        return None
    words = found["name"].strip().split("-")  # a group before the name, or a hyphen
    who = tuple("-".join(words[k:]).strip() for k in range(len(words)))
    if simple(who[0]) == "participant":
        who = (f"{who[0]} {found['user']}",)
    return Named("Moodle", found["user"], who, found["file"].split("/")[-1])


def _blackboard(rest: str) -> Named | None:
    if "/" in rest or not (found := _BLACKBOARD.fullmatch(rest)):
        return None
    try:
        time = datetime.strptime(found["time"], "%Y-%m-%d-%H-%M-%S").astimezone()
    except ValueError:
        return None
    words = found["who"].split(
        "_"
    )  # both the assignment and the user may hold a "_"
    who = tuple("_".join(words[k:]) for k in range(len(words) - 1, -1, -1))
    key = who[0] if len(words) == 2 else who[-1]
    return Named("Blackboard", key, who, found["file"] or "", time)


def _canvas(rest: str) -> Named | None:
    if "/" in rest or not (found := _CANVAS.fullmatch(rest)):
        return None
    user, name = found["user"], found["name"]
    if name != "anon" and not user.isdigit():
        return None
    who = [f"anon_{user}"] if name == "anon" else [name, user]
    number, late = int(found["number"]), found["late"] is not None
    return Named("Canvas", user, tuple(who), found["file"], None, number, late)


def _plain(parts: list[str]) -> Named:
    """Return what a folder of files by hand says: the folders, or the file's beginning."""
    file = parts[-1]
    stem = copy_number(re.sub(r"\.ipynb$", "", file, flags=re.IGNORECASE))[0]
    inner = [part for part in parts[:-1] if part.strip()]
    who = [p for p in reversed(inner) if p != stem and not _STEM.fullmatch(p)]
    if not who:
        found = re.fullmatch(r"(?P<who>.+?)[-_ ]+\d\d(?:[-_ ].*)?", stem)
        who = [found["who"], stem] if found else [stem or file]
    return Named("", who[0], tuple(who), file)


_STEM = re.compile(r"\d\d_\w+")


def copy_number(stem: str) -> tuple[str, int]:
    """Return a file's name without what says that it is a copy, and which copy.

    >>> copy_number("11_naive_bayes (2)"), copy_number("11_naive_bayes-Copy1-3")
    (('11_naive_bayes', 2), ('11_naive_bayes', 3))
    """
    number = 0
    pattern = r"(?P<rest>.*?\S)(?:\s*\((?P<a>\d{1,3})\)|-(?P<b>\d{1,2})|[\s_-]*copy(?P<c>\d*))"
    while found := re.fullmatch(pattern, stem, re.IGNORECASE | re.DOTALL):
        digits = found["a"] or found["b"] or found["c"] or "1"
        number, stem = max(number, int(digits)), found["rest"]
    return stem, number


# ------------------------------------------------------------------------------ the roster


def simple(text: str) -> str:
    """Return a name without accents, marks, blanks and capitals.

    >>> simple("Łukasz O'Brien-Ünal"), simple("lukaszobrienunal")
    ('lukaszobrienunal', 'lukaszobrienunal')
    """
    text = text.casefold().translate(_LETTERS)
    parts = unicodedata.normalize("NFKD", text)
    return "".join(c for c in parts if c.isalnum())


_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae"})


class Roster:
    """The students, to be found by what a name says.

    Args:
        people: the students; empty where nobody gave a list: then everybody is who they say.
    """

    def __init__(self, people: Iterable[Person]) -> None:
        """Note every form in which a name may come; one that two share leads to nobody."""
        self.people = tuple(people)
        self._exact: dict[str, set[int]] = {}
        self._names: dict[str, set[int]] = {}
        for place, person in enumerate(self.people):
            user = person.email.partition("@")[0]
            for key in (person.id, person.email, user, *person.other.values()):
                if key:
                    self._exact.setdefault(_key(key), set()).add(place)
            for form in forms(person.name):
                self._names.setdefault(form, set()).add(place)

    def find(self, named: Named) -> Person | None:
        """Return the one student that a name stands for, or None where it is none or several.

        All readings of the name that lead to anybody must agree: a number that is one student's
        beside the full name of another decides nothing.
        """
        if not self.people:
            return Person(named.key, named.who[0])
        found = self._found(named)
        if not found:
            return None
        left = set.intersection(*found)
        return self.people[next(iter(left))] if len(left) == 1 else None

    def _found(self, named: Named) -> list[set[int]]:
        exact = [self._exact.get(_key(who), set()) for who in named.who]
        names = [self._names.get(simple(who), set()) for who in named.who]
        return [places for places in (*exact, *names) if places]

    def several(self, named: Named) -> list[Person]:
        """Return the students among whom a name does not decide."""
        places = set().union(*self._found(named))
        return [self.people[place] for place in sorted(places)]


def _key(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip().casefold()


def forms(name: str) -> set[str]:
    """Return a name as one word, its parts in every turn: platforms put the family name first.

    >>> sorted(forms("Ana María López"))
    ['anamarialopez', 'lopezanamaria', 'marialopezana']
    """
    parts = [simple(part) for part in re.split(r"[\s,]+", name) if simple(part)]
    return {"".join(parts[k:] + parts[:k]) for k in range(len(parts))}
