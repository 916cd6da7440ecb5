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
from collections.abc import Mapping
from pathlib import Path

from nlpcourse.assets.errors import AssetError
from nlpcourse.assets.manifest import Asset
from nlpcourse.assets.progress import Progress, folder_size
from nlpcourse.assets.transport import explain, run_quietly

# Programs for `python -c`: the arguments are a folder and then what to get.
PROGRAMS = {
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


def fetch_from_origin(
    asset: Asset,
    staging: Path,
    progress: Progress,
    programs: Mapping[str, str] = PROGRAMS,
) -> dict[str, Path]:
    """Download *asset* from upstream; return the files under the names that its members use.

    Arguments:
        asset: what to fetch.
        staging: a folder for the download, on the cache's disk.
        progress: bars or silence.
        programs: from a kind of source to what downloads from it; the tests put their own here.

    Raises:
        AssetError: the course knows no download for it, or the download failed.
    """
    kind = asset.origin.get("kind", "")
    if kind not in programs:
        raise AssetError(
            asset.name,
            "the course knows no direct download of its original source",
            f"fetch it from its carrier (without --from-origin), or see {asset.homepage}",
        )
    folder = Path(tempfile.mkdtemp(prefix="origin-", dir=staging))
    command = [
        sys.executable,
        "-c",
        programs[kind],
        str(folder),
        *asset.origin["arguments"],
    ]
    with progress.watch(
        f"{asset.name} ({kind})", asset.size, lambda: folder_size(folder)
    ):
        result = run_quietly(command, dict(os.environ))
    if result.returncode:
        cause, next_step = explain(result.stdout + result.stderr)
        raise AssetError(asset.name, f"its original source: {cause}", next_step)
    for archive in folder.rglob("*.zip"):  # nltk leaves some packages packed
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(archive.parent)
    # The members name files by their place in the carrier; upstream has them under `root`.
    root = folder / asset.origin.get("root", "")
    prefix, exclude = (
        asset.origin.get("prefix", ""),
        asset.origin.get("exclude", ()),
    )
    places = {
        p.relative_to(root).as_posix(): p for p in root.rglob("*") if p.is_file()
    }
    return {
        prefix + place: path
        for place, path in places.items()
        if place not in exclude
    }
