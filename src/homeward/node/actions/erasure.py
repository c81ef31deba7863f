"""Destroying what names people of a case, once it is over.

Rules of this file:
- Only a case that is closed or aborted is erased; whoever is still held or missed stays on
  the lists of this node.
- Gone are: the lines of every list of the case, our own, received and carried; the secret
  that salts them; the links from its ids to our references; those whom it brought home, with
  every version of them, every pair that they were compared in, and the files they came in.
- What stays proves what it proved: the ledger, its receipts, the plan, and of each list the
  hashes of its lines. Those who came home stay off our lists by reference, so that an old
  file brings nobody back.
- Whatever stays in the vault is sealed under a new key, and the old one is destroyed.
- Pages may be served meanwhile: whoever writes waits, and seals under the new key.
- A node erases its own copies. Others, paper, and backups made before are not in its reach.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from homeward.foundation.errors import TurnError
from homeward.node import access, blobs, book, convicting, decisions, people, vault
from homeward.node.access import Reader
from homeward.node.actions import resting
from homeward.node.actions.cases import IDENTITY, came_home_by, terms_of
from homeward.node.home import OUTBOX, Node
from homeward.node.models import (
    Blob,
    CaptiveLink,
    CaseSecret,
    Comparison,
    ListImport,
    OffList,
    PersonVersion,
    Proposal,
)
from homeward.records.model import HELD, WANTED, ListKind

OVER = ("closed", "aborted")
_NAMES_NOBODY = ("plan", "named_list", "wording")
_IDS_AND_COLUMNS = ("final_list", "bound_final_list")
_REASONS: Mapping[ListKind, str] = {HELD: "released", WANTED: "came_home"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What an erasure destroys, and what stays out of its reach.

    Attributes:
        case: The case.
        list_count: Lists and evidence of the case, sealed copies included.
        undelivered_count: Of these, those that their reader has not confirmed.
        held_count: People on our held list whom the case sent home.
        wanted_count: People on our wanted list whom the case brought home.
        file_count: Files of imports whose findings or bad rows are still kept.
        evidence_count: Bundles kept as evidence: they stay.
        kept_list_count: Lists of the other side kept for triage: they stay.
    """

    case: str
    list_count: int
    undelivered_count: int
    held_count: int
    wanted_count: int
    file_count: int
    evidence_count: int
    kept_list_count: int

    @property
    def is_empty(self) -> bool:
        """True if nothing of the case is left to be erased."""
        return not (self.list_count or self.held_count or self.wanted_count)


def erasure_of(node: Node, case: str, *, now: dt.datetime, actor: str) -> Erasure:
    """Tell what an erasure of a case would destroy; nothing is changed.

    Args:
        node: The open node.
        case: A case that is over.
        now: Aware UTC instant.
        actor: Id of the user.

    Raises:
        AccessError: There is no such case.
        TurnError: The case is not over.
    """
    _require_over(node, case)
    gone = _came_home(node, case, Reader(actor=actor, purpose="erasure", now=now))
    sent = list(_blobs(node, case).values_list("sealed", "acknowledged"))
    evidence = node.home / convicting.FOLDER
    return Erasure(
        case=case,
        list_count=len(sent),
        undelivered_count=sum(sealed and not confirmed for sealed, confirmed in sent),
        held_count=len(gone[HELD]),
        wanted_count=len(gone[WANTED]),
        file_count=_files(gone).count(),
        evidence_count=len(list(evidence.glob("*.hwb"))) if evidence.is_dir() else 0,
        kept_list_count=ListImport.objects.filter(source="them").exclude(file=None).count(),
    )


def erase(node: Node, case: str, *, now: dt.datetime, actor: str) -> Erasure:
    """Destroy what names people of a case that is over.

    Args:
        node: The open node.
        case: The case.
        now: Aware UTC instant.
        actor: Id of the user.

    Returns:
        What was destroyed; erasing again destroys nothing more, and ends what was cut off.

    Raises:
        AccessError: There is no such case.
        TurnError: The case is not over.
        EngineError: The disk or the database failed; erase again.
    """
    found = erasure_of(node, case, now=now, actor=actor)
    reader = Reader(actor=actor, purpose="erasure", now=now)
    gone = _came_home(node, case, reader)
    with node.transaction():
        # Whoever writes has to wait from here on, and seals under the new key afterwards.
        key = vault.begin_renewal(node, os.urandom)
        for blob in list(_blobs(node, case)):
            blobs.erase(node, blob)
        CaseSecret.objects.filter(case=case).delete()
        CaptiveLink.objects.filter(case=case).delete()
        Comparison.objects.filter(kind="answer", case=case).delete()
        _files(gone).update(file=None, findings=None, rows_to_fix=None)
        for kind, refs in gone.items():
            _erase_people(node, kind, refs, reader)
        count = sum(map(len, gone.values()))
        access.note(node, reader, act="case.erased", subject=case, person_count=count)
        resting.seal_anew(node)
    with node.transaction():
        vault.end_renewal(node, key, os.urandom)
    for path in (node.home / OUTBOX).glob(
        ".*.hwb"
    ):  # sealed to others; written anew when asked for
        path.unlink()
    resting.sweep()
    return found


def _require_over(node: Node, case: str) -> None:
    state = book.case_of(book.read_book(node), case)
    if state.state not in OVER:
        raise TurnError(
            "erasure.open",
            f"Expected a case that is closed or aborted, found one that is {state.state}.",
            hint="Erase it once it is over: until then its lists are needed.",
            facts={"state": state.state},
        )


def _blobs(node: Node, case: str) -> QuerySet[Blob]:
    """Return the blobs of a case that hold people, and are not erased."""
    kept = [*_NAMES_NOBODY]
    if not set(terms_of(node, case).columns) & set(IDENTITY):
        kept += _IDS_AND_COLUMNS  # salted ids, and columns that name nobody: the plan's pool
    return Blob.objects.filter(case=case, erased=False).exclude(purpose__in=kept)


def _came_home(node: Node, case: str, reader: Reader) -> dict[ListKind, frozenset[str]]:
    """Return our references of those whom a case brought home, as far as they are on our lists."""
    state = book.read_book(node)
    custody = state.custodies.get(case)
    home = {c for c, at in custody.captives.items() if at.state == "home"} if custody else set()
    links = CaptiveLink.objects.filter(case=case, captive_id__in=home)
    refs: dict[ListKind, set[str]] = {
        HELD: set(links.values_list("ref", flat=True)),
        WANTED: came_home_by(node, state.cases[case], home, reader),
    }
    return {
        kind: frozenset(
            PersonVersion.objects.filter(kind=kind, ref__in=some).values_list("ref", flat=True)
        )
        for kind, some in refs.items()
    }


def _files(gone: Mapping[ListKind, frozenset[str]]) -> QuerySet[ListImport]:
    """Return the imports of lists on which somebody came home, as far as they still hold cells."""
    kinds = [kind for kind, refs in gone.items() if refs]
    done = ListImport.objects.filter(kind__in=kinds, state__in=("done", "undone", "discarded"))
    done = done.exclude(source="them")
    return done.exclude(file=None, findings=None, rows_to_fix=None)


def _erase_people(node: Node, kind: ListKind, refs: frozenset[str], reader: Reader) -> None:
    keys = [decisions.own_key(node, kind, ref) for ref in refs]
    Proposal.objects.filter(left_key__in=keys).delete()
    Proposal.objects.filter(right_key__in=keys).delete()
    people.erase(kind, refs)
    off = OffList.objects.filter(kind=kind, ref__in=refs, put_back_at=None)
    new = refs - set(off.values_list("ref", flat=True))
    OffList.objects.bulk_create(
        OffList(kind=kind, ref=ref, reason=_REASONS[kind], at=reader.now, actor=reader.actor)
        for ref in sorted(new)
    )
