"""The word lists of the chapter: published ones, and occupations.

The association tests are those of Caliskan, Bryson and Narayanan (2017), supplement, in lower
case, because the vectors of GloVe 6B know no capitals: *Bill* and *bill* are one word to them.
The pairs are the ten of Bolukbasi et al. (2016).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class WordTest:
    """An association test: two lists of targets, two of attributes.

    Attributes:
        name: what is asked.
        first: X, the targets that are expected on the side of *plus*.
        second: Y, the other targets, as many.
        plus: A, attributes.
        minus: B, the opposite attributes.
    """

    name: str
    first: tuple[str, ...]
    second: tuple[str, ...]
    plus: tuple[str, ...]
    minus: tuple[str, ...]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.lower().split())


_PLEASANT = _words(
    "caress freedom health love peace cheer friend heaven loyal pleasure diamond gentle honest "
    "lucky rainbow diploma gift honor miracle sunrise family happy laughter paradise vacation"
)
_UNPLEASANT = _words(
    "abuse crash filth murder sickness accident death grief poison stink assault disaster hatred "
    "pollute tragedy divorce jail poverty ugly cancer kill rotten vomit agony prison"
)

TESTS: dict[str, WordTest] = {
    "flowers": WordTest(
        "flowers or insects, pleasant or unpleasant",
        _words(
            "aster clover hyacinth marigold poppy azalea crocus iris orchid rose bluebell daffodil "
            "lilac pansy tulip buttercup daisy lily peony violet carnation gladiola magnolia "
            "petunia zinnia"
        ),
        _words(
            "ant caterpillar flea locust spider bedbug centipede fly maggot tarantula bee "
            "cockroach gnat mosquito termite beetle cricket hornet moth wasp blackfly dragonfly "
            "horsefly roach weevil"
        ),
        _PLEASANT,
        _UNPLEASANT,
    ),
    "instruments": WordTest(
        "instruments or weapons, pleasant or unpleasant",
        _words(
            "bagpipe cello guitar lute trombone banjo clarinet harmonica mandolin trumpet bassoon "
            "drum harp oboe tuba bell fiddle harpsichord piano viola bongo flute horn saxophone "
            "violin"
        ),
        _words(
            "arrow club gun missile spear axe dagger harpoon pistol sword blade dynamite hatchet "
            "rifle tank bomb firearm knife shotgun teargas cannon grenade mace slingshot whip"
        ),
        _PLEASANT,
        _UNPLEASANT,
    ),
    "career": WordTest(
        "male or female names, career or family",
        _words("John Paul Mike Kevin Steve Greg Jeff Bill"),
        _words("Amy Joan Lisa Sarah Diana Kate Ann Donna"),
        _words(
            "executive management professional corporation salary office business career"
        ),
        _words("home parents children family cousins marriage wedding relatives"),
    ),
    "mathematics": WordTest(
        "mathematics or arts, male or female terms",
        _words(
            "math algebra geometry calculus equations computation numbers addition"
        ),
        _words("poetry art dance literature novel symphony drama sculpture"),
        _words("male man boy brother he him his son"),
        _words("female woman girl sister she her hers daughter"),
    ),
    "science": WordTest(
        "science or arts, male or female terms",
        _words(
            "science technology physics chemistry Einstein NASA experiment astronomy"
        ),
        _words("poetry art Shakespeare dance literature novel symphony drama"),
        _words("brother father uncle grandfather son he his him"),
        _words("sister mother aunt grandmother daughter she hers her"),
    ),
}
"""Five of the ten tests; the two with 25 targets a side can't be enumerated."""

PAIRS: tuple[tuple[str, str], ...] = (
    ("she", "he"),
    ("her", "his"),
    ("woman", "man"),
    ("mary", "john"),
    ("herself", "himself"),
    ("daughter", "son"),
    ("mother", "father"),
    ("gal", "guy"),
    ("girl", "boy"),
    ("female", "male"),
)
"""Ten pairs of words that differ in gender: Bolukbasi et al. (2016)."""

GENDERED = frozenset(
    _words(
        "she he her his hers him herself himself woman man women men girl boy girls boys female "
        "male females males daughter son daughters sons mother father mothers fathers mom dad "
        "sister brother sisters brothers aunt uncle grandmother grandfather niece nephew wife "
        "husband wives husbands widow widower queen king princess prince lady gentleman gal guy "
        "bride groom actress waitress goddess heroine hostess nun monk mary john ms. mr. mrs. miss "
        "sir madam maid businesswoman businessman spokeswoman spokesman chairman chairwoman "
        "congressman congresswoman feminine masculine maternal paternal pregnant pregnancy"
    )
)
"""Words whose meaning holds a gender; they are left out where others are judged by theirs."""

OCCUPATIONS = _words(
    "accountant actor architect artist author baker banker bishop butler captain carpenter chef "
    "clerk coach comedian commander composer cook critic dancer designer director doctor drummer "
    "editor engineer farmer governor guitarist historian journalist judge lawyer librarian "
    "manager mayor mechanic minister musician novelist nurse officer painter photographer "
    "physician pilot poet politician president priest producer professor programmer sailor "
    "scientist secretary senator servant singer soldier student surgeon teacher writer"
)
"""Occupations and roles whose English word says nothing about gender."""
