"""Mending of a page's HTML where neither Sphinx nor a stylesheet can: tables, drawings, formulas.

``page_context`` passes every page through ``finish``.
"""

from __future__ import annotations

import re


def finish(body: str) -> str:
    """Mend the page's HTML where neither Sphinx nor a stylesheet can."""
    body = body.replace('<table class="docutils', '<table class="data docutils')
    # A head without a word heads nothing.
    body = re.sub(
        r"<th\b([^>]*)>\s*(?:<p>\s*</p>)?\s*</th>",
        lambda m: f"<td{re.sub(r' *scope=.[a-z]+.', '', m[1])}></td>",
        body,
    )
    # A list's entries have a role that is deprecated, and its links back are none.
    body = body.replace(' role="doc-biblioentry"', "")
    body = body.replace('<div role="list" class="citation-list">', "<div>")
    # The name of what opens is what one reads on it.
    body = body.replace('<summary aria-label="Toggle hidden content">', "<summary>")
    tables = re.compile(r'(<table\b(?! class="nlp-).*?</table>)', re.DOTALL)
    body = tables.sub(r'<div class="table-scroll">\1</div>', body)
    body = _own_ids(body)
    # Names and brackets have the colour of the text: they need no element of their own.
    body = re.sub(r'<span class="(?:n|p|w)">([^<]*)</span>', r"\1", body)
    # A comma or a full stop stays with the formula before it.
    formula = re.compile(
        r"(\(?<math>(?:(?!</math>).)*</math>[,.;:?!)]+)", re.DOTALL
    )
    return formula.sub(r'<span class="together">\1</span>', body)


def _own_ids(body: str) -> str:
    """Drop the ids that drawings do not use, and make the others differ between drawings."""
    count = 0

    def mend(match: re.Match[str]) -> str:
        nonlocal count
        count += 1
        drawing = match.group()
        used = set(re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', drawing))
        names = {name for pair in used for name in pair if name}
        for value in re.findall(
            r'aria-(?:labelledby|describedby)="([^"]+)"', drawing
        ):
            names |= set(value.split())

        def one(found: re.Match[str]) -> str:
            return f' id="d{count}-{found[1]}"' if found[1] in names else ""

        drawing = re.sub(r'\sid="([^"]+)"', one, drawing)
        drawing = re.sub(r"url\(#([^)]+)\)", rf"url(#d{count}-\1)", drawing)
        drawing = re.sub(r'href="#([^"]+)"', rf'href="#d{count}-\1"', drawing)
        return re.sub(
            r'(aria-(?:labelledby|describedby))="([^"]+)"',
            lambda m: f'{m[1]}="{" ".join(f"d{count}-{n}" for n in m[2].split())}"',
            drawing,
        )

    return re.sub(r"<svg\b.*?</svg>", mend, body, flags=re.DOTALL)
