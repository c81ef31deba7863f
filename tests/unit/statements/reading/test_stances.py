"""Stances on talks by patterns, in six languages; who is not told of in an account."""

import datetime as dt

import pytest

from homeward.statements.reading import read_statement

WEDNESDAY = dt.date(2031, 3, 12)


def stances(text, language):
    read = read_statement(text, WEDNESDAY, language=language)
    return {(p.actor.partition(".")[0], p.stance) for p in read.positions}


@pytest.mark.parametrize(
    ("language", "text", "want"),
    [
        (
            "en",
            "Armenia's premier said he was ready to meet Baku's envoy anywhere, but not in Baku.",
            {("AM", "willing"), ("AM", "rules_out")},
        ),
        (
            "en",
            "Georgia will not hold talks with Armenia until all captives are released.",
            {("GE", "precondition")},
        ),
        (
            "en",
            "A summit is possible only after the experts agree, Baku said.",
            {("AZ", "willing")},
        ),
        ("en", "No meeting with Armenia is being planned, Baku said.", set()),
        (
            "en",
            "Armenia's premier sat opposite Baku's envoy at a negotiating table.",
            set(),
        ),
        ("en", "Yerevan described Baku's plan as an ultimatum.", {("AM", "dismisses")}),
        ("ru", "Ереван не видит смысла во встрече с Баку.", {("AM", "rules_out")}),
        (
            "ru",
            "Территориальный вопрос на переговорах обсуждаться не будет, заявил Ереван.",
            {("AM", "excludes_topic")},
        ),
        (
            "uk",
            "Єреван вимагає повного припинення вогню перед початком переговорів.",
            {("AM", "precondition")},
        ),
        ("ar", "دعت السعودية الطرفين إلى العودة إلى المفاوضات.", {("SA", "proposes")}),
        ("es", "Ereván no ve sentido en una reunión con Bakú.", {("AM", "rules_out")}),
        (
            "fr",
            "Un sommet n'est possible qu'après un accord, a déclaré Bakou.",
            {("AZ", "willing")},
        ),
    ],
)
def test_patterns_with_gaps_tell_stances(language, text, want):
    assert stances(text, language) == want


def left_out(text, language):
    read = read_statement(text, WEDNESDAY, language=language)
    return {o.source.partition(".")[0] for o in read.omissions if o.stated_by == "narrator"}


@pytest.mark.parametrize(
    ("language", "text", "want"),
    [
        (
            "en",
            "Armenia freed 12 Azerbaijanis. It was not clear whether Armenia had received anyone.",
            {"AM"},
        ),
        ("es", "El comunicado de Bakú omite a los diez armenios liberados.", {"AZ"}),
        ("uk", "Ані Єреван, ані Баку не назвали кількості обміняних.", {"AM", "AZ"}),
    ],
)
def test_what_is_not_clear_and_what_an_account_lacks(language, text, want):
    assert left_out(text, language) == want


def test_stops_in_a_name_part_no_list_of_mediators():
    text = "Armenia freed 12 Azerbaijanis. The UAE and the U.S. provided mediation, Baku said."
    read = read_statement(text, WEDNESDAY)
    assert {m.party for e in read.events for m in e.mediators} == {"AE", "US"}
