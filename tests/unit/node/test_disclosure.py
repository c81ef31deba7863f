"""Two officers allow a look: one alone, the same twice and a lapsed permission see nothing."""

import datetime as dt

import pytest

from homeward.foundation.errors import RuleError, TurnError
from homeward.node.actions import disclosure
from homeward.node.actions.disclosure import ASKED_FOR, SEEN_FOR, Look
from homeward.node.models import AccessLog, Disclosure

LOOK = Look(act="why", case="first", subject="0" * 32)
FIRST, SECOND, THIRD = "officer-1", "officer-2", "officer-3"
MINUTE = dt.timedelta(minutes=1)


def sees(node, actor, now, look=LOOK):
    return disclosure.show(node, look, actor=actor, now=now)


def test_two_officers_see_it_for_an_hour_and_nobody_else_does(node, now):
    disclosure.ask(node, LOOK, actor=FIRST, now=now)
    disclosure.agree(node, LOOK, actor=SECOND, now=now + MINUTE)
    assert sees(node, FIRST, now + 2 * MINUTE)
    assert sees(node, SECOND, now + SEEN_FOR)
    assert not sees(node, THIRD, now + 2 * MINUTE)
    other = Look(act="why", case="first", subject="1" * 32)
    assert not sees(node, FIRST, now + 2 * MINUTE, other)
    assert not sees(node, FIRST, now + 2 * MINUTE, Look(act="small_counts", case="first"))


def test_one_officer_alone_sees_nothing(node, now):
    disclosure.ask(node, LOOK, actor=FIRST, now=now)
    assert not sees(node, FIRST, now)
    assert disclosure.stage(node, LOOK, actor=FIRST, now=now) == "asked"
    assert disclosure.stage(node, LOOK, actor=SECOND, now=now) == "asked_by_other"


def test_the_same_officer_twice_sees_nothing(node, now):
    disclosure.ask(node, LOOK, actor=FIRST, now=now)
    with pytest.raises(RuleError, match="another account"):
        disclosure.agree(node, LOOK, actor=FIRST, now=now)
    with pytest.raises(TurnError):
        disclosure.ask(node, LOOK, actor=FIRST, now=now)
    assert not sees(node, FIRST, now)


def test_a_lapsed_permission_shows_nothing_and_may_be_asked_for_again(node, now):
    disclosure.ask(node, LOOK, actor=FIRST, now=now)
    disclosure.agree(node, LOOK, actor=SECOND, now=now)
    late = now + SEEN_FOR + MINUTE
    assert not sees(node, FIRST, late)
    assert not sees(node, SECOND, late)
    disclosure.ask(node, LOOK, actor=SECOND, now=late)
    assert not sees(node, SECOND, late)


def test_nobody_agrees_to_what_was_never_asked_or_too_long_ago(node, now):
    with pytest.raises(TurnError):
        disclosure.agree(node, LOOK, actor=SECOND, now=now)
    disclosure.ask(node, LOOK, actor=FIRST, now=now)
    with pytest.raises(TurnError):
        disclosure.agree(node, LOOK, actor=SECOND, now=now + ASKED_FOR)


def test_asking_agreeing_and_looking_are_written_down(node, now):
    disclosure.ask(node, LOOK, actor=FIRST, now=now)
    disclosure.agree(node, LOOK, actor=SECOND, now=now)
    sees(node, FIRST, now)
    sees(node, THIRD, now)
    found = AccessLog.objects.order_by("id").values_list("act", "actor", "subject", "person_count")
    subject = f"first:{LOOK.subject}"
    assert list(found) == [
        ("disclosure.ask", FIRST, subject, 1),
        ("disclosure.agree", SECOND, subject, 1),
        ("disclosure.read", FIRST, subject, 1),
    ]
    assert Disclosure.objects.count() == 1
