"""Spanish and French statements: accents, parts, whose people, futures, sides and speakers."""

import datetime as dt

import pytest
from tests.unit.statements.reading.test_mechanisms import legs, mediators

from homeward.statements.reading import read_statement

DAY = dt.date(2031, 9, 10)  # a Wednesday


def planned(text):
    return {
        (leg.home, leg.holder, leg.count)
        for event in read_statement(text, DAY).events
        if event.role == "planned"
        for leg in event.legs
    }


@pytest.mark.parametrize(
    "text",
    [
        "Northland entregará el jueves a Sudmark 30 prisioneros, anunció Sudmark.",
        "Northland a annoncé qu'il remettrait vendredi à Sudmark 30 prisonniers.",
        "Northland libérera samedi 30 prisonniers de Sudmark, a indiqué Sudmark.",
    ],
)
def test_a_future_before_a_weekday_is_a_plan(text):
    assert {count for _, _, count in planned(text)} == {30}


@pytest.mark.parametrize(
    ("text", "want"),
    [
        (  # the accent: "el" is no pronoun, "a" no preposition
            "El ministerio de Defensa armenio informó de que volvieron 12 soldados.",
            {("AM", 12, "AM")},
        ),
        (  # whose prisoners
            (
                "En échange, 25 prisonniers de guerre des forces armées azerbaïdjanaises ont été "
                "remis, a dit le ministère arménien de la Défense."
            ),
            {("AZ", 25, "AM")},
        ),
        (  # behind an apostrophe too
            "Bakou affirme que 44 combattants de l'armée arménienne ont été rendus par l'Azerbaïdjan.",
            {("AM", 44, "AZ")},
        ),
        (  # "only" in a denial
            "Bakou dit avoir relâché 80 militaires arméniens ; Erevan n'en compte que 74.",
            {("AM", 80, "AZ"), ("AM", 74, "AM")},
        ),
        (  # numerals with "and one"
            "Trente et un Arméniens ont été remis samedi à leur pays, a annoncé Bakou.",
            {("AM", 31, "AZ")},
        ),
        (
            "Azerbaiyán liberó a cuarenta y un armenios, anunció Bakú.",
            {("AM", 41, "AZ")},
        ),
        (  # both who exchange are sides, though a mediator stands near
            "L'Iran et les États-Unis ont échangé cinq prisonniers chacun sous médiation qatarie.",
            {("IR", 5, "narrator"), ("US", 5, "narrator")},
        ),
        (  # who lets people go is not the one whose mediation is named
            "Armenia devolvió a Azerbaiyán a nueve civiles con la mediación de Catar, dijo Bakú.",
            {("AZ", 9, "AZ")},
        ),
    ],
)
def test_whose_people_are_told_by_whom(text, want):
    assert legs(text) == want


@pytest.mark.parametrize(
    "text",
    [
        "Sur les 277 Arméniens rentrés, 30 sont des officiers, a dit Erevan.",
        "De los 277 armenios que regresaron, 30 son oficiales, dijo Ereván.",
        "Erevan a récupéré 277 militaires ; 30 sont des gardes-frontières.",
        "Selon Erevan, 30 des 277 libérés étaient blessés.",
        "Según Ereván, 30 de los 277 liberados estaban heridos.",
    ],
)
def test_what_some_are_is_a_part(text):
    assert {count for _, count, _ in legs(text)} == {277}


def test_whoever_ends_a_quotation_of_several_sentences_says_all_of_it():
    text = (
        "Erevan et Bakou ont annoncé un échange. « Mercredi, 20 militaires arméniens ont été "
        "rapatriés. En échange, 20 prisonniers azerbaïdjanais ont été remis », a déclaré le "
        "ministère arménien de la Défense."
    )
    assert legs(text) == {("AM", 20, "AM"), ("AZ", 20, "AM")}


@pytest.mark.parametrize(
    "text",
    [
        "Ereván agradeció a Turquía, a Catar y al Vaticano su ayuda para liberar a 80 soldados.",
        "Erevan a remercié la Turquie, le Qatar et le Vatican pour leur aide.",
        "Yerevan thanked Turkey, Qatar and the Vatican for their help.",
    ],
)
def test_all_who_are_thanked_are_third_parties(text):
    assert mediators(text) >= {"TR", "QA", "VA"}


@pytest.mark.parametrize(
    "text",
    [
        "Ereván confirma que volvieron 14 soldados y no 16.",
        "Erevan confirme que 14 soldats sont rentrés et non 16.",
        "Armenia says 14 soldiers came home, not 16.",
    ],
)
def test_a_count_that_is_put_away_is_no_leg(text):
    assert legs(text) == {("AM", 14, "AM")}
