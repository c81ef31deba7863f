"""Invented pools: one seed, one pool; what a description says is so."""

from __future__ import annotations

import datetime as dt

import pytest

from homeward.demo.pools import make_pool
from homeward.foundation.errors import InputError

DAY = dt.date(2031, 4, 2)
TWO = """
[[people]]
held_by = "XA"
of = "XB"
count = 30
on = ["first"]
rank = ["private", "captain"]
captured_on = { from = 2030-01-01, to = 2030-01-31 }

[[people]]
held_by = "XA"
of = "XC"
count = 2
status = "civilian"
"""


def made(text=TWO, *, seed=1):
    return make_pool(text, effective=DAY, seed=seed)


def test_a_seed_gives_one_pool_and_another_seed_another():
    assert made() == made()
    assert made(seed=2) != made()


def test_people_are_numbered_by_holder_and_stand_on_their_lists():
    pool = made()
    rows = pool.held["XA"]
    assert [row["ref"] for row in rows[:2]] == ["XA-00001", "XA-00002"]
    assert [row["power"] for row in rows[29:]] == ["XB", "XC", "XC"]
    assert {str(person) for person in pool.lists["first"]} == {
        f"XA:XA-{n:05}" for n in range(1, 31)
    }


def test_columns_are_fixed_or_drawn_as_described():
    rows = made().held["XA"]
    assert {row["rank"] for row in rows[:30]} == {"private", "captain"}
    assert {row["captured_on"][:7] for row in rows[:30]} == {"2030-01"}
    assert [row["status"] for row in rows] == ["pow"] * 30 + ["civilian"] * 2
    assert all(dt.date.fromisoformat(row["captured_on"]) < DAY for row in rows)


def test_a_longer_group_leaves_the_others_as_they_were():
    longer = made(TWO.replace("count = 30", "count = 31")).held["XA"]
    assert [row | {"ref": ""} for row in longer[31:]] == [
        row | {"ref": ""} for row in made().held["XA"][30:]
    ]


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ("people = 1", r"\[\[people\]\] tables"),
        ("[[people]", "TOML"),
        ('[[people]]\nheld_by = "XA"', "no of, count"),
        ('[[people]]\nheld_by = "XA"\nof = "XB"\ncount = -1', "count = a whole number"),
        ('[[people]]\nheld_by = "XA"\nof = "XB"\ncount = 1\nrank = 3', "rank = a text"),
        ('[[people]]\nheld_by = "XA"\nof = "XB"\ncount = 1\nrank = []', "rank = a text"),
        (TWO.replace("to = 2030-01-31", "to = 2029-01-31"), "In group 1: expected captured_on"),
        (TWO.replace("to = 2030-01-31", "to = 3"), "In group 1: expected captured_on"),
    ],
)
def test_what_a_description_lacks_is_said(wrong, expected):
    with pytest.raises(InputError, match=expected):
        made(wrong)
