"""What is wrong with what came on paper, with sheets, notifications, cosignatures and erasures.

Rules of this file:
- A row says what is wrong, then what to do; the facts in braces are the error's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

_LOAD_AGAIN = _("Load the page of the case again: it says what comes next.")
_ASK_SIDE = _("Ask that side to mend its own sheet. Nobody else may.")

TEXTS: Mapping[str, tuple[Any, Any]] = {
    "bundles.ended_key": (
        _("The bundle is signed with a key of {party} that has ended."),
        _("It came late, or somebody else has that key. Ask its office, by voice, for a new one."),
    ),
    "cosigned.missing": (
        _("Too few parties have cosigned entry {entry}, on which this step rests. Needed: {need}."),
        _("Carry what is new to them and bring their bundles back. Then try again."),
    ),
    "erasure.open": (
        _("The case is not over."),
        _("Erase it once it is closed or ended. Until then its lists are needed."),
    ),
    "keys.node_ended": (
        _("The ledger has ended the key of this node. It sends nothing with it."),
        _("The operator gives the node another key: homeward keys adopt."),
    ),
    "lines.evidence": (
        _("Evidence that the sheet names, or that a remark needs, did not come with it: {count}."),
        _("Choose the files together with the sheet, named as in its column evidence."),
    ),
    "notify.nobody": (
        _("There is nobody of whom {party} was not told."),
        _("Bring in the held list as it is now. Nobody is told of twice."),
    ),
    "notify.none": (
        _("{party} has told us of nobody."),
        _("It comes with the mediator's next bundle, once it is recorded."),
    ),
    "notify.to": (_("{party} is no other party and no observer of this case."), _LOAD_AGAIN),
    "paper.lines": (
        _(
            "The sheet does not answer the lines that were asked. Lines asked: {count}. With "
            "another code: {wrong}. Held without a reference: {blank}."
        ),
        _ASK_SIDE,
    ),
    "paper.list": (_("Rows of the list cannot be read: {count}."), _ASK_SIDE),
    "paper.no_final": (_("No final list of {party} was entered."), _LOAD_AGAIN),
    "paper.no_sheet": (_("The filled sheet is missing."), _("Choose the sheet that came.")),
    "paper.nothing": (
        _("No sheet and no scan was given."),
        _("Choose what came. The ledger gets its hash."),
    ),
    "paper.party": (
        _("The terms do not name {party} as on paper, or it has a node by now."),
        _("Whoever has a node signs for itself."),
    ),
    "paper.received_at": (
        _("The time of receipt has not come yet."),
        _("Write when it was received, in UTC."),
    ),
    "paper.size": (
        _("A file is larger than {max_bytes}."),
        _("Scan it with fewer colours or dots."),
    ),
    "paper.throws": (
        _("The sheet has no fifty to a thousand throws of a die, each from 1 to 6."),
        _("Copy them as that side wrote them. Ask it for more if some are missing."),
    ),
    "paper.to": (
        _("More than one party could be meant by this sheet, or none. Parties: {count}."),
        _("Choose for whom it is."),
    ),
}
"""Code → what is wrong, and what to do."""
