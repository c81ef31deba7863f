# mypy: disallow-untyped-decorators=False, disallow-subclassing-any=False
"""Cases, plans and the ledger for programs."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Router, Schema
from pydantic import Field

from homeward.foundation.crypto import b64
from homeward.ledger.envelope import read_envelope
from homeward.negotiation.on_paper import unsigned_of
from homeward.node import book
from homeward.node.actions.cases import terms_text
from homeward.node.actions.overview import overview
from homeward.node.actions.plans import plan_of
from homeward.node.models import LogHead
from homeward.node.web.api.frame import PROBLEMS, Case, Number, require
from homeward.node.web.current import current_node
from homeward.node.web.policy import not_yours

router = Router()

_ENTRIES_MAX = 100


class NodeState(Schema):
    """Whose node this is, and where it stands."""

    party: str
    role: str
    simulation: bool
    held_count: int
    wanted_count: int
    log: str
    log_size: int
    log_root: str
    next_steps: list[str]


class Leg(Schema):
    """Counts of one leg of a handover, in people."""

    leg: str
    planned: int
    home: int


class CaseInShort(Schema):
    """One case: its state, and what each party owes next."""

    case: str
    state: str
    turn: dict[str, list[str]]
    legs: list[Leg]


class CaseInFull(CaseInShort):
    """One case with what was agreed, by whom, and the hashes that the ledger names."""

    parties: list[str]
    mediators: list[str]
    observers: list[str]
    received_unsigned: dict[str, list[str]]
    terms_sha256: str
    terms_toml: str
    signed: list[str]
    final_lists: dict[str, int]
    seed: str
    plan_sha256: str
    plan_status: str
    flows: dict[str, int]
    accepted: list[str]


class Ledger(Schema):
    """The latest checkpoint and the key that signed it."""

    log: str
    size: int
    root: str
    checkpoint: str
    vkey: str


class Entry(Schema):
    """One entry: its exact bytes in base64, and what they say it is."""

    number: int
    type: str
    case: str
    author: str
    at: str
    entry: str


@router.get("/node", response={200: NodeState, **PROBLEMS})
def read_node(request: Any) -> NodeState:
    """Tell whose node this is and what it must do next."""
    require(request, "home")
    view = overview(current_node())
    names = ("party", "role", "simulation", "held_count", "wanted_count", "log", "log_size")
    return NodeState(
        log_root=view.log_root,
        next_steps=[step.command for step in view.steps],
        **{name: getattr(view, name) for name in names},
    )


@router.get("/cases", response={200: list[CaseInShort], **PROBLEMS})
def read_cases(request: Any) -> list[CaseInShort]:
    """List the cases of this node."""
    require(request, "cases")
    return [_short(view) for view in overview(current_node()).cases]


@router.get("/cases/{case}", response={200: CaseInFull, **PROBLEMS})
def read_case(request: Any, case: Case) -> CaseInFull:
    """Read one case."""
    require(request, "case")
    node = current_node()
    state = book.case_of(book.read_ahead(node), case)
    view = next(each for each in overview(node).cases if each.case == case)
    return CaseInFull(
        **_short(view).dict(),
        parties=list(state.parties),
        mediators=list(state.mediators),
        observers=list(state.observers),
        received_unsigned={party: list(unsigned_of(state, party)) for party in state.on_paper},
        terms_sha256=state.terms_sha256,
        terms_toml=terms_text(node, case),
        signed=sorted(state.signed),
        final_lists={party: claim.count for party, claim in state.final_lists.items()},
        seed=state.seed,
        plan_sha256=state.plan.plan_sha256 if state.plan else "",
        plan_status=state.plan.status if state.plan else "",
        flows=dict(state.plan.flows) if state.plan else {},
        accepted=sorted(state.accepted),
    )


@router.get("/cases/{case}/plan", response={200: dict[str, Any], **PROBLEMS})
def read_plan(request: Any, case: Case) -> dict[str, Any]:
    """Read the proposed plan with its certificate; people are salted ids."""
    require(request, "plan")
    node = current_node()
    return plan_of(node, book.case_of(book.read_ahead(node), case))[0]


@router.get("/ledger", response={200: Ledger, **PROBLEMS})
def read_ledger(request: Any) -> Ledger:
    """Read the latest checkpoint."""
    require(request, "ledger")
    node = current_node()
    verifier = book.log_of(node)
    head = LogHead.objects.filter(origin=verifier.name).first()
    if head is None:
        raise not_yours()
    return Ledger(
        log=verifier.name,
        size=head.size,
        root=bytes(head.root).hex(),
        checkpoint=head.checkpoint,
        vkey=verifier.vkey,
    )


@router.get("/ledger/entries", response={200: list[Entry], **PROBLEMS})
def read_entries(
    request: Any,
    start: Number = 0,
    count: Annotated[int, Field(ge=1, le=_ENTRIES_MAX)] = _ENTRIES_MAX,
) -> list[Entry]:
    """Read entries as their exact bytes, from a number on."""
    require(request, "ledger")
    node = current_node()
    entries = book.entries_of(book.log_of(node).name, start)[:count]
    return [_entry(number, entry) for number, entry in enumerate(entries, start)]


def _short(view: Any) -> CaseInShort:
    return CaseInShort(
        case=view.case,
        state=view.state,
        turn={party: list(kinds) for party, kinds in view.turn.items()},
        legs=[Leg(leg=str(leg.leg), planned=leg.planned, home=leg.home) for leg in view.legs],
    )


def _entry(number: int, entry: bytes) -> Entry:
    envelope = read_envelope(entry)
    return Entry(
        number=number,
        type=envelope.type,
        case=envelope.case,
        author=envelope.author,
        at=envelope.at,
        entry=b64(entry),
    )
