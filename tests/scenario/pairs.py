"""Two lists of invented people, some of whom are hard to tell apart; and their nodes."""

import datetime as dt

from tests.scenario import nodes as play

from homeward.foundation.dates import parse_date
from homeward.node.actions import cases, lists, review_jobs
from homeward.records.model import PersonRecord
from homeward.records.write import write_csv

NOW = dt.datetime(2025, 2, 6, 12, 0, tzinfo=dt.UTC)

# Nikolai is very likely Mykola; Ivan is likely; either Serhii may be Sergei; Pavel is nobody.
WANTED = (
    ("W1", "Орлов Николай Петрович", "1990-05-12"),
    ("W2", "Белов Сергей", "1988"),
    ("W4", "Кузнецов Иван", "1995"),
    ("W5", "Громов Павел Олегович", "1991-02"),
    ("W6", "Титов Андрей", "1994"),
)
HELD = (
    ("H1", "Орлов Микола Петрович", "1990-05-12"),
    ("H2", "Бєлов Сергій", "1988"),
    ("H3", "Belov Serhii", "1988-04-03"),
    ("H4", "Кузнецов Іван", "1995-01-02"),
    ("H5", "Дуденко Лев", "1990-12-30"),
    ("H6", "Тітов Андрій", "1994-08-07"),
    ("H7", "Титов Андрей", "1994-08-07"),
)
CLEAR, LIKELY, RIVAL, OTHER_RIVAL = ("W1", "H1"), ("W4", "H4"), ("W2", "H2"), ("W2", "H3")


def person(ref, name, born, **more):
    family, given, *father = name.split()
    return PersonRecord(
        ref=ref,
        family_name=family,
        given_name=given,
        father_name="".join(father),
        birth_date=parse_date(born),
        power="RU",
        status="pow",
        **more,
    )


def records(rows):
    return [person(*row) for row in rows]


def begin(folder):
    """Make three nodes; RU has asked UA for the wanted people, and UA owes the answer."""
    files = play.list_files()
    files["RU", "wanted"] = write_csv(records(WANTED), "wanted")
    files["UA", "held"] = write_csv(records(HELD), "held")
    world = play.begin(folder, files)
    world.do("AE", cases.open_case, play.terms())
    world.carry()
    world.both(cases.sign_terms, play.CASE)
    world.carry()
    world.both(cases.send_wanted, play.CASE, actor=play.ACTOR)
    world.carry()
    return world


def compare(node, *, now=NOW, case=play.CASE):
    """Compare the lists of the case, as the job does."""
    return review_jobs.propose_case(
        node, case=case, now=now, actor=play.ACTOR, report=cases.no_report
    )


def change_held(node, rows, *, now=NOW):
    data = write_csv(records(rows), "held")
    lists.import_list(node, kind="held", data=data, file_name="list.csv", now=now, actor=play.ACTOR)
