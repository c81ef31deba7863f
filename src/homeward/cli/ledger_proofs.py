"""`homeward ledger receipt|policy|status|judge`, and `verify --receipt`.

Rules of this file:
- A receipt and a file of evidence are checked with what is in them and a key that the
  reader trusts: no node is needed, and none is asked.
- Who judges a file without naming a key is told so: it convicts a key, and whose that is
  only a card compared by voice can tell.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import hashlib
import os
from collections.abc import Iterator, Mapping
from typing import Any

from homeward.cli import home
from homeward.cli.output import note, read_file, write_file, write_json
from homeward.foundation.errors import InputError, TamperError
from homeward.handover.cosigning import policy_for
from homeward.handover.replay import Replay
from homeward.ledger.cosignature import Cosigned
from homeward.ledger.envelope import MAX_ENTRY_BYTES, read_envelope
from homeward.ledger.evidence import MAX_EVIDENCE_BYTES, Verdict, judge
from homeward.ledger.note import NoteVerifier, read_vkey
from homeward.ledger.policy import MAX_POLICY_CHARS, Policy, read_policy
from homeward.ledger.proof import MAX_RECEIPT_CHARS, Receipt, read_receipt, verify_receipt
from homeward.negotiation.entries import RECEIVED_UNSIGNED

_KEY_TYPES = (b"\x01", b"\x04")  # logs, and witnesses: the first key of a party


def add_receipt_arguments(verify: argparse.ArgumentParser) -> None:
    """Add to `verify` what it needs to check one receipt."""
    verify.add_argument(
        "--receipt", metavar="FILE", help="check one receipt, alone or against the ledger in DIR"
    )
    verify.add_argument(
        "--entry", metavar="FILE", help="the receipt's entry, if the receipt does not carry it"
    )
    verify.add_argument(
        "--policy", metavar="FILE", help="the log and the witnesses to trust (C2SP tlog-policy)"
    )


def add_acts(acts: Any) -> None:
    """Add the acts of this file to the parser of `homeward ledger`."""
    receipt = acts.add_parser("receipt", help="write the receipt of an entry")
    receipt.add_argument("number", type=int, metavar="NUMBER", help="place of the entry, from 0")
    receipt.add_argument("-o", "--output", required=True, metavar="FILE", help="where to write")
    receipt.add_argument(
        "--bare", action="store_true", help="leave the entry out: the receipt fits a QR code"
    )
    receipt.add_argument(
        "--policy", metavar="FILE", help="write the log and the witnesses to trust, too"
    )
    home.add_arguments(receipt)
    status = acts.add_parser("status", help="say who has cosigned how far, and what counts")
    status.add_argument("--json", action="store_true", help="say it as JSON")
    home.add_arguments(status)
    judged = acts.add_parser("judge", help="say whom a file of evidence convicts, and why")
    judged.add_argument("file", metavar="FILE", help="the evidence, as a node kept it")
    judged.add_argument(
        "--vkey",
        action="append",
        default=[],
        metavar="KEY",
        help="a key whose owner you know (name+hash+base64); may be given several times",
    )
    judged.add_argument("--json", action="store_true", help="say what was found as JSON")
    home.add_arguments(judged)


def run(args: argparse.Namespace) -> int:
    """Write a receipt, say who cosigned, or judge evidence."""
    return {"receipt": _receipt, "status": _status, "judge": _judge}[args.act](args)


def check_receipt(
    args: argparse.Namespace, ledger: tuple[NoteVerifier, Replay] | None, key: NoteVerifier | None
) -> None:
    """Check the receipt that `verify` was given, and say what it proves.

    Args:
        args: Of `verify`.
        ledger: The key and content of the verified ledger, if one was named.
        key: The log's key as it was given, if it was.

    Raises:
        InputError: There is no entry, or no key to check with.
        TamperError: The receipt does not hold.
    """
    text = read_file(args.receipt, what="receipt", max_bytes=4 * MAX_RECEIPT_CHARS)
    receipt = read_receipt(_decoded(text))
    entry = _entry(args, receipt, ledger)
    envelope = read_envelope(entry)
    policy, key = _trusted(args, ledger, key, envelope.type)
    if policy.logs and key not in policy.logs:
        raise InputError(
            "cli.policy_log",
            "Expected a policy that names the log's key, found one that names another.",
            hint="Take the policy and the key from one source that you trust.",
        )
    found = verify_receipt(entry, receipt, key, policy)
    if ledger is not None:
        _verify_in_ledger(receipt, entry, ledger[1])
    said = _found(receipt, entry, found, policy)
    if args.json:
        write_json(said)
    else:
        print("\n".join(_receipt_lines(said)))


def _receipt(args: argparse.Namespace) -> int:
    from homeward.node.actions import witnesses
    from homeward.node.book import read_book

    with home.open_home(args) as node:
        text, is_enough = witnesses.receipt_of(node, args.number, with_entry=not args.bare)
        kind = read_book(node).envelopes[args.number].type
        policy = witnesses.policy_text(node, kind)
    write_file(args.output, text.encode())
    if args.policy:
        write_file(args.policy, policy.encode())
    print(f"Wrote {args.output} ({len(text.encode()):,} bytes).")
    if not is_enough:
        print("It waits: too few witnesses have cosigned. Carry bundles, and write it again.")
    return 0


def _status(args: argparse.Namespace) -> int:
    from homeward.node.actions.witnesses import witness_view

    with home.open_home(args) as node:
        view = witness_view(node)
    if args.json:
        write_json(dataclasses.asdict(view))
        return 0
    print(f"{view.origin}: {view.size:,} entries, root {view.root}")
    for each in view.standings:
        when = f", as it says at {instant(each.time)}" if each.size else ""
        print(f"  {each.party:<8} cosigned {each.size:,} entries{when}")
    for counted in view.counted:
        kinds = ", ".join(counted.kinds) or "all other entries"
        print(
            f"  counts up to {counted.size:,}: {kinds} ({counted.quorum}: "
            f"{counted.need} of {len(view.standings)})"
        )
    print(f"  receipts  {view.receipts_kept:,} kept, {view.receipts_waiting:,} waiting")
    for name in view.evidence_files:
        print(f"  evidence  {name}")
    return 0


def _judge(args: argparse.Namespace) -> int:
    known = {_public(text) for text in args.vkey} | _keys_of_node(args)
    data = read_file(args.file, what="evidence", max_bytes=MAX_EVIDENCE_BYTES)
    verdict = judge(data, known)
    if not known:
        note(
            "homeward: no key was given; compare the key below with the card of the party, "
            "or with the key that the log's operator handed out."
        )
    document = _verdict(verdict)
    if args.json:
        write_json(document)
    else:
        print("\n".join(_verdict_lines(document)))
    return 0


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "kind": verdict.kind,
        "convicted": verdict.convicted,
        "keys": [key.hex() for key in verdict.keys],
        "charge": verdict.charge,
        "because": verdict.because,
        "doubt": verdict.doubt,
    }


def _verdict_lines(document: Mapping[str, Any]) -> Iterator[str]:
    yield f"Convicted: {document['convicted']}."
    yield f"  of       {document['charge']}"
    yield f"  because  {document['because']}"
    if document["doubt"]:
        yield f"  unless   {document['doubt']}"
    for key in document["keys"]:
        yield f"  key      {key}"


def _public(text: str) -> bytes:
    found = read_vkey(text)
    if found is None or found[1][:1] not in _KEY_TYPES:
        raise InputError(
            "cli.judge_key",
            "Expected a key of a log or a witness (name+hash+base64), found another text.",
            hint="Copy the whole line again: from the mediator, or from a policy.",
        )
    return found[1][1:]


def _keys_of_node(args: argparse.Namespace) -> set[bytes]:
    """Return every key that the cards of the named node show; none if no node is named."""
    if not (args.home or os.environ.get("HOMEWARD_HOME")):
        return set()
    from homeward.node.book import log_of, peer_card
    from homeward.node.models import Peer

    with home.open_home(args) as node:
        parties = Peer.objects.values_list("party", flat=True)
        cards = [node.card, *map(peer_card, parties)]
        return {log_of(node).public, *(key for card in cards for key in card.signing_keys.values())}


def _entry(
    args: argparse.Namespace, receipt: Receipt, ledger: tuple[NoteVerifier, Replay] | None
) -> bytes:
    if args.entry:
        return read_file(args.entry, what="entry", max_bytes=MAX_ENTRY_BYTES)
    if receipt.entry is not None:
        return receipt.entry
    if ledger is not None and receipt.index < len(ledger[1].envelopes):
        return ledger[1].envelopes[receipt.index].entry
    raise InputError(
        "cli.no_entry",
        "Expected the entry that the receipt is for, found none.",
        hint="Give --entry FILE, or the folder of the ledger.",
    )


def _trusted(
    args: argparse.Namespace,
    ledger: tuple[NoteVerifier, Replay] | None,
    key: NoteVerifier | None,
    kind: str,
) -> tuple[Policy, NoteVerifier]:
    """Return the policy and the key: as given, else as the verified ledger says."""
    if args.policy:
        data = read_file(args.policy, what="policy", max_bytes=4 * MAX_POLICY_CHARS)
        policy = read_policy(_decoded(data))
        key = key or (policy.logs[0] if len(policy.logs) == 1 else None)
    elif ledger is not None:
        policy = policy_for(kind, ledger[0], ledger[1].members.values())
        key = key or ledger[0]
    else:
        policy = Policy()
        note("homeward: no policy was given; only the log's own signature is checked.")
    if key is None:
        raise InputError(
            "cli.receipt_key",
            "Expected the log's key to check the receipt with, found none.",
            hint="Give --policy FILE, --vkey KEY, or the folder of the ledger.",
        )
    return policy, key


def _verify_in_ledger(receipt: Receipt, entry: bytes, state: Replay) -> None:
    if receipt.index < len(state.envelopes) and state.envelopes[receipt.index].entry != entry:
        raise TamperError(
            "cli.receipt_dropped",
            f"Expected entry {receipt.index} as its receipt has it, found another in the ledger.",
            hint="The log signed both: keep the receipt and the ledger.",
            facts={"entry": receipt.index},
        )


def _found(receipt: Receipt, entry: bytes, found: Cosigned, policy: Policy) -> dict[str, Any]:
    envelope = read_envelope(entry)
    names = {each.vkey: each.name for each in policy.witnesses.values()}
    is_paper = envelope.type == RECEIVED_UNSIGNED
    return {
        **({"received_unsigned_of": str(envelope.body.get("party"))} if is_paper else {}),
        "origin": found.checkpoint.origin,
        "number": receipt.index,
        "size": found.checkpoint.size,
        "root": found.checkpoint.root.hex(),
        "type": envelope.type,
        "case": envelope.case,
        "author": envelope.author,
        "entry_sha256": hashlib.sha256(entry).hexdigest(),
        "cosigned_by": [
            {"witness": names[vkey], "time": time} for vkey, time in sorted(found.times.items())
        ],
    }


def _receipt_lines(said: Mapping[str, Any]) -> Iterator[str]:
    yield f"The receipt holds: entry {said['number']:,} stands in {said['origin']}."
    yield f"  entry     {said['type']} by {said['author']} in {said['case']}"
    if "received_unsigned_of" in said:
        yield f"  of        {said['received_unsigned_of']}: received, unsigned"
    yield f"  sha256    {said['entry_sha256']}"
    yield f"  under     {said['size']:,} entries, root {said['root']}"
    for each in said["cosigned_by"]:
        yield f"  cosigned  by {each['witness']}, as it says at {instant(each['time'])}"


def instant(seconds: int) -> str:
    """Return the time that a witness states, as text."""
    try:
        return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return str(seconds)  # a witness may state any number


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise TamperError(
            "cli.no_text",
            "Expected a text, found other bytes.",
            hint="Take the file again from whoever wrote it.",
        ) from error
