"""The record of a case in numbers, and the papers that travel with a leg."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from homeward.documents import (
    Language,
    ManifestPage,
    ManifestRow,
    ReceiptPage,
    Signer,
    Stop,
    manifest_pdf,
    receipt_pdf,
)
from homeward.foundation.errors import AccessError, TurnError
from homeward.foundation.ids import Flow, PartyCode, parse_flow, parse_party
from homeward.handover.custody import LET_GO, Custody, captives_root
from homeward.handover.replay import Replay
from homeward.negotiation.case import CaseState
from homeward.node import access, blobs, book
from homeward.node.access import Reader
from homeward.node.actions.answered import answer_rows
from homeward.node.actions.cases import IDENTITY, read_pool_rows, terms_of
from homeward.node.actions.handover import LegView, custody_of, legs_of
from homeward.node.actions.showing import hand_of
from homeward.node.home import Node
from homeward.node.models import Blob, CaptiveLink, LogHead
from homeward.records.model import HELD, WANTED
from homeward.report.totals import Category, Move, Report, totals
from homeward.terms import Agreement, read_agreement
from homeward.terms.pool import Pool, members, owed_article_109, row_of

LONG_HELD_DAYS = 730

COUNTED: Mapping[Category, tuple[tuple[str, ...], str]] = {
    "wounded": (("health",), "health >= 'serious'"),
    "held_over_two_years": (("captured_on",), f"days_held > {LONG_HELD_DAYS}"),
    "women": (("sex",), "sex == 'F'"),
    "under_25": (("birth_date",), "age < 25"),
    "owed_article_109": (("article_109", "health", "status"), "status == 'pow'"),
}
"""Category of the record -> the columns it needs, and what it means.

Who is owed is not judged by a predicate but by `owed_article_109`, as in a plan: a commission's
silence is no unknown there.
"""


def report_of(node: Node, case: str, *, public: bool) -> Report:
    """Count who reached home in a case, by category.

    Only categories are counted whose columns the agreement named: what a mediator was not
    given, it does not claim to know.

    Args:
        node: The mediator's open node, which holds the pool.
        case: The case.
        public: True if anybody may read it: small numbers become bands.

    Returns:
        Counts by flow and category.

    Raises:
        AccessError: The final lists are not here.
    """
    state, agreement = book.case_of(book.read_ahead(node), case), terms_of(node, case)
    held = {p: read_pool_rows(node, agreement, c.root) for p, c in state.final_lists.items()}
    custody = custody_of(node, state)
    home = {i: str(c.leg) for i, c in custody.captives.items() if c.state == "home"}
    known = tuple(
        name for name, (need, _) in COUNTED.items() if set(need) <= set(agreement.columns)
    )
    moves = judged_moves(agreement, held, home, known)
    counts = {leg: sum(each == str(leg) for each in home.values()) for leg in custody.flows}
    withheld = (
        frozenset(custody.flows) if any(c.withhold for c in agreement.clauses) else frozenset()
    )
    return totals(moves, counts, categories=known, withheld=withheld, public=public)


def manifest_of(
    node: Node,
    case: str,
    leg: str,
    *,
    now: dt.datetime,
    actor: str,
    beside: Language | None = None,
) -> bytes:
    """Print the manifest of a leg, with the names that this side knows.

    Args:
        node: The open node of the holder or of the home party.
        case: The case.
        leg: Such as `RU -> UA`.
        now: When it is printed.
        actor: Who prints it.
        beside: The language that stands beside the English.

    Returns:
        A PDF.

    Raises:
        TurnError: No manifest of this leg was issued.
        AccessError: This side has neither list of these people.
    """
    log = book.read_ahead(node)
    state = book.case_of(log, case)
    custody, flow = custody_of(node, state), parse_flow(leg)
    captives = sorted(
        i
        for i, c in custody.captives.items()
        if c.leg == flow and c.custodian and c.state != "withdrawn"
    )
    issued = [
        r
        for r in state.handover
        if r.entry.type == "manifest_issued" and r.entry.body["leg"] == leg
    ]
    if not issued:
        raise TurnError(
            "report.no_manifest",
            f"Expected a manifest of {leg}, found none in the ledger.",
            hint="The mediator issues it when everybody was asked.",
            facts={"leg": leg},
        )
    if node.party not in {flow.holder, flow.home}:
        raise AccessError(
            "report.no_names",
            f"Expected the node of {flow.holder} or {flow.home}, found that of {node.party}.",
            hint="A mediator has no names; the two sides print the manifest.",
        )
    reader = Reader(actor=actor, purpose="manifest", now=now)
    known = _known(node, case, state, flow, captives, reader)
    assert state.plan is not None, "a manifest was issued, so there is a plan"
    page = ManifestPage(
        case=case,
        leg=flow,
        on=_day_of(log, issued[-1].index),
        ledger_number=issued[-1].index,
        ledger_size=_log_size(node),
        plan_sha256=state.plan.plan_sha256,
        stops=tuple(
            Stop(country=s["country"], purpose=s["purpose"]) for s in issued[-1].entry.body["stops"]
        ),
        rows=tuple(_row(captive, known.get(captive, {})) for captive in captives),
        printed_at=now,
        simulation=node.about.simulation,
        beside=beside,
    )
    return manifest_pdf(page)


def receipt_of(
    node: Node, case: str, leg: str, *, now: dt.datetime, beside: Language | None = None
) -> bytes:
    """Print the receipt of a leg: counts and roots, for signature and seal; no name.

    Args:
        node: The open node of any party.
        case: The case.
        leg: Such as `RU -> UA`.
        now: When it is printed.
        beside: The language that stands beside the English.

    Returns:
        A PDF.

    Raises:
        TurnError: Nobody of this leg is home yet.
    """
    log = book.read_ahead(node)
    state = book.case_of(log, case)
    custody, flow = custody_of(node, state), parse_flow(leg)
    received = [
        r for r in state.handover if r.entry.type == "received" and r.entry.body["leg"] == leg
    ]
    if not received or state.plan is None:
        raise TurnError(
            "report.no_receipt",
            f"Expected somebody of {leg} to be home, found nobody.",
            hint="Receive them first; then print the receipt.",
            facts={"leg": leg},
        )
    view = next(view for view in legs_of(node, case) if view.counts.leg == flow)
    page = ReceiptPage(
        case=case,
        leg=flow,
        on=_day_of(log, received[-1].index),
        ledger_number=received[-1].index,
        ledger_size=_log_size(node),
        plan_sha256=state.plan.plan_sha256,
        counts=_steps(view),
        holder_root=captives_root(_ids(custody, flow, LET_GO)),
        home_root=captives_root(_ids(custody, flow, ("home",))),
        signers=(
            _signer(state, flow.holder, "holder"),
            _signer(state, flow.home, "home"),
            *(Signer(party=parse_party(each), role="mediator") for each in state.mediators),
        ),
        printed_at=now,
        simulation=node.about.simulation,
        beside=beside,
    )
    return receipt_pdf(page)


def _signer(state: CaseState, party: PartyCode, role: str) -> Signer:
    """Return who signs by hand; of a party on paper the ledger has nothing that it signed."""
    return Signer(party=party, role=f"{role}_unsigned" if party in state.on_paper else role)


def judged_moves(
    agreement: Agreement,
    held: Mapping[str, list[dict[str, str]]],
    home: Mapping[str, str],
    known: tuple[Category, ...],
) -> list[Move]:
    """Judge people by the record's own categories, as of the agreement's day.

    Args:
        agreement: Names the columns that a pool has.
        held: Rows of the pool by holder.
        home: Salted id of each person to be counted -> leg.
        known: Categories that can be judged.
    """
    judge = read_agreement(_judging(agreement, known))
    pool = Pool.of(judge, held)
    judged = members(judge, pool)
    flags = {name: judged[name][0] for name in known}
    flags["owed_article_109"] = owed_article_109(pool)
    days = pool.bounds("days_held") if "held_over_two_years" in known else None
    moves = []
    for i, ref in enumerate(pool.refs):
        if ref in home:
            moves.append(
                Move(
                    flow=parse_flow(home[ref]),
                    days_held=None if days is None or days[2][i] else int(days[1][i]),
                    categories=frozenset(name for name in known if flags[name][i]),
                )
            )
    return moves


def _judging(agreement: Agreement, known: tuple[Category, ...]) -> str:
    lines = ["[agreement]", 'id = "record"', "mediators = []"]
    lines += [
        f"effective = {agreement.effective.isoformat()}",
        'article_109 = "counted"',
        "[parties]",
    ]
    lines += [f"{party} = {{}}" for party in agreement.parties] + ["[categories]"]
    lines += [f'{name} = "{COUNTED[name][1]}"' for name in known]
    return "\n".join(lines) + '\n[[objective]]\nmax = "sum(days_held)"\n'


def _known(
    node: Node, case: str, state: CaseState, flow: Flow, captives: list[str], reader: Reader
) -> dict[str, dict[str, str]]:
    """Return what this side knows of the people of a leg, by salted id."""
    if node.party == flow.holder:
        return _as_holder(node, case, state, flow, captives, reader)
    if node.party == flow.home:
        return _as_home(node, case, state, flow, reader)
    return {}


def _as_holder(
    node: Node, case: str, state: CaseState, flow: Flow, captives: list[str], reader: Reader
) -> dict[str, dict[str, str]]:
    """Return what the holder knows: its own list, and the names on the wanted list it got."""
    links = dict(
        CaptiveLink.objects.filter(case=case, captive_id__in=captives).values_list(
            "captive_id", "ref"
        )
    )
    people = {p.ref: p for p in access.some(node, HELD, set(links.values()), reader=reader)}
    found = {
        captive: row_of(people[ref], IDENTITY) for captive, ref in links.items() if ref in people
    }
    wanted = {
        row["ref"]: row for row in _rows(node, reader, state.wanted.get((flow.home, node.party)))
    }
    for row in _answers(node, state, node.party, flow.home, reader):
        if row["code"] == "held" and row["captive"] in found and row["ref"] in wanted:
            found[row["captive"]]["name_home"] = _name(wanted[row["ref"]])
    return found


def _as_home(
    node: Node, case: str, state: CaseState, flow: Flow, reader: Reader
) -> dict[str, dict[str, str]]:
    """Return what the home party knows: who the holder said comes, and its own wanted list."""
    found = {}
    for blob in Blob.objects.filter(
        case=case, purpose="identities", recipient=node.party, sender=hand_of(state, flow.holder)
    ):
        for row in blobs.read_rows(
            node, root=blob.key, what="list of those who come", reader=reader
        ):
            found[row["ref"]] = dict(row)
    answers = _answers(node, state, flow.holder, node.party, reader)
    asked = {
        r["ref"]: r["captive"] for r in answers if r["code"] == "held" and r["captive"] in found
    }
    for person in access.some(node, WANTED, set(asked), reader=reader):
        found[asked[person.ref]]["name_home"] = _name(row_of(person, IDENTITY))
    return found


def _rows(node: Node, reader: Reader, claim: Any) -> list[dict[str, str]]:
    if claim is None:
        return []
    return blobs.read_rows(node, root=claim.root, what="list", reader=reader)


def _answers(
    node: Node, state: CaseState, holder: str, asker: str, reader: Reader
) -> list[dict[str, str]]:
    return answer_rows(node, state, holder=holder, asker=asker, reader=reader)


def _row(captive: str, known: Mapping[str, str]) -> ManifestRow:
    return ManifestRow(
        captive_id=captive,
        name_holder=_name(known) if known else "",
        name_home=known.get("name_home", ""),
        born=known.get("birth_date", ""),
        number=known.get("service_number", ""),
    )


def _name(row: Mapping[str, str]) -> str:
    parts = (row.get("family_name", ""), row.get("given_name", ""), row.get("father_name", ""))
    return " ".join(filter(None, parts)) or row.get("name_as_written", "")


def _steps(view: LegView) -> tuple[tuple[str, int], ...]:
    """Return the steps of a leg that a receipt tells, and how many came that far."""
    counts = view.counts
    return (
        ("on_manifest", counts.on_manifest),
        ("departed", counts.departed),
        ("checked_in", counts.checked_in),
        *((("stopped", counts.stopped),) if view.has_stops else ()),
        ("asked_again", view.asked_again),
        ("home", counts.home),
    )


def _day_of(log: Replay, number: int) -> dt.date:
    """Return the day that an entry states."""
    return dt.datetime.fromisoformat(log.envelopes[number].at).date()


def _ids(custody: Custody, flow: Flow, states: tuple[str, ...]) -> list[str]:
    return [i for i, c in custody.captives.items() if c.leg == flow and c.state in states]


def _log_size(node: Node) -> int:
    head = LogHead.objects.filter(origin=book.log_of(node).name).first()
    return int(head.size) if head else 0


def timeline_of(node: Node, case: str, captive: str) -> list[tuple[int, str, str]]:
    """Return the entries that touch one captive: number, kind, and who signed it."""
    state = book.case_of(book.read_ahead(node), case)
    found = []
    for recorded in state.handover:
        body = recorded.entry.body
        named = {*body.get("captives", ()), *body.get("travelling", ()), *body.get("missing", ())}
        if captive in named:
            found.append((recorded.index, recorded.entry.type, recorded.entry.author))
    return found


def follow(
    node: Node, case: str, *, holder: str, wanted: str, now: dt.datetime, actor: str
) -> dict[str, Any]:
    """Follow one person of our wanted list through a case.

    Args:
        node: The home party's open node.
        case: The case.
        holder: The party that answered.
        wanted: Our reference.
        now: When.
        actor: Who follows.

    Returns:
        `captive` (salted id), `name_as_written` and `reasons` as the holder answered, and
        the `timeline` of entries that touch the person.

    Raises:
        AccessError: The holder did not answer that it holds this person.
    """
    state = book.case_of(book.read_ahead(node), case)
    reader = Reader(actor=actor, purpose="follow", now=now)
    for row in _answers(node, state, holder, node.party, reader):
        if row["ref"] == wanted and row["code"] == "held":
            return {
                "captive": row["captive"],
                "name_as_written": row["name_as_written"],
                "reasons": row["reasons"].splitlines(),
                "timeline": timeline_of(node, case, row["captive"]),
            }
    raise AccessError(
        "report.not_held",
        f"Expected an answer 'held' of {holder} for this reference, found none.",
        hint="Look the reference up on the list again.",
    )


def owed_left(node: Node, case: str) -> dict[str, int]:
    """Count by holder those whom GC III arts 109-110 owe without counterpart and who stayed."""
    state, agreement = book.case_of(book.read_ahead(node), case), terms_of(node, case)
    held = {p: read_pool_rows(node, agreement, c.root) for p, c in state.final_lists.items()}
    custody = custody_of(node, state)
    home = {i for i, c in custody.captives.items() if c.state == "home"}
    pool = Pool.of(read_agreement(_judging(agreement, ())), held)
    owed = owed_article_109(pool)
    counts = dict.fromkeys(pool.holders, 0)
    for i, ref in enumerate(pool.refs):
        if owed[i] and ref not in home:
            counts[pool.holders[pool.holder[i]]] += 1
    return counts


def sheet_of(
    node: Node, case: str, leg: str, *, now: dt.datetime, actor: str
) -> list[tuple[str, str, str]]:
    """Return the people of a leg as a sheet: salted id, name as this side knows it, state.

    A mediator has no names, and gets none here.
    """
    state = book.case_of(book.read_ahead(node), case)
    custody, flow = custody_of(node, state), parse_flow(leg)
    captives = sorted(i for i, c in custody.captives.items() if c.leg == flow)
    known = _known(node, case, state, flow, captives, Reader(actor=actor, purpose="sheet", now=now))
    return [(i, _name(known.get(i, {})), custody.captives[i].state) for i in captives]
