"""What is told as somebody's words: where it begins, and whose it is."""

import datetime as dt

import pytest

from homeward.statements.reading import read_statement

WEDNESDAY = dt.date(2031, 3, 12)


def told(text):
    return [(c.source, c.content) for c in read_statement(text, WEDNESDAY).claims]


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        (
            "Ukraine's president said on Tuesday that 40 soldiers had come home.",
            [("UA.president", "40 soldiers had come home.")],
        ),
        (
            "Ukraine's foreign ministry said that the \u2018facts say that Moscow has to move\u2019.",
            [
                (
                    "UA.mfa",
                    "the \u2018facts say that Moscow has to move\u2019.",
                )
            ],
        ),
        (
            "Russia's army reiterated Moscow's old claim that Kyiv had refused 40 soldiers.",
            [("RU.army", "Moscow's old claim that Kyiv had refused 40 soldiers.")],
        ),
        (
            "Ukraine's president posted on social media on Monday.",
            [],
        ),
    ],
    ids=("day", "own-quotation", "claim-of-another", "channel"),
)
def test_a_claim_is_what_is_said_and_has_one_speaker(text, claims):
    assert told(text) == claims


def test_who_is_only_hinted_at_behind_a_speaker_says_nothing():
    text = (
        "Ukraine's president said that 40 soldiers had come home, apparently hinting at "
        "recent Russian military losses."
    )
    assert {source for source, _ in told(text)} == {"UA.president"}


def test_a_text_that_was_published_is_no_second_speaker():
    text = (
        "Ukraine's president told British reporters in an interview published on Tuesday: "
        "\u2018We will talk.\u2019"
    )
    assert {source for source, _ in told(text)} == {"UA.president"}


@pytest.mark.parametrize(
    ("text", "source"),
    [
        (
            "Ukraine got 40 soldiers back with Qatari help, the Gulf state's foreign ministry said.",
            "QA.mfa",
        ),
        ("The swap was arranged by the Emirates, that country's foreign ministry said.", "AE.mfa"),
        ("Украина вернула 40 солдат при посредничестве Катара, сообщили в МИД эмирата.", "QA.mfa"),
        (
            "Україна повернула 40 солдатів за посередництва Катару, заявили в МЗС цієї країни.",
            "QA.mfa",
        ),
        (
            "Ucrania recuperó a 40 soldados con la mediación de Catar, dijo la cancillería del emirato.",
            "QA.mfa",
        ),
        (
            "L'Ukraine a récupéré 40 soldats grâce au Qatar, a déclaré le ministère des affaires étrangères du pays.",
            "QA.mfa",
        ),
    ],
    ids=("en-owner", "en-that", "ru", "uk", "es", "fr"),
)
def test_an_office_of_that_country_is_that_of_whom_was_named(text, source):
    assert {who for who, _ in told(text)} == {source}
