"""Python and onnxruntime for the page: copied into the book, or else named at their public CDN.

``scripts/vendor.py`` brings both into ``_build/vendor``; their hashes are pinned.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
from pathlib import Path
from typing import Any

from playground_sources import ROOT

VENDOR = ROOT / "_build" / "vendor"

NOTICES = {
    "pyodide": "Pyodide {version}, Mozilla Public License 2.0.\n"
    "Source: https://github.com/pyodide/pyodide\n",
    "onnxruntime-web": """\
ONNX Runtime Web {version}
Source: https://github.com/microsoft/onnxruntime

MIT License

Copyright (c) Microsoft Corporation

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
""",
}
"""What stands beside the packages that the book carries along."""


def lay_out_runtime(static: Path, package: str, pins: dict[str, Any]) -> str:
    """Copy a vendored package into the book and return its folder; else return its CDN."""
    folder = f"{package}-{pins['version']}"
    source, target = VENDOR / folder, static / folder
    if all(
        is_as_pinned(target / name, pinned)
        for name, pinned in pins["files"].items()
    ):
        return f"{folder}/"
    if not all(
        is_as_pinned(source / name, pinned)
        for name, pinned in pins["files"].items()
    ):
        return str(pins["cdn"])
    for name in pins["files"]:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, target / name)
    notice = NOTICES[package].format(version=pins["version"])
    (target / "NOTICE.txt").write_text(notice, encoding="utf-8")
    return f"{folder}/"


def is_as_pinned(path: Path, pinned: str) -> bool:
    """Return whether a file is there and has the pinned subresource-integrity hash."""
    if not path.is_file():
        return False
    digest = hashlib.sha384(path.read_bytes()).digest()
    return pinned == "sha384-" + base64.b64encode(digest).decode("ascii")
