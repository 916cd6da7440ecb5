"""The manifest is complete: every asset pinned, described, and with its loader."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

from nlpcourse import corpora
from nlpcourse.assets import Asset, Carrier, Manifest, Member, load_manifest
from nlpcourse.assets.manifest import read_manifest
from nlpcourse.course import chapters
from nlpcourse.course.paths import data_dir, repository_root

MANIFEST = load_manifest()
CARRIERS = {asset.carrier.name: asset.carrier for asset in MANIFEST}
SHA256 = re.compile(r"[0-9a-f]{64}")

# The names of CURRICULUM's table, which chapters may count on.
PROMISED = [
    "gutenberg", "wordnet", "punkt", "stopwords", "gpt-bpe", "brown", "twitter-ner",
    "sentiment-4", "sms-spam", "wikitext-2", "tatoeba-es", "trec", "r8", "r52", "20ng",
    "tales", "headlines", "web-counts", "reviews", "lee", "analogies", "wordsim", "simlex",
    "gnt-bsb", "kjv-bsb", "cmudict", "glove-50d", "minilm", "smollm2", "spacy-sm", "spacy-md",
    "aclsum",
]  # fmt: skip

# Hashes that are known from elsewhere than from the carrier at hand.
KNOWN = {
    (
        "twitter-ner",
        "ner.txt",
    ): "8573ac2f0b9bd533488332954a3db9958da4789bc4f8c26de10bb346e96e5390",
    (
        "tatoeba-es",
        "spa.tsv",
    ): "39cf9a51fed201f44c13dca0d2ace806e51624640242b160c20114916549407b",
    (
        "minilm",
        "model.safetensors",
    ): "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    (
        "smollm2",
        "SmolLM2-135M-Instruct.Q4_1.gguf",
    ): "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
}


def test_every_promised_asset_is_there() -> None:
    assert set(PROMISED) <= set(MANIFEST.assets)


@pytest.mark.parametrize(
    "carrier", CARRIERS.values(), ids=lambda carrier: carrier.name
)
def test_a_carrier_is_pinned(carrier: Carrier) -> None:
    assert SHA256.fullmatch(carrier.sha256)
    assert carrier.size > 0
    assert carrier.version in carrier.file
    assert carrier.file.endswith({"wheel": ".whl", "npm": ".tgz"}[carrier.kind])


@pytest.mark.parametrize("asset", MANIFEST, ids=lambda asset: asset.name)
def test_an_asset_is_complete(asset: Asset) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", asset.name)
    for member in asset.members:
        assert SHA256.fullmatch(member.sha256)
        assert member.size > 0
        assert member.count >= 1
        assert member.is_set or member.count == 1
    assert len(
        {member.target for member in asset.members if not member.is_set}
    ) == sum(not member.is_set for member in asset.members)
    for field in (
        "title",
        "holds",
        "licence",
        "citation",
        "homepage",
        "description",
    ):
        assert getattr(asset, field).strip(), field
    for field in ("language", "provenance", "caveats"):
        assert getattr(asset, field).strip(), field
    assert re.match(r"https?://", asset.homepage)
    assert asset.chapters
    assert all(re.fullmatch(r"\d\d", chapter) for chapter in asset.chapters)
    assert list(asset.chapters) == sorted(asset.chapters)
    assert all(name in MANIFEST.assets for name in asset.requires)


@pytest.mark.parametrize("asset", MANIFEST, ids=lambda asset: asset.name)
def test_an_unclear_licence_is_explained(asset: Asset) -> None:
    if re.match(r"Not stated|None|For |May be|.*as far as", asset.licence):
        assert len(asset.licence_note) > 40


@pytest.mark.parametrize("asset", MANIFEST, ids=lambda asset: asset.name)
def test_an_asset_has_a_typed_and_documented_loader(asset: Asset) -> None:
    loader = getattr(corpora, asset.loader)
    assert asset.loader in corpora.__all__
    assert (
        inspect.signature(loader).return_annotation is not inspect.Signature.empty
    )
    assert inspect.getdoc(loader)


def test_chapters_of_the_manifest_exist() -> None:
    text = (data_dir() / "chapters.toml").read_text(encoding="utf-8")
    numbers = set(re.findall(r'^number = "(\d\d)"', text, re.MULTILINE))
    assert {chapter for asset in MANIFEST for chapter in asset.chapters} <= numbers


@pytest.mark.parametrize(("place", "digest"), KNOWN.items())
def test_hashes_that_are_known_from_elsewhere(
    place: tuple[str, str], digest: str
) -> None:
    name, target = place
    assert {m.target: m.sha256 for m in MANIFEST[name].members}[target] == digest


def test_assets_of_a_chapter() -> None:
    assert {asset.name for asset in MANIFEST.of_chapter("2")} >= {
        "gutenberg",
        "punkt",
        "gpt-bpe",
    }


def test_a_member_does_not_leave_its_folder() -> None:
    with pytest.raises(ValueError, match="would leave the asset's folder"):
        Member("a/*", "data/", "", 0).targets(["a/../../evil"])


@pytest.mark.parametrize(
    ("broken", "complaint"),
    [
        ('[carriers.c]\nkind = "wheel"\n[assets]', r"\[carriers.c\]: .*version"),
        ('[carriers]\n[assets.a]\ncarrier = "c"', r"\[assets.a\]: 'c'"),
    ],
)
def test_a_broken_manifest_is_refused_with_its_place(
    tmp_path: Path, broken: str, complaint: str
) -> None:
    file = tmp_path / "assets.toml"
    file.write_text(broken)
    with pytest.raises(ValueError, match=complaint):
        read_manifest(file)


def test_the_fingerprint_follows_the_pinned_hashes_only() -> None:
    from dataclasses import replace

    asset = MANIFEST["trec"]
    assert replace(asset, description="").fingerprint == asset.fingerprint
    member = replace(asset.members[0], sha256="0" * 64)
    assert replace(asset, members=(member,)).fingerprint != asset.fingerprint


def test_an_empty_manifest() -> None:
    assert len(Manifest([])) == 0


def test_importing_the_loaders_imports_nothing_heavy() -> None:
    program = (
        "import sys; import nlpcourse.corpora, nlpcourse.assets.cli; "
        "heavy = {'numpy', 'pandas', 'torch', 'nltk', 'tqdm', 'spacy', 'transformers'}; "
        "sys.exit(', '.join(heavy & set(sys.modules)) or None)"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr


def _loaders_used(chapter: chapters.Chapter) -> set[str]:
    """Return the loaders that a chapter's notebook and its code call."""
    root = repository_root() or Path()
    module = root / "src" / chapter.module.replace(".", "/")
    files = [chapter.notebook, *module.glob("*.py")]
    text = "".join(
        file.read_text(encoding="utf-8") for file in files if file.is_file()
    )
    return set(re.findall(r"corpora\.(\w+)\(", text)) & set(corpora.__all__)


@pytest.mark.skipif(repository_root() is None, reason="a wheel holds no notebooks")
@pytest.mark.parametrize(
    "chapter", chapters.written(), ids=lambda chapter: chapter.stem
)
def test_fetching_a_chapter_brings_all_that_it_uses(
    chapter: chapters.Chapter,
) -> None:
    alias = {"wikitext_2_tokens": "wikitext_2"}
    loaders = {alias.get(name, name) for name in _loaders_used(chapter)}
    fetched = {asset.loader for asset in MANIFEST.of_chapter(chapter.number)}
    assert loaders <= fetched


@pytest.mark.skipif(repository_root() is None, reason="a wheel holds no notebooks")
@pytest.mark.parametrize(
    "chapter",
    [chapter for chapter in chapters.written() if chapter.part == 3],
    ids=lambda chapter: chapter.stem,
)
def test_part_3_fetches_nothing_that_no_code_reads(
    chapter: chapters.Chapter,
) -> None:
    fetched = {asset.loader for asset in MANIFEST.of_chapter(chapter.number)}
    assert fetched <= _loaders_used(chapter)
