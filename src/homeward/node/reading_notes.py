"""Notes of reads, written to the disk together.

Rules of this file:
- A note is on the disk before whoever wrote it goes on: nobody is shown before.
- Notes of the same moment go there in one statement, which is one transaction: to make the
  disk safe takes longer than to write, and other writers wait meanwhile.
- If notes could not be written together, each is tried alone: nobody's failure is another's.
"""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import astuple, dataclass

from django.db import connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A row of the access log, in the order of its columns."""

    at: dt.datetime
    actor: str
    act: str
    subject: str
    person_count: int
    purpose: str


class _Waiting:
    """A note that is to be written by whoever has the turn."""

    __slots__ = ("is_written", "note")

    def __init__(self, note: Note) -> None:
        self.note = note
        self.is_written = False


_COLUMNS = ", ".join(Note.__dataclass_fields__)
_PLACES = f"({', '.join('%s' for _ in Note.__dataclass_fields__)})"
_waiting: list[_Waiting] = []
_turn = threading.Lock()


def write(note: Note) -> None:
    """Write a note, with others that wait at the same moment.

    Inside a transaction it is written by that, alone.

    Args:
        note: Of a read that comes next.
    """
    if connection.in_atomic_block:
        _insert([note])
        return
    mine = _Waiting(note)
    _waiting.append(mine)
    with _turn:  # whoever writes now takes along all who came meanwhile
        if mine.is_written:
            return
        together = _taken() if mine in _waiting else [mine]
        _insert([each.note for each in together])
        for each in together:
            each.is_written = True


def _taken() -> list[_Waiting]:
    taken = _waiting[:]
    del _waiting[: len(taken)]  # others may have come since
    return taken


def _insert(notes: list[Note]) -> None:
    # Plain SQL: every page of a list does this.
    adapt = connection.ops.adapt_datetimefield_value
    values = [value for note in notes for value in (adapt(note.at), *astuple(note)[1:])]
    places = ", ".join([_PLACES] * len(notes))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO node_accesslog ({_COLUMNS}) VALUES {places}",  # noqa: S608 - our own names
            values,
        )
