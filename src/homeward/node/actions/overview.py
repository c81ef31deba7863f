"""What this node must do next, in words and as the command to type.

Rules of this file:
- There is always a next step, even if it is to wait: then it says for whom.
- What stands earlier in the flow comes first; within a handover, people before papers.
- A command can be typed as it stands. What only a person knows is a word in capitals:
  `CARD.json`, `BUNDLE.hwb`, `HELD.csv`, `WANTED.csv`, `TERMS.toml`, `SALTED-IDS.csv`, `KEY-FILE`,
  `SHEET.csv`, `THROWS.csv`, `SCAN`.
- A step says the same without the command: its kind, and the case, leg and party it is about.
"""

from __future__ import annotations

import datetime as dt
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from homeward.foundation.errors import AccessError
from homeward.foundation.ids import Flow
from homeward.handover.counts import LegCounts, count_legs
from homeward.handover.custody import LET_GO, Captive, Custody
from homeward.handover.replay import Replay
from homeward.negotiation import CaseState, whose_turn
from homeward.negotiation.case import OWED_IN
from homeward.negotiation.deadlines import Due
from homeward.negotiation.on_paper import unsigned_of
from homeward.node import access, book, cosigned
from homeward.node.actions.cases import terms_of
from homeward.node.actions.cosigning_todo import carrying_our_word, waiting_for_words
from homeward.node.actions.deadlines import due_of
from homeward.node.actions.handover import custody_of
from homeward.node.actions.list_todo import (
    Step,
    notifying,
    offered,
    remarking,
    replying,
    with_deadlines,
)
from homeward.node.actions.notify import overdue
from homeward.node.actions.offers import cases_with_offers
from homeward.node.actions.paper_todo import entering_steps, on_paper_of
from homeward.node.actions.plans import findings_of, plan_of
from homeward.node.actions.queues import waiting_count
from homeward.node.home import Node
from homeward.node.models import Blob, Draft, LogHead, Peer
from homeward.node.proposals import Queue
from homeward.records.model import HELD, WANTED, ListKind

KINDS = (
    *("card.add", "list.held", "list.wanted"),
    *("case.open", "case.sign", "case.wanted", "case.answer", "case.final", "case.reveal"),
    *("case.remark", "case.reply", "case.lapse", "case.plan", "case.show", "case.accept"),
    *("case.second", "case.second-mediator", "case.paper", "case.notify", "case.offer"),
    *("review.case", "review.held", "review.wanted"),
    *("handover.sheet", "handover.interview", "handover.manifest", "handover.withdraw"),
    *("handover.depart", "handover.print", "handover.check-in", "handover.stop"),
    *("handover.turn-back", "handover.receive", "handover.released", "handover.close"),
    *("handover.confirm", "handover.confirm-mediator"),
    *("cosign.wait", "cosign.carry", "carry.out", "wait"),
)
"""Every kind of step."""

STEPS: Mapping[str, tuple[str, str]] = {
    "terms_signed": ("sign", "sign the terms; `case show` prints them"),
    "wanted_list": ("wanted", "send the list of those you miss"),
    "answers": ("answer", "answer every line of the wanted list"),
    "final_list": ("final", "bind yourself to your final list"),
    "seed_revealed": ("reveal", "show your half of the seed"),
}
"""Kind of entry that a bureau owes -> the act of `case` that records it, and what it does."""

_HANDOVER = ("accepted", "handover")
_WAIT = "bundle import BUNDLE.hwb"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """One case as this node sees it."""

    case: str
    state: str
    turn: Mapping[str, tuple[str, ...]]
    legs: tuple[LegCounts, ...]
    due: tuple[Due, ...] = ()
    overdue: Mapping[str, int] = field(default_factory=dict)
    """Party -> its people whom we captured more than a week ago and it was not told of."""
    unsigned: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Party on paper -> kinds of its entries that were received, unsigned."""


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


def overview(node: Node, *, now: dt.datetime | None = None) -> Overview:
    """Look at a node.

    Args:
        node: The open node.
        now: Aware UTC instant; without it nothing is said of deadlines.

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
    cases = () if state is None else tuple(_view(node, state, case, now) for case in state.cases)
    held, wanted = access.count(node, HELD), access.count(node, WANTED)
    own = [*_setting_up(node, peers, held, wanted)]
    for view in cases:
        assert state is not None, "a case stands in a log"
        own += with_deadlines(node, view.case, view.due, _of_case(node, state.cases[view.case]))
    if now is not None:
        own += [step for name in cases_with_offers(node) for step in offered(node, name, now)]
    lists: tuple[ListKind, ...] = (HELD, WANTED)
    own += [step for kind in lists for step in _reviewing(node, Queue(kind=kind))]
    steps = [*own, *_carrying(node, origin)]
    if not own:
        steps.append(_waiting(node, cases))
    # A duty beside the bargain: it is nobody's turn by it.
    steps += [step for view in cases for step in notifying(view.case, view.overdue)]
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


def _view(node: Node, log: Replay, case: str, now: dt.datetime | None) -> CaseView:
    state = log.cases[case]
    due = () if now is None else due_of(node, log, state, now=now)
    turn, legs = whose_turn(state), count_legs(custody_of(node, state)) if state.handover else ()
    if state.state in _HANDOVER:
        # Everybody may record something at any time; it is the turn of whoever has a step.
        owed = {party for parties, _ in _handover(node, state) for party in parties}
        turn = {party: kinds for party, kinds in turn.items() if party in owed}
    return CaseView(
        case=state.case,
        state=state.state,
        turn=turn,
        legs=legs,
        due=due,
        overdue={} if now is None else overdue(node, log, case, now=now),
        unsigned={party: unsigned_of(state, party) for party in state.on_paper},
    )


def _setting_up(node: Node, peers: tuple[str, ...], held: int, wanted: int) -> Iterator[Step]:
    if not peers:
        yield Step(
            kind="card.add", command="card --add CARD.json", why="import the cards of the others"
        )
    if node.about.role == "bureau" and not held:
        why = "read the list of those you hold"
        yield Step(kind="list.held", command="import held HELD.csv", why=why)
    if node.about.role == "bureau" and not wanted:
        why = "read the list of those you miss"
        yield Step(kind="list.wanted", command="import wanted WANTED.csv", why=why)
    if book.sequences(node) and peers and not LogHead.objects.filter(ours=True).exists():
        yield _open()


def _open() -> Step:
    return Step(kind="case.open", command="case open TERMS.toml", why="table an agreement")


def _of_case(node: Node, state: CaseState) -> Iterator[Step]:
    if state.state in _HANDOVER:
        is_mediator = book.sequences(node)
        for parties, step in _handover(node, state):
            if is_mediator if parties == state.mediators else node.party in parties:
                yield _departing(node, step) or step
            elif is_mediator and parties[0] in state.on_paper:
                entered = on_paper_of(step, parties[0])
                yield from () if entered is None else (entered,)
        return
    if book.sequences(node):
        yield from entering_steps(state)
    for entry in whose_turn(state).get(node.party, ()):
        # By the same act a party is first bound to a sealed list, then shows it.
        yield from _owed(node, state, OWED_IN[state.state] if entry == "list_committed" else entry)
    yield from remarking(node, state)


def _departing(node: Node, step: Step) -> Step | None:
    """Return what is done instead of a departure that waits for cosignatures."""
    if step.kind != "handover.depart":
        return None
    return waiting_for_words(node, step.case, "departed")


def _owed(node: Node, state: CaseState, kind: str) -> Iterator[Step]:
    """Return what leads to an entry that this node owes."""
    waiting = waiting_for_words(node, state.case, kind)
    if waiting is not None:
        yield waiting
        return
    if kind == "answers":
        yield from _reviewing(node, Queue(kind="answer", case=state.case))
    if kind in STEPS:
        act, why = STEPS[kind]
        yield Step(kind=f"case.{act}", command=f"case {act} {state.case}", why=why, case=state.case)
    elif kind == "replies":
        yield from replying(node, state)
    elif kind == "plan_proposed":
        yield _planning(node, state)
    elif kind == "plan_accepted":
        yield from _accepting(node, state)
    elif kind == "confirmed":
        count = sum(each.signer == node.party for each in state.waiting)
        yield Step(
            kind="case.second-mediator" if book.sequences(node) else "case.second",
            command=f"case second {state.case} --officer KEY-FILE",
            why=f"waits for the second officer: {count} signed by one alone",
            case=state.case,
            count=count,
        )


def _reviewing(node: Node, queue: Queue) -> Iterator[Step]:
    count = waiting_count(node, queue)
    if count:
        pairs = "1 pair waits" if count == 1 else f"{count} pairs wait"
        yield Step(
            kind="review.case" if queue.case else f"review.{queue.kind}",
            command="serve",
            why=f"decide on the pages who is the same person; {pairs}",
            case=queue.case,
            count=count,
        )


def _planning(node: Node, state: CaseState) -> Step:
    names = sorted(terms_of(node, state.case).lists)
    lists = "".join(f" --list {name}=SALTED-IDS.csv" for name in names)
    command = f"case plan {state.case}{lists}"
    why = "plan the exchange, and propose it"
    return Step(kind="case.plan", command=command, why=why, case=state.case)


def _accepting(node: Node, state: CaseState) -> Iterator[Step]:
    try:
        findings = findings_of(plan_of(node, state)[0])
    except AccessError:
        why = "the plan has not arrived; it comes with the mediator's next bundle"
        party = state.mediators[0]
        yield Step(kind="wait", command=_WAIT, why=why, case=state.case, party=party)
        return
    law = f" and the law's {len(findings)} objections" if findings else ""
    command, why = f"case show {state.case}", f"read the terms, the plan{law}"
    yield Step(kind="case.show", command=command, why=why, case=state.case)
    options = "".join(f" --acknowledge {code}" for code in findings)
    yield Step(
        kind="case.accept",
        command=f"case accept {state.case}{options}",
        why="check the plan on your own list, and accept it (or: case reject)",
        case=state.case,
    )


def _handover(node: Node, state: CaseState) -> Iterator[tuple[tuple[str, ...], Step]]:
    """Yield every next step of a handover, and whose it is."""
    custody = custody_of(node, state)
    yield from _gates(state, custody)
    for leg in sorted(custody.flows):
        people = {i: captive for i, captive in custody.captives.items() if captive.leg == leg}
        for parties, steps_of in (
            (state.mediators, _as_mediator),
            ((leg.holder,), _as_holder),
            ((leg.home,), _as_home),
        ):
            for kind, command, why in steps_of(people, _Leg(state.case, leg)):
                yield (
                    parties,
                    Step(
                        kind=f"handover.{kind}",
                        command=command,
                        why=f"{leg}: {why}",
                        case=state.case,
                        leg=str(leg),
                    ),
                )
    if _is_over(custody):
        command, why = f"case close {state.case}", "close the case"
        yield (
            state.mediators,
            Step(kind="handover.close", command=command, why=why, case=state.case),
        )


def _gates(state: CaseState, custody: Custody) -> Iterator[tuple[tuple[str, ...], Step]]:
    """Yield the confirmations that somebody waits for, and whose they are."""
    waited = {gate for c in custody.captives.values() for gate in c.waits_for}
    for clause in state.gates:
        by = custody.gates[clause]
        if clause in waited:
            yield (
                (by,),
                Step(
                    kind="handover.confirm-mediator"
                    if by in state.mediators
                    else "handover.confirm",
                    command=f"case confirm {state.case} --gate {clause}",
                    why=f"confirm what people wait for behind the gate {clause}",
                    case=state.case,
                ),
            )


_Lines = Iterator[tuple[str, str, str]]
"""Of each step of a leg: its kind, the command, and why."""


@dataclass(frozen=True, slots=True)
class _Leg:
    """Writes the steps of one leg."""

    case: str
    leg: Flow

    def act(self, name: str, why: str, rest: str = "") -> tuple[str, str, str]:
        return name, f'case {name} {self.case} --leg "{self.leg}" {rest}'.rstrip(), why

    def asking(self, question: str, act: str, why: str, option: str = "") -> _Lines:
        """Yield the two steps of a question to everybody: write the sheet, record it."""
        file = f"{question}-{self.leg.holder}-to-{self.leg.home}.csv"
        yield self.act("sheet", "write the sheet to be filled in", f"--for {question} -o {file}")
        yield self.act(act, why, f"{option} --answers {file}".lstrip())

    def manifest(self) -> tuple[str, str, str]:
        name = f"manifest-{self.leg.holder}-to-{self.leg.home}.pdf"
        command = f'documents manifest {self.case} --leg "{self.leg}" -o {name}'
        return "print", command, "print the manifest, with names"


_People = Mapping[str, Captive]


def _as_mediator(people: _People, leg: _Leg) -> _Lines:
    on_the_way = [c for c in people.values() if c.state in {"checked_in", "stopped"}]
    if any(c.state == "held" and c.will is None for c in people.values()):
        why = "record who, asked in private, wishes to go home"
        yield from leg.asking("interview", "interview", why)
    elif any(c.state == "held" and c.will for c in people.values()):
        yield leg.act("manifest", "put those who travel on the manifest")
    changed = _ids(people, lambda c: c.state == "manifested" and c.will is False)
    if changed:
        options = f"--reason not_travelling {changed}"
        yield leg.act("withdraw", "take those who do not travel off the leg", options)
    if any(c.stops_passed < len(c.stops) for c in on_the_way):
        yield leg.act("stop", "record the stop on the way", _next_stop(on_the_way))
    elif any(c.last_will is None for c in on_the_way):
        why = "record who, asked again at the last stop, travels on"
        yield from leg.asking("last-stop", "interview", why, "--last-stop")


def _as_holder(people: _People, leg: _Leg) -> _Lines:
    states = {captive.state for captive in people.values()}
    if any(c.state == "manifested" and c.will and not c.waits_for for c in people.values()):
        yield leg.act("depart", "let the people of the manifest go")
        yield leg.manifest()
    back = _ids(people, lambda c: c.state in {"checked_in", "stopped"} and c.last_will is False)
    if back:
        yield leg.act("turn-back", "take back those who do not travel on", back)
    if "home" in states and any(c.state in LET_GO and not c.is_receipted for c in people.values()):
        yield leg.act("released", "give your receipt")


def _as_home(people: _People, leg: _Leg) -> _Lines:
    departed = [c for c in people.values() if c.state == "departed"]
    missing = sum(c.is_missing for c in departed)
    if departed:
        why = "count your people at the crossing"
        if missing:
            why = f"check in those who were missing ({missing}) when they are found"
        yield from leg.asking("check-in", "check-in", why)
        yield leg.manifest()
    if any(c.state in {"checked_in", "stopped"} and c.last_will for c in people.values()):
        yield leg.act("receive", "receive your people and give your receipt")


def _ids(people: _People, is_meant: Callable[[Captive], bool]) -> str:
    return " ".join(i for i, captive in sorted(people.items()) if is_meant(captive))


def _next_stop(people: list[Captive]) -> str:
    waiting = next(c for c in people if c.stops_passed < len(c.stops))
    country, purpose = waiting.stops[waiting.stops_passed]
    return f"--country {country} --purpose {shlex.quote(purpose)}"


def _is_over(custody: Custody) -> bool:
    """Tell whether nobody is left to be asked, to travel, or to be receipted for."""
    return all(
        c.state in {"turned_back", "withdrawn", "died"}
        or (c.state == "held" and c.will is False)
        or (c.state == "home" and c.is_receipted)
        for c in custody.captives.values()
    )


def _carrying(node: Node, origin: str) -> Iterator[Step]:
    if book.sequences(node):
        head = LogHead.objects.filter(origin=origin).first()
        words = cosigned.words_of(book.read_book(node)) if head is not None else {}
        for peer in Peer.objects.order_by("party"):
            blobs = Blob.objects.filter(recipient=peer.party, sealed=True, acknowledged=False)
            is_behind = head is not None and peer.have_size < head.size
            if is_behind or blobs.exists() or cosigned.lacks(words, peer):
                yield Step(
                    kind="carry.out",
                    party=peer.party,
                    command=f"bundle export --to {peer.party}",
                    why=f"carry what is new to {peer.party}, until its next bundle confirms it",
                )
        return
    mediator = Peer.objects.filter(role="mediator").first()
    waiting = book.waiting(origin) if origin else []
    if mediator is not None and waiting:
        entries = "1 signed entry" if len(waiting) == 1 else f"{len(waiting)} signed entries"
        yield Step(
            kind="carry.out",
            party=mediator.party,
            command=f"bundle export --to {mediator.party}",
            why=f"carry your {entries} to {mediator.party}, until its next bundle confirms it",
        )
    elif origin:
        yield from carrying_our_word(node, book.read_book(node))


def _waiting(node: Node, cases: tuple[CaseView, ...]) -> Step:
    owed = sorted({party for view in cases for party in view.turn if party != node.party})
    if owed:
        whose = "their next bundles" if book.sequences(node) else "the mediator's next bundle"
        names = ", ".join(owed)
        why = f"wait for {names}, and import {whose}"
        return Step(kind="wait", command=_WAIT, why=why, party=names)
    if book.sequences(node):
        return _open()
    why = "nothing is open; the mediator's next bundle may open a case"
    return Step(kind="wait", command=_WAIT, why=why)
