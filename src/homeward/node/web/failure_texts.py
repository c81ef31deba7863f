"""Failures of a node itself in words: accounts, lists, people, papers, the machine.

Rules of this file:
- What is wrong first, then what to do, in short whole sentences; a number stands after its
  colon. An empty second text: what to do is what the kind of the error says.
- A place in braces is a fact that whoever raises the error gives; a test fails if it is not.
- Failures of a case, its ledger and its bundles stand in `failure_case_texts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from homeward.node.web.problem_words import FAULTS, NO_UNDO, REFUSALS

_BACKUP = _("Restore the node from its last backup.")
_NOT_OPEN = (
    _("The node behind the pages is not open."),
    _("Ask the administrator to start the pages again."),
)
_NO_ROLE = (_("There is no such role."), _("Choose one of the roles that the page shows."))
_NO_IMPORT = (_("There is no such change of a list."), _("See the list of imports."))
_OTHER_NAME = _("Choose another name.")
_SHEET_ANEW = _("Write the sheet anew, and fill in the column answer alone.")
_NO_UNDO_REPAIR = _("Correct the people one by one, or bring in a newer list.")

_ACCOUNTS: Mapping[str, tuple[Any, Any]] = {
    "account.last": (
        _("The node would be left without an administrator."),
        _("Make another account an administrator first."),
    ),
    "account.name": (
        _(
            "The name of an account has letters, digits, dots and hyphens alone. "
            "Characters at most: {max_chars}."
        ),
        _OTHER_NAME,
    ),
    "account.own": (
        _("This is your own account."),
        _("Ask another administrator. Your own password is under your name."),
    ),
    "account.password": (
        _("The password is easy to guess."),
        _("Choose a longer one that you use nowhere else."),
    ),
    "account.role": _NO_ROLE,
    "account.taken": (_("There is an account of this name already."), _OTHER_NAME),
    "disclosure.asked": (
        _("Somebody has asked for this already."),
        _("Load the page again. Another officer agrees to what waits."),
    ),
    "disclosure.none": (
        _("No request waits for a second officer."),
        _("Ask first. A request waits for one day."),
    ),
    "disclosure.same": (
        _("The account that asked cannot agree."),
        _("Ask another officer to agree, from an account of their own."),
    ),
    "setup.done": (
        _("There is a node here already."),
        _("Sign in with the account that was made with it."),
    ),
    "setup.ports": (
        _("There are not three free ports after the one of this page."),
        _("Start `homeward demo --port P` on the terminal with another P."),
    ),
    "tokens.name": (
        _("Say what the token is for. Characters at most: {max_chars}."),
        _("Name the program that will use it."),
    ),
}

_LISTS: Mapping[str, tuple[Any, Any]] = {
    **REFUSALS,
    "dates.form": FAULTS["date_form"],
    "dates.no_such_day": FAULTS["impossible_date"],
    "dates.year": FAULTS["impossible_date"],
    "finding.filter": (
        _("The list has no such filter."),
        _("Choose one of the filters that the page shows."),
    ),
    "finding.search": (
        _("The search is too long. Characters at most: {max_chars}."),
        _("Search for one name, or for one reference."),
    ),
    "finding.too_many": (
        _("Too many people may fit this search. At most: {max_people}."),
        _("Type more letters of the name, or add a filter."),
    ),
    "finding.value": (
        _("The filter {filter} has no such value."),
        _("Choose one of its values."),
    ),
    "lists.built_on": (NO_UNDO["built_on"], _NO_UNDO_REPAIR),
    "lists.import": _NO_IMPORT,
    "lists.not_done": (NO_UNDO["not_done"], _NO_UNDO_REPAIR),
    "lists.overtaken": (NO_UNDO["overtaken"], _NO_UNDO_REPAIR),
    "lists.person": (
        _("What was written about the person has mistakes. Fields: {columns}."),
        _("Mend each field that is named."),
    ),
    "records.control_character": (
        _("A text has invisible characters."),
        _("Correct the record, then write the list again."),
    ),
    "records.sheet_full": (
        _("The list does not fit in one sheet. Rows at most: {rows}."),
        _("Write it as CSV."),
    ),
    "triage.returned_size": (
        _("The list of those who are home is too large. Bytes at most: {max_bytes}."),
        _("Leave out columns other than names, birth date and service number."),
    ),
    "uploads.column": (
        _("A column was given a meaning that it cannot have."),
        _("Choose a meaning from the list for each column."),
    ),
    "uploads.column_twice": (
        _("Two columns of the file have the same meaning: {column}."),
        _("Choose another meaning for one of them, or leave it out."),
    ),
    "uploads.import": _NO_IMPORT,
    "uploads.no_ref": REFUSALS["records.no_ref"],
    "uploads.state": (
        _("This file cannot be used for that now."),
        _("See the list of imports for what was done with it."),
    ),
    "web.list_size": (
        _("The list is too large. At most: {max_bytes}."),
        _("Check that this is the right file."),
    ),
}

_HANDOVER: Mapping[str, tuple[Any, Any]] = {
    "documents.too_long": (
        _("A paper does not hold so much. Found: {found}. At most: {limit}."),
        _("Split the leg into batches, or shorten the field on the list."),
    ),
    "documents.typesetter": (
        _("The paper could not be typeset."),
        _("Tell the administrator the code and the number of rows. Nothing is lost."),
    ),
    "ids.flow": (
        _("This is no leg: it is written as RU -> UA, with two different parties."),
        _("Write the holder, an arrow, and the party they go home to."),
    ),
    "ids.party": (
        _("This is no code of a party, such as UA or YE-HOUTHI."),
        _("Use the two-letter code of ISO 3166, or CC-NAME for a party that is no state."),
    ),
    "ids.person": (
        _("This is no person: one is written as RU:RU-00017."),
        _("Write the holder's code, a colon, and the reference on the holder's list."),
    ),
    "report.moves": (
        _("The people home on {flow} and the record differ. Moves: {moves}."),
        _("Count again from the ledger before anything is shown."),
    ),
    "report.no_manifest": (
        _("There is no manifest of {leg} yet."),
        _("The mediator issues it when everybody was asked."),
    ),
    "report.no_receipt": (
        _("Nobody of {leg} is home yet."),
        _("Receive them first, then print the receipt."),
    ),
    "sheets.blank": (
        _("In the column answer, rows stand without yes or no: {blank}."),
        _("Fill the sheet in. Nothing was recorded."),
    ),
    "sheets.form": (
        _("The sheet is not as it was written. Look at row: {row}."),
        _SHEET_ANEW,
    ),
    "sheets.size": (_("The sheet is too large. At most: {max_bytes}."), _SHEET_ANEW),
    "web.case_act": (
        _("The case does not allow {party} to do this now."),
        _("The page of the case says whose turn it is and for what."),
    ),
}

_MACHINE: Mapping[str, tuple[Any, Any]] = {
    "matching.engine": (
        _("The lists could not be compared: there was too little memory or disk."),
        _("Ask the administrator to make room on the machine, then try again."),
    ),
    "matching.stopped": (
        _("The comparison was stopped."),
        _("Begin it again when you are ready."),
    ),
    "home.changed": (_("A file of this node is not as the node wrote it."), _BACKUP),
    "home.database": (
        _("The database of this node does not answer."),
        _(
            "Look at the free space of the disk and for another program that uses the node; then "
            "try again. If it stays so, restore the node from its last backup."
        ),
    ),
    "home.disk": (
        _("The disk does not serve the folder of this node. Number of the error: {errno}."),
        _("Look at its free space and at the rights of the folder; then try again."),
    ),
    "home.key": (_("The key of this node does not open its database."), _BACKUP),
    "home.no_database": (_("The database of this node is not there."), _BACKUP),
    "home.not_open": _NOT_OPEN,
    "home.other_open": _NOT_OPEN,
    "home.role": _NO_ROLE,
    "home.taken": (
        _("The folder for the node is not empty."),
        _("Choose another folder. Nothing was changed."),
    ),
    "jobs.act": (_("There is no such work."), _("Go back to the page and choose again.")),
    "jobs.died": (
        _("The process that did this work died each time. Times: {times}."),
        _(
            "Look at the memory and the disk of this machine. Nothing was changed. Then ask for "
            "the work again."
        ),
    ),
    "keystore.name": (
        _("The name of an office stands on one line. Characters at most: {max_chars}."),
        _("Write it as it stands on your letters."),
    ),
    "keystore.passphrase": (
        _("The passphrase is too short or too long. Characters: {min_chars} to {max_chars}."),
        _("Take five or more words that nobody else would join."),
    ),
    "postgresql.server": (
        _("The server of the database does not do what it was asked."),
        _("Try again. If it stays so, the administrator looks at the server with psql."),
    ),
    "rest.changed": (_("What this node keeps encrypted is not as it wrote it."), _BACKUP),
    "verify.busy": (
        _("Another ledger is being checked now."),
        _("Wait a minute, then try again."),
    ),
    "web.no_node": _NOT_OPEN,
    "web.passkey": (
        _("What came is not the answer of a passkey."),
        _("Go back and use the passkey again. Nothing was changed."),
    ),
    "web.nul": (
        _("The text has a character that no keyboard types (NUL)."),
        _("Type it again instead of pasting it. Nothing was changed."),
    ),
}

_REVIEW: Mapping[str, tuple[Any, Any]] = {
    "decisions.changed": (
        _("Decisions were changed, removed or added behind the back of this node."),
        _BACKUP,
    ),
    "review.changed": (
        _("One of the two records was changed since you saw it."),
        _("Compare the lists again. Then decide on what they say now."),
    ),
    "review.gone": (
        _("One of the two people is no longer on the list."),
        _("Compare the lists again."),
    ),
    "review.nothing_decided": (
        _("Nobody has decided on a pair of two lists yet."),
        _("Decide some pairs of a case first. The weights learn from them."),
    ),
    "review.nothing_said": (
        _("Nothing that you decided stands here."),
        _("Only whoever decided takes a decision back. Others can decide differently."),
    ),
    "review.pair": (
        _("There is no such pair."),
        _("Go back to the list of pairs. The lists may have been compared again."),
    ),
    "review.taken": (
        _("One of the two was already decided to be the same as somebody else."),
        _("Look at the other pair first. Take that decision back if it is wrong."),
    ),
    "review.word": (_("There is no such decision."), _("Go back to the pair and choose again.")),
}

TEXTS: Mapping[str, tuple[Any, Any]] = {
    **_ACCOUNTS,
    **_LISTS,
    **_HANDOVER,
    **_MACHINE,
    **_REVIEW,
}
"""Code → what is wrong, and what to do."""
