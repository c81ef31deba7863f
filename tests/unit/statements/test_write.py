import datetime as dt

import pytest

from homeward.foundation.errors import InputError
from homeward.foundation.ids import PartyCode, parse_flow
from homeward.statements import Record, neutral_statement, reconcile

TO_UA, TO_RU = parse_flow("RU -> UA"), parse_flow("UA -> RU")
RECORD = Record(
    date=dt.date(2025, 2, 5),
    legs={TO_UA: 150, TO_RU: 1},
    mediators=(PartyCode("AE"),),
    medical_checks={PartyCode("RU"): PartyCode("BY")},
)


def test_a_statement_says_what_the_record_shows():
    written = neutral_statement("RU.bureau", RECORD, mentions=(TO_UA, TO_RU), simulation=False)
    assert written.text == (
        "Statement by RU.bureau. On 5 February 2025, 150 people went home to UA, let go by RU. "
        "On 5 February 2025, 1 person went home to RU, let go by UA. "
        "Those going home to RU had medical checks in BY. AE mediated."
    )
    found = reconcile((written,), RECORD, date=RECORD.date)
    assert all(judged.agrees_with_record for v in found for judged in v.claims)
    assert len(found) == 4


def test_a_side_that_leaves_out_those_it_let_go_is_found_out():
    written = neutral_statement("UA.bureau", RECORD, mentions=(TO_UA,), simulation=True)
    assert "home to RU" not in written.text
    omitted = [v for v in reconcile((written,), RECORD, date=RECORD.date) if v.omitted_by]
    assert [(v.fact, v.home, v.omitted_by) for v in omitted] == [("leg", "RU", ("UA",))]


def test_only_a_simulation_says_so_and_says_it_first():
    real, made_up = (
        neutral_statement("UA", RECORD, mentions=(TO_UA,), simulation=simulation)
        for simulation in (False, True)
    )
    assert made_up.text.startswith("SIMULATION")
    assert "SIMULATION" not in real.text


def test_a_withheld_number_is_not_written():
    record = Record(date=RECORD.date, legs={TO_UA: 150}, withheld=frozenset({TO_UA}))
    written = neutral_statement("UA", record, mentions=(TO_UA,), simulation=False)
    assert "150" not in written.text
    assert "withheld under the agreement" in written.text
    assert [claim.value for claim in written.withholds] == [None]


def test_a_flow_the_record_does_not_show_is_refused():
    with pytest.raises(InputError, match="Expected a flow of the record, found BY -> UA"):
        neutral_statement("UA", RECORD, mentions=(parse_flow("BY -> UA"),), simulation=False)
