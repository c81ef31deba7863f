"""What this node must do next, in words and as the command to type.

Rules of this file:
- There is always a next step, even if it is to wait: then it says for whom.
- What stands earlier in the flow comes first; within a handover, people before papers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from homeward.foundation.errors import AccessError
from homeward.foundation.ids import Flow
from homeward.handover.counts import LegCounts, count_legs
from homeward.handover.custody import LET_GO, Captive, Custody
from homeward.handover.replay import Replay
from homeward.negotiation import CaseState, whose_turn
from homeward.node import access, book
from homeward.node.actions.handover import custody_of
from homeward.node.home import Node
from homeward.node.models import Blob, Draft, LogHead, Peer
from homeward.records.model import HELD, WANTED

STEPS: Mapping[str, tuple[str, str]] = {
    "terms_signed": ("case sign {case}", "sign the terms"),
    "wanted_list": ("case wanted {case}", "send the list of those you miss"),
    "answers": ("case answer {case}", "answer every line of the wanted list"),
    "final_list": ("case final {case}", "bind yourself to your final list"),
    "seed_revealed": ("case reveal {case}", "show your half of the seed"),
    "plan_proposed": ("case plan {case}", "plan the exchange"),
    "plan_accepted": ("case accept {case}", "check the plan on your own list, and accept it"),
}
"""Kind of entry that is owed -> the command that records it, and what it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do: the command after `homeward`, empty for waiting, and why."""

    command: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """One case as this node sees it."""

    case: str
    state: str
    turn: Mapping[str, tuple[str, ...]]
    legs: tuple[LegCounts, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """A node at a glance: counts, cases, the ledger, and what to do next."""

    party: str
    role: str
    simulation: bool
    held_count: int
    wanted_count: int
    peers: tuple[str, ...]
    log: str
    log_size: int
    log_root: str
    draft_count: int
    cases: tuple[CaseView, ...]
    steps: tuple[Step, ...]


def overview(node: Node) -> Overview:
    """Look at a node.

    Args:
        node: The open node.

    Returns:
        What it holds and what comes next; the first step is the next one.

    Raises:
        TamperError: The node's copy of the ledger does not hold.
    """
    peers = tuple(Peer.objects.order_by("party").values_list("party", flat=True))
    try:
        origin = book.log_of(node).name
        state: Replay | None = book.read_ahead(node)
    except AccessError:
        origin, state = "", None  # no mediator's card yet
    head = LogHead.objects.filter(origin=origin).first()
    cases = () if state is None else tuple(_view(node, case) for case in state.cases.values())
    held, wanted = access.count(node, HELD), access.count(node, WANTED)
    steps = [*_setting_up(node, peers, held, wanted)]
    steps += [
        step for case in (state.cases.values() if state else ()) for step in _of_case(node, case)
    ]
    steps += _carrying(node, origin)
    if not steps:
        steps.append(_waiting(node, cases))
    return Overview(
        party=node.party,
        role=node.about.role,
        simulation=node.about.simulation,
        held_count=held,
        wanted_count=wanted,
        peers=peers,
        log=origin,
        log_size=head.size if head else 0,
        log_root=bytes(head.root).hex() if head else "",
        draft_count=Draft.objects.filter(sequenced_at=None).count(),
        cases=cases,
        steps=tuple(steps),
    )


def _view(node: Node, state: CaseState) -> CaseView:
    legs = count_legs(custody_of(node, state)) if state.handover else ()
    return CaseView(case=state.case, state=state.state, turn=whose_turn(state), legs=legs)


def _setting_up(node: Node, peers: tuple[str, ...], held: int, wanted: int) -> Iterator[Step]:
    if not peers:
        yield Step(command="card --add FILE", why="import the cards of the others")
    if node.about.role == "bureau" and not held:
        yield Step(command="import held FILE", why="read the list of those you hold")
    if node.about.role == "bureau" and not wanted:
        yield Step(command="import wanted FILE", why="read the list of those you miss")
    if book.sequences(node) and peers and not LogHead.objects.filter(ours=True).exists():
        yield Step(command="case open TERMS.toml", why="table an agreement")


def _of_case(node: Node, state: CaseState) -> Iterator[Step]:
    if state.state in {"accepted", "handover"}:
        yield from _of_handover(node, state)
        return
    for kind in whose_turn(state).get(node.party, ()):
        if kind in STEPS:
            command, why = STEPS[kind]
            yield Step(command=command.format(case=state.case), why=why)


def _of_handover(node: Node, state: CaseState) -> Iterator[Step]:
    custody = custody_of(node, state)
    for leg in sorted(custody.flows):
        people = [captive for captive in custody.captives.values() if captive.leg == leg]
        option = f'{state.case} --leg "{leg}"'
        for command, why in _on_leg(node, custody, leg, people):
            act, _, rest = command.partition(" ")
            full = f"case {act} {option} {rest}".rstrip()
            yield Step(command=full, why=f"{leg}: {why}")
    if book.sequences(node) and _is_over(custody):
        yield Step(command=f"case close {state.case}", why="close the case")


def _on_leg(
    node: Node, custody: Custody, leg: Flow, people: list[Captive]
) -> Iterator[tuple[str, str]]:
    """Yield the commands that are ours on one leg, people first."""
    states = {captive.state for captive in people}
    on_the_way = [c for c in people if c.state in {"checked_in", "stopped"}]
    if book.sequences(node):
        if any(c.state == "held" and c.will is None for c in people):
            yield (
                "interview --answers FILE",
                "ask everybody in private whether they wish to go home",
            )
        elif any(c.state == "held" and c.will for c in people):
            yield "manifest", "put those who travel on the manifest"
        if any(c.stops_passed < len(c.stops) for c in on_the_way):
            yield f"stop {_next_stop(on_the_way)}", "record the stop on the way"
        elif any(c.last_will is None for c in on_the_way):
            yield "interview --last-stop --answers FILE", "ask everybody again at the last stop"
    if node.party == leg.holder:
        if "manifested" in states:
            yield "depart", "let the people of the manifest go"
        if any(c.last_will is False for c in on_the_way):
            yield "turn-back ID…", "take back those who do not travel on"
        if any(c.state in LET_GO and not c.is_receipted for c in people) and "home" in states:
            yield "released", "give your receipt"
    if node.party == leg.home:
        if "departed" in states:
            yield "check-in --answers FILE", "count your people at the crossing"
        if any(c.last_will for c in on_the_way):
            yield "receive", "receive your people and give your receipt"


def _next_stop(people: list[Captive]) -> str:
    waiting = next(c for c in people if c.stops_passed < len(c.stops))
    country, purpose = waiting.stops[waiting.stops_passed]
    return f'--country {country} --purpose "{purpose}"'


def _is_over(custody: Custody) -> bool:
    done = {"home", "turned_back", "withdrawn", "died"}
    home = [c for c in custody.captives.values() if c.state == "home"]
    everybody = all(c.state in done for c in custody.captives.values())
    return everybody and all(c.is_receipted for c in home)


def _carrying(node: Node, origin: str) -> Iterator[Step]:
    if book.sequences(node):
        head = LogHead.objects.filter(origin=origin).first()
        for peer in Peer.objects.order_by("party"):
            blobs = Blob.objects.filter(recipient=peer.party, sealed=True, acknowledged=False)
            if (head is not None and peer.have_size < head.size) or blobs.exists():
                yield Step(
                    command=f"bundle export --to {peer.party}",
                    why=f"carry what is new to {peer.party}",
                )
        return
    mediator = Peer.objects.filter(role="mediator").first()
    waiting = book.waiting(origin) if origin else []
    if mediator is not None and waiting:
        yield Step(
            command=f"bundle export --to {mediator.party}",
            why=f"carry your {len(waiting)} signed entries to {mediator.party}",
        )


def _waiting(node: Node, cases: tuple[CaseView, ...]) -> Step:
    owed = sorted({party for view in cases for party in view.turn if party != node.party})
    if not owed:
        return Step(command="", why="nothing is open; a mediator may open the next case")
    return Step(
        command="bundle import FILE",
        why=f"wait for {', '.join(owed)}, and import the mediator's next bundle",
    )
