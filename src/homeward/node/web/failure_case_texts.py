"""Failures of a case in words: its terms, its ledger, its bundles, its plan, its handover.

The rules are those of `failure_texts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

_AS_ITS_KIND = ""
_SEND_AGAIN = _("Ask its sender for it again. Keep this copy as evidence.")
_FETCH_AGAIN = _("Fetch it again from its author. Do not use this copy.")
_COMPARE_CARD = _("Compare fingerprints by voice with that party before anything else.")
_READ_CARD = _("Read in its card, and compare the fingerprint by voice.")
_COMPARE_KEY = _("Compare the key of the log with the one that the mediator gave you.")
_NEXT = _("The page of the case says what comes next. Read in the next bundle.")
_NOT_AS_WRITTEN = (_("What came is not as its author wrote it."), _FETCH_AGAIN)
_REFUSE_PLAN = _("Refuse this plan. Ask the mediator for another one.")
_ASK_FIRST = _("Ask everybody in private and record it first. Nobody goes home unasked.")
_MEND_TERMS = _("Mend the agreement: docs/reference/agreement.md lists what it may contain.")
_LATER = _("Try again. If it stays so, simplify the clauses.")
_TWO_HISTORIES = _(
    "Stop. The mediator showed two histories: compare checkpoints with the other party."
)
_NAME_COLUMNS = _("Put the names of the columns in the first row.")

_NODES: Mapping[str, tuple[Any, Any]] = {
    "blobs.missing": (
        _("A list that the ledger names has not come here yet."),
        _("Read in the next bundle of the mediator. Ask the sender to send it again."),
    ),
    "blobs.erased": (
        _("This list was erased after its case was over."),
        _("Nobody can read it again here. What the ledger says of it still holds."),
    ),
    "blobs.root": (_("A list that came is not the one that the ledger names."), _SEND_AGAIN),
    "book.case": (
        _("The ledger has no case of this name."),
        _("Choose one of the cases that the page shows."),
    ),
    "book.empty": (
        _("The ledger has no entry yet."),
        _("Open a case, or read in a bundle of the mediator."),
    ),
    "book.head": (
        _("The entries on this node do not lead to the checkpoint above them."),
        _("Restore the node from its last backup, then read the bundles in again."),
    ),
    "book.mediator": (_("There is no card of a mediator here."), _READ_CARD),
    "book.mediators": (
        _("One node follows one mediator. Cards of mediators here: {count}."),
        _("Use another node for another mediator."),
    ),
    "book.member_keys": (
        _("The log has other keys of {party} than its card here."),
        _COMPARE_CARD,
    ),
    "book.peer": (_("There is no card of {party} here."), _READ_CARD),
    "book.role": (
        _("The node of {party} may not sign this."),
        _("The first page says what this node may do."),
    ),
    "bundles.fork": (
        _("This bundle has another history than this node."),
        _TWO_HISTORIES,
    ),
    "bundles.form": (_("This bundle is not as a node writes one."), _SEND_AGAIN),
    "bundles.gap": (
        _(
            "Entries are missing before those of this bundle. It begins with: {first}. "
            "The next one here: {expected}."
        ),
        _("Send our bundle to the mediator. Its next one fills the gap."),
    ),
    "bundles.not_ours": (
        _("The bundle has an entry in our name that this node did not sign. Its number: {seq}."),
        _("Stop. This node was restored from an old backup, or somebody else has its keys."),
    ),
    "vault.changed": (
        _("The key under which this node keeps its people is not as the node wrote it."),
        _("Restore the node from its last backup."),
    ),
    "bundles.reader": (
        _("This bundle is for {to}. This is the node of {party}."),
        _("Give it to the node it is for."),
    ),
    "bundles.sealed": (
        _("The node of {party} cannot open this bundle. It is for another node, or damaged."),
        _("Give it to the node it is for, or ask its sender to write it again."),
    ),
    "receiving.hash": (
        _("The file that came over the network is not the one that was announced."),
        _("Its node sends it again from its beginning."),
    ),
    "receiving.request": (
        _("What came over the network does not say which part of a bundle it is."),
        _("Its node sends the bundle again from its beginning."),
    ),
    "receiving.role": (
        _("Only the node of a mediator takes bundles over the network."),
        _("Bureaus send to the mediator, and the mediator answers."),
    ),
    "receiving.disk": (
        _("The disk does not take a part of a bundle. Number of the error: {errno}."),
        _("Look at its free space. The bundle is sent again by itself."),
    ),
    "route.changed": (
        _("The address of the mediator's node is not as this node wrote it."),
        _("Give it again when the node is started on the terminal."),
    ),
    "route.ca": (
        _("The file with the certificates of an authority is not there."),
        _("Give its path, or the fingerprint of the mediator's own certificate."),
    ),
    "sending.certificate": (
        _("The mediator's node showed another certificate. Nothing was sent."),
        _("Ask its office by voice for the fingerprint. Somebody may stand in between."),
    ),
    "sending.line": (
        _("The mediator's node does not answer over the network."),
        _("It is tried again by itself. If it stays so, look at the network and the address."),
    ),
    "sending.refused": (
        _("The mediator's node refused our bundle. Its answer: {status}, {their_code}."),
        _("Ask its office what it says there. Nothing is lost: the next bundle holds the same."),
    ),
    "sending.role": (
        _("The mediator's node sends to nobody over the network."),
        _("The others send to it, and it answers."),
    ),
    "ticket.none": (
        _("What came over the network is not signed by a party whose card is here."),
        _("Exchange cards first, and compare their fingerprints by voice."),
    ),
    "bundles.sender": (
        _("This bundle comes from {party}, which sends none to this node."),
        _("Bureaus send to the mediator, and the mediator to bureaus."),
    ),
    "bundles.size": (
        _("The file is too large for a bundle. At most: {max_bytes}."),
        _("Choose the file that ends in .hwb, as the other node wrote it."),
    ),
    "carrying.gone": (
        _("The uploaded bundle is not here any more."),
        _("Upload the bundle again."),
    ),
    "carrying.size": (
        _("The file is empty, or too large for a bundle. At most: {max_bytes}."),
        _("Choose the file that ends in .hwb, as the other node wrote it."),
    ),
    "peers.changed": (_("This node has another card of {party}."), _COMPARE_CARD),
    "peers.in_use": (
        _("This node already relies on the card of {party}."),
        _("Stop, and call that office and the mediator: somebody may be posing as one of you."),
    ),
    "peers.own": (
        _("This is your own card."),
        _("Give it to the others, and read in theirs."),
    ),
    "peers.simulation": (
        _("One of the two is a simulation, and the other is real."),
        _("Nothing of a simulation may pass for real. Check that this is the right file."),
    ),
}

_LEDGER: Mapping[str, tuple[Any, Any]] = {
    "canonical.changed": _NOT_AS_WRITTEN,
    "crypto.base64": _NOT_AS_WRITTEN,
    "crypto.recipient": (
        _("The card of the recipient has no key to seal to."),
        _("Read in the card of the recipient again."),
    ),
    "crypto.seal": (
        _("What came is not sealed to this party, or it was changed."),
        _("Ask the sender to seal it again to the key of this party."),
    ),
    "crypto.signature": (_("A signature does not hold."), _FETCH_AGAIN),
    "keystore.changed": (_("A card or a file of keys is not as its node wrote it."), _FETCH_AGAIN),
    "ledger.changed": (
        _("A part of the ledger is not as the log signed it."),
        _SEND_AGAIN,
    ),
    "ledger.checkpoint": (_("The checkpoint does not have the form of one."), _SEND_AGAIN),
    "ledger.cosigned": (
        _("The cosignatures under a checkpoint do not have the form of any."),
        _SEND_AGAIN,
    ),
    "ledger.entry_size": (
        _("The entry is too large for the ledger. At most: {max_bytes}."),
        _("Keep the large part outside of the ledger."),
    ),
    "ledger.envelope": (_("An entry does not have the form of one."), _SEND_AGAIN),
    "ledger.file_missing": (
        _("A file of the ledger is missing: {file}."),
        _("Fetch the whole ledger again from the log."),
    ),
    "ledger.file_unexpected": (
        _("The ledger has files that do not belong to it. The first: {file}. All: {count}."),
        _("Look at what was added before you trust the rest."),
    ),
    "ledger.fork": (
        _("{author} saw another history than this one. Entries seen: {seen_size}."),
        _("Stop. Two histories were shown: compare checkpoints with {author} directly."),
    ),
    "ledger.note": (_("The note of the log is not signed as it must be."), _COMPARE_KEY),
    "ledger.other_log": (
        _("An entry belongs to another log."),
        _("It was played here from elsewhere, or the wrong ledger was opened."),
    ),
    "ledger.quorum": (
        _("Too few witnesses have cosigned. So far: {count}. All witnesses: {witnesses}."),
        _("Wait for the next bundles, and ask for the receipt again."),
    ),
    "ledger.receipt": (_("The receipt is not of this entry, or not of this log."), _SEND_AGAIN),
    "ledger.root": (
        _("The entries do not lead to the root in the checkpoint."),
        _("Compare with the copy of another party."),
    ),
    "ledger.sequence": (
        _("An entry of {author} does not follow the one before it. Expected number: {expected}."),
        _("One was dropped, repeated or moved. Ask {author} for its own copy."),
    ),
    "ledger.tree_size": (
        _("The checkpoint names more entries than any ledger may have. Named: {size}."),
        _("Ask the mediator what was signed."),
    ),
    "ledger.vkey": (_("This is no key of a log."), _("Copy the whole line again.")),
    "ledger.vkey_file": (_("The key in the ledger is not the known one."), _COMPARE_KEY),
    "ledger.witness": (
        _("The log is not what this node cosigned before. Entries cosigned: {size}."),
        _TWO_HISTORIES,
    ),
    "merkle.consistency": (
        _("The proof that an earlier ledger is the beginning of this one does not hold."),
        _("Keep both checkpoints: together they show who changed the history."),
    ),
    "merkle.inclusion": (
        _("The proof that an entry is in the ledger does not hold."),
        _("Keep both checkpoints: together they show who changed the history."),
    ),
    "receipts.dropped": (
        _("Another entry stands in the place of ours, for which the log gave a receipt: {entry}."),
        _TWO_HISTORIES,
    ),
    "replay.member": (
        _("An entry admits members to the ledger in a form that is not allowed."),
        _("Keep it as evidence, and ask the mediator to record it anew."),
    ),
    "replay.stranger": (
        _("The log does not name the key that signed as {author}."),
        _("Nobody the log knows signed it. Ask the mediator where it comes from."),
    ),
    "verify.no_file": (
        _("No ledger was chosen, or it is too large. At most: {max_bytes}."),
        _("Choose a ledger as one zip file. Check a larger one with the command."),
    ),
    "verify.upload": (
        _("The file is no ledger as one zip file."),
        _("Pack the folder that `homeward ledger export` wrote into a zip file."),
    ),
    "verify.vkey": (
        _("The ledger has no key of its log, or a changed one."),
        _("Type in the key as the mediator gave it."),
    ),
    "witnessing.fork": (
        _("A witness cosigned another history than this one. Entries under it: {size}."),
        _TWO_HISTORIES,
    ),
    "witnessing.form": (_("This bundle is not as a node writes one."), _SEND_AGAIN),
    "witnessing.went_back": (
        _("This node signed more entries than it has. Signed: {size}. Here: {found}."),
        _(
            "Stop. This node was restored from an old backup. Write nothing before its ledger is "
            "whole again: the other parties have every entry."
        ),
    ),
}

_CASES: Mapping[str, tuple[Any, Any]] = {
    "case.author": (_("This key may not sign this entry in this case."), _AS_ITS_KIND),
    "case.body": (_("The entry does not say what such an entry must say."), _AS_ITS_KIND),
    "case.in_reply_to": (
        _("The answers are to another entry than the wanted list of that party."),
        _AS_ITS_KIND,
    ),
    "case.legal_findings": (_("A legal finding of the plan was not acknowledged."), _AS_ITS_KIND),
    "case.nothing_waits": (
        _("No entry of this hash waits for a second officer of its party."),
        _("Load the page again. What waited may have been overtaken."),
    ),
    "case.order": (_("The entry stands before one that it must follow."), _AS_ITS_KIND),
    "case.other_case": (_("The entry belongs to another case."), _AS_ITS_KIND),
    "case.plan": (_("The entry is not about the proposed plan of this case."), _AS_ITS_KIND),
    "case.recipient": (_("The recipient must be another party of the case."), _AS_ITS_KIND),
    "case.repeated": (_("The same entry stands in the ledger twice."), _AS_ITS_KIND),
    "case.same_officer": (
        _("The same key signed the entry and confirms it."),
        _("Let a second officer confirm it, with a key of their own."),
    ),
    "case.seed": (
        _("The seed is not the one to which the parties bound themselves."),
        _AS_ITS_KIND,
    ),
    "case.sides": (_("The parties or the mediators are not those of the terms."), _AS_ITS_KIND),
    "case.terms": (_("The terms are not those of this case, or cannot be read."), _AS_ITS_KIND),
    "case.turn": (_("The case does not allow this entry in its present state."), _AS_ITS_KIND),
    "case.twice": (_("The party has done this already."), _AS_ITS_KIND),
    "case.type": (_("No case has an entry of this kind."), _AS_ITS_KIND),
    "case.unanswered": (
        _("Every line of the wanted list needs one answer. It is not so."),
        _AS_ITS_KIND,
    ),
    "cases.claim": (_("The ledger does not have yet what this builds on."), _NEXT),
    "cases.findings": (
        _("What the law says to the plan must be acknowledged. Left out: {findings}."),
        _("Read it on the page of the plan, then acknowledge each."),
    ),
    "cases.mediator": (
        _("Only the node of a mediator opens a case. This is the node of {party}."),
        _("A bureau signs the terms of a case."),
    ),
    "cases.no_plan": (_("No plan is proposed in this case now."), _NEXT),
    "cases.proposal": (
        _("The plan is not the one of which the ledger tells."),
        _("Reject it, and ask the mediator to propose it anew."),
    ),
    "planned.no_list": (
        _("This node has no final list in this case."),
        _("An observer sees the ledger. The lists are with the parties and the mediator."),
    ),
    "planning.certificate": (
        _("The certificate does not prove the plan."),
        _REFUSE_PLAN,
    ),
    "planning.clause_broken": (_("The plan does not keep clause {clause}."), _REFUSE_PLAN),
    "planning.infeasible": (
        _("There is no plan: these clauses are in conflict: {clauses}."),
        _("Change the agreement."),
    ),
    "planning.no_answer": (
        _("The solver found neither a plan nor a proof that there is none."),
        _LATER,
    ),
    "planning.no_proof": (_("No proof was found that the plan is the best one."), _LATER),
    "planning.plan_broken": (_("The plan contradicts itself or the lists."), _REFUSE_PLAN),
    "planning.rounds": (
        _(
            "So few seats make too many rounds necessary in clause {clause}: {found}. At most: {allowed}."
        ),
        _("Agree on more seats, or on a number of rounds."),
    ),
    "planning.solver": (_("The solver gave an answer that cannot be used."), _LATER),
    "planning.solver_gone": (_("The solver ended before it had an answer."), _LATER),
    "planning.whatif_key": (
        _("There is no such number in this clause."),
        _("Choose a clause and one of its numbers."),
    ),
    "planning.whatif_value": (
        _("The agreement could not say this number here."),
        _("Write a number that the agreement could say."),
    ),
    "planning.veto_names": (
        _("The veto {clause} names too many people. Found: {found}. At most: {allowed}."),
        _("Shorten the list, or agree on a larger number."),
    ),
    "terms.adverse_distinction": (
        _("The agreement has a field by race, religion or political opinion."),
        _("GC III art. 16 forbids distinctions on such grounds. Leave it out."),
    ),
    "terms.clause": (_("Clause {clause} of the agreement cannot be read."), _MEND_TERMS),
    "terms.document": (_("The agreement cannot be read."), _MEND_TERMS),
    "terms.holder": (
        _("A list is of a holder whom the agreement does not name."),
        _("Name the holder as the agreement does."),
    ),
    "terms.list_columns": (
        _("The list has no column person, no columns holder and ref, and no column ref."),
        _NAME_COLUMNS,
    ),
    "terms.list_missing": (
        _("A list that the agreement names is not here."),
        _("Read in every list that the agreement names."),
    ),
    "terms.list_ref": (
        _("A reference of the list is on no held list, or on several."),
        _("Add a column holder with the party that holds each person."),
    ),
    "terms.list_row": (
        _("A row of the list names nobody by holder and reference."),
        _("Write HOLDER:ref as person, or fill in holder and ref."),
    ),
    "terms.list_size": (
        _("The list has too many rows."),
        _("Check that this is the right file."),
    ),
    "terms.predicate": (_("An expression of the agreement cannot be read."), _MEND_TERMS),
    "terms.ref_twice": (
        _("A list has one reference twice."),
        _("Mend the list: a reference names one person."),
    ),
}

_HANDOVER: Mapping[str, tuple[Any, Any]] = {
    "handover.custody": (
        _("Some of these people are not at the place of this act. People: {captive_count}."),
        _AS_ITS_KIND,
    ),
    "handover.ended": (_("The handover has ended."), _AS_ITS_KIND),
    "handover.gate": (
        _("Some of these people wait for a gate of the terms. People: {captive_count}."),
        _("Whoever the terms name confirms the gate first; then let them go."),
    ),
    "handover.gate_author": (
        _("There is no such gate in the terms, or another party confirms it."),
        _AS_ITS_KIND,
    ),
    "handover.gate_confirmed": (_("This gate is confirmed already."), _AS_ITS_KIND),
    "handover.leg": (_("The plan has no such leg."), _AS_ITS_KIND),
    "handover.no_plan": (
        _("Not every party has accepted a plan in this case."),
        _("Wait until the last party has accepted."),
    ),
    "handover.no_second_will": (
        _("Nobody recorded at the last stop that they travel on. People: {captive_count}."),
        _ASK_FIRST,
    ),
    "handover.no_will": (
        _("Nobody recorded that they wish to go home. People: {captive_count}."),
        _ASK_FIRST,
    ),
    "handover.not_in_plan": (
        _("Some of these people are not in the accepted plan. People: {captive_count}."),
        _AS_ITS_KIND,
    ),
    "handover.not_their_leg": (_("Another party must sign this on this leg."), _AS_ITS_KIND),
    "handover.on_the_way": (
        _("Some people are still on the way. People: {captive_count}. Missing: {missing_count}."),
        _("Bring them home or turn them back first. Find whoever is missing."),
    ),
    "handover.other_leg": (
        _("Some of these people go by another leg. People: {captive_count}."),
        _AS_ITS_KIND,
    ),
    "handover.plan": (_("The manifest is not of the accepted plan."), _AS_ITS_KIND),
    "handover.planned": (
        _("The people of the plan are not those whom the accepted plan names."),
        _("Fetch the plan again. Do not use this copy."),
    ),
    "handover.receipt": (
        _("The receipt is not for those who were let go since the last one."),
        _AS_ITS_KIND,
    ),
    "handover.receipt_missing": (
        _("Some people are home without a receipt of their holder."),
        _("Ask the holder for its receipt, then close."),
    ),
    "handover.stop": (
        _("This is not the next stop of these people."),
        _("Name the stop as the terms do."),
    ),
    "handover.stops": (_("The stops are not those of the terms."), _AS_ITS_KIND),
    "handover.stops_left": (
        _("Some people have a stop on the way before them. People: {captive_count}."),
        _("Record the stop first."),
    ),
    "handover.totals": (_("The totals are not those of the record."), _AS_ITS_KIND),
    "handover.unknown": (
        _("Somebody named here does not belong to this handover."),
        _("Check the case and the id."),
    ),
    "handover.waiting": (
        _("Some people still wait to go. People: {captive_count}."),
        _("Let them go, or take them off the leg; then close."),
    ),
    "handover.withdrawn": (
        _("Some of these people were taken off the leg. People: {captive_count}."),
        _("Leave them out of the manifest."),
    ),
}

TEXTS: Mapping[str, tuple[Any, Any]] = {**_NODES, **_LEDGER, **_CASES, **_HANDOVER}
"""Code → what is wrong, and what to do."""
