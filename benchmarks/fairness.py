"""Chapter 37's stored scores: how SmolLM2 prefers *she* or *he* after every occupation.

    python benchmarks/fairness.py          # writes smol-pronouns.json into the chapter's folder

Every occupation of the chapter stands in every frame; a score is log P(she) − log P(he) in nats.
"""

from __future__ import annotations

import json
import os

os.environ["OMP_NUM_THREADS"] = "1"

from nlpcourse.responsible.fairness.lists import OCCUPATIONS
from nlpcourse.responsible.fairness.pronouns import FRAMES, preferences
from nlpcourse.responsible.fairness.recipes import folder
from nlpcourse.transformers.gpt.llama import Smol


def main() -> None:
    smol = Smol()
    found = preferences(smol.model.eval(), smol.encode, OCCUPATIONS)
    rounded = {
        word: [round(v, 4) for v in values] for word, values in found.items()
    }
    content = {
        "model": "SmolLM2-135M-Instruct, Q4_1, plain text without a chat template",
        "frames": FRAMES,
        "preferences": rounded,
    }
    path = folder() / "smol-pronouns.json"
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
