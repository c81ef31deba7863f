"""Rows of a list: what a bureau wrote stays text, whatever it wrote."""

import datetime as dt

import pytest
from django.utils import translation

from homeward.foundation.dates import parse_date
from homeward.records.model import PersonRecord

pytest.importorskip("allauth", reason="needs the extra web")
TODAY = dt.date(2026, 3, 1)
HOSTILE = "<script>alert('\"')</script>&"


def row_of(person, *, kind="held", columns=(), has_days=True):
    from homeward.node.web.rows import table_rows

    return table_rows([person], kind, columns=columns, has_days=has_days, today=TODAY)


def test_no_cell_can_become_markup():
    from homeward.records.model import COLUMNS

    texts = ("ref", "family_name", "given_name", "father_name", "rank", "unit", "held_at", "power")
    person = PersonRecord(**dict.fromkeys(texts, HOSTILE))
    row = row_of(person, columns=[each for each in COLUMNS["held"] if each in texts])
    assert "<script" not in row
    assert "'\"'" not in row
    assert row.count("&lt;script&gt;") >= len(texts)


def test_what_is_not_known_is_said_to_be_unknown():
    row = row_of(PersonRecord(ref="XA-1"), columns=["rank", "consent"])
    assert row.count('<span class="minor">unknown</span>') == 4  # power, days and the two columns
    assert '<bdi dir="ltr">XA-1</bdi></a>' in row  # without a name the reference stands for it


@pytest.mark.parametrize(
    ("since", "days"), [("2026-02-01", '<bdi dir="ltr">28</bdi>'), ("2026-02", "at least ")]
)
def test_days_of_a_date_that_is_not_exact_are_the_least(since, days):
    assert f">{days}" in row_of(PersonRecord(ref="XA-1", captured_on=parse_date(since)))


def test_a_role_that_may_not_see_the_days_has_no_such_cell():
    person = PersonRecord(ref="XA-1", captured_on=parse_date("2026-02-01"))
    assert "Days held" not in row_of(person, has_days=False)


def test_words_follow_the_language_of_the_reader():
    person = PersonRecord(ref="XA-1", status="pow", birth_date=parse_date("1998-03-14"))
    rows = set()
    for language in ("en", "uk", "ru", "ar"):
        with translation.override(language):
            rows.add(row_of(person))
    assert len(rows) == 4


def test_a_kept_part_is_rendered_once_for_each_language_and_value():
    from django.template import Context, engines

    text = "{% load i18n kept %}{% kept kind %}{% translate 'Person' %} {{ other }}{% endkept %}"
    template = engines["django"].engine.from_string(text)

    def shown(kind, other, language="en"):
        with translation.override(language):
            return template.render(Context({"kind": kind, "other": other}))

    assert shown("held", 1) == "Person 1"
    assert shown("held", 2) == "Person 1"
    assert shown("wanted", 2) == "Person 2"
    assert not shown("held", 3, "uk").startswith("Person")
