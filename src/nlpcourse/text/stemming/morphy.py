"""WordNet's lemmatizer: look the form up, cut its ending, and believe only the dictionary.

Three sources in this order: the list of irregular forms, the rules of detachment, and WordNet
itself, which must hold what comes out.  Each part of speech has its own list and rules.

Source: Princeton WordNet 3.0, manual page morphy(7WN).  As NLTK does, this file knows one rule that
the page does not have, *ves → f*; and as NLTK does, it applies one rule, not several in turn.

What it does not handle: words of several parts (*attorneys general*), choosing the part of speech.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

DETACHMENT: dict[str, tuple[tuple[str, str], ...]] = {
    "n": (
        ("s", ""),
        ("ses", "s"),
        ("ves", "f"),
        ("xes", "x"),
        ("zes", "z"),
        ("ches", "ch"),
        ("shes", "sh"),
        ("men", "man"),
        ("ies", "y"),
    ),
    "v": (
        ("s", ""),
        ("ies", "y"),
        ("es", "e"),
        ("es", ""),
        ("ed", "e"),
        ("ed", ""),
        ("ing", "e"),
        ("ing", ""),
    ),
    "a": (("er", ""), ("est", ""), ("er", "e"), ("est", "e")),
    "r": (),
}
"""Endings and what takes their place, for nouns, verbs, adjectives and adverbs."""

FILES = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}


@dataclass(frozen=True)
class Dictionary:
    """What a lemmatizer knows: the lemmas and the irregular forms of each part of speech."""

    lemmas: Mapping[str, Collection[str]]
    exceptions: Mapping[str, Mapping[str, list[str]]]


def read_dictionary(folder: Path) -> Dictionary:
    """Read WordNet's lemmas and exceptions out of its folder.

    Raises:
        ValueError: a file is missing.
    """
    for name in FILES.values():
        for file in (folder / f"index.{name}", folder / f"{name}.exc"):
            if not file.is_file():
                raise ValueError(
                    f"{folder} lacks {file.name}; is it WordNet's folder?"
                )
    lemmas, exceptions = {}, {}
    for pos, name in FILES.items():
        lines = (folder / f"index.{name}").read_text("utf-8").splitlines()
        # lines that begin with a space are the licence
        lemmas[pos] = {line.split(" ", 1)[0] for line in lines if line[:1] != " "}
        rows = (folder / f"{name}.exc").read_text("utf-8").splitlines()
        split = [row.split() for row in rows if row.strip()]
        exceptions[pos] = {form: bases for form, *bases in split}
    return Dictionary(lemmas, exceptions)


def read_links(folder: Path, wanted: Collection[str]) -> list[tuple[str, str]]:
    """Return pairs of lemmas that WordNet links by derivation, the first of them *wanted*.

    These are its pointers ``+`` (derivationally related form) and ``\\`` (pertainym), which lead
    from one word of a synset to one word of another.

    Source: manual page wndb(5WN).

    Raises:
        ValueError: a file is missing.
    """
    words: dict[tuple[str, str], list[str]] = {}  # part of speech, offset → words
    waiting: list[tuple[str, tuple[str, str], int]] = []
    for pos, name in FILES.items():
        if not (folder / f"data.{name}").is_file():
            raise ValueError(f"{folder} lacks data.{name}; is it WordNet's folder?")
        for line in (folder / f"data.{name}").read_text("utf-8").splitlines():
            if line[:1] == " ":  # the licence
                continue
            fields = line.partition(" | ")[0].split(" ")
            n = int(fields[3], 16)
            own = [
                word.partition("(")[0].lower() for word in fields[4 : 4 + 2 * n : 2]
            ]
            words[pos, fields[0]] = own
            start = 5 + 2 * n
            end = start + 4 * int(fields[start - 1])
            for i in range(start, end, 4):
                symbol, offset, kind, ends = fields[i : i + 4]
                if (
                    symbol in ("+", "\\")
                    and (one := own[int(ends[:2], 16) - 1]) in wanted
                ):
                    at = ("a" if kind == "s" else kind, offset)
                    waiting.append((one, at, int(ends[2:], 16) - 1))
    return [(one, words[at][k]) for one, at, k in waiting]


def candidates(form: str, pos: str, dictionary: Dictionary) -> list[str]:
    """Return what *form* might come from, before the dictionary is asked.

    An irregular form has its listed bases and no others.

    Raises:
        ValueError: *pos* is not n, v, a or r.

    >>> tiny = Dictionary({pos: set() for pos in "nvar"}, {"v": {"ran": ["run"]}})
    >>> candidates("ran", "v", tiny), candidates("hoping", "v", tiny)
    (['ran', 'run'], ['hoping', 'hope', 'hop'])
    """
    require_pos(pos)
    irregular = dictionary.exceptions.get(pos, {})
    if form in irregular:
        return [form, *irregular[form]]
    found = [form]
    for ending, replacement in DETACHMENT[pos]:
        if form.endswith(ending):
            found.append(form[: len(form) - len(ending)] + replacement)
    return found


def lemmas(form: str, pos: str, dictionary: Dictionary) -> list[str]:
    """Return every lemma of *form* as that part of speech, the form itself first.

    Raises:
        ValueError: *pos* is not n, v, a or r.

    >>> tiny = Dictionary({"n": {"axe", "axis"}}, {"n": {"axes": ["ax", "axis"]}})
    >>> lemmas("axes", "n", tiny)
    ['axis']
    """
    known = dictionary.lemmas.get(pos, ())
    found = candidates(form, pos, dictionary)
    return list(dict.fromkeys(base for base in found if base in known))


def lemmatize(form: str, pos: str, dictionary: Dictionary) -> str:
    """Return the shortest lemma of *form*, or the form where the dictionary has none.

    The first of equally short ones, as NLTK's ``WordNetLemmatizer`` has it.

    Raises:
        ValueError: *pos* is not n, v, a or r.

    >>> tiny = Dictionary({"n": {"us", "u"}}, {})
    >>> lemmatize("us", "n", tiny), lemmatize("zyx", "n", tiny)
    ('u', 'zyx')
    """
    return min(lemmas(form, pos, dictionary), key=len, default=form)


def first_known(form: str, dictionary: Dictionary) -> str:
    """Return the lemma of *form* as noun, verb, adjective or adverb, whichever is listed first.

    >>> tiny = Dictionary({"n": {"leaf"}, "v": {"leave", "run"}}, {"v": {"ran": ["run"]}})
    >>> first_known("leaves", tiny), first_known("ran", tiny), first_known("zyx", tiny)
    ('leaf', 'run', 'zyx')
    """
    for pos in DETACHMENT:
        if lemmas(form, pos, dictionary):
            return lemmatize(form, pos, dictionary)
    return form


def require_pos(pos: str) -> None:
    """Refuse a part of speech that WordNet does not have.

    Raises:
        ValueError: *pos* is not n, v, a or r.
    """
    if pos not in DETACHMENT:
        raise ValueError(f"pos must be n, v, a or r, not {pos!r}")


_BROWN = {
    "NN": "n",
    "VB": "v",
    "BE": "v",
    "DO": "v",
    "HV": "v",
    "JJ": "a",
    "RB": "r",
}


def pos_of_brown(tag: str) -> str | None:
    """Return WordNet's part of speech of a tag of the Brown corpus; None where it has none.

    Names (NP) count as none: a name is its own lemma.

    >>> [pos_of_brown(tag) for tag in ("NNS", "VBD", "BEDZ", "JJR", "RB", "AT", "NP")]
    ['n', 'v', 'v', 'a', 'r', None, None]
    """
    return _BROWN.get(tag[:2])
