"""`homeward case`: the steps of an exchange, one command each.

Rules of this file:
- Each act is one row of `ACTS`; it calls one action of the node and says what was recorded.
- Who travels, who is here and who is unfit come as a filled sheet: nobody is assumed to
  have said anything.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from homeward.cli import case_lists, case_offers, case_paper, home, lists
from homeward.cli.output import note, read_file, write_file
from homeward.foundation.errors import InputError, TurnError
from homeward.negotiation.entries import ABORT_REASONS, REJECTION_REASONS, WITHDRAWAL_REASONS
from homeward.negotiation.on_paper import unsigned_of
from homeward.node.actions.sheets import QUESTIONS, SHEET_MAX_BYTES, read_answers, write_sheet
from homeward.terms.agreement import TEXT_MAX_BYTES

if TYPE_CHECKING:
    from homeward.node.home import Node

Act = Callable[["Node", argparse.Namespace], None]


def _open(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions.cases import open_case

    data = read_file(args.terms, what="agreement", max_bytes=TEXT_MAX_BYTES)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            "cli.agreement",
            f"Expected an agreement in UTF-8, found another byte at {error.start}.",
            hint="Save the file as UTF-8.",
        ) from error
    case = open_case(node, text, now=home.now())
    print(f"Opened the case {case}. The parties sign its terms next.")


def _sign(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions.cases import sign_terms

    sign_terms(node, args.case, now=home.now())
    print(f"Signed the terms of {args.case}.")


def _wanted(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions.cases import send_wanted

    for party, count in send_wanted(node, args.case, now=home.now(), actor=home.ACTOR).items():
        print(f"Sealed the wanted list for {party}: {count:,} people.")
    _say_bound(node, args.case, "wanted_list")


def _answer(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions.cases import answer

    for party, counts in answer(node, args.case, now=home.now(), actor=home.ACTOR).items():
        said = ", ".join(f"{n:,} {code.replace('_', ' ')}" for code, n in sorted(counts.items()))
        print(f"Answered {party}: {said}.")
    _say_bound(node, args.case, "answers")


def _final(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions.cases import send_final_list

    count = send_final_list(node, args.case, now=home.now(), actor=home.ACTOR)
    print(f"Signed the final list: {count:,} people; the mediator gets ids, never names.")
    _say_bound(node, args.case, "final_list")


def _say_bound(node: Node, case: str, kind: str) -> None:
    """Say so if the list was not shown yet: we are bound to it, as the terms ask."""
    from homeward.negotiation.list_steps import has_sent
    from homeward.node.book import case_of, read_ahead

    if not has_sent(case_of(read_ahead(node), case), kind, node.party):
        print("It is shown when everybody is bound to its own: then repeat this command.")


def _reveal(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions.cases import reveal_seed

    reveal_seed(node, args.case, now=home.now())
    print("Showed our half of the seed.")


def _plan(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions.cases import terms_of
    from homeward.node.actions.plans import propose_plan

    nobody = lists.Held(rows={}, is_simulation=False)
    given = lists.load_lists(args.list or [], terms_of(node, args.case), nobody)
    plan = propose_plan(node, args.case, now=home.now(), lists=given)
    _show_plan(node, args.case, plan)


def _show(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions.cases import terms_text
    from homeward.node.actions.plans import plan_of
    from homeward.node.book import case_of, read_ahead

    state = case_of(read_ahead(node), args.case)
    print(terms_text(node, args.case))
    print(f"# The case is {state.state}.")
    for party in state.on_paper:
        said = ", ".join(kind.replace("_", " ") for kind in unsigned_of(state, party))
        print(f"# {party} is on paper; received, unsigned: {said or 'nothing yet'}.")
    if state.plan is not None:
        plan, _ = plan_of(node, state)
        _show_plan(node, args.case, plan)


def _accept(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions.plans import accept_plan

    plan = accept_plan(
        node, args.case, acknowledge=args.acknowledge or (), now=home.now(), actor=home.ACTOR
    )
    print(f"The plan holds on our own list; accepted plan {plan['plan_sha256'][:16]}….")


def _second(node: Node, args: argparse.Namespace) -> None:
    from homeward.cli.keys import officer_key
    from homeward.node.actions.keys import confirm

    count = confirm(node, args.case, signer=officer_key(args), now=home.now())
    print(f"Confirmed by the second officer: {count}. What waited counts from here on.")


def _reject(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions.plans import reject_plan

    reject_plan(node, args.case, reason=args.reason, now=home.now())
    print("Rejected the plan; the mediator may propose another.")


def _abort(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions.cases import abort

    abort(node, args.case, reason=args.reason, now=home.now())
    print(f"Ended {args.case} without an exchange.")


def _sheet(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions.report import sheet_of

    states, question = QUESTIONS[args.question]
    everybody = sheet_of(node, args.case, args.leg, now=home.now(), actor=home.ACTOR)
    rows = [row for row in everybody if row[2] in states]
    if not rows:
        raise TurnError(
            "cli.sheet_nobody",
            f"Expected somebody on {args.leg} who is {' or '.join(states)}, found nobody.",
            hint="See `homeward status` for what comes next.",
        )
    write_file(args.output, write_sheet(rows))
    print(f"Wrote {args.output}: {len(rows)} people.")
    print(f"Write yes or no into the column answer: {question}")


def _answers(path: str, *, is_everybody_needed: bool = False) -> tuple[list[str], list[str]]:
    data = read_file(path, what="sheet", max_bytes=SHEET_MAX_BYTES)
    return read_answers(data, file=Path(path).name, is_everybody_needed=is_everybody_needed)


def _interview(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions.handover import record_wills

    yes, no = _answers(args.answers)
    record_wills(
        node,
        args.case,
        args.leg,
        stage="last_stop" if args.last_stop else "before_departure",
        travelling=yes,
        not_travelling=no,
        now=home.now(),
    )
    print(f"Recorded on {args.leg}: {len(yes)} travelling, {len(no)} not travelling.")


def _manifest(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions.handover import issue_manifest

    ids = issue_manifest(node, args.case, args.leg, now=home.now())
    print(f"{len(ids)} people are on the manifest of {args.leg}.")


def _withdraw(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions.handover import withdraw

    withdraw(node, args.case, args.leg, args.captive, reason=args.reason, now=home.now())
    print(f"{len(args.captive)} people are taken off {args.leg}, and on no later manifest.")


def _depart(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions.handover import depart

    ids = depart(node, args.case, args.leg, now=home.now())
    print(f"{len(ids)} people departed on {args.leg}, now in the mediator's custody.")


def _check_in(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions.handover import check_in

    present, _ = _answers(args.answers, is_everybody_needed=True)
    missing = check_in(node, args.case, args.leg, present=present, now=home.now())
    print(f"{len(present)} / {len(present) + len(missing)} are here on {args.leg}.")
    if missing:
        note(f"{len(missing)} are missing; the case stays open until they are found.")


def _stop(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions.handover import check_at_stop

    unfit = _answers(args.answers)[1] if args.answers else []
    onward = check_at_stop(
        node,
        args.case,
        args.leg,
        country=args.country,
        purpose=args.purpose,
        unfit=unfit,
        now=home.now(),
    )
    print(f"{len(onward)} people may travel on, {len(unfit)} wait.")


def _turn_back(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions.handover import turn_back

    turn_back(node, args.case, args.leg, args.captive, now=home.now())
    print(f"{len(args.captive)} people are back with us.")


def _receive(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions.handover import receive

    ids = receive(node, args.case, args.leg, now=home.now())
    print(f"{len(ids)} people are home.")


def _released(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions.handover import confirm_release

    print(
        f"Our receipt covers {confirm_release(node, args.case, args.leg, now=home.now())} people."
    )


def _confirm(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions.handover import confirm_gate

    confirm_gate(node, args.case, args.gate, now=home.now())
    print(f"The gate {args.gate} is confirmed: whoever waited for it alone may go.")


def _close(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions.handover import close_case

    totals = close_case(node, args.case, now=home.now())
    print("; ".join(f"{leg}: {count} home" for leg, count in totals.items()) + ". Closed.")


_CASE, _LEG, _ANSWERS = "case", "leg", "answers"

ACTS: Mapping[str, tuple[str, Act, tuple[str, ...]]] = {
    "open": ("table an agreement (mediator)", _open, ("terms",)),
    "show": ("show terms, state and plan", _show, (_CASE,)),
    "sign": ("sign the terms", _sign, (_CASE,)),
    "wanted": ("send the list of those we miss", _wanted, (_CASE,)),
    "answer": ("answer the wanted lists we got", _answer, (_CASE,)),
    **case_lists.ACTS,
    **case_paper.ACTS,
    **case_offers.ACTS,
    "final": ("bind ourselves to the people we hold", _final, (_CASE,)),
    "reveal": ("show our half of the seed", _reveal, (_CASE,)),
    "plan": ("plan the exchange (mediator)", _plan, (_CASE, "list")),
    "accept": ("check the plan on our list and accept it", _accept, (_CASE, "acknowledge")),
    "second": (
        "confirm, as the second officer, what one has signed",
        _second,
        (_CASE, "officer", "officer_passphrase"),
    ),
    "reject": ("reject the plan", _reject, (_CASE, "rejection")),
    "abort": ("end the case without an exchange", _abort, (_CASE, "abortion")),
    "sheet": (
        "write the sheet of a leg, to be filled in",
        _sheet,
        (_CASE, _LEG, "question", "output"),
    ),
    "interview": (
        "record what people said in private (mediator's interviewer)",
        _interview,
        (_CASE, _LEG, _ANSWERS, "last_stop"),
    ),
    "manifest": ("issue the manifest of a leg (mediator)", _manifest, (_CASE, _LEG)),
    "withdraw": (
        "take people off a leg (mediator)",
        _withdraw,
        (_CASE, _LEG, "captive", "withdrawal"),
    ),
    "depart": ("let the people of the manifest go (holder)", _depart, (_CASE, _LEG)),
    "check-in": ("count our people at the crossing", _check_in, (_CASE, _LEG, _ANSWERS)),
    "stop": (
        "record a stop on the way (mediator)",
        _stop,
        (_CASE, _LEG, "country", "purpose", "unfit"),
    ),
    "turn-back": (
        "take back who does not travel on (holder)",
        _turn_back,
        (_CASE, _LEG, "captive"),
    ),
    "receive": ("receive our people and give our receipt", _receive, (_CASE, _LEG)),
    "released": ("give the holder's receipt", _released, (_CASE, _LEG)),
    "confirm": ("confirm what people wait for at a gate", _confirm, (_CASE, "gate")),
    "close": ("close the case (mediator)", _close, (_CASE,)),
}
"""Act -> what it does, the function, and the arguments it takes."""

_LOOKING = ("show", "sheet", *case_lists.LOOKING, *case_paper.LOOKING, *case_offers.LOOKING)
"""Acts that record nothing."""

_REASON: Mapping[str, Any] = {"required": True, "help": "why, of a closed list"}

_ARGUMENTS: Mapping[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    **case_lists.ARGUMENTS,
    **case_paper.ARGUMENTS,
    **case_offers.ARGUMENTS,
    "terms": (("terms",), {"metavar": "TERMS.toml", "help": "the agreement"}),
    _CASE: (("case",), {"metavar": "CASE", "help": "the id of the agreement"}),
    _LEG: (("--leg",), {"required": True, "type": home.leg, "help": 'such as "RU -> UA"'}),
    _ANSWERS: (("--answers",), {"required": True, "metavar": "FILE", "help": "a filled sheet"}),
    "last_stop": (
        ("--last-stop",),
        {"action": "store_true", "help": "asked again at the last stop"},
    ),
    "question": (
        ("--for",),
        {
            "required": True,
            "dest": "question",
            "choices": tuple(QUESTIONS),
            "help": "what is asked",
        },
    ),
    "output": (
        ("-o", "--output"),
        {"required": True, "metavar": "FILE.csv", "help": "where to write"},
    ),
    "list": (
        ("--list",),
        {"action": "append", "metavar": "NAME=FILE", "help": "a list of salted ids"},
    ),
    "acknowledge": (
        ("--acknowledge",),
        {"action": "append", "metavar": "CODE", "help": "what the law says of the plan, seen"},
    ),
    "rejection": (("--reason",), {"choices": REJECTION_REASONS, **_REASON}),
    "abortion": (("--reason",), {"choices": ABORT_REASONS, **_REASON}),
    "withdrawal": (("--reason",), {"choices": WITHDRAWAL_REASONS, **_REASON}),
    "officer": (
        ("--officer",),
        {"required": True, "metavar": "FILE", "help": "the second officer's key file"},
    ),
    "officer_passphrase": (
        ("--officer-passphrase-file",),
        {"metavar": "FILE", "help": "read the key file's passphrase from the first line of FILE"},
    ),
    "gate": (("--gate",), {"required": True, "metavar": "CLAUSE", "help": "id of the gate"}),
    "captive": (("captive",), {"nargs": "+", "metavar": "ID", "help": "salted ids"}),
    "country": (("--country",), {"required": True, "metavar": "PARTY", "help": "where it is"}),
    "purpose": (("--purpose",), {"required": True, "help": "as the terms name it"}),
    "unfit": (
        ("--answers",),
        {"metavar": "FILE", "help": "a filled sheet: who has no waits here; without it nobody"},
    ),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `homeward case`."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    for name, (about, _, wanted) in ACTS.items():
        act = acts.add_parser(name, help=about, description=f"{about[0].upper()}{about[1:]}.")
        for argument in wanted:
            flags, options = _ARGUMENTS[argument]
            act.add_argument(*flags, **options)
        home.add_arguments(act)


def run(args: argparse.Namespace) -> int:
    """Take one step of a case."""
    with home.open_home(args) as node:
        ACTS[args.act][1](node, args)
    if args.act not in _LOOKING:
        print(f"Next: homeward status{home.options(args)}")
    return 0


def _show_plan(node: Node, case: str, plan: Mapping[str, Any]) -> None:
    from homeward.cli.plan import objective_lines, will_lines
    from homeward.node.actions.cases import terms_of
    from homeward.node.actions.plans import findings_of

    counts = ", ".join(f"{leg}: {count}" for leg, count in plan["counts"].items())
    print(f"Plan {plan['plan_sha256'][:16]}…, {plan['status']}: {counts}.")
    print("Sought, the first above all:")
    for line in (*objective_lines(plan, terms_of(node, case)), *will_lines(plan)):
        print(line)
    for finding in plan["legal_findings"]:
        print(f"Law ({finding['rule']}, clause {finding['clause']}): {finding['sentence']}")
    for code in findings_of(plan):
        print(f"  to accept it, acknowledge: --acknowledge {code}")
