"""What the mediator has to enter for a side on paper: steps, as that side would have them.

Rules of this file:
- What a side with a node would do, the mediator of one on paper enters when it has arrived;
  the form for it is a step before, where there is one.
- The side still owes it: its deadline stands with the step.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from homeward.negotiation import CaseState, whose_turn
from homeward.node.actions.list_todo import Step
from homeward.node.actions.paper import STEPS

_STEP_OF: Mapping[str, str] = {kind: step for step, (kind, _) in STEPS.items()}
_NOT_OWED = ("reject",)
_SHEETS: Mapping[str, str] = {
    "wanted": "--sheet WANTED.csv",
    "answer": "--sheet SHEET.csv",
    "reply": "--sheet SHEET.csv",
    "final": "--sheet HELD.csv --throws THROWS.csv",
    "reveal": "--throws THROWS.csv",
    "check-in": "--sheet SHEET.csv",
}
"""Step → what of its sheets is read; of every other the scan is enough."""


def entering_steps(state: CaseState) -> Iterator[Step]:
    """Yield what is to be entered before the handover, for every party on paper."""
    turn = whose_turn(state)
    for party in state.on_paper:
        waits = any(each.entry.author == party for each in state.waiting)
        for kind in turn.get(party, ()):
            step = _STEP_OF.get(kind, "")
            if step and step not in _NOT_OWED and not (step == "accept" and waits):
                yield _step(state.case, party, step)


def on_paper_of(step: Step, party: str) -> Step | None:
    """Return a step of the handover as the mediator does it for a party on paper."""
    name = step.kind.removeprefix("handover.")
    if name in STEPS:
        return _step(step.case, party, name, step.leg)
    if name != "sheet":
        return None  # the manifest is printed by the side that has a node
    file = f"check-in-{party}.csv"
    command = f'case paper-form {step.case} --party {party} --for check-in --about "{step.leg}"'
    return replace(step, kind="case.paper", command=f"{command} -o {file}", party=party)


def _step(case: str, party: str, step: str, leg: str = "") -> Step:
    words = [f"case paper {case} --party {party} --step {step}", _SHEETS.get(step, "")]
    words += [f'--leg "{leg}"' if leg else "", "--scan SCAN"]
    return Step(
        kind="case.paper",
        command=" ".join(filter(None, words)),
        why=f"enter what you received of {party} on paper: {STEPS[step][0].replace('_', ' ')}",
        case=case,
        leg=leg,
        party=party,
        act=step,
    )
