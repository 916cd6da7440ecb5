"""`--from-origin`: fetch an asset from its upstream source instead of from its carrier.

Three sources are known: ``nltk.download``, the Hugging Face hub, and tiktoken's own download.  Each
runs in a subprocess, in the environment as it is.  The files must have the very hashes that the
manifest pins, so an upstream that has moved on is noticed and refused.
"""

from __future__ import annotations

import os
import sys
import tempfile
import zipfile
from pathlib import Path

from nlpcourse.assets.errors import AssetError
from nlpcourse.assets.manifest import Asset
from nlpcourse.assets.progress import Progress, folder_size
from nlpcourse.assets.transport import explain, run_quietly

# Programs for `python -c`: the arguments are a folder and then what to get.
_PROGRAMS = {
    "nltk": (
        "import nltk, sys\n"
        "for package in sys.argv[2:]:\n"
        "    nltk.download(package, download_dir=sys.argv[1], quiet=True, raise_on_error=True)\n"
    ),
    "huggingface": (
        "import sys\n"
        "from huggingface_hub import hf_hub_download\n"
        "folder, repository, revision, *files = sys.argv[1:]\n"
        "for file in files:\n"
        "    hf_hub_download(repository, file, revision=revision, local_dir=folder)\n"
    ),
    "tiktoken": (
        "import os, sys\n"
        "os.environ['TIKTOKEN_CACHE_DIR'] = sys.argv[1]\n"
        "import tiktoken\n"
        "for name in sys.argv[2:]:\n"
        "    tiktoken.get_encoding(name)\n"
    ),
}


def fetch_from_origin(asset: Asset, staging: Path, progress: Progress) -> dict[str, Path]:
    """Download *asset* from upstream; return the files under the names that its members use.

    Raises:
        AssetError: the course knows no download for it, or the download failed.
    """
    kind = asset.origin.get("kind", "")
    if kind not in _PROGRAMS:
        raise AssetError(
            asset.name,
            "the course knows no direct download of its original source",
            f"fetch it from its carrier (without --from-origin), or see {asset.homepage}",
        )
    folder = Path(tempfile.mkdtemp(prefix="origin-", dir=staging))
    command = [sys.executable, "-c", _PROGRAMS[kind], str(folder), *asset.origin["arguments"]]
    with progress.watch(f"{asset.name} ({kind})", asset.size, lambda: folder_size(folder)):
        result = run_quietly(command, dict(os.environ))
    if result.returncode:
        cause, next_step = explain(result.stderr + result.stdout)
        raise AssetError(asset.name, f"its original source: {cause}", next_step)
    for archive in folder.rglob("*.zip"):  # nltk leaves some packages packed
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(archive.parent)
    # The members name files by their place in the carrier; upstream has them under `root`.
    root = folder / asset.origin.get("root", "")
    files: dict[str, Path] = {}
    for path in root.rglob("*"):
        if path.is_file():
            place = path.relative_to(root).as_posix()
            files[asset.origin.get("prefix", "") + place] = path
    return files
