"""Positions as rows: the table of talks from reviewed rows is that of the text, or of fewer words."""

import datetime as dt

from homeward.statements.heard import Document
from homeward.statements.reading import read_statement
from homeward.statements.reviewed import in_order, rows_in
from homeward.talks.hearing import positions_in, sides_in
from homeward.talks.reviewed import Told, position_rows, table_of
from homeward.talks.table import mediators_in, talks_table

DAY = dt.date(2031, 5, 8)
TEXT = """Armenia's defence ministry said on Thursday that 40 Armenian soldiers had come home from Azerbaijan.
Both sides said that Georgia mediated. Armenia's president ruled out direct talks with Azerbaijan's president.
Azerbaijan's foreign ministry said that it was ready for talks with Armenia."""


def read():
    return Document(name="text", published_on=DAY, text=TEXT, reading=read_statement(TEXT, DAY))


def told(*kinds):
    document = read()
    rows = in_order([*rows_in(document), *position_rows(document)])
    return [Told(name="text", text=TEXT, rows=tuple(r for r in rows if r.kind in kinds))]


def test_all_rows_give_the_table_that_the_text_gives():
    document = read()
    sides = sides_in([document])
    whole = talks_table(
        positions_in(document, sides), sides, mediators_in([document], sides), on=DAY
    )
    table = table_of(told("leg", "mediator", "position"), sides, on=DAY)
    assert [(j.format, j.verdict, j.unblock) for j in table.formats] == [
        (j.format, j.verdict, j.unblock) for j in whole.formats
    ]
    assert table.recommended.format == whole.recommended.format
    assert {j.verdict for j in table.formats} > {"blocked", "feasible"}


def test_a_mediation_that_nobody_confirmed_makes_no_shuttle_possible():
    sides = ("AM", "AZ")
    table = table_of(told("leg", "position"), sides, on=DAY)
    assert not [j for j in table.formats if j.format.mode == "shuttle" and j.in_use]
    with_it = table_of(told("leg", "mediator", "position"), sides, on=DAY)
    assert [j.format.host for j in with_it.formats if j.in_use] == ["GE", "GE"]


def test_sides_are_those_of_whom_the_positions_speak():
    assert table_of(told("position"), (), on=None).sides == ("AM", "AZ")


def test_without_a_position_there_is_no_table():
    assert table_of(told("leg", "mediator"), ("AM", "AZ"), on=DAY) is None
