"""The table [handover]: what it may say, and what is said where it is wrong."""

from __future__ import annotations

import pytest
from tests.unit.terms.drafts import HEAD

from homeward.foundation.errors import InputError
from homeward.terms import read_agreement
from homeward.terms.normal import format_agreement


def read(table=""):
    return read_agreement(HEAD + table)


@pytest.mark.parametrize("table", ["", "[handover]\n", '[handover]\norder = "together"\n'])
def test_without_an_order_everybody_goes_together(table):
    handover = read(table).handover
    assert (handover.order, handover.batch) == ("together", None)
    assert read(table).sha256 == read().sha256


@pytest.mark.parametrize("order", ["exposure", "medical"])
@pytest.mark.parametrize("batch", [1, 5, 10_000_000])
def test_an_order_has_a_batch_and_both_are_agreed(order, batch):
    agreement = read(f'[handover]\nbatch = {batch}\norder = "{order}"\n')
    assert (agreement.handover.order, agreement.handover.batch) == (order, batch)
    assert read_agreement(format_agreement(agreement)).handover == agreement.handover
    others = {read().sha256, read(f'[handover]\norder = "{order}"\nbatch = 7\n').sha256}
    assert agreement.sha256 not in others


def test_the_order_is_part_of_what_is_agreed():
    one, two = (read(f'[handover]\norder = "{o}"\nbatch = 2\n') for o in ("exposure", "medical"))
    assert one.sha256 != two.sha256


@pytest.mark.parametrize(
    ("table", "key", "line"),
    [
        ('order = "exposure"\n', "batch", 0),
        ('order = "medical"\n', "batch", 0),
        ("batch = 5\n", "batch", 1),
        ('order = "together"\nbatch = 5\n', "batch", 2),
        ('order = "exposure"\nbatch = 0\n', "batch", 2),
        ('order = "exposure"\nbatch = true\n', "batch", 2),
        ('order = "exposure"\nbatch = "5"\n', "batch", 2),
        ('order = "exposure"\nbatch = [5]\n', "batch", 2),
        ('batch = 5\norder = "wounded"\n', "order", 2),
        ('batch = 5\norder = ""\n', "order", 2),
        ("batch = 5\norder = 1\n", "order", 2),
        ('order = "exposure"\nbatch = 5\nsize = 5\n', "size", 3),
    ],
)
def test_a_wrong_table_is_shown_on_its_line(table, key, line):
    with pytest.raises(InputError) as caught:
        read("[handover]\n" + table)
    assert caught.value.facts["line"] == HEAD.count("\n") + 1 + line
    assert key in caught.value.message
    assert "[handover]" in caught.value.message


@pytest.mark.parametrize("text", ["handover = 3\n", "[[handover]]\n", 'handover = "exposure"\n'])
def test_what_is_no_table_is_refused(text):
    with pytest.raises(InputError) as caught:
        read_agreement(text + HEAD if "=" in text else HEAD + text)
    assert caught.value.facts["line"] >= 1
    assert "handover" in caught.value.message
