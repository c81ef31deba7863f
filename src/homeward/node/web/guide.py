"""The guided path of a simulation: the next exchange, brought home in six steps.

Rules of this file:
- It stands only where a demo left the addresses of its nodes, never at a real node.
- What is done is read from the case itself: no step is ticked off by hand.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from homeward.node import courier
from homeward.node.actions.overview import CaseView, Overview
from homeward.node.home import Node

ADDRESSES_FILE = "addresses.json"

STEPS: Sequence[tuple[Any, str]] = (
    (_("Sign the terms, send the wanted lists and answer every line"), "bureau"),
    (_("Sign the final lists and show the seeds"), "bureau"),
    (_("Plan the exchange"), "mediator"),
    (_("Check the plan and accept it"), "bureau"),
    (_("Ask everybody in private and issue the manifests"), "mediator"),
    (_("Cross, receive everybody, close the case"), ""),
)
"""Each step, and at whose pages it is done; empty: at everybody's."""

_REACHED: Mapping[str, int] = {
    "opened": 0,
    "terms_signed": 0,
    "wanted": 0,
    "answered": 1,
    "remarked": 1,
    "replied": 1,
    "listed": 1,
    "seeded": 2,
    "proposed": 3,
    "accepted": 4,
    "handover": 4,
    "closed": len(STEPS),
}
"""State of a case → the step that is now."""

_FILE_MAX_BYTES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Home:
    party: str
    role: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideStep:
    """One step. `status` is done, now or later; `places` are codes of parties and addresses."""

    text: Any
    status: str
    places: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """The path of one case. `by_itself`: what is signed reaches the others without a hand."""

    case: str
    is_over: bool
    by_itself: bool
    steps: tuple[GuideStep, ...]


def of(node: Node, view: Overview, *, case: str = "") -> Guide | None:
    """Return the guided path, as the first page shows it, and a case that waits for others.

    Args:
        node: The open node.
        view: Of it.
        case: The case of the page, or empty on the first page.

    Returns:
        The path of the newest case; None at a real node, without a demo's addresses,
        before there is a second exchange, or on the page of another case.
    """
    homes = _addresses(node) if node.about.simulation else ()
    if not homes or not view.cases:
        return None
    newest = view.cases[-1]
    reached = _reached(newest)
    if (
        reached is None
        or case not in ("", newest.case)
        or (reached == len(STEPS) and len(view.cases) == 1)
    ):
        return None
    steps = tuple(
        GuideStep(
            text=text,
            status="done" if number < reached else "now" if number == reached else "later",
            places=_places(homes, where, newest if number == reached else None),
        )
        for number, (text, where) in enumerate(STEPS)
    )
    return Guide(
        case=newest.case,
        is_over=reached == len(STEPS),
        by_itself=courier.last_carried(node) is not None,
        steps=steps,
    )


def _reached(case: CaseView) -> int | None:
    reached = _REACHED.get(case.state)
    is_crossing = case.state == "handover" and all(leg.on_manifest for leg in case.legs)
    return len(STEPS) - 1 if is_crossing else reached


def _places(
    homes: Sequence[_Home], role: str, case: CaseView | None
) -> tuple[tuple[str, str], ...]:
    """Return where a step is done; of the present one, only at those whose move it is."""
    turn = case.turn if case is not None else {}
    return tuple(
        (home.party, home.address)
        for home in homes
        if (home.party in turn if turn else role in ("", home.role))
    )


def _addresses(node: Node) -> Sequence[_Home]:
    try:
        with (node.home / ADDRESSES_FILE).open("rb") as file:
            found = json.loads(file.read(_FILE_MAX_BYTES))
        homes = [_Home(**each) for each in found]
    except (OSError, ValueError, TypeError):
        return ()
    return [home for home in homes if home.address.startswith("http://")]
