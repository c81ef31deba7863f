"""Spanish and French: futures, gerunds, asides, quotations over sentences, both and neither."""

import datetime as dt

import pytest

from homeward.statements.reading import read_statement

DAY = dt.date(2031, 9, 10)  # a Wednesday


def legs(text, role="main"):
    return {
        (leg.home, leg.count, leg.source.partition(".")[0])
        for event in read_statement(text, DAY).events
        if event.role == role
        for leg in event.legs
    }


def omissions(text):
    found = read_statement(text, DAY).omissions
    return {o.source.partition(".")[0] for o in found if o.stated_by == "narrator"}


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("El Gobierno armenio informó de la devolución de 90 soldados.", {("AM", 90, "AM")}),
        (  # an article is no pronoun
            "La guerrilla liberó a seis soldados. El Ejército de Colombia dijo que recibió a seis.",
            {("CO", 6, "narrator"), ("CO", 6, "CO")},
        ),
        (  # the noun stands before its adjective
            "Armenia y Azerbaiyán canjearon presos. El organismo armenio indicó que volvieron 75 personas.",
            {("AM", 75, "AM")},
        ),
        (  # a name between "in the east of" and a comma is a place
            "La guerrilla liberó a seis soldados en el este de Colombia.",
            {("CO", 6, "narrator")},
        ),
        (  # an aside in a relative clause
            "Armenia confirmó la llegada de 100 cuerpos, que según la parte azerí pertenecen a armenios.",
            {("AM", 100, "AM")},
        ),
        (  # citizens of a land are its people, wherever they come from
            "Azerbaiyán canjeó presos con Armenia. Bakú dijo que diez ciudadanos de Armenia regresaban.",
            {("AM", 10, "AZ")},
        ),
        (  # each side adds up its own numbers
            "El ejército armenio recibió a 101 de sus hombres. El ejército azerí recibió a 100 militares y un civil.",
            {("AM", 101, "narrator"), ("AZ", 100, "narrator"), ("AZ", 1, "narrator")},
        ),
        (
            "Trente et un Arméniens détenus à Bakou ont été remis, a annoncé Erevan.",
            {("AM", 31, "AM")},
        ),
        (  # where rebels hold them is no place to which they go
            "Deux Italiens retenus par des rebelles au Mali ont été libérés, a annoncé Rome.",
            {("IT", 2, "IT")},
        ),
        (  # two lands before a colon are a topic, and who tells it stands behind
            "Arménie et Azerbaïdjan : 57 soldats libérés de chaque côté, annonce Tbilissi.",
            {("AM", 57, "GE"), ("AZ", 57, "GE")},
        ),
        (
            "Armenia y Azerbaiyán canjean 46 presos cada una, informan ambos gobiernos.",
            {("AM", 46, "both"), ("AZ", 46, "both")},
        ),
        (  # two kinds of people and whose they are
            "Armenia canjeó a diez ciudadanos y residentes azeríes por doce armenios.",
            {("AZ", 10, "narrator"), ("AM", 12, "narrator")},
        ),
        ("Azerbaiyán negó haber entregado a Armenia a 60 pilotos.", {("AM", 60, "AM")}),
        (  # who is named behind a quotation says all of it
            "« Le 9 septembre, 25 Arméniens ont été rapatriés. En échange, 25 Azerbaïdjanais ont été remis », a déclaré Erevan.",
            {("AM", 25, "AM"), ("AZ", 25, "AM")},
        ),
        (  # a gerund that describes a noun
            "L'Azerbaïdjan a remis à l'Arménie 15 hommes contre des cartes indiquant des mines, a annoncé Bakou.",
            {("AM", 15, "AZ")},
        ),
        (  # its own in the other's direction
            "Sudmark, pour sa part, dit avoir libéré 57 hommes de Northland et récupéré 50 des siens.",
            {("XN", 57, "XS"), ("XS", 50, "XS")},
        ),
    ],
)
def test_who_goes_home_by_whose_word(text, want):
    assert legs(text) == want


def test_a_future_and_the_weekday_behind_it_are_a_plan():
    text = "Armenia entregará el jueves a Azerbaiyán 30 prisioneros, anunció Ereván."
    assert legs(text, "planned") == {("AZ", 30, "AM")}
    event = read_statement(text, DAY).events[0]
    assert (event.role, event.date) == ("planned", "2031-09-11")


def test_a_month_before_an_aside_dates_what_stands_behind_it():
    text = (
        "Armenia recibió a 40 soldados el martes. En junio, dijo Ereván, se entregaron 90 armenios."
    )
    assert {leg[:2] for leg in legs(text)} == {("AM", 40)}


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Ni Ereván ni Bakú han precisado cuántos prisioneros fueron canjeados.", {"AM", "AZ"}),
        ("Ni Erevan ni Bakou n'ont précisé combien de captifs avaient été échangés.", {"AM", "AZ"}),
        (
            "L'Arménie a libéré 50 Azerbaïdjanais. Bakou n'a pas indiqué combien d'Arméniens étaient partis.",
            {"AZ"},
        ),
    ],
)
def test_whoever_leaves_out_is_named_at_the_denial(text, want):
    assert omissions(text) == want
