"""Arabic: nouns with pronouns, lands without capitals, givers and receivers, what was left out."""

import datetime as dt

import pytest

from homeward.statements.reading import read_statement
from homeward.statements.reading.inflection import arabic_noun

DAY = dt.date(2031, 9, 10)  # a Wednesday


def legs(text):
    return {
        (leg.home, leg.count, leg.source.partition(".")[0])
        for event in read_statement(text, DAY).events
        if event.role in {"main", "planned"}
        for leg in event.legs
    }


def omissions(text):
    found = read_statement(text, DAY).omissions
    return {o.source.partition(".")[0] for o in found if o.stated_by == "narrator"}


@pytest.mark.parametrize(
    ("noun", "shape", "whose"),
    [
        ("اسرى", "اسراها", "own"),
        ("جنود", "جنودنا", "our"),
        ("مقاتلين", "مقاتليهم", "own"),
        ("جثه", "جثتها", "own"),
        ("مواطن", "مواطنا", ""),
    ],
)
def test_a_pronoun_written_to_a_noun_says_whose_they_are(noun, shape, whose):
    assert (shape, whose) in arabic_noun(noun)


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("أعلنت أرمينيا استعادة 85 من عسكرييها من أذربيجان.", {("AM", 85, "AM")}),
        ("وفقاً ليريفان، عاد 90 أسيراً إلى الوطن من أذربيجان.", {("AM", 90, "AM")}),
        ("قالت جمهورية فيل إن 30 من جنودها عادوا من أورلاند.", {("XV", 30, "XV")}),
        (
            "قال جيش نورثلاند إن سودمارك أعادت 40 جندياً نورثلاندياً مقابل 35 جندياً سودماركياً.",
            {("XN", 40, "XN"), ("XS", 35, "XN")},
        ),
        ("قال الجيش الأرميني إن يريفان مستعدة لتسليم أذربيجان 30 جثة.", {("AZ", 30, "AM")}),
        (
            "قال المتحدث باسم الوفد الحكومي إن الحوثيين أفرجوا عن 20 أسيراً من القوات الحكومية.",
            {("YE-GOV", 20, "YE-GOV")},
        ),
        ("أعلنت كولومبيا أن المتمردين أفرجوا عن 34 جندياً.", {("CO", 34, "CO")}),
        (
            "أطلقت الحكومة اليمنية سراح 40 أسيراً حوثياً مقابل 20 من جنودها.",
            {("YE-HOUTHI", 40, "narrator"), ("YE-GOV", 20, "narrator")},
        ),
    ],
)
def test_who_goes_home_by_whose_word(text, want):
    assert legs(text) == want


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("تبادلت أرمينيا وأذربيجان الأسرى. ولم يحدد الطرفان عددهم.", {"AM", "AZ"}),
        (
            "أعلن مسؤول أرميني أن أذربيجان أعادت 12 جندياً، دون أن يوضح عدد من سلمتهم يريفان.",
            {"AM"},
        ),
        ("Ni Ereván ni Bakú precisaron cuántos soldados canjearon.", {"AM", "AZ"}),
        (
            "L'Arménie et l'Azerbaïdjan ont échangé. Aucune des deux parties n'a dit combien.",
            {"AM", "AZ"},
        ),
    ],
)
def test_what_both_leave_out_is_left_out_by_each(text, want):
    assert omissions(text) == want
