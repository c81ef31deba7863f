"""A communiqué says in four languages what the record shows, and withholds what the terms withhold."""

import datetime as dt
import re

import pytest
from tests.unit.handover.logbook import ORIGIN, Logbook, whole_case
from tests.unit.negotiation import casebook

from homeward.foundation.errors import InputError
from homeward.foundation.ids import PartyCode, parse_flow
from homeward.handover.replay import replay
from homeward.statements import Record
from homeward.statements.communique import LANGUAGES, write_communique
from homeward.statements.from_ledger import records_of

TO_UA, TO_RU = parse_flow("RU -> UA"), parse_flow("UA -> RU")
RECORD = Record(
    date=dt.date(2025, 2, 5),
    legs={TO_UA: 150, TO_RU: 149},
    mediators=(PartyCode("AE"),),
    medical_checks={PartyCode("RU"): PartyCode("BY")},
)
SHOWN = {TO_UA: 150, TO_RU: 149}


def write(shown=SHOWN, **changes):
    return write_communique(RECORD, shown, **{"simulation": False, **changes})


def test_every_language_says_the_same_numbers_in_its_own_names():
    made = write()
    names = {"en": "Belarus", "uk": "Білорусь", "ru": "Беларусь", "ar": "بيلاروس"}
    for language in LANGUAGES:
        text = made.texts[language]
        assert re.findall(r"\d+", text.split("\n", 2)[2]) == ["150", "149"]
        assert names[language] in text
        assert "{" not in text
    assert len({len(text.splitlines()) for text in made.texts.values()}) == 1


def test_a_withheld_number_is_written_in_no_language():
    made = write({TO_UA: None, TO_RU: "1\u20134"})
    for language in LANGUAGES:
        assert "150" not in made.texts[language]
        assert "149" not in made.texts[language]
        assert "1\u20134" in made.texts[language]
    assert "withheld under the agreement" in made.texts["en"]


def test_agreed_lines_alone_are_written_and_who_has_not_agreed_is_said():
    made = write(chosen=["leg.RU-UA"], agreed_by=["UA"])
    assert [line.id for line in made.lines] == ["leg.RU-UA"]
    assert "Draft. Not yet agreed by: Russia." in made.texts["en"]
    assert "Agreed by: Ukraine." in made.texts["en"]
    whole = write(agreed_by=["UA", "RU"])
    assert "Draft" not in whole.texts["en"]
    assert [line.id for line in whole.lines] == [
        "leg.RU-UA",
        "leg.UA-RU",
        "medical_checks.RU",
        "mediator.AE",
    ]


@pytest.mark.parametrize("changes", [{"chosen": ["leg.UA-BY"]}, {"agreed_by": ["BY"]}])
def test_what_the_exchange_does_not_have_is_refused(changes):
    with pytest.raises(InputError, match=r"Expected each (line|party) as one of"):
        write(**changes)


def test_an_embargo_and_a_simulation_come_first():
    made = write(simulation=True, embargo_until=dt.datetime(2025, 2, 5, 18, tzinfo=dt.UTC))
    for language in LANGUAGES:
        first, second = made.texts[language].splitlines()[:2]
        assert first.startswith("SIMULATION")
        assert "2025-02-05 18:00" in second
    assert "SIMULATION" not in write().texts["uk"]


def test_a_ledger_gives_the_record_of_who_came_home():
    log = Logbook()
    log.open()
    log.play(whole_case())
    found = records_of(replay(ORIGIN, log.entries))["c-1"]
    assert found.legs == {TO_UA: 4, TO_RU: 4}
    assert found.date == dt.date(2025, 2, 5)
    assert found.mediators == ("AE",)
    assert found.medical_checks == {"RU": "BY"}
    assert found.withheld == frozenset()


def test_what_the_terms_withhold_is_not_in_the_record(monkeypatch):
    terms = casebook.TERMS.replace("count = 4", "count = 4\nwithhold = true")
    sha256 = casebook.read_agreement(terms).sha256
    monkeypatch.setattr(casebook, "TERMS", terms)
    monkeypatch.setattr(casebook, "TERMS_SHA256", sha256)
    monkeypatch.setitem(casebook.HASHES, "terms_sha256", sha256)
    log = Logbook()
    log.open()
    log.play(whole_case())
    found = records_of(replay(ORIGIN, log.entries))["c-1"]
    assert found.legs == {}
    assert found.withheld == frozenset({TO_UA, TO_RU})


def test_a_case_in_which_nobody_came_home_has_no_record():
    log = Logbook()
    log.open()
    book = casebook.Casebook()
    book.to_accepted()
    log.play(book)
    assert records_of(replay(ORIGIN, log.entries)) == {}
