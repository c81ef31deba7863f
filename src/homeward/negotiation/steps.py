"""What each entry adds to a case, and what it must agree with.

Rules of this file:
- Parties and mediators are those that the terms name, and no mediator is a party.
- The terms can be read, and have the hash that everybody signs.
- The seed of the last tie-break is made of nonces that all parties bound themselves to
  with their final lists; nobody can choose theirs after seeing another's.
- A plan stands on the signed terms and on that seed; who accepts it names its three
  hashes and acknowledges every legal finding.

What lists add is in `list_steps`. Whether it is the author's move, `homeward.negotiation.state` has decided before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from homeward.foundation.errors import InputError
from homeward.foundation.values import replace
from homeward.negotiation import list_steps, versions
from homeward.negotiation.agreed_lines import lines_agreed
from homeward.negotiation.case import CaseState, Plan
from homeward.negotiation.checks import refuse_unless
from homeward.negotiation.entries import HANDOVER_TYPES, Recorded, refusal
from homeward.negotiation.notifying import notified
from homeward.terms.agreement import Agreement, read_agreement
from homeward.terms.clauses import Gate


def common_seed(nonces: Mapping[str, str]) -> str:
    """Make the seed of a case out of the parties' nonces.

    Args:
        nonces: 32 bytes as 64 hexadecimal digits, by party code.

    Returns:
        SHA-256 over the nonces' bytes in order of party code, 64 hexadecimal digits.
    """
    drawn = b"".join(bytes.fromhex(nonces[party]) for party in sorted(nonces))
    return hashlib.sha256(drawn).hexdigest()


def _case_opened(state: CaseState, recorded: Recorded) -> CaseState:
    entry, body = recorded.entry, recorded.entry.body
    parties, mediators = tuple(sorted(body["parties"])), tuple(sorted(body["mediators"]))
    refuse_unless(
        entry.author in mediators,
        recorded,
        "case.author",
        expected="one of the case's mediators",
        found="another author",
    )
    refuse_unless(
        not set(parties) & set(mediators),
        recorded,
        "case.sides",
        expected="mediators that are no party",
        found="one that is both",
    )
    agreement = _read_terms(recorded)
    refuse_unless(
        agreement.sha256 == body["terms_sha256"],
        recorded,
        "case.terms",
        expected="the hash that the terms have",
        found="another hash",
    )
    refuse_unless(
        parties == tuple(sorted(agreement.parties))
        and mediators == tuple(sorted(agreement.mediators)),
        recorded,
        "case.sides",
        expected="the parties and mediators of the terms",
        found="others",
    )
    return replace(
        state,
        case=entry.case,
        parties=parties,
        mediators=mediators,
        on_paper=tuple(agreement.on_paper),
        observers=tuple(agreement.observers),
        cosigned=agreement.cosigned,
        terms_sha256=body["terms_sha256"],
        timetable=agreement.timetable,
        is_sealed=agreement.is_sealed,
        stops={
            party: tuple(
                {"country": stop.country, "purpose": stop.purpose}
                for stop in agreement.stops
                if stop.home == party
            )
            for party in parties
        },
        gates=_gates_of(agreement),
    )


def _gates_of(agreement: Agreement) -> dict[str, dict[str, str]]:
    return {
        clause.id: {
            "before": clause.before,
            "until": clause.until,
            "confirmed_by": clause.confirmed_by,
        }
        for clause in agreement.clauses
        if isinstance(clause, Gate)
    }


def _read_terms(recorded: Recorded) -> Agreement:
    try:
        return read_agreement(recorded.entry.body["terms_toml"])
    except InputError as error:
        raise refusal(
            recorded,
            "case.terms",
            expected="terms that can be read",
            found=f"an error ({error.code})",
        ) from error


def _terms_signed(state: CaseState, recorded: Recorded) -> CaseState:
    _verify_terms(state, recorded)
    return replace(state, signed=state.signed | {recorded.entry.author})


def _seed_revealed(state: CaseState, recorded: Recorded) -> CaseState:
    author, nonce = recorded.entry.author, recorded.entry.body["nonce"]
    refuse_unless(
        hashlib.sha256(bytes.fromhex(nonce)).hexdigest() == state.commitments[author],
        recorded,
        "case.seed",
        expected="the nonce that this party bound itself to",
        found="another nonce",
    )
    return replace(state, nonces={**state.nonces, author: nonce})


def _plan_proposed(state: CaseState, recorded: Recorded) -> CaseState:
    body = recorded.entry.body
    _verify_terms(state, recorded)
    refuse_unless(
        body["seed"] == state.seed,
        recorded,
        "case.seed",
        expected="the seed that the parties drew together",
        found="another seed",
    )
    ends = {end for leg in body["flows"] for end in leg.split(" -> ")}
    refuse_unless(
        ends <= set(state.parties),
        recorded,
        "case.plan",
        expected="flows between the case's parties",
        found="another end",
    )
    plan = Plan(
        terms_sha256=body["terms_sha256"],
        pool_sha256=body["pool_sha256"],
        plan_sha256=body["plan_sha256"],
        status=body["status"],
        legal_findings=tuple(body["legal_findings"]),
        flows=dict(body["flows"]),
        captives_root=body["captives_root"],
    )
    return replace(state, plan=plan)


def _plan_accepted(state: CaseState, recorded: Recorded) -> CaseState:
    body = recorded.entry.body
    _verify_plan(state, recorded, ("terms_sha256", "pool_sha256", "plan_sha256"))
    assert state.plan is not None, "a proposed case has a plan"
    left = set(state.plan.legal_findings).difference(body["acknowledged"])
    refuse_unless(
        not left,
        recorded,
        "case.legal_findings",
        expected="every legal finding of the plan acknowledged",
        found=f"{len(left)} left out",
    )
    return replace(state, accepted=state.accepted | {recorded.entry.author})


def _plan_rejected(state: CaseState, recorded: Recorded) -> CaseState:
    _verify_plan(state, recorded, ("plan_sha256",))
    return replace(state, plan=None, accepted=frozenset())


def _kept_for_handover(state: CaseState, recorded: Recorded) -> CaseState:
    return replace(state, handover=(*state.handover, recorded))


def _aborted(state: CaseState, recorded: Recorded) -> CaseState:
    after = replace(state, abort_reason=recorded.entry.body["reason"])
    return _kept_for_handover(after, recorded) if state.state == "handover" else after


STEPS: dict[str, Callable[[CaseState, Recorded], CaseState]] = {
    "case_opened": _case_opened,
    "terms_signed": _terms_signed,
    **list_steps.STEPS,
    **versions.STEPS,
    "seed_revealed": _seed_revealed,
    "plan_proposed": _plan_proposed,
    "plan_accepted": _plan_accepted,
    "plan_rejected": _plan_rejected,
    **dict.fromkeys(HANDOVER_TYPES, _kept_for_handover),
    "notified": notified,
    "lines_agreed": lines_agreed,
    "case_closed": _kept_for_handover,
    "aborted": _aborted,
}


def _verify_terms(state: CaseState, recorded: Recorded) -> None:
    refuse_unless(
        recorded.entry.body["terms_sha256"] == state.terms_sha256,
        recorded,
        "case.terms",
        expected="the terms of this case",
        found="other terms",
    )


def _verify_plan(state: CaseState, recorded: Recorded, hashes: tuple[str, ...]) -> None:
    for name in hashes:
        refuse_unless(
            recorded.entry.body[name] == getattr(state.plan, name),
            recorded,
            "case.plan",
            expected=f"the {name} of the proposed plan",
            found="another",
        )
