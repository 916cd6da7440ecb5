"""Cut the mathematics font down to what :mod:`texmath` can set.

    python book/_ext/math_font.py

writes ``book/_static/fonts/stix-two-math.woff2``, which is committed; run it again when texmath
learns a symbol.  The source is STIX Two Math as the package ``ziamath`` carries it (SIL Open Font
License 1.1, kept in ``book/_static/fonts/OFL.txt``).
"""

from __future__ import annotations

from pathlib import Path

import texmath

TARGET = (
    Path(__file__).resolve().parent.parent
    / "_static"
    / "fonts"
    / "stix-two-math.woff2"
)


def repertoire() -> set[str]:
    """Return every character that a formula of the course may hold."""
    tables = (
        texmath.GREEK, texmath.CAPITAL_GREEK, texmath.ORDINARY, texmath.RELATIONS, texmath.BINARY,
        texmath.BIG, texmath.FENCES, texmath.ACCENTS,
    )  # fmt: skip
    characters = {c for table in tables for value in table.values() for c in value}
    characters |= {chr(c) for c in range(0x20, 0x7F)} | set(
        "−∗′″‴⏟⏞√ \u2009\u00a0–—×éü"
    )
    letters = [
        chr(c) for c in (*range(0x41, 0x5B), *range(0x61, 0x7B), *range(0x30, 0x3A))
    ]
    for alphabet in texmath.ALPHABETS:
        characters |= {texmath.styled(letter, alphabet) for letter in letters}
    for style in ("bold", "bolditalic"):
        characters |= {
            texmath.styled(letter, style) for letter in texmath.GREEK.values()
        }
    # Browsers draw a single-letter <mi> with the italic letters of the mathematical alphabets.
    characters |= {chr(c) for c in range(0x1D434, 0x1D468)} | {"ℎ", "𝚤", "𝚥"}
    characters |= {chr(c) for c in range(0x1D6FC, 0x1D71C)}
    return characters


def main() -> None:
    """Write the subset and print its size."""
    import ziamath
    from fontTools import subset

    source = Path(ziamath.__file__).parent / "fonts" / "STIXTwoMath-Regular.ttf"
    options = subset.Options(
        flavor="woff2", layout_features=["ssty", "dtls", "flac", "kern", "mark", "mkmk", "ccmp"],
        hinting=False, name_IDs=["*"], notdef_outline=True,
    )  # fmt: skip
    font = subset.load_font(str(source), options)
    cutter = subset.Subsetter(options)
    cutter.populate(text="".join(sorted(repertoire())))
    cutter.subset(font)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    subset.save_font(font, str(TARGET), options)
    print(
        f"{TARGET.name}: {TARGET.stat().st_size / 1000:.0f} kB, {len(repertoire())} characters"
    )


if __name__ == "__main__":
    main()
