"""The timetable of an agreement: deadlines that it sets, and none where it has none."""

import pytest
from tests.unit.terms.drafts import HEAD, clause

from homeward.foundation.errors import InputError
from homeward.terms import read_agreement
from homeward.terms.agreed import Timetable
from homeward.terms.normal import format_agreement, normal_form
from homeward.terms.sentences import tell

BARE = HEAD + clause("give", flows=["XA -> XB"], count=1)


def test_without_the_table_nothing_is_due_and_the_hash_is_what_it_was():
    agreement = read_agreement(BARE)
    assert agreement.timetable is None
    assert "timetable" not in normal_form(agreement)


def test_an_empty_table_has_the_usual_days_and_is_not_the_same_as_none():
    agreement = read_agreement(BARE + "[timetable]\n")
    assert agreement.timetable == Timetable()
    assert agreement.sha256 != read_agreement(BARE).sha256
    said = BARE + "[timetable]\nwanted_days = 7\ninterviews_days = 10\n"
    assert read_agreement(said).sha256 == agreement.sha256
    assert read_agreement(format_agreement(agreement)).sha256 == agreement.sha256


@pytest.mark.parametrize(
    "line", ["answers_days = 0", "answers_days = 1.5", 'answers_days = "7"', "days = 7"]
)
def test_what_is_no_number_of_days_is_refused_with_its_line(line):
    with pytest.raises(InputError) as caught:
        read_agreement(f"{BARE}[timetable]\n{line}\n")
    assert caught.value.facts["line"]


def test_the_sentences_tell_every_deadline_and_that_no_clock_decides():
    agreement = read_agreement(BARE + "[timetable]\nanswers_days = 1\n")
    told = [each.text for each in tell(agreement) if each.about == "timetable"]
    assert len(told) == 7
    assert "within 1 day " in told[1]
    assert told[-1].startswith("No clock decides")
