"""Formulas: LaTeX to MathML at build time."""

from __future__ import annotations

import importlib
import json
import re
import sys
import unicodedata
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "book" / "_ext"))
texmath = importlib.import_module("texmath")
repertoire = importlib.import_module("math_font").repertoire
to_mathml, TexError = texmath.to_mathml, texmath.TexError

FORMULA = re.compile(
    r"(?<!\\)\$\$(.+?)\$\$|(?<![\\$\w])\$([^$\n]+?)\$(?![\d$])", re.DOTALL
)


def texts() -> list[str]:
    """Return the Markdown of the book: pages and notebooks."""
    pages = (
        p for p in (ROOT / "book").rglob("*.md") if "node_modules" not in p.parts
    )
    found = [p.read_text(encoding="utf-8") for p in pages]
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        found += [
            "".join(c["source"]) for c in cells if c["cell_type"] == "markdown"
        ]
    return found


def formulas() -> list[str]:
    out = set()
    for text in texts():
        text = re.sub(r"^(`{3,}).*?^\1", "", text, flags=re.DOTALL | re.MULTILINE)
        text = re.sub(r"`[^`\n]*`", "", text)
        out |= {display or inline for display, inline in FORMULA.findall(text)}
    return sorted(out)


def test_every_formula_of_the_book_is_set_with_glyphs_that_the_font_has() -> None:
    have = repertoire()
    for tex in formulas():
        try:
            tree = ElementTree.fromstring(to_mathml(tex, display=True))
        except (TexError, ElementTree.ParseError) as error:
            pytest.fail(f"{tex!r}: {error}")
        upright = [e for e in tree.iter() if e.tag != "mtext"]
        missing = {c for e in upright for c in (e.text or "")} - have
        assert not missing, (
            f"{tex}: {missing}; add them and run book/_ext/math_font.py"
        )


@pytest.mark.parametrize(
    ("tex", "part"),
    [
        (r"\frac{a}{b}", "<mfrac><mi>a</mi><mi>b</mi></mfrac>"),
        ("x_i^2", "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>"),
        (r"\sqrt{d_k}", "<msqrt><msub><mi>d</mi><mi>k</mi></msub></msqrt>"),
        (r"\mathbf{h}", "<mi>𝐡</mi>"),
        (r"\mathbb{R}", "<mi>ℝ</mi>"),
        (r"\mathcal{L}", "<mi>ℒ</mi>"),
        (r"\operatorname{softmax}", "<mi>softmax</mi>"),
        (r"\text{if } x", "<mtext>if\u00a0</mtext><mi>x</mi>"),
        ("3.14", "<mn>3.14</mn>"),
        (r"\frac12", "<mfrac><mn>1</mn><mn>2</mn></mfrac>"),
        ("a < b", "<mo>&lt;</mo>"),
    ],
)
def test_pieces(tex: str, part: str) -> None:
    assert part in to_mathml(tex)


def test_named_operator_keeps_its_distance_from_letters_but_not_from_brackets() -> (
    None
):
    assert '<mi>log</mi><mspace width="0.167em"/><mi>x</mi>' in to_mathml(r"\log x")
    assert '<mi>log</mi><mo form="prefix"' in to_mathml(r"\log(x)")


def test_limits_stand_below_in_display() -> None:
    tree = ElementTree.fromstring(
        to_mathml(r"\operatorname*{arg\,max}_{c} f", display=True)
    )
    under = tree.find("munder")
    assert under is not None
    assert under[0].get("movablelimits") == "true"


def test_sign_is_no_difference() -> None:
    minus = [
        e
        for e in ElementTree.fromstring(to_mathml("-x = a - b")).iter("mo")
        if e.text == "−"
    ]
    assert [e.get("form") for e in minus] == ["prefix", None]


def test_aligned_rows_and_cells() -> None:
    tree = ElementTree.fromstring(
        to_mathml(r"\begin{aligned} a &= b \\ c &= d \end{aligned}", display=True)
    )
    rows = tree.findall(".//mtr")
    assert [[cell.get("class") for cell in row] for row in rows] == [
        ["r", "l"],
        ["r", "l"],
    ]


@pytest.mark.parametrize(
    "tex",
    [
        r"\foo",
        "{a",
        r"\frac{a}",
        r"\begin{aligned} a",
        r"a \\ \end{x}",
        r"\left( a",
    ],
)
def test_what_it_cannot_set_is_refused(tex: str) -> None:
    with pytest.raises(TexError):
        to_mathml(tex)


# ---------------------------------------------------------------------- by hand against a library

SAME_SIGN = str.maketrans("∗·∣•∥″ˆ∼\u0303", "*⋅|∙‖'^~~")
"""Signs that the two converters write with different code points."""


def what_is_read(mathml: str) -> tuple[str, Counter[str]]:
    """Return the signs of a formula in order, and how many fractions, roots and rows it has."""
    root = ElementTree.fromstring(re.sub(r' xmlns="[^"]+"', "", mathml))
    leaves = [
        e.text or "" for e in root.iter() if e.tag in {"mi", "mn", "mo", "mtext"}
    ]
    signs = unicodedata.normalize("NFKD", "".join(leaves)).translate(SAME_SIGN)
    shapes = Counter(
        e.tag for e in root.iter() if e.tag in {"mfrac", "msqrt", "mtr"}
    )
    return re.sub(r"[\s\u2061-\u2064\u0338]", "", signs), shapes


def test_every_formula_reads_as_latex2mathml_has_it() -> None:
    """Left out is what the library breaks.

    That is aligned rows, `arg max`, operators with a star, and cases that begin with a bracket.
    """
    library = pytest.importorskip(
        "latex2mathml.converter", reason="the extra `test` has it"
    )
    found = {formula.strip() for formula in formulas()}
    theirs_breaks = re.compile(
        r"\\begin\{aligned\}|\\arg\b|\\operatorname\*|\\begin\{cases\}\s*\["
    )
    compared = sorted(f for f in found if not theirs_breaks.search(f))
    assert len(compared) > 300
    for formula in compared:
        ours, theirs = to_mathml(formula), library.convert(formula)
        assert what_is_read(ours) == what_is_read(theirs), formula
