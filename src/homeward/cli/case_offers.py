"""`homeward case`: offers to another end of the talks, and theirs. Nothing of it binds anybody.

Rules of this file:
- Terms come as a file, or as changed numbers of what is answered or tabled.
- What was accepted is written out as a draft; only the mediator tables it (`case open`).
- The rows that `homeward case` shows are in `ACTS` here, in the form of `case.ACTS`.
"""

from __future__ import annotations

import argparse
import re
import secrets
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from homeward.cli import home
from homeward.cli.output import read_file, write_file, write_json
from homeward.foundation.errors import InputError
from homeward.negotiation.offers import DAYS_MAX, Offer, as_json
from homeward.terms.agreement import TEXT_MAX_BYTES

if TYPE_CHECKING:
    from homeward.node.actions.offers import Changed
    from homeward.node.home import Node

_SET = re.compile(r"(.+)\.([a-z_]{1,20})(?:\.([0-9]{1,3}))?=([0-9]{1,9})")
_SHORT = 8


def _offer(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions import offers

    now = home.now()
    if (args.terms_file is None) == (not args.set):
        raise _usage("either --terms or --set")
    if args.terms_file is not None:
        data = read_file(args.terms_file, what="agreement", max_bytes=TEXT_MAX_BYTES)
        terms = _decoded(data)
    else:
        numbers = [_changed(text) for text in args.set]
        terms = offers.reworded(node, args.case, numbers, about=args.about, now=now)
    draft = offers.Draft(to=args.to, terms=terms, note=args.note, about=args.about, days=args.days)
    message = offers.make_offer(node, args.case, draft, now=now, entropy=secrets.token_bytes)
    print(f"Offer {message.id[:_SHORT]} to {message.to}, until {message.expires_at}.")
    print("It binds nobody and stands in no ledger; it is carried with the next bundle.")


def _offers(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions.offers import offers_of

    heard = offers_of(node, args.case, now=home.now())
    if args.json:
        listed = [as_json(each) for each in heard.offers]
        write_json({"offers": listed, "refused": heard.refused_count})
        return
    print("\n".join(map(_line, heard.offers)) or f"No offers in {args.case}.")
    if heard.refused_count:
        print(f"Not shown, since neither end wrote it: {heard.refused_count:,}.")


def _accept(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions.offers import accept_offer

    offer = accept_offer(node, args.case, args.offer, now=home.now(), entropy=secrets.token_bytes)
    print(f"Accepted offer {offer.id[:_SHORT]} of {offer.message.author}. Nobody is bound by it.")
    print("Write its terms with `case offer-terms`; the mediator tables them with `case open`.")


def _withdraw(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions.offers import withdraw_offer

    offer = withdraw_offer(node, args.case, args.offer, now=home.now(), entropy=secrets.token_bytes)
    print(f"Withdrew offer {offer.id[:_SHORT]} to {offer.message.to}.")


def _terms(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions.offers import find_offer

    offer = find_offer(node, args.case, args.offer, now=home.now())
    write_file(args.output, offer.message.terms.encode())
    print(f"Wrote {args.output}: the terms of offer {offer.id[:_SHORT]}, {offer.state}.")


def _line(offer: Offer) -> str:
    said = offer.message
    until = f" until {said.expires_at}" if offer.state == "offered" else ""
    about = f", counters {said.about[:_SHORT]}" if said.about else ""
    return f"{offer.id[:_SHORT]}  {said.author} to {said.to}  {offer.state}{until}{about}"


ACTS: Mapping[str, tuple[str, Callable[[Node, argparse.Namespace], None], tuple[str, ...]]] = {
    "offer": (
        "offer terms to another end, binding nobody",
        _offer,
        ("case", "offered_to", "terms_file", "set", "about", "note", "days"),
    ),
    "offers": ("list the offers of a case, both ways", _offers, ("case", "json")),
    "offer-accept": (
        "say that an offer suits us: a draft for the mediator",
        _accept,
        ("case", "offer"),
    ),
    "offer-withdraw": ("take an offer of ours back", _withdraw, ("case", "offer")),
    "offer-terms": (
        "write the terms of an offer as a file",
        _terms,
        ("case", "offer", "output_toml"),
    ),
}
"""Act -> what it does, the function, and the arguments it takes."""

LOOKING = ("offers", "offer-terms")
"""Acts that send nothing."""

ARGUMENTS: Mapping[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "offered_to": (("--to",), {"required": True, "metavar": "PARTY", "help": "who reads it"}),
    "terms_file": (
        ("--terms",),
        {"dest": "terms_file", "metavar": "TERMS.toml", "help": "the agreement that is offered"},
    ),
    "set": (
        ("--set",),
        {
            "action": "append",
            "default": [],
            "metavar": "CLAUSE.KEY=NUMBER",
            "help": "another number in the terms that are answered, else in the tabled ones",
        },
    ),
    "about": (
        ("--about",),
        {"default": "", "metavar": "ID", "help": "the offer that this one counters"},
    ),
    "note": (("--note",), {"default": "", "metavar": "TEXT", "help": "a few words"}),
    "days": (
        ("--days",),
        {
            "type": int,
            "default": 7,
            "metavar": "N",
            "help": f"how long it stands, at most {DAYS_MAX} (%(default)s)",
        },
    ),
    "offer": (("offer",), {"metavar": "ID", "help": "its id, or the first digits of it"}),
    "output_toml": (
        ("-o", "--output"),
        {"required": True, "metavar": "FILE.toml", "help": "where to write"},
    ),
    "json": (("--json",), {"action": "store_true", "help": "write the list as JSON"}),
}
"""The arguments that only these acts take."""


def _changed(text: str) -> Changed:
    from homeward.node.actions.offers import Changed

    found = _SET.fullmatch(text)
    if found is None:
        raise _usage("--set as CLAUSE.KEY=NUMBER, such as number.count=160")
    clause, key, place, value = found.groups()
    return Changed(clause=clause, key=key, place=int(place or 0), value=int(value))


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            "cli.agreement",
            f"Expected an agreement in UTF-8, found another byte at {error.start}.",
            hint="Save the file as UTF-8.",
        ) from error


def _usage(expected: str) -> InputError:
    return InputError(
        "cli.offer",
        f"Expected {expected}, found another.",
        hint="See `homeward case offer --help`.",
    )
