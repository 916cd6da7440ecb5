"""Chapter 33's teacher in four forms: size, accuracy and speed, measured in turn on one core.

python benchmarks/transfer.py            # prints
python benchmarks/transfer.py --record   # writes data/chapters/33_transfer/serving.json
"""

from __future__ import annotations

import copy
import json
import platform
import sys
import tempfile
from pathlib import Path

import onnxruntime
import torch

from nlpcourse.course import chapters
from nlpcourse.transformers.transfer.classify import encode, judge, pieces
from nlpcourse.transformers.transfer.data import LONGEST, division
from nlpcourse.transformers.transfer.lora import merge_lora
from nlpcourse.transformers.transfer.quantize import bytes_of, quantize_model
from nlpcourse.transformers.transfer.recipes import load_classifier, load_student
from nlpcourse.transformers.transfer.serve import Session, eight_bits, export
from nlpcourse.transformers.transfer.speed import seconds_a_text


def main() -> None:
    torch.set_num_threads(1)
    whole = load_classifier()
    merge_lora(whole)
    whole.eval()
    rounded = copy.deepcopy(whole)
    quantize_model(rounded)
    judged = division("films").judged
    with tempfile.TemporaryDirectory() as name:
        file = export(whole, Path(name) / "films.onnx")
        small = eight_bits(file, Path(name) / "films-8.onnx")
        forms = {
            "PyTorch": (whole, bytes_of(whole)),
            "PyTorch, 8 bits by hand": (rounded, bytes_of(rounded)),
            "onnxruntime": (Session(file), file.stat().st_size),
            "onnxruntime, 8 bits": (Session(small), small.stat().st_size),
        }
        rows = encode(judged.texts[:64], LONGEST["films"])
        rows.sort(key=len)
        batches = []
        for start in range(0, 64, 16):
            batch = pieces().pad_together(rows[start : start + 16])
            batches.append((batch.ids, batch.mask))
        models = {form: model for form, (model, _) in forms.items()}
        seconds = seconds_a_text(models, batches, rounds=3)
        found = {
            form: {
                "megabytes": size / 1e6,
                "accuracy": judge(model, judged, LONGEST["films"]),
                "milliseconds": 1000 * seconds[form],
            }
            for form, (model, size) in forms.items()
        }
    found["small network"] = {"megabytes": bytes_of(load_student()) / 1e6}
    about = {
        "texts": len(judged),
        "torch": torch.__version__,
        "onnxruntime": onnxruntime.__version__,
        "machine": platform.machine(),
    }
    text = json.dumps({"about": about, "forms": found}, indent=1) + "\n"
    print(text)
    if "--record" in sys.argv[1:]:
        path = chapters.get("33").folder / "serving.json"
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
