"""Every place where something rests under the vault's key, and sealing all of it anew.

Rules of this file:
- `RESTING` names every column that `at_rest` writes. A column that is missing there would be
  unreadable after the first erasure: `tests/unit/node/test_resting.py` looks for one.
- All of it is sealed anew in the caller's transaction, some rows at a time.
- What old pages of the tables still hold goes too: they are written anew afterwards.
"""

from __future__ import annotations

from typing import Any

from django.db import connection, models

from homeward.foundation.errors import TamperError
from homeward.node import blobs, case_secrets, decisions, people, proposals
from homeward.node.actions import desk, uploads
from homeward.node.at_rest import open_at_rest, seal_at_rest
from homeward.node.desk import PublicText, TextDecision, TextRow
from homeward.node.home import INBOX, Node, read_private, write_private
from homeward.node.models import Blob, CaseSecret, Decision, ListImport, PersonVersion, Proposal
from homeward.node.tables import database_errors

RESTING: tuple[tuple[type[models.Model], str, str], ...] = (
    (PersonVersion, "row", people.ROW),
    (Blob, "data", blobs.PLAIN),
    (CaseSecret, "secret", case_secrets.PURPOSE),
    (ListImport, "file", uploads.FILE),
    (ListImport, "findings", uploads.FINDINGS),
    (ListImport, "rows_to_fix", uploads.TO_FIX),
    (Proposal, "content", proposals.CONTENT),
    (Decision, "body", decisions.BODY),
    (PublicText, "content", desk.TEXT),
    (TextRow, "body", desk.ROW),
    (TextDecision, "body", desk.DECISION),
)
"""Table, column, and the purpose under which it was sealed."""

_BATCH_ROWS = 1_000


def seal_anew(node: Node) -> None:
    """Seal everything that rests under the key that seals now; the caller holds a transaction."""
    for model, column, purpose in RESTING:
        rows: Any = model.objects.exclude(**{column: None})
        if model is Blob:
            rows = rows.filter(sealed=False)
        last = None
        while batch := list(_after(rows, last).values_list("pk", column)[:_BATCH_ROWS]):
            _write(node, model, column, purpose, batch)
            last = batch[-1][0]
    _seal_uploads_anew(node)


def sweep() -> None:
    """Write the tables anew, so that no page of them holds what was deleted."""
    with database_errors(), connection.cursor() as cursor:
        cursor.execute("VACUUM")
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _after(rows: Any, last: Any) -> Any:
    ordered = rows.order_by("pk")
    return ordered if last is None else ordered.filter(pk__gt=last)


def _write(
    node: Node, model: type[models.Model], column: str, purpose: str, batch: list[tuple[Any, Any]]
) -> None:
    table, key = model._meta.db_table, model._meta.pk.column  # noqa: SLF001 - Django's own way
    with connection.cursor() as cursor:
        cursor.executemany(
            f'UPDATE "{table}" SET "{column}" = %s WHERE "{key}" = %s',  # noqa: S608 - our own names
            [
                (seal_at_rest(node, open_at_rest(node, data, purpose=purpose), purpose=purpose), pk)
                for pk, data in batch
            ],
        )


def _seal_uploads_anew(node: Node) -> None:
    for path in sorted((node.home / INBOX).glob("*")):
        try:
            data = open_at_rest(node, read_private(path), purpose=uploads.FILE)
        except TamperError:
            continue  # not one of ours: a bundle that somebody put there
        write_private(path, seal_at_rest(node, data, purpose=uploads.FILE))
