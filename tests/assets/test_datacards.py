"""The data-card page: one card and one anchor per asset, without a warning."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from nlpcourse.assets import load_manifest
from nlpcourse.course import chapters
from nlpcourse.course.paths import repository_root

pytest.importorskip(
    "myst_nb", reason="the book's packages are not installed (extra: book)"
)

ROOT = repository_root() or Path()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Build the real page, with an empty page for each written chapter."""
    source = tmp_path_factory.mktemp("book")
    (source / "conf.py").write_text(
        f"import sys\nsys.path.insert(0, {str(ROOT / 'book/_ext')!r})\n"
        "extensions = ['myst_parser', 'datacards']\nhtml_theme = 'basic'\n"
    )
    text = (ROOT / "book/reference/data_cards.md").read_text(encoding="utf-8")
    (source / "data_cards.md").write_text(text, encoding="utf-8")
    pages = ["data_cards"]
    (source / "notebooks").mkdir()
    for chapter in chapters.written():
        pages.append(f"notebooks/{chapter.stem}")
        (source / f"{pages[-1]}.md").write_text(f"# {chapter.title}\n")
    links = " ".join(f"{{ref}}`data-{asset.name}`" for asset in load_manifest())
    toctree = "\n".join(["```{toctree}", *pages, "```"])
    (source / "index.md").write_text(
        f"# Test\n\n{links}\n\n{toctree}\n", encoding="utf-8"
    )
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-W",
        "-q",
        "-b",
        "html",
        source,
        source / "out",
    ]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return (source / "out/data_cards.html").read_text(encoding="utf-8")


def test_every_asset_has_a_card_with_its_anchor(page: str) -> None:
    for asset in load_manifest():
        assert page.count(f'id="data-{asset.name}"') == 1
        assert f'href="#data-{asset.name}"' in page


def test_a_card_says_what_a_reader_must_know(page: str) -> None:
    card = page.partition('id="data-trec"')[2].partition("</section>")[0]
    for name in (
        "Holds",
        "Language",
        "Made by",
        "Known flaws",
        "Licence",
        "Cite",
        "Used in",
    ):
        assert f">{name}<" in card
    assert 'href="notebooks/30_bert.html"' in card
    assert "5,452 training and 500 test questions" in card
