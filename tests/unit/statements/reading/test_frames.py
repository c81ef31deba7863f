"""Who speaks, who acts and where people go, in forms that a list of words cannot hold."""

import datetime as dt

import pytest
from tests.unit.statements.reading.test_mechanisms import legs, mediators

from homeward.statements.reading import read_statement
from homeward.statements.reading.inflection import forms
from homeward.statements.reading.tokens import sentences_of

DAY = dt.date(2031, 9, 10)  # a Wednesday


def omissions(text):
    found = read_statement(text, DAY).omissions
    return {o.source.partition(".")[0] for o in found if o.stated_by == "narrator"}


def stances(text):
    return {(p.actor.partition(".")[0], p.stance) for p in read_statement(text, DAY).positions}


@pytest.mark.parametrize(
    ("language", "lemma", "form"),
    [
        ("en", "release", "releasing"),
        ("en", "carry", "carried"),
        ("es", "entregar", "entregaron"),
        ("fr", "libérer", "libérées"),
        ("ar", "افرج/فرج", "افرجت"),
    ],
)
def test_a_verb_named_by_its_infinitive_has_its_forms(language, lemma, form):
    made = {made for made, _ in forms(language, lemma, {})}
    assert form.replace("é", "e") in {text.replace("é", "e") for text in made}


def test_a_form_of_the_future_is_told_apart_from_one_of_the_past():
    made = dict(forms("fr", "rendre", {}))
    assert made["rendront"]
    assert not made["rendent"]


@pytest.mark.parametrize(
    ("text", "want"),
    [
        (  # a noun of telling with its owner
            "Armenia freed 12 Azerbaijanis on Monday. Baku's version is different: 14 soldiers came home.",
            {("AZ", 12, "narrator"), ("AZ", 14, "AZ")},
        ),
        (  # a second verb of saying shares the subject
            (
                "Armenia's army put it at 30 people from each side and added that six wounded "
                "Azerbaijanis had been handed over."
            ),
            {("AM", 30, "AM"), ("AZ", 30, "AM"), ("AZ", 6, "AM")},
        ),
        (  # its own office
            "Azerbaijan got 63 servicemen back, its defence ministry said.",
            {("AZ", 63, "AZ")},
        ),
        (  # a relative clause between the speaker and the word of saying
            "Armenia's defence ministry, whose count nobody disputes, said 20 Armenians were home.",
            {("AM", 20, "AM")},
        ),
        (  # a verb that no pack knows, before "that"
            "Armenia's defence ministry crowed that 20 Armenians were home.",
            {("AM", 20, "AM")},
        ),
        (  # an office without a country in a capital
            "In Baku the defence ministry reported that 82 of its men had been brought back.",
            {("AZ", 82, "AZ")},
        ),
    ],
)
def test_a_leg_has_the_source_that_structure_tells(text, want):
    assert legs(text) == want


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Armenia will not let its 14 prisoners go.", set()),
        ("Of the 31 Armenians on the list only 27 were sent home.", {("AM", 27, "narrator")}),
        (
            "Armenia received 40 soldiers on Monday. With that 900 people have now come home to Armenia.",
            {("AM", 40, "narrator")},
        ),
        (
            "Armenia and Azerbaijan swapped 75 prisoners each on Monday, freeing 150 people.",
            {("AM", 75, "narrator"), ("AZ", 75, "narrator")},
        ),
    ],
)
def test_what_is_refused_pooled_or_summed_is_no_leg(text, want):
    assert legs(text) == want


def test_rebels_and_the_government_of_one_state_are_two_sides():
    text = "Niger's rebels set free 30 soldiers. In return the government freed 28 fighters."
    assert legs(text) == {("NE", 30, "narrator"), ("NE-REBELS", 28, "narrator")}


def test_a_sentence_that_only_counts_goes_on_with_the_one_before():
    text = "Armenia welcomed a group on Monday. It numbered 130 people, the Armenian army said."
    assert legs(text) == {("AM", 130, "AM")}


def test_a_prisoner_of_a_side_goes_to_the_other_and_its_soldier_comes_home():
    assert legs("Armenia released its 70 prisoners to Azerbaijan.") == {("AZ", 70, "narrator")}
    assert legs("Armenia got back its 70 soldiers.") == {("AM", 70, "narrator")}


def test_a_case_without_a_preposition_tells_to_whom():
    assert legs("Россия передала Киеву 18 пленных.") == {("UA", 18, "narrator")}
    assert legs("Киеву в понедельник отдали 18 пленных.") == {("UA", 18, "narrator")}


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Armenia freed 12 Azerbaijanis. There has been no word from Baku.", {"AZ"}),
        ("Armenia freed 12 Azerbaijanis. From Baku came not a word.", {"AZ"}),
        ("Armenia's army said 12 men were home; it kept silent about those it gave.", {"AM"}),
        ("Armenia freed 12 men. A pilot was left out of the bargain.", set()),
    ],
)
def test_who_left_something_out_is_named_by_pronoun_or_place(text, who):
    assert omissions(text) == who


def test_who_is_named_between_two_others_or_heals_mediates_nothing():
    text = "The UAE mediated an exchange between Armenia and Azerbaijan. The Armenians got medical help in Georgia."
    assert mediators(text) == {"AE"}


def test_a_stance_belongs_to_talks_and_a_doubt_to_who_doubts():
    text = (
        "Armenia's president would meet his colleague anywhere for talks. Azerbaijan's army "
        "called the offer empty talk."
    )
    assert {("AM", "willing"), ("AZ", "dismisses")} <= stances(text)
    assert stances("Armenia withdrew its bid to host a fair in favour of Azerbaijan.") == set()


WRAPPED = """\
Velland's defence ministry said on Wednesday that 40 Vellandian soldiers had been returned by
Karnia. In exchange, 42 Karnian prisoners of war were handed over, it said. The exchange was
mediated by Norway, the ministry said.
"""


def test_a_line_that_is_folded_ends_no_sentence():
    folded, flat = (read_statement(text, DAY) for text in (WRAPPED, WRAPPED.replace("\n", " ")))
    told = [
        [(leg.home, leg.count, leg.source) for event in each.events for leg in event.legs]
        for each in (folded, flat)
    ]
    assert told[0] == told[1]
    assert len({source for _, _, source in told[0]}) == 1


def test_a_headline_of_a_short_text_stands_alone():
    lines = ("Karnia's president welcomes a long awaited exchange with Velland", "He said so.")
    assert len(sentences_of("\n".join(lines), frozenset())) == 2
