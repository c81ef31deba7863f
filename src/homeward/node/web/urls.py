"""Addresses of the pages. Each view stands behind the row of its page in the policy."""

from __future__ import annotations

from homeward.node.web.api import app as api
from homeward.node.web.api import bundles
from homeward.node.web.pages import (
    accounts,
    agreement,
    carry,
    cases,
    communique,
    comparison,
    design,
    erase,
    first_run,
    handover,
    history,
    home,
    imports,
    jobs,
    ledger,
    notices,
    own,
    paper,
    papers,
    peers,
    people,
    person,
    plans,
    public,
    reads,
    review,
    room,
    room_sheets,
    statements,
    tokens,
    triage,
)
from homeward.node.web.policy import guarded

urlpatterns = guarded(
    [
        *people.PATTERNS,  # first: they are asked for most, and addresses are tried in turn
        *first_run.PATTERNS,
        *home.PATTERNS,
        *own.PATTERNS,
        *person.PATTERNS,
        *imports.PATTERNS,
        *triage.PATTERNS,
        *review.PATTERNS,
        *jobs.PATTERNS,
        *cases.PATTERNS,
        *room.PATTERNS,
        *room_sheets.PATTERNS,
        *notices.PATTERNS,
        *paper.PATTERNS,
        *agreement.PATTERNS,
        *communique.PATTERNS,
        *plans.PATTERNS,
        *handover.PATTERNS,
        *papers.PATTERNS,
        *carry.PATTERNS,
        *public.PATTERNS,
        *history.PATTERNS,
        *comparison.PATTERNS,
        *statements.PATTERNS,
        *ledger.PATTERNS,
        *peers.PATTERNS,
        *accounts.PATTERNS,
        *reads.PATTERNS,
        *erase.PATTERNS,
        *tokens.PATTERNS,
        *bundles.PATTERNS,
        *api.PATTERNS,
        *design.PATTERNS,
    ]
)

handler400 = "homeward.node.web.problems.bad_request"
handler403 = "homeward.node.web.problems.form_refused"
handler404 = "homeward.node.web.problems.not_found"
handler429 = "homeward.node.web.problems.too_many"
handler500 = "homeward.node.web.problems.bug"
