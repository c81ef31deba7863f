"""Failures between parties in words: remarks, replies, deadlines, versions, offers, proofs.

The rules are those of `failure_texts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

_AS_ITS_KIND = ""
_SHEET_ANEW = _("Write the sheet of lines anew, and fill in its empty columns alone.")

TEXTS: Mapping[str, tuple[Any, Any]] = {
    "case.nonce": (
        _("The entry opens a commitment where there is none, or none where there is one."),
        _AS_ITS_KIND,
    ),
    "case.not_sealed": (_("The terms of this case seal no lists."), _AS_ITS_KIND),
    "case.other_root": (
        _("The list is not the one that its author was bound to. Bound in entry: {committed}."),
        _("Keep both entries. Together they show that the author changed its list."),
    ),
    "case.sealed": (
        _("No list is shown before every party is bound to its own."),
        _AS_ITS_KIND,
    ),
    "case.not_on_paper": (
        _("A mediator entered something for a party that the terms do not name as on paper."),
        _AS_ITS_KIND,
    ),
    "paper.has_node": (
        _("A mediator entered something for a party that has a node and signs itself."),
        _AS_ITS_KIND,
    ),
    "case.notified_on": (
        _("The notification is of an earlier day than the last one."),
        _AS_ITS_KIND,
    ),
    "case.nobody_asks": (
        _("Without any wanted list there is nothing to negotiate."),
        _AS_ITS_KIND,
    ),
    "case.no_timetable": (_("The terms of this case have no timetable."), _AS_ITS_KIND),
    "case.not_owed": (_("The party does not owe this step now."), _AS_ITS_KIND),
    "case.remarks": (
        _("The remarks are more than the lines, or not each has one code."),
        _AS_ITS_KIND,
    ),
    "case.remarks_late": (
        _("Whoever has signed its final list has nothing more to remark."),
        _AS_ITS_KIND,
    ),
    "case.version": (
        _("The entry changes no list of its author that counts now."),
        _AS_ITS_KIND,
    ),
    "case.version_count": (
        _("The lines left are not those of the former version without those withdrawn."),
        _AS_ITS_KIND,
    ),
    "case.version_late": (
        _("It is too late for another version of this list."),
        _AS_ITS_KIND,
    ),
    "cases.not_overdue": (
        _("No deadline of {party} has passed for this."),
        _("The page of the case says what is due, and until when."),
    ),
    "lines.form": (_("The sheet is not as it was written. Look at row: {row}."), _SHEET_ANEW),
    "lines.size": (_("The sheet is too large. At most: {max_bytes}."), _SHEET_ANEW),
    "lists.off_reason": (
        _("There is no such reason to take somebody off a list."),
        _("Use one of the reasons of the reference page."),
    ),
    "lists.off_refs": (
        _("Some of these people are not where they were looked for. People: {count}."),
        _("Name them by your own references, as the list has them."),
    ),
    "remarks.code": (
        _("Some lines have a code that does not exist. Lines: {count}."),
        _("Use one of the codes of the reference page."),
    ),
    "remarks.evidence": (
        _(
            "Some remarks speak of evidence and have no file, or one that is too large. "
            "Remarks: {count}. Bytes at most: {max_bytes}."
        ),
        _("Name a file in the column evidence. Cut a film to what it has to show."),
    ),
    "remarks.held_ref": (
        _("Some replies say held, and name nobody of the held list. Replies: {count}."),
        _("Fill in the column held_ref with the reference on the held list."),
    ),
    "remarks.lines": (
        _("Some lines are not lines of this list. Lines: {count}."),
        _SHEET_ANEW,
    ),
    "remarks.none": (
        _("There is no remark on the sheet."),
        _("Fill in the column remark, or sign the final list without remarks."),
    ),
    "remarks.unanswered": (
        _("Some remarks have no reply. Remarks: {count}."),
        _("Reply to each: with another answer, or that the answer stands."),
    ),
    "versions.refs": (
        _("Some of these people are not on the list that was shown. People: {count}."),
        _("Name them by your own references, as the list has them."),
    ),
    "evidence.key": (
        _("The evidence is against another key than the one that was given."),
        _("Compare the key with the card of the party. Anybody can accuse a key of their own."),
    ),
    "evidence.nothing": (
        _("The file proves nothing."),
        _("Ask for it again from whoever says that it convicts somebody."),
    ),
    "keys.nothing_waits": (
        _("Nothing of ours waits for a second officer."),
        _("The first page says what comes next."),
    ),
    "offers.days": (
        _("An offer stands from one day to a year. Days at most: {max_days}."),
        _("Choose a number of days."),
    ),
    "offers.end": (
        _("There is no card here of the other end, or it is not an end that makes offers."),
        _("Read in its card first, or choose another end."),
    ),
    "offers.form": (_("The offer says what no offer may."), _("Write the offer again.")),
    "offers.mark": (
        _("Neither end wrote this offer."),
        _("Ask the other end, by voice, what it sent."),
    ),
    "offers.turn": (
        _("This offer is not open, or it is for the other end to answer."),
        _("The negotiation room says what became of each offer."),
    ),
    "offers.twice": (
        _("Numbers were changed, and the text too."),
        _("Write the numbers into the text, or leave the text as it was."),
    ),
    "offers.unknown": (
        _("There is no such offer here."),
        _("The negotiation room has every offer that arrived."),
    ),
    "verify.no_entry": (
        _("The receipt does not carry its entry."),
        _("Upload the receipt with its entry: both in one file."),
    ),
    "verify.no_key": (
        _("There is no key of the log to check the receipt with."),
        _("Type in the key as the mediator gave it."),
    ),
    "web.officer_key": (
        _("This is no key file of an officer of {party}, or it has another passphrase."),
        _("Choose the file again, and type the passphrase of this very file."),
    ),
}
"""Code → what is wrong, and what to do."""
