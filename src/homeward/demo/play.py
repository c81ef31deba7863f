"""A whole exchange between three nodes, from two lists to "everybody is home".

Rules of this file:
- Every step is an action of a node, as its users would take it; nothing is shown that the
  nodes did not record.
- Between nodes go bundles alone. They are kept as files, so that they can be looked at.
- The clock of the story is the exchange of 5 February 2025; the people are invented.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from string import Template
from typing import Any

from homeward.demo.players import Player, start_player
from homeward.demo.world import World, build_world
from homeward.foundation.ids import Flow, PartyCode, parse_flow
from homeward.records.model import HELD, WANTED, ListKind, PersonRecord
from homeward.records.write import write_csv
from homeward.report.totals import Report
from homeward.statements.model import Record
from homeward.statements.reconcile import FactVerdict, reconcile
from homeward.statements.write import neutral_statement

CASE, NEXT_CASE = "ua-ru-2025-02-05", "ua-ru-2025-03-19"
PASSPHRASE = "simulation of an exchange"  # noqa: S105 - it lies in the demo's folders on purpose
NAMES = {"UA": "Bureau UA", "RU": "Bureau RU", "AE": "Mediator AE"}
COUNT = 150
ACTOR = "demo"
_LISTS, _CASES = "homeward.node.actions.lists", "homeward.node.actions.cases"
_PLANS = "homeward.node.actions.plans"
_HANDOVER, _REPORT = "homeward.node.actions.handover", "homeward.node.actions.report"
_BUNDLES, _PEERS = "homeward.node.bundles", "homeward.node.actions.peers"

TERMS = Template((Path(__file__).parent / "agreement.toml").read_text(encoding="utf-8"))

STEPS = (
    "three nodes, each with its own keys and encrypted file, and an invented world",
    "lists imported by the two bureaus",
    "cards exchanged",
    "terms tabled and signed",
    "wanted lists sent, sealed, through the mediator",
    "every line answered",
    "final lists signed, seed drawn",
    "plan proved optimal",
    "plan checked and accepted by both on their own lists",
    "everybody asked in private",
    "manifests issued",
    "departed into the mediator's custody",
    "counted at the crossing",
    "medical stop, asked again",
    "received at home, receipts given",
    "case closed, statements held against the record",
    "the next exchange half agreed",
)


@dataclass(slots=True)
class Clock:
    """The story's clock: each step takes some minutes."""

    now: dt.datetime = dt.datetime(2025, 2, 3, 8, 0, tzinfo=dt.UTC)

    def tick(self, minutes: int = 7) -> dt.datetime:
        """Return the time after some minutes."""
        self.now += dt.timedelta(minutes=minutes)
        return self.now


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What the story tells of one invented captive."""

    name_home: str
    name_holder: str
    reasons: tuple[str, ...]
    captive: str
    days_held: int
    health: str
    timeline: tuple[tuple[int, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the demo shows at its end."""

    folder: Path
    plan: Mapping[str, Any]
    report: Report
    followed: Followed
    verdicts: tuple[FactVerdict, ...]
    statements: Mapping[str, str]
    answers: Mapping[str, Mapping[str, int]]
    owed_left: Mapping[str, int]
    log_size: int
    log_root: str
    next_steps: Mapping[str, str]


@dataclass(slots=True)
class Play:
    """The three nodes and the story's clock."""

    folder: Path
    world: World = field(init=False)
    clock: Clock = field(default_factory=Clock)
    players: dict[str, Player] = field(default_factory=dict)
    bundle_count: int = 0

    def both(self, act: str, **arguments: Any) -> dict[str, Any]:
        """Let both bureaus do the same at the same time, each in its own process."""
        now = self.clock.tick()
        for party in ("UA", "RU"):
            self.players[party].start(act, now=now, **arguments)
        return {party: self.players[party].result() for party in ("UA", "RU")}

    def tell(self, party: str, act: str, **arguments: Any) -> Any:
        """Let one node do something."""
        return self.players[party].ask(act, now=self.clock.tick(), **arguments)

    def carry(self) -> None:
        """Carry what is new: both bureaus to the mediator, then the mediator to both."""
        bureaus, mediator = ("UA", "RU"), self.players["AE"]
        for party in bureaus:
            self.players[party].start(f"{_BUNDLES}:export_bundle", to="AE")
        for party in bureaus:
            path = self._kept(party, "AE", self.players[party].result())
            mediator.ask(
                f"{_BUNDLES}:import_bundle", data=path.read_bytes(), now=self.clock.tick(1)
            )
        for party in bureaus:
            data = mediator.ask(f"{_BUNDLES}:export_bundle", to=party)
            path = self._kept("AE", party, data)
            self.players[party].start(
                f"{_BUNDLES}:import_bundle", data=path.read_bytes(), now=self.clock.tick(1)
            )
        for party in bureaus:
            self.players[party].result()

    def _kept(self, sender: str, reader: str, data: bytes) -> Path:
        self.bundle_count += 1
        path = self.folder / "bundles" / f"{self.bundle_count:03}-{sender}-to-{reader}.hwb"
        path.write_bytes(data)
        return path


def play(
    folder: Path, *, seed: int, people: int, progress: Callable[[int, int, str], None]
) -> Outcome:
    """Play a whole exchange, and leave the next one half agreed.

    Args:
        folder: A new or empty folder; `ua`, `ru` and `ae` become the nodes.
        seed: Of the world and of the keys.
        people: How many people both sides hold together.
        progress: Called with steps done, steps in all, and what is being done.

    Returns:
        What to show.

    Raises:
        HomewardError: A step failed: a defect, or a folder that is in use.
    """
    step = _Steps(progress)
    step()
    (folder / "bundles").mkdir(parents=True)
    stage = Play(folder)
    try:
        _nodes(stage, seed)  # they start while the world is built
        stage.world = build_world(seed=seed, people=people)
        return _story(stage, step)
    finally:
        for player in stage.players.values():
            player.stop()


class _Steps:
    """Counts the steps for the progress display."""

    def __init__(self, progress: Callable[[int, int, str], None]) -> None:
        self.progress, self.done = progress, 0

    def __call__(self) -> None:
        self.progress(self.done, len(STEPS), STEPS[min(self.done, len(STEPS) - 1)])
        self.done += 1


def _nodes(stage: Play, seed: int) -> None:
    for party, role in (("UA", "bureau"), ("RU", "bureau"), ("AE", "mediator")):
        made = {
            "party": PartyCode(party),
            "role": role,
            "name": f"{NAMES[party]} (SIMULATION)",
            "now": stage.clock.now,
            "seed": f"{seed}|{party}",
        }
        home = stage.folder / party.lower()
        stage.players[party] = start_player(home, PASSPHRASE, party=party, made=made)


def _story(stage: Play, step: _Steps) -> Outcome:
    step()
    _import_lists(stage)
    step()
    _exchange_cards(stage)
    step()
    world = stage.world
    count = min(COUNT, len(world.held_by_ua) // 2)
    terms = TERMS.substitute(case=CASE, day="2025-02-05", count=count, women=min(3, count // 10))
    answers = _agree(stage, CASE, terms, step)
    step()
    plan = stage.tell("AE", f"{_PLANS}:propose_plan", case=CASE)
    stage.carry()
    step()
    findings = stage.players["AE"].ask(f"{_PLANS}:findings_in", case=CASE)
    stage.both(f"{_PLANS}:accept_plan", case=CASE, acknowledge=findings, actor=ACTOR)
    stage.carry()
    _hand_over(stage, plan, step)
    step()
    stage.tell("AE", f"{_HANDOVER}:close_case", case=CASE)
    stage.carry()
    report = stage.players["AE"].ask(f"{_REPORT}:report_of", case=CASE, public=False)
    statements, verdicts = _statements(stage, report)
    step()
    _next_exchange(stage, min(COUNT, (len(world.held_by_ua) - count) // 2))
    for path, data in stage.players["AE"].ask("homeward.node.book:export_ledger").items():
        target = stage.folder / "ledger" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    outcome = _outcome(stage, plan, report, statements, verdicts, answers)
    step.progress(len(STEPS), len(STEPS), "done")
    return outcome


def _import_lists(stage: Play) -> None:
    lists = stage.folder / "lists"
    lists.mkdir()
    world = stage.world
    files: dict[tuple[str, ListKind], tuple[PersonRecord, ...]] = {
        ("UA", HELD): world.held_by_ua,
        ("UA", WANTED): world.wanted_by_ua,
        ("RU", HELD): world.held_by_ru,
        ("RU", WANTED): world.wanted_by_ru,
    }
    for (party, kind), records in files.items():
        marked = [replace(record, extra=(("simulation", "yes"),)) for record in records]
        (lists / f"{kind}-by-{party.lower()}.csv").write_bytes(write_csv(marked, kind))
    for kind in (HELD, WANTED):
        now = stage.clock.tick()
        for party in ("UA", "RU"):
            name = f"{kind}-by-{party.lower()}.csv"
            stage.players[party].start(
                f"{_LISTS}:import_list",
                kind=kind,
                data=(lists / name).read_bytes(),
                file_name=name,
                now=now,
                actor=ACTOR,
            )
        for party in ("UA", "RU"):
            stage.players[party].result()


def _exchange_cards(stage: Play) -> None:
    # The mediator was asked nothing yet: its node may still be in the making.
    stage.players["AE"].ask("homeward.node.actions.overview:overview")
    cards = {p: (stage.folder / p.lower() / "card.json").read_bytes() for p in NAMES}
    for party in NAMES:
        for other, card in cards.items():
            if other != party:
                stage.tell(party, f"{_PEERS}:add_card", data=card)


def _agree(stage: Play, case: str, terms: str, step: _Steps) -> dict[str, dict[str, int]]:
    """Play a case from the opening to the drawn seed; return the answers by author."""
    stage.tell("AE", f"{_CASES}:open_case", terms=terms)
    stage.carry()
    stage.both(f"{_CASES}:sign_terms", case=case)
    stage.carry()
    step()
    stage.both(f"{_CASES}:send_wanted", case=case, actor=ACTOR)
    stage.carry()
    step()
    answers = stage.both(f"{_CASES}:answer", case=case, actor=ACTOR)
    stage.carry()
    step()
    stage.both(f"{_CASES}:send_final_list", case=case, actor=ACTOR)
    stage.carry()
    stage.both(f"{_CASES}:reveal_seed", case=case)
    stage.carry()
    return {author: next(iter(found.values())) for author, found in answers.items()}


def _hand_over(stage: Play, plan: Mapping[str, Any], step: _Steps) -> None:
    """Bring everybody of the plan home."""
    legs: dict[str, list[str]] = {}
    for move in plan["moves"]:
        legs.setdefault(f"{move['holder']} -> {move['home']}", []).append(move["ref"])
    step()
    stage.clock.now = dt.datetime(2025, 2, 4, 9, 0, tzinfo=dt.UTC)
    for leg, ids in sorted(legs.items()):
        stage.tell(
            "AE",
            f"{_HANDOVER}:record_wills",
            case=CASE,
            leg=leg,
            stage="before_departure",
            travelling=ids,
        )
    step()
    for leg in sorted(legs):
        stage.tell("AE", f"{_HANDOVER}:issue_manifest", case=CASE, leg=leg)
    stage.carry()
    step()
    _print_manifests(stage, sorted(legs))
    stage.clock.now = dt.datetime(2025, 2, 5, 6, 0, tzinfo=dt.UTC)
    departed = {}
    for leg in sorted(legs):
        flow = parse_flow(leg)
        departed[leg] = stage.tell(flow.holder, f"{_HANDOVER}:depart", case=CASE, leg=leg)
    stage.carry()
    step()
    for leg in sorted(legs):
        home = parse_flow(leg).home
        stage.tell(home, f"{_HANDOVER}:check_in", case=CASE, leg=leg, present=departed[leg])
    stage.carry()
    step()
    _last_stop(stage, departed)
    step()
    for leg in sorted(legs):
        stage.tell(parse_flow(leg).home, f"{_HANDOVER}:receive", case=CASE, leg=leg)
    stage.carry()
    for leg in sorted(legs):
        stage.tell(parse_flow(leg).holder, f"{_HANDOVER}:confirm_release", case=CASE, leg=leg)
    stage.carry()
    _print_receipts(stage, sorted(legs))


def _last_stop(stage: Play, departed: Mapping[str, list[str]]) -> None:
    """Record the medical stop of the one group, and ask everybody again."""
    stage.tell(
        "AE",
        f"{_HANDOVER}:check_at_stop",
        case=CASE,
        leg="UA -> RU",
        country="BY",
        purpose="medical check",
    )
    for leg, ids in sorted(departed.items()):
        stage.tell(
            "AE", f"{_HANDOVER}:record_wills", case=CASE, leg=leg, stage="last_stop", travelling=ids
        )
    stage.carry()


def _print_manifests(stage: Play, legs: list[str]) -> None:
    papers = stage.folder / "papers"
    papers.mkdir()
    for leg in legs:
        printed = stage.both(f"{_REPORT}:manifest_of", case=CASE, leg=leg, actor=ACTOR)
        for party, data in printed.items():
            name = f"manifest-{leg.replace(' -> ', '-to-')}-as-{party}.pdf"
            (papers / name).write_bytes(data)


def _print_receipts(stage: Play, legs: list[str]) -> None:
    for leg in legs:
        data = stage.tell("AE", f"{_REPORT}:receipt_of", case=CASE, leg=leg)
        name = f"receipt-{leg.replace(' -> ', '-to-')}.pdf"
        (stage.folder / "papers" / name).write_bytes(data)


def _statements(stage: Play, report: Report) -> tuple[dict[str, str], tuple[FactVerdict, ...]]:
    """Let each side and the mediator speak; one side leaves out whom it let go."""
    legs = {flow.flow: int(flow.home or 0) for flow in report.flows}
    record = Record(
        date=stage.clock.now.date(),
        legs=legs,
        mediators=(stage.world.mediator,),
        medical_checks={PartyCode("RU"): stage.world.transit},
        categories={flow: {"civilians": 0} for flow in legs},
    )
    to_ua, to_ru = Flow(PartyCode("RU"), PartyCode("UA")), Flow(PartyCode("UA"), PartyCode("RU"))
    spoken = {
        "UA": neutral_statement("UA", record, mentions=(to_ua,), simulation=True),
        "RU": neutral_statement("RU", record, mentions=(to_ru, to_ua), simulation=True),
        "AE": neutral_statement("AE", record, mentions=(to_ru, to_ua), simulation=True),
    }
    folder = stage.folder / "statements"
    folder.mkdir()
    for speaker, statement in spoken.items():
        (folder / f"{speaker.lower()}.txt").write_text(statement.text + "\n", encoding="utf-8")
    verdicts = reconcile(tuple(spoken.values()), record, date=record.date)
    return {speaker: statement.text for speaker, statement in spoken.items()}, verdicts


def _next_exchange(stage: Play, count: int) -> None:
    stage.clock.now = dt.datetime(2025, 3, 17, 8, 0, tzinfo=dt.UTC)
    terms = TERMS.substitute(case=NEXT_CASE, day="2025-03-19", count=count, women=0)
    stage.tell("AE", f"{_CASES}:open_case", terms=terms)
    stage.carry()
    stage.both(f"{_CASES}:sign_terms", case=NEXT_CASE)
    stage.carry()
    stage.tell("UA", f"{_CASES}:send_wanted", case=NEXT_CASE, actor=ACTOR)
    stage.carry()


def _outcome(
    stage: Play,
    plan: Mapping[str, Any],
    report: Report,
    statements: Mapping[str, str],
    verdicts: tuple[FactVerdict, ...],
    answers: Mapping[str, Mapping[str, int]],
) -> Outcome:
    views = {
        party: stage.players[party].ask("homeward.node.actions.overview:overview")
        for party in NAMES
    }
    (stage.folder / "agreement.toml").write_text(
        stage.players["AE"].ask(f"{_CASES}:terms_text", case=CASE), encoding="utf-8"
    )
    return Outcome(
        folder=stage.folder,
        plan=plan,
        report=report,
        followed=_followed(stage),
        verdicts=verdicts,
        statements=statements,
        answers=answers,
        owed_left=stage.players["AE"].ask(f"{_REPORT}:owed_left", case=CASE),
        log_size=views["AE"].log_size,
        log_root=views["AE"].log_root,
        next_steps={party: view.steps[0].command for party, view in views.items()},
    )


def _followed(stage: Play) -> Followed:
    world = stage.world
    held = next(p for p in world.held_by_ru if p.ref == world.followed)
    own = next(p for p in world.wanted_by_ua if p.ref == world.truth[held.ref])
    story = stage.tell(
        "UA", f"{_REPORT}:follow", case=CASE, holder="RU", wanted=own.ref, actor=ACTOR
    )
    assert held.captured_on is not None, "the world dates the followed captive's capture"
    return Followed(
        name_home=f"{own.family_name} {own.given_name} {own.father_name}",
        name_holder=story["name_as_written"],
        reasons=tuple(story["reasons"]),
        captive=story["captive"],
        days_held=(dt.date(2025, 2, 5) - held.captured_on.earliest).days,
        health=held.health,
        timeline=tuple(story["timeline"]),
    )
