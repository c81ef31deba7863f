"""Several threads act for one node at once: nothing is lost, and no number is given twice."""

import threading

from django.db import DatabaseError, connection
from tests.scenario import nodes as play

from homeward.foundation.errors import HomewardError, TurnError
from homeward.node import book
from homeward.node.actions import cases

NAMES = [f"case-{number}" for number in range(6)]


def at_once(*acts):
    """Run acts in threads of their own that begin together; return what they raised."""
    start, raised = threading.Barrier(len(acts)), []

    def run(act):
        start.wait()
        try:
            act()
        except (HomewardError, DatabaseError) as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_a_mediators_entries_follow_one_another(at_stage):
    nodes = at_stage("opened")
    node, now = nodes.at("AE"), nodes.tick()
    before = nodes.size("AE")
    raised = at_once(
        *(lambda name=name: cases.open_case(node, play.terms(name), now=now) for name in NAMES)
    )
    assert raised == []
    state = book.read_book(node)
    assert state.chain.tree.size == before + len(NAMES)
    assert set(NAMES) < set(state.cases)


def test_a_bureau_signs_a_step_once_however_many_press_the_button(at_stage):
    nodes = at_stage("opened")
    node, now = nodes.at("UA"), nodes.tick()
    raised = at_once(*(lambda: cases.sign_terms(node, play.CASE, now=now) for _ in range(4)))
    assert [type(error) for error in raised] == [TurnError] * 3
    assert len(book.waiting(book.log_of(node).name)) == 1
