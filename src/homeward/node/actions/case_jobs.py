"""The long acts of a case, as jobs: what they take and give is ids and counts.

Rules of this file:
- Each is one action of `cases` or `plans`, with arguments that fit a job's row and a result
  that names nobody.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from homeward.node.actions import cases, erasure, notify, plans
from homeward.node.actions.cases import Report
from homeward.node.home import Node


def wanted(
    node: Node, *, case: str, now: dt.datetime, actor: str, report: Report
) -> dict[str, Any]:
    """Send the wanted lists; returns `people` by party."""
    return {"people": cases.send_wanted(node, case, now=now, actor=actor, report=report)}


def answer(
    node: Node, *, case: str, now: dt.datetime, actor: str, report: Report
) -> dict[str, Any]:
    """Answer the wanted lists; returns `answers`, by party and code."""
    return {"answers": cases.answer(node, case, now=now, actor=actor, report=report)}


def final(node: Node, *, case: str, now: dt.datetime, actor: str, report: Report) -> dict[str, Any]:
    """Sign the final list; returns `people`."""
    return {"people": cases.send_final_list(node, case, now=now, actor=actor, report=report)}


def notifying(
    node: Node, *, case: str, to: str, now: dt.datetime, actor: str, report: Report
) -> dict[str, Any]:
    """Tell a reader of captives; returns `people`, how many it was told of."""
    report("sealing", 0, 1)
    return {"people": notify.notify(node, case, to, now=now, actor=actor)}


def erasing(
    node: Node, *, case: str, now: dt.datetime, actor: str, report: Report
) -> dict[str, Any]:
    """Erase the people of a case that is over; returns what was erased, in counts."""
    report("erasing", 0, 1)
    found = erasure.erase(node, case, now=now, actor=actor)
    return {"lists": found.list_count, "held": found.held_count, "wanted": found.wanted_count}


def plan(
    node: Node, *, case: str, lists: str, now: dt.datetime, actor: str, report: Report
) -> dict[str, Any]:
    """Plan the exchange and propose it.

    Args:
        node: The mediator's open node.
        case: The case.
        lists: `NAME=KEY`, joined by commas: the lists that the agreement names, with the
            key under which `plans.keep_list` keeps each.
        now: When.
        actor: Who asked for it.
        report: Told the phases; it raises to stop.

    Returns:
        `status`, and `people` by leg.
    """
    del actor  # a plan reads no names
    keys = dict(pair.split("=", 1) for pair in lists.split(",") if pair)
    given = {name: plans.kept_list(node, key) for name, key in keys.items()}
    made = plans.propose_plan(node, case, now=now, lists=given, report=report)
    return {"status": made["status"], "people": made["counts"]}


def accept(
    node: Node, *, case: str, acknowledge: str, now: dt.datetime, actor: str, report: Report
) -> dict[str, Any]:
    """Check the plan on our own list and accept it.

    Args:
        node: A bureau's open node.
        case: The case.
        acknowledge: Codes of the legal findings, joined by commas.
        now: When.
        actor: Who accepts.
        report: Told the phases; it raises to stop.

    Returns:
        `people` by leg.
    """
    codes = [code for code in acknowledge.split(",") if code]
    accepted = plans.accept_plan(node, case, acknowledge=codes, now=now, actor=actor, report=report)
    return {"people": accepted["counts"]}
