"""Notes of reads: many at once, each safe before its reader goes on."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connections, transaction

from homeward.node import access, reading_notes
from homeward.node.access import Reader
from homeward.node.models import AccessLog

THREADS = 6


def take_note(node, reader, count):
    access.note(node, reader, act="people.found", subject="held", person_count=count)


@pytest.fixture(name="reader")
def fixture_reader(now):
    return Reader(actor="user-7", purpose="review", now=now)


@pytest.fixture(name="statements")
def fixture_statements(monkeypatch):
    """Give a list of how many notes each statement wrote."""
    found, insert = [], reading_notes._insert

    def counted(notes):
        insert(notes)
        found.append(len(notes))

    monkeypatch.setattr(reading_notes, "_insert", counted)
    return found


def at_once(act):
    """Call an act with 1, 2, … in threads of its own, while the turn is held until all wait."""

    def alone(number):
        try:
            act(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        with reading_notes._turn:
            asked = [pool.submit(alone, number) for number in range(1, THREADS + 1)]
            while len(reading_notes._waiting) < THREADS:
                threading.Event().wait(0.01)
        return [each.exception() for each in asked]


def test_notes_of_the_same_moment_are_written_in_one_statement(node, reader, statements):
    assert at_once(lambda number: take_note(node, reader, number)) == [None] * THREADS
    written = AccessLog.objects.values_list("person_count", flat=True)
    assert sorted(written) == list(range(1, THREADS + 1))
    assert statements == [THREADS]
    assert reading_notes._waiting == []


def test_a_note_is_in_the_table_when_its_writer_goes_on(node, reader):
    def act(number):
        take_note(node, reader, number)
        assert AccessLog.objects.filter(person_count=number).exists()

    assert at_once(act) == [None] * THREADS


def test_a_note_that_fails_keeps_nobody_else_from_writing(node, reader):
    def act(number):
        take_note(node, reader, -1 if number == 3 else number)  # the table takes no such count

    failures = at_once(act)
    # Whoever wrote for all hears of it; of the others only the one whose note it was.
    assert 1 <= sum(failure is not None for failure in failures) <= 2
    assert all(isinstance(failure, DatabaseError | None) for failure in failures)
    assert AccessLog.objects.count() >= THREADS - 2
    take_note(node, reader, 9)
    assert AccessLog.objects.filter(person_count=9).exists()


def test_a_note_inside_a_transaction_is_taken_back_with_it(node, reader):
    with node.transaction():
        take_note(node, reader, 1)
        assert AccessLog.objects.count() == 1
        transaction.set_rollback(True)
    assert AccessLog.objects.count() == 0
