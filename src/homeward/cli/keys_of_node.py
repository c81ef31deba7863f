"""The acts of `homeward keys` that need a node: what follows in the ledger, and recording it."""

from __future__ import annotations

import argparse
import secrets
from collections.abc import Mapping, Sequence

from homeward.cli import home
from homeward.foundation.crypto import SigningKey
from homeward.ledger.key_documents import SignedDocument
from homeward.ledger.key_files import KeyFile
from homeward.ledger.spoken import spoken


def show_keyring(args: argparse.Namespace) -> None:
    """Print the keys of the node's party, as the ledger has them."""
    from homeward.node.actions.keys import keyring_of, own_key_ids

    with home.open_home(args) as node:
        keyring, own = keyring_of(node), own_key_ids(node)
    change = keyring.changes[-1]
    roots = f"{keyring.threshold} of {len(keyring.roots)} roots sign"
    print(
        f"Keys of {keyring.party} for {keyring.log}, "
        + (f"epoch {keyring.epoch}: {roots}." if keyring.epoch else "as on its card: no roots.")
    )
    shown = sorted(change.grants.items(), key=lambda it: (it[1].role, sorted(it[1].limits), it[0]))
    for key, grant in shown:
        limits = "".join(f", {name} {most}" for name, most in grant.limits.items())
        device = f", device of {grant.officer}" if grant.officer else ""
        mine = ", of this node" if key in own else ""
        print(f"  {key}  {grant.role}{limits}{device}{mine}")
        print(f"    {spoken(grant.public)}")
    if change.two_officers:
        print(f"Two officers for {', '.join(sorted(change.two_officers))}.")


def rotate(
    args: argparse.Namespace,
    added: Sequence[tuple[KeyFile, Mapping[str, int]]],
    roots: Sequence[KeyFile],
) -> SignedDocument:
    """Return the root document that follows, as the line describes it."""
    from homeward.node.actions.keys import rotation

    with home.open_home(args) as node:
        return rotation(
            node,
            added=added,
            ended=args.end,
            roots=roots,
            threshold=args.threshold,
            two_officers=args.two_officers,
        )


def revoke(args: argparse.Namespace) -> SignedDocument:
    """Return the revocation of the keys on the line."""
    from homeward.node.actions.keys import revocation

    with home.open_home(args) as node:
        return revocation(node, args.key, reason=args.reason)


def name_devices(args: argparse.Namespace, files: Sequence[KeyFile]) -> SignedDocument:
    """Return the document of one officer's devices."""
    from homeward.node.actions.keys import devices

    with home.open_home(args) as node:
        return devices(node, args.officer, files)


def adopt(args: argparse.Namespace, key: SigningKey) -> None:
    """Let the node sign with a key that the ledger names."""
    from homeward.node.actions.keys import adopt as adopt_for

    with home.open_home(args) as node:
        passphrase = home.node_passphrase(args)
        role = adopt_for(node, key, passphrase=passphrase, entropy=secrets.token_bytes)
        print(f"The node of {node.party} signs with it as {role} from now on; its card stays.")
    print("If its pages are served, start them again.")
    print(f"Next: homeward status{home.options(args)}")


def record(args: argparse.Namespace, signed: SignedDocument, signer: SigningKey | None) -> None:
    """Put a document into the ledger, or into the next bundle for it."""
    from homeward.node.actions.keys import record_document

    with home.open_home(args) as node:
        number = record_document(node, signed, now=home.now(), signer=signer)
    if number is None:
        print("Recorded: it counts when it stands in the ledger. Carry it to the mediator.")
    else:
        print(f"Recorded as entry {number}: it counts from there on.")
    print(f"Next: homeward status{home.options(args)}")
