"""Lists that change before the plan is accepted: a line withdrawn, a list replaced.

Rules of this file:
- Only its author changes a list, and says by its hash which version it changes.
- A line that is withdrawn is named by an opaque id, with a reason of a closed list; no reason
  tells what the person wishes. What was answered to it or remarked on it counts for nothing.
- A wanted list is replaced before it is answered, a final list before any party has shown
  its half of the seed: nobody chooses new ids when the draw is known.
- A plan that was proposed on what changed is no proposal any more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from homeward.foundation.values import replace
from homeward.negotiation.case import CaseState, ListClaim
from homeward.negotiation.checks import claim_of, refuse_unless
from homeward.negotiation.entries import Recorded


def line_withdrawn(state: CaseState, recorded: Recorded) -> CaseState:
    """Take lines off a list of their author."""
    body = recorded.entry.body
    claim = _verify_version(state, recorded)
    refuse_unless(
        body["count"] == claim.count - len(body["lines"]),
        recorded,
        "case.version_count",
        expected=f"the {claim.count} lines of the former version without those withdrawn",
        found=f"{body['count']} lines",
    )
    key = (body["list"], recorded.entry.author, body["to"])
    former = state.withdrawn_lines.get(key, frozenset())
    refuse_unless(
        former.isdisjoint(body["lines"]),
        recorded,
        "case.twice",
        expected="each line withdrawn once",
        found="one that was withdrawn before",
    )
    lines = {**state.withdrawn_lines, key: former | set(body["lines"])}
    return _with_version(replace(state, withdrawn_lines=lines), recorded)


def list_replaced(state: CaseState, recorded: Recorded) -> CaseState:
    """Put another version in place of a list."""
    entry = recorded.entry
    _verify_version(state, recorded)
    if entry.body["list"] == "wanted_list":
        is_open = (entry.body["to"], entry.author) not in state.answers
    else:
        is_open = not state.nonces
    refuse_unless(
        is_open and not state.is_sealed,
        recorded,
        "case.version_late",
        expected="a new version of a wanted list before its answers, of a final list before "
        "the seeds, and of no list that was sealed",
        found="another",
    )
    return _with_version(state, recorded)


STEPS: Mapping[str, Callable[[CaseState, Recorded], CaseState]] = {
    "line_withdrawn": line_withdrawn,
    "list_replaced": list_replaced,
}
"""Kind of entry -> what it adds to a case."""


def own_list(state: CaseState, kind: str, author: str, to: str) -> ListClaim | None:
    """Return the version of a list that counts now; None if there is none."""
    if kind == "wanted_list":
        return state.wanted.get((author, to))
    return state.final_lists.get(author) if not to else None


def _verify_version(state: CaseState, recorded: Recorded) -> ListClaim:
    entry = recorded.entry
    claim = own_list(state, entry.body["list"], entry.author, entry.body["to"])
    refuse_unless(
        claim is not None and entry.body["replaces"] == claim.entry_sha256,
        recorded,
        "case.version",
        expected="the version of its author's list that counts now",
        found="another",
    )
    assert claim is not None, "required above"
    return claim


def _with_version(state: CaseState, recorded: Recorded) -> CaseState:
    entry, claim = recorded.entry, claim_of(recorded)
    state = replace(state, plan=None, accepted=frozenset())
    if entry.body["list"] == "wanted_list":
        return replace(state, wanted={**state.wanted, (entry.author, entry.body["to"]): claim})
    return replace(state, final_lists={**state.final_lists, entry.author: claim})
