"""The trained rivals of Hutto and Gilbert's Table 5, ten draws of the half; and Table 4, counted.

python benchmarks/reproduce.py            # prints, two minutes
python benchmarks/reproduce.py --record   # also writes rivals.json and counts.json of chapter 40
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"

from nlpcourse.course import chapters
from nlpcourse.practice.reproduce.lexicon_table import (
    counts_of,
    lexicon_row,
    lexicons,
)
from nlpcourse.practice.reproduce.trained import TABLE_5, rival_row
from nlpcourse.text.lexicon.table import DOMAINS

SEEDS = range(10)


def counted() -> dict[str, Any]:
    """Return Pearson's correlation and the counted classes of every list in every domain."""
    found: dict[str, Any] = {}
    for domain in DOMAINS:
        for name in lexicons():
            cell: dict[str, Any] = {"r": round(lexicon_row(name, domain)[0], 8)}
            for threshold in ("0.05", "0"):
                pairs = counts_of(name, domain, float(threshold))
                cell[threshold] = sorted([*pair, n] for pair, n in pairs.items())
            found.setdefault(domain, {})[name] = cell
    return found


def main() -> None:
    found: dict[str, dict[str, list[float]]] = {}
    for kind, home in TABLE_5:
        rows = [rival_row(kind, home, seed) for seed in SEEDS]
        found[f"{kind} ({home})"] = {
            away: [round(row[away], 6) for row in rows] for away in rows[0]
        }
        print(kind, home, found[f"{kind} ({home})"], flush=True)
    if "--record" in sys.argv:
        folder = chapters.get("40").folder
        for name, table in (("rivals", found), ("counts", counted())):
            text = json.dumps(table, separators=(",", ":"))
            (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
