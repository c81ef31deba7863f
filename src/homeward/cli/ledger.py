"""`homeward ledger`: verify an exported ledger, or export a node's.

Receipts, witnesses and evidence stand in `ledger_proofs`.

Rules of this file:
- Verifying needs the files alone: key, checkpoint, tiles, entries, then every case.
- A key that comes with the tree proves only that the tree is of one piece; that is said.
- An export goes to a new or an empty folder, whole or not at all.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from homeward.cli import home, ledger_proofs
from homeward.cli.output import SIMULATION, disk_failed, note, read_file, write_json
from homeward.foundation.errors import InputError, TamperError
from homeward.handover.cosigning import witnessed_by
from homeward.handover.replay import Replay, replay
from homeward.ledger.envelope import MAX_ENTRY_BYTES
from homeward.ledger.note import NoteVerifier, parse_vkey
from homeward.ledger.tiles import TILE_WIDTH, TreeReading, verify_tree

_FILES_MAX = 20_000  # a tree of the largest size has under half as many
_FILE_MAX_BYTES = TILE_WIDTH * (MAX_ENTRY_BYTES + 2)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `homeward ledger`.

    Args:
        parser: Of the command.
    """
    acts = parser.add_subparsers(dest="act", required=True, metavar="verify|export|…")
    verify = acts.add_parser("verify", help="check every byte of an exported ledger")
    verify.add_argument("folder", nargs="?", metavar="DIR", help="the exported ledger")
    verify.add_argument(
        "--vkey", metavar="KEY", help="the log's key as its mediator gave it (name+hash+base64)"
    )
    ledger_proofs.add_receipt_arguments(verify)
    verify.add_argument("--json", action="store_true", help="say what was found as JSON")
    home.add_arguments(verify)
    export = acts.add_parser("export", help="write a node's ledger as files for everybody")
    export.add_argument("folder", metavar="DIR", help="a new or an empty folder")
    home.add_arguments(export)
    ledger_proofs.add_acts(acts)


def run(args: argparse.Namespace) -> int:
    """Verify or export a ledger, write a receipt, say who cosigned, judge evidence.

    Args:
        args: As `add_arguments` describes them.

    Returns:
        0.

    Raises:
        InputError: A folder or a key cannot be used.
        TamperError: A file or an entry was changed; it is named.
        PeerError: An entry is signed by its author, who was not allowed to write it.
    """
    if args.act not in {"verify", "export"}:
        return ledger_proofs.run(args)
    return _verify(args) if args.act == "verify" else _export(args)


def _verify(args: argparse.Namespace) -> int:
    if args.folder is None and args.receipt is None:
        raise InputError(
            "cli.nothing",
            "Expected the folder of a ledger, or a receipt, found neither.",
            hint="Name the folder, or give --receipt FILE.",
        )
    if args.receipt is not None:
        return _verify_receipt(args)
    verifier, key_from, reading, state = _read_ledger(args)
    witnesses = witnessed_by(reading.note, verifier, state.members.values())
    found = {
        "origin": reading.checkpoint.origin,
        "size": reading.checkpoint.size,
        "root": reading.checkpoint.root.hex(),
        "vkey": verifier.vkey,
        "vkey_from": key_from,
        **_contents(state),
        "witnessed_by": [{"party": party, "time": time} for party, time in witnesses.items()],
    }
    if state.is_simulation and args.json:
        note(SIMULATION)
    if args.json:
        write_json(found)
    else:
        print("\n".join(_summary(found)))
    return 0


def _verify_receipt(args: argparse.Namespace) -> int:
    ledger, key = None, parse_vkey(args.vkey) if args.vkey else None
    if args.folder is not None:
        key, _, _, state = _read_ledger(args)
        ledger = (key, state)
    ledger_proofs.check_receipt(args, ledger, key)
    return 0


def _read_ledger(args: argparse.Namespace) -> tuple[NoteVerifier, str, TreeReading, Replay]:
    """Verify the files of a ledger, and say if only their own key was used."""
    folder = Path(args.folder)
    paths = _paths_in(folder)

    def read(path: str) -> bytes | None:
        if path not in paths:
            return None
        return read_file(str(folder / path), what="file", max_bytes=_FILE_MAX_BYTES)

    verifier, key_from = _key(args, read)
    reading = verify_tree(read, verifier, None, paths)
    state = replay(reading.checkpoint.origin, reading.entries)
    if key_from == "tree":
        note(
            "homeward: trusting the tree's own key; compare its fingerprint by voice: "
            f"{_fingerprint(verifier)}"
        )
    return verifier, key_from, reading, state


def read_folder(folder: str, vkey: str | None) -> Replay:
    """Verify an exported ledger that a command on statements names.

    Args:
        folder: The exported ledger.
        vkey: The log's key as its mediator gave it; else the node's, else the tree's own.

    Returns:
        What its entries add up to.

    Raises:
        InputError: There is no such folder, or it is no ledger.
        TamperError: A file or an entry was changed.
        PeerError: An entry is signed by its author, who was not allowed to write it.
    """
    args = argparse.Namespace(folder=folder, vkey=vkey, home=None, passphrase_file=None)
    return _read_ledger(args)[3]


def _key(args: argparse.Namespace, read: Callable[[str], bytes | None]) -> tuple[NoteVerifier, str]:
    """Return the key to verify with: the one given, the node's pinned one, or the tree's own."""
    if args.vkey:
        return parse_vkey(args.vkey), "given"
    if args.home or os.environ.get("HOMEWARD_HOME"):
        from homeward.node.book import log_of

        with home.open_home(args) as node:
            return log_of(node), "node"
    return _own_key(read("vkey")), "tree"


def _contents(state: Replay) -> dict[str, Any]:
    return {
        "simulation": state.is_simulation,
        "members": [
            {"party": member.party, "role": member.role, "name": member.name}
            for member in state.members.values()
        ],
        "cases": [
            {"case": name, "state": case.state, "parties": list(case.parties)}
            for name, case in state.cases.items()
        ],
    }


def _summary(found: Mapping[str, Any]) -> Iterator[str]:
    if found["simulation"]:
        yield SIMULATION
    yield f"The ledger {found['origin']} holds: every file, signature and entry."
    yield f"  size  {found['size']:,} entries"
    yield f"  root  {found['root']}"
    yield f"  key   {found['vkey']}"
    for member in found["members"]:
        yield f"  member {member['party']}, {member['role']}: {member['name']}"
    for each in found["witnessed_by"]:
        yield f"  cosigned by {each['party']}, as it says at {ledger_proofs.instant(each['time'])}"
    for case in found["cases"]:
        yield f"  case {case['case']} ({', '.join(case['parties'])}): {case['state']}"


def _paths_in(folder: Path) -> frozenset[str]:
    if not folder.is_dir():
        raise InputError(
            "cli.no_folder",
            f"Expected an exported ledger in {folder}, found no folder.",
            hint="Check the path.",
        )
    paths: set[str] = set()
    for place, _, names in os.walk(folder):
        paths.update((Path(place) / name).relative_to(folder).as_posix() for name in names)
        if len(paths) > _FILES_MAX:
            raise _no_ledger(folder, f"more than {_FILES_MAX} files")
    if not paths & {"checkpoint", "vkey"}:
        raise _no_ledger(folder, "neither checkpoint nor vkey")
    return frozenset(paths)


def _no_ledger(folder: Path, found: str) -> InputError:
    return InputError(
        "cli.no_ledger",
        f"Expected an exported ledger in {folder}, found {found}.",
        hint="Name the folder that holds checkpoint, vkey and tile.",
    )


def _own_key(data: bytes | None) -> NoteVerifier:
    try:
        return parse_vkey((data or b"").decode().removesuffix("\n"))
    except (InputError, UnicodeDecodeError) as error:
        raise TamperError(
            "cli.vkey",
            "Expected the log's key in the file vkey, found none or a changed one.",
            hint="Give the key as the mediator gave it: --vkey KEY.",
            facts={"file": "vkey"},
        ) from error


def _fingerprint(verifier: NoteVerifier) -> str:
    digest = hashlib.sha256(verifier.vkey.encode()).hexdigest()
    return " ".join(digest[start : start + 4] for start in range(0, 32, 4))


def _export(args: argparse.Namespace) -> int:
    from homeward.node.book import export_ledger

    folder = Path(args.folder)
    require_empty(folder)
    with home.open_home(args) as node:
        files = export_ledger(node)
    write_tree(folder, files)
    print(f"{len(files):,} files in {folder}; check them with: homeward ledger verify {folder}")
    return 0


def require_empty(folder: Path) -> None:
    """Check that a folder can take an export.

    Args:
        folder: Where it would be written.

    Raises:
        InputError: It holds something, is no folder, or has no parent.
    """
    is_free = folder.parent.is_dir() and (
        not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))
    )
    if not is_free:
        raise InputError(
            "cli.folder_taken",
            f"Expected a new or an empty folder, found {folder}, which is neither.",
            hint="Choose another folder; nothing was changed.",
        )


def write_tree(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write an exported ledger, whole or not at all.

    Args:
        folder: New or empty.
        files: Path within the tree → the file's bytes.

    Raises:
        InputError: As `require_empty`.
        EngineError: The disk failed; the folder is as it was.
    """
    require_empty(folder)
    part = None
    try:
        part = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        for path, data in files.items():
            target = part / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        part.chmod(0o755)  # it is written to be handed on
        part.rename(folder)
    except OSError as error:
        raise disk_failed(error) from error
    finally:
        if part is not None:
            shutil.rmtree(part, ignore_errors=True)
