"""One person on one list."""

from __future__ import annotations

import pytest

from homeward.records.model import ALLOWED, COLUMNS, HELD, WANTED, PersonRecord, owed_article_109


def test_the_columns_are_those_of_the_contract_in_its_order() -> None:
    assert COLUMNS[HELD][:5] == (
        *("ref", "family_name", "given_name", "father_name", "name_as_written"),
    )
    assert COLUMNS[HELD][14:] == (
        *("captured_on", "captured_at", "held_at", "health"),
        *("article_109", "fit_to_travel", "consent"),
    )
    assert COLUMNS[WANTED] == (*COLUMNS[HELD][:14], "missing_since", "last_seen_at")


def test_every_allowed_set_ends_with_unknown_which_is_the_default() -> None:
    record = PersonRecord(ref="A-1")
    for column, values in ALLOWED.items():
        assert values[-1] == "unknown" == getattr(record, column)


@pytest.mark.parametrize(
    ("status", "health", "article_109", "owed"),
    [
        ("pow", "good", "owed", True),
        ("pow", "serious", "unknown", True),
        ("pow", "grave", "unknown", True),
        ("pow", "wounded", "unknown", False),
        ("pow", "unknown", "unknown", False),
        ("pow", "grave", "not_owed", False),
        ("civilian", "grave", "owed", False),
        ("unknown", "grave", "unknown", False),
    ],
)
def test_article_109_follows_the_commission_and_then_the_health(
    status: str, health: str, article_109: str, owed: bool
) -> None:
    record = PersonRecord(ref="A-1", status=status, health=health, article_109=article_109)
    assert owed_article_109(record) is owed


def test_article_109_sends_nobody_home_who_has_died() -> None:
    record = PersonRecord(ref="A-1", status="pow", health="grave", alive="no")
    assert not owed_article_109(record)


def test_a_record_shows_only_its_reference_in_a_traceback() -> None:
    record = PersonRecord(ref="A-1", family_name="Invented", health="grave")
    assert repr(record) == "PersonRecord(ref='A-1')"
