"""What is to be done where the terms ask for cosignatures before a step.

Rules of this file:
- A step that waits for somebody's word is not shown as one to take: the word is waited for.
- Whoever is waited for carries its word to the mediator, until the mediator has shown that it
  holds it.
- Nodes that a folder or a network joins do both by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator

from homeward.handover.replay import Replay
from homeward.negotiation import CaseState, moves
from homeward.negotiation.quorums import RESTS_ON
from homeward.node import book, cosigned
from homeward.node.actions.list_todo import Step
from homeward.node.home import Node
from homeward.node.models import Peer


def waiting_for_words(node: Node, case: str, step: str) -> Step | None:
    """Return what is done instead of a step of ours that waits for cosignatures.

    Args:
        node: The open node.
        case: The case.
        step: Kind of entry that we would sign.

    Returns:
        None if it may be signed.
    """
    log = book.read_book(node)
    found = cosigned.missing(log, log.cases[case], step) if case in log.cases else None
    if found is None:
        return None
    names = ", ".join(found.parties)
    return Step(
        kind="cosign.wait",
        command="bundle import BUNDLE.hwb",
        why=f"wait until {names} has cosigned entry {found.index}, on which {step} rests: what is "
        "new goes there by bundle, and its bundle comes back",
        case=case,
        party=names,
    )


def carrying_our_word(node: Node, log: Replay) -> Iterator[Step]:
    """Yield the carrying of our cosignature to the mediator, where a step waits for it."""
    mediator = Peer.objects.filter(role="mediator").first()
    ours = cosigned.sizes(log.chain.log).get(node.party, 0)
    shown = cosigned.held_by(mediator).get(node.party, 0) if mediator else ours
    for case in log.cases.values() if shown < ours else ():
        assert mediator is not None, "somebody has not shown our word"
        if node.party in case.parties and _is_waited_for(log, case, node.party, shown):
            yield Step(
                kind="cosign.carry",
                command=f"bundle export --to {mediator.party}",
                why=f"carry your cosignature to {mediator.party}: a step of {case.case} waits for "
                "it",
                case=case.case,
                party=mediator.party,
            )
            return


def _is_waited_for(log: Replay, case: CaseState, party: str, shown: int) -> bool:
    """Tell whether a step of somebody else rests on more than our word is known to cover."""
    others = [each for each in case.parties if each != party]
    return bool(case.cosigned) and any(
        step in moves(case, each, "bureau") and cosigned.ground_of(log, case, step) >= shown
        for each in others
        for step in RESTS_ON
    )
