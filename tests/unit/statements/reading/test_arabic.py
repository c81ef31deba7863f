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
        (
            "قالت وزارة الدفاع الأرمينية إن يريفان وباكو تبادلتا 27 عسكرياً من كل جانب.",
            {("AM", 27, "AM"), ("AZ", 27, "AM")},
        ),
        (
            "تبادلت أرمينيا وأذربيجان الخميس 214 أسيراً بالتساوي، بحسب ما أعلن الطرفان.",
            {("AM", 107, "both"), ("AZ", 107, "both")},
        ),
        (
            "نفى جيش نورثلاند أن يكون قد سلّم سودمارك 22 بحاراً، وقال إنه لم يفرج إلا عن تسعة.",
            {("XS", 22, "XS"), ("XS", 9, "XN")},
        ),
        ("أعلن الجيش الأرميني أن 95 من مواطنيه عادوا من الأسر الأذربيجاني.", {("AM", 95, "AM")}),
        (  # who is of them, and how old, is nobody more
            "استعادت أرمينيا 95 أسيراً. وقال الجيش إن 30 من المفرج عنهم جرحى دون الخامسة والعشرين.",
            {("AM", 95, "AM")},
        ),
        (  # what is agreed or offered beside it is a plan too
            "أعلن الجيش الأرميني الاتفاق على تبادل 90 أسيراً من كل جانب، وعرضت يريفان تسليم باكو 30 جثة.",
            {("AM", 90, "AM"), ("AZ", 90, "AM"), ("AZ", 30, "AM")},
        ),
        (  # an "and" written to the second verb parts two clauses; "one" stands behind its noun
            "قالت نورثلاند إنها سلّمت سودمارك خمسين أسيراً وتسلّمت ضابطاً واحداً.",
            {("XS", 50, "XN"), ("XN", 1, "XN")},
        ),
        (  # the number of those named before it
            "قالت وزارة الدفاع الأرمينية إن الجنود الأرمن المفرج عنهم، وعددهم 103، بخير.",
            {("AM", 103, "AM")},
        ),
        (  # what somebody had announced on an earlier day
            "استعادت أرمينيا، الأربعاء، 40 أسيراً. وكانت يريفان قد أعلنت، الثلاثاء، استعادة 49 شخصاً.",
            {("AM", 40, "AM")},
        ),
        (  # the other side is not the speaker's
            "قالت جماعة الحوثي إنها تسلمت 70 من أسراها مقابل 20 أسيراً من الطرف الآخر.",
            {("YE-HOUTHI", 70, "YE-HOUTHI"), ("YE-GOV", 20, "YE-HOUTHI")},
        ),
        (  # under an agreement something was done; a movement's men behind "of"
            "بموجب الاتفاق أفرجت الجماعة عن 715 أسيراً، فيما أفرجت الحكومة اليمنية عن 675 من الحوثيين.",
            {("YE-GOV", 715, "narrator"), ("YE-HOUTHI", 675, "narrator")},
        ),
        (  # "each" belongs to the number before it, the formula to the whole deal
            "أفرجت أرمينيا وأذربيجان عن 39 أسيراً من كل طرف في اليوم الأول من صفقة 100 مقابل 100.",
            {("AM", 39, "narrator"), ("AZ", 39, "narrator")},
        ),
        (  # what is asked for, and what sources of a land say
            "طالبت يريفان باكو بالإفراج عن 23 أسيراً. وقالت مصادر أذربيجانية إن أرمينيا استعادت ثلاثة.",
            {("AM", 3, "narrator")},
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
        ("أعلنت أرمينيا استعادة 12 جندياً، ولم تذكر أذربيجان شيئاً عن ذلك.", {"AZ"}),
        ("ولم يوضح البيان الأذربيجاني عدد الجنود الأرمن الذين سُلّموا.", {"AZ"}),
        ("Ni Ereván ni Bakú precisaron cuántos soldados canjearon.", {"AM", "AZ"}),
        (
            "L'Arménie et l'Azerbaïdjan ont échangé. Aucune des deux parties n'a dit combien.",
            {"AM", "AZ"},
        ),
    ],
)
def test_what_both_leave_out_is_left_out_by_each(text, want):
    assert omissions(text) == want


def test_adjectives_of_a_mediation_are_a_list_and_a_carrier_may_mediate():
    def parties(text):
        found = (m for e in read_statement(text, DAY).events for m in e.mediators)
        return {m.party for m in found if m.role == "mediator"}

    text = "تبادلت أرمينيا وأذربيجان 12 أسيراً من كل جانب بوساطة قطرية وعُمانية."
    assert parties(text) == {"QA", "OM"}
    text = "قال الصليب الأحمر إن 12 أسيراً أرمينياً نُقلوا من أذربيجان. وأوضح أنه عمل وسيطاً محايداً."
    assert parties(text) == {"ICRC"}


def test_a_refusal_before_something_is_a_condition_and_handing_over_no_readiness_for_talks():
    def stances(text):
        return {(p.actor.partition(".")[0], p.stance) for p in read_statement(text, DAY).positions}

    text = "قال الجيش الأرميني إن لقاء مع أذربيجان مرفوض. ورفضت يريفان أي لقاء قبل الاتفاق."
    assert ("AM", "precondition") in stances(text)
    text = "بعد المحادثات قالت يريفان إنها مستعدة لتسليم أذربيجان 30 جثة."
    assert not stances(text)
