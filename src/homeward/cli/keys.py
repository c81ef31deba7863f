"""`homeward keys`: which keys sign for a party: roots, officers, devices.

Rules of this file:
- A ceremony, signing and showing need no node and no network.
- A secret is drawn into a file of its own under a passphrase of its own, and is never shown.
- A passphrase is typed, or read from a file; never an argument.
"""

from __future__ import annotations

import argparse
import re
import secrets
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from homeward.cli import home
from homeward.cli.output import read_file, write_file
from homeward.foundation.crypto import KEY_BYTES, SigningKey
from homeward.foundation.errors import InputError
from homeward.foundation.ids import parse_party
from homeward.handover.replay import KEYS_OF_ROLE
from homeward.ledger.envelope import key_id
from homeward.ledger.key_documents import (
    REVOCATION_REASONS,
    Devices,
    Officer,
    Revocation,
    RootDocument,
    SignedDocument,
    add_signature,
    unsigned,
    write_signed,
)
from homeward.ledger.key_documents import (
    read_file as read_document,
)
from homeward.ledger.key_files import (
    FILE_MAX_BYTES,
    ROOT,
    KeyFile,
    lock_key,
    read_key_file,
    unlock_key,
)
from homeward.ledger.spoken import spoken

DOCUMENT_FILE, SHEET_FILE = "root.json", "sheet.txt"
_DOCUMENT_MAX_BYTES = 1 << 16
_CARD_MAX_BYTES = 1 << 16
_KEY_ID = re.compile(r"[0-9a-f]{16}")
_ROLES = tuple(role for roles in KEYS_OF_ROLE.values() for role in roles)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `homeward keys`."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    for name, (about, _, add) in ACTS.items():
        add(acts.add_parser(name, help=about, description=f"{about[0].upper()}{about[1:]}."))


def run(args: argparse.Namespace) -> int:
    """Do one act of `homeward keys`."""
    ACTS[args.act][1](args)
    return 0


def officer_key(args: argparse.Namespace) -> SigningKey:
    """Unlock the key file that `--officer` names."""
    file = args.officer_passphrase_file
    return _unlocked(args.officer, argparse.Namespace(passphrase_file=file))


def _ceremony_arguments(act: argparse.ArgumentParser) -> None:
    act.add_argument("--card", required=True, metavar="FILE", help="the party's own card.json")
    act.add_argument("--mediator", required=True, metavar="FILE", help="the mediator's card.json")
    act.add_argument("--roots", type=int, default=3, metavar="N", help="root keys (%(default)s)")
    act.add_argument(
        "--threshold", type=int, default=2, metavar="K", help="how many sign (%(default)s)"
    )
    _more_officers(act)
    act.add_argument("-o", "--output", required=True, metavar="DIR", help="a new folder")
    act.add_argument(
        "--passphrases",
        metavar="FILE",
        help="read the passphrases from the lines of FILE, one for each root key",
    )


def _more_officers(act: argparse.ArgumentParser) -> None:
    act.add_argument(
        "--officer",
        action="append",
        default=[],
        metavar="FILE[=N]",
        help="key file of a further officer, who accepts plans of at most N people",
    )
    act.add_argument(
        "--two-officers",
        action="append",
        metavar="KIND",
        help="an entry that two officers have to sign, such as plan_accepted",
    )


def _ceremony(args: argparse.Namespace) -> None:
    from homeward.ledger.note import parse_vkey
    from homeward.node.keystore import read_card

    card = read_card(read_file(args.card, what="card", max_bytes=_CARD_MAX_BYTES))
    mediator = read_card(read_file(args.mediator, what="card", max_bytes=_CARD_MAX_BYTES))
    if mediator.log_vkey is None:
        raise _wrong("the card of a mediator", "another card")
    added = [_limited(text) for text in args.officer]
    folder = _new_folder(args.output)
    keys = [SigningKey(secrets.token_bytes(KEY_BYTES)) for _ in range(args.roots)]
    document = unsigned(
        RootDocument(
            log=parse_vkey(mediator.log_vkey).name,
            party=card.party,
            epoch=1,
            previous=None,
            threshold=args.threshold,
            roots=tuple(key.public for key in keys),
            officers=tuple(
                Officer(role=role, public=public) for role, public in card.signing_keys.items()
            )
            + tuple(
                Officer(role=file.use, public=file.public, limits=limits) for file, limits in added
            ),
            two_officers=tuple(args.two_officers or ()),
        )
    )
    phrases = _passphrases(args)
    locked = [
        lock_key(
            key,
            party=card.party,
            use=ROOT,
            passphrase=_next_passphrase(phrases, f"root key {number}"),
            entropy=secrets.token_bytes,
        )
        for number, key in enumerate(keys, 1)
    ]
    folder.mkdir(mode=0o700)
    for number, data in enumerate(locked, 1):
        write_file(str(folder / f"root-{number}.key"), data)  # 0600, as every file it writes
    write_file(str(folder / DOCUMENT_FILE), write_signed(document))
    write_file(str(folder / SHEET_FILE), _sheet(document).encode())
    print(f"Drew {len(keys)} root keys of {card.party} into {folder}, each in a file of its own.")
    print(f"  document     {folder / DOCUMENT_FILE}, for {args.threshold} of them to sign")
    print(f"  fingerprint  {_fingerprint(document)}: read it to the others by voice")
    print(f"  sheet        {folder / SHEET_FILE}: every public key as words and as a code")
    print("Give each file to another holder, on a medium of its own, and erase the folder.")
    print(f"Next: homeward keys sign {folder / DOCUMENT_FILE} --root {folder / 'root-1.key'}")


def _officer_arguments(act: argparse.ArgumentParser) -> None:
    act.add_argument("--party", required=True, help="code of the party, such as UA")
    act.add_argument(
        "--role",
        choices=(*_ROLES, ROOT),
        default="bureau",
        help="in which role it signs; root: documents of keys alone (%(default)s)",
    )
    act.add_argument("-o", "--output", required=True, metavar="FILE", help="where to write")
    _passphrase(act)


def _officer(args: argparse.Namespace) -> None:
    party, key = parse_party(args.party), SigningKey(secrets.token_bytes(KEY_BYTES))
    if Path(args.output).exists():
        raise _wrong("a new file", "one that exists")
    passphrase = home.passphrase_of(args, twice=True)
    data = lock_key(
        key, party=party, use=args.role, passphrase=passphrase, entropy=secrets.token_bytes
    )
    write_file(args.output, data)
    print(f"Drew a key of role {args.role} of {party} into {args.output}.")
    _say(key.public)


def _sign_arguments(act: argparse.ArgumentParser) -> None:
    act.add_argument("document", metavar="DOC", help="the document")
    which = act.add_mutually_exclusive_group(required=True)
    which.add_argument("--root", metavar="FILE", help="sign with this root key")
    which.add_argument("--officer", metavar="FILE", help="sign with this officer's or device's key")
    _passphrase(act)


def _sign(args: argparse.Namespace) -> None:
    signed = _document(args.document)
    _show_document(signed)
    key = _unlocked(args.root or args.officer, args)
    after = add_signature(signed, key)
    write_file(args.document, write_signed(after))
    print(f"Signed with key {key_id(key.public)}. Signatures now: {len(after.signatures)}.")


def _show_arguments(act: argparse.ArgumentParser) -> None:
    act.add_argument(
        "document", nargs="?", metavar="DOC", help="a document; else the ledger's keys"
    )
    act.add_argument("--sheet", metavar="FILE", help="also write a sheet with words and codes")
    home.add_arguments(act)


def _show(args: argparse.Namespace) -> None:
    if args.document is None:
        from homeward.cli.keys_of_node import show_keyring

        show_keyring(args)
        return
    signed = _document(args.document)
    _show_document(signed)
    if args.sheet:
        write_file(args.sheet, _sheet(signed).encode())
        print(f"Wrote {args.sheet}.")


def _rotate_arguments(act: argparse.ArgumentParser) -> None:
    _more_officers(act)
    act.add_argument(
        "--end",
        action="append",
        default=[],
        metavar="KEY",
        help="leave this officer's key out: its id, or its key file",
    )
    act.add_argument(
        "--root",
        action="append",
        default=[],
        metavar="FILE",
        help="key file of a root; given at all, these are all the roots from then on",
    )
    act.add_argument("--threshold", type=int, metavar="K", help="how many roots sign from then on")
    act.add_argument("-o", "--output", required=True, metavar="DOC", help="where to write")
    home.add_arguments(act)


def _rotate(args: argparse.Namespace) -> None:
    from homeward.cli.keys_of_node import rotate

    roots = [_key_file(path) for path in args.root]
    args.end = [_named(text) for text in args.end]
    _write_document(args, rotate(args, [_limited(text) for text in args.officer], roots))


def _revoke_arguments(act: argparse.ArgumentParser) -> None:
    act.add_argument(
        "key", nargs="+", metavar="KEY", help="an officer's or a device's key: its id, or its file"
    )
    act.add_argument("--reason", choices=REVOCATION_REASONS, required=True, help="why it ends")
    act.add_argument("-o", "--output", required=True, metavar="DOC", help="where to write")
    home.add_arguments(act)


def _revoke(args: argparse.Namespace) -> None:
    from homeward.cli.keys_of_node import revoke

    args.key = [_named(text) for text in args.key]
    _write_document(args, revoke(args))


def _devices_arguments(act: argparse.ArgumentParser) -> None:
    act.add_argument(
        "officer", metavar="KEY", help="the officer whose devices they are: key id, or key file"
    )
    act.add_argument(
        "--device", action="append", default=[], metavar="FILE", help="key file of a device"
    )
    act.add_argument("-o", "--output", required=True, metavar="DOC", help="where to write")
    home.add_arguments(act)


def _devices(args: argparse.Namespace) -> None:
    from homeward.cli.keys_of_node import name_devices

    args.officer = _named(args.officer)
    _write_document(args, name_devices(args, [_key_file(path) for path in args.device]))


def _record_arguments(act: argparse.ArgumentParser) -> None:
    act.add_argument("document", metavar="DOC", help="a document that all have signed")
    act.add_argument("--officer", metavar="FILE", help="sign the entry with this officer's key")
    act.add_argument(
        "--officer-passphrase-file",
        metavar="FILE",
        help="read the key file's passphrase from the first line of FILE",
    )
    home.add_arguments(act)


def _record(args: argparse.Namespace) -> None:
    from homeward.cli.keys_of_node import record

    signer = officer_key(args) if args.officer else None
    record(args, _document(args.document), signer)


def _adopt_arguments(act: argparse.ArgumentParser) -> None:
    act.add_argument("officer", metavar="FILE", help="key file of an officer whom the ledger names")
    act.add_argument(
        "--officer-passphrase-file",
        metavar="FILE",
        help="read the key file's passphrase from the first line of FILE",
    )
    home.add_arguments(act)


def _adopt(args: argparse.Namespace) -> None:
    from homeward.cli.keys_of_node import adopt

    adopt(args, officer_key(args))


Act = Callable[[argparse.Namespace], None]

ACTS: Mapping[str, tuple[str, Act, Callable[[argparse.ArgumentParser], None]]] = {
    "ceremony": ("draw root keys and write the first document", _ceremony, _ceremony_arguments),
    "officer": ("draw the key of an officer or of a device", _officer, _officer_arguments),
    "sign": ("sign a document of keys", _sign, _sign_arguments),
    "show": ("show a document, or the keys as the ledger has them", _show, _show_arguments),
    "rotate": ("write the root document that follows", _rotate, _rotate_arguments),
    "revoke": ("write the revocation of keys", _revoke, _revoke_arguments),
    "devices": ("write which devices count people for an officer", _devices, _devices_arguments),
    "adopt": ("let the node sign with a key that the ledger names", _adopt, _adopt_arguments),
    "record": ("put a signed document into the ledger", _record, _record_arguments),
}
"""Act -> what it does, the function, and what adds its arguments."""


def _passphrase(act: argparse.ArgumentParser) -> None:
    act.add_argument(
        "--passphrase-file", metavar="FILE", help="read the passphrase from the first line of FILE"
    )


def _document(path: str) -> SignedDocument:
    return read_document(read_file(path, what="document of keys", max_bytes=_DOCUMENT_MAX_BYTES))


def _key_file(path: str) -> KeyFile:
    return read_key_file(read_file(path, what="key file", max_bytes=FILE_MAX_BYTES))


def _named(text: str) -> str:
    """Return the id of a key that was named by its id or by its key file."""
    return text if _KEY_ID.fullmatch(text) else key_id(_key_file(text).public)


def _unlocked(path: str, args: argparse.Namespace) -> SigningKey:
    data = read_file(path, what="key file", max_bytes=FILE_MAX_BYTES)
    read_key_file(data)
    return unlock_key(data, home.passphrase_of(args))


def _limited(text: str) -> tuple[KeyFile, dict[str, int]]:
    path, _, most = text.rpartition("=")
    if path and most.isdigit():
        return _key_file(path), {"accept_at_most": int(most)}
    return _key_file(text), {}


def _passphrases(args: argparse.Namespace) -> list[str] | None:
    if args.passphrases is None:
        return None
    data = read_file(args.passphrases, what="passphrases", max_bytes=_DOCUMENT_MAX_BYTES)
    return list(reversed(data.decode("utf-8", "replace").splitlines()))


def _next_passphrase(phrases: list[str] | None, what: str) -> str:
    if phrases is None:
        if sys.stdin.isatty():
            print(f"For {what}, typed by its holder alone:")
        return home.passphrase_of(argparse.Namespace(passphrase_file=None), twice=True)
    return phrases.pop() if phrases else ""


def _new_folder(text: str) -> Path:
    folder = Path(text)
    if folder.exists():
        raise _wrong("a new folder", "one that exists")
    if not folder.parent.is_dir():
        raise _wrong("a folder to make it in", "none")
    return folder


def _write_document(args: argparse.Namespace, signed: SignedDocument) -> None:
    write_file(args.output, write_signed(signed))
    _show_document(signed)
    print(f"Wrote {args.output}. Whoever has to sign it: homeward keys sign {args.output}")
    print(f"Then: homeward keys record {args.output}{home.options(args)}")


def _show_document(signed: SignedDocument) -> None:
    document = signed.document
    match document:
        case RootDocument():
            print(f"Keys of {document.party} for {document.log}, epoch {document.epoch}.")
            print(f"  roots        {document.threshold} of {len(document.roots)} sign")
            for public in document.roots:
                print(f"    {key_id(public)}{_mark(signed, public)}")
            print("  officers")
            for each in sorted(document.officers, key=lambda one: (one.role, sorted(one.limits))):
                limits = "".join(f", {name} {most}" for name, most in each.limits.items())
                kinds = "" if each.kinds is None else f", signs {', '.join(each.kinds)} alone"
                mark = _mark(signed, each.public)
                print(f"    {key_id(each.public)}  {each.role}{limits}{kinds}{mark}")
            if document.two_officers:
                print(f"  two officers for {', '.join(document.two_officers)}")
        case Revocation():
            print(f"Of {document.party}, for {document.log}, end ({document.reason}):")
            for key in document.revoked:
                print(f"    {key}")
        case Devices():
            print(f"Devices of officer {document.officer} of {document.party}:")
            for public in document.devices:
                print(f"    {key_id(public)}{_mark(signed, public)}")
    print(f"  fingerprint  {_fingerprint(signed)}")
    print(f"  signatures   {len(signed.signatures)}")


def _mark(signed: SignedDocument, public: bytes) -> str:
    return "  (has signed)" if key_id(public) in signed.signatures else ""


def _fingerprint(signed: SignedDocument) -> str:
    return " ".join(signed.sha256[start : start + 4] for start in range(0, 32, 4))


def _sheet(signed: SignedDocument) -> str:
    from homeward.documents import SheetKey, key_sheet

    document = signed.document
    named: list[tuple[str, bytes]] = []
    if isinstance(document, RootDocument):
        named = [("root", public) for public in document.roots]
        named += [(each.role, each.public) for each in document.officers]
    elif isinstance(document, Devices):
        named = [("device", public) for public in document.devices]
    keys = [
        SheetKey(
            title=use,
            key=key_id(public),
            words=spoken(public),
            code=f"HOMEWARD-KEY1|{document.party}|{use}|{public.hex()}",
        )
        for use, public in named
    ]
    facts = [f"Log: {document.log}", f"Fingerprint: {_fingerprint(signed)}"]
    return key_sheet(f"Keys of {document.party}", facts, keys)


def _say(public: bytes) -> None:
    print(f"  key id  {key_id(public)}")
    print(f"  words   {spoken(public)}")


def _wrong(expected: str, found: str) -> InputError:
    return InputError(
        "cli.keys", f"Expected {expected}, found {found}.", hint="Nothing was written."
    )
