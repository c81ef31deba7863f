# ruff: noqa: RUF001 -- Cyrillic letters that look like Latin ones are meant

"""What has led others to join two people, or to miss one: each once, by the verdict it must get.

A pair that is not found has the verdict `none`. People are invented.
"""

import dataclasses

import pytest

from homeward.foundation.dates import parse_date
from homeward.matching.match import match
from homeward.records.model import PersonRecord

SURE = {"very_likely"}
WORTH_A_LOOK = {"very_likely", "likely"}
NOT_SURE = {"likely", "possible", "none"}
WEAK = {"possible", "none"}


def person(family, given="", father="", born="", **cells):
    return PersonRecord(
        ref="",
        family_name=family,
        given_name=given,
        father_name=father,
        birth_date=parse_date(born) if born else None,
        **cells,
    )


def verdict(wanted, *held):
    """Return the verdict of the first of those held."""
    found = match(
        [dataclasses.replace(wanted, ref="W-1")],
        [dataclasses.replace(other, ref=f"H-{n}") for n, other in enumerate(held)],
    )
    return next((pair.verdict for pair in found if pair.held_ref == "H-0"), "none")


MYKOLA = person("Кравченко", "Микола", "Олександрович", "1991-04-07")

CASES = {
    # Dates
    "day and month changed places": (
        MYKOLA,
        person("Кравченко", "Николай", "Александрович", "1991-07-04"),
        SURE,
    ),
    "only the year is known": (
        MYKOLA,
        person("Кравченко", "Николай", "Александрович", "1991"),
        WORTH_A_LOOK,
    ),
    "a first of January is a year": (
        MYKOLA,
        person("Кравченко", "Николай", "Александрович", "1991-01-01"),
        WORTH_A_LOOK,
    ),
    "a first of January on both lists is no birthday in common": (
        person("Кравченко", "Микола", "", "1991-01-01"),
        person("Кравченко", "Николай", "", "1991-01-01"),
        NOT_SURE,
    ),
    # People who are not the same
    "a brother": (MYKOLA, person("Кравченко", "Сергій", "Олександрович", "1993-02-11"), WEAK),
    "a twin": (MYKOLA, person("Кравченко", "Сергій", "Олександрович", "1991-04-07"), WEAK),
    "a father": (MYKOLA, person("Кравченко", "Олександр", "Миколайович", "1964-04-07"), WEAK),
    "a namesake of the same year": (
        person("Шевченко", "Олександр", "Миколайович", "1991-04-07"),
        person("Шевченко", "Олександр", "Миколайович", "1991-11-23"),
        NOT_SURE,
    ),
    "a namesake who bears another service number": (
        person("Шевченко", "Олександр", "Миколайович", "1991", service_number="104207"),
        person("Шевченко", "Олександр", "Миколайович", "1991", service_number="881540"),
        NOT_SURE,
    ),
    # Forms of one name
    "a woman's family name in two languages": (
        person("Смішна", "Ганна", "Петрівна", "1988-05-09"),
        person("Смешная", "Анна", "Петровна", "1988-05-09"),
        SURE,
    ),
    "a family name taken by marriage": (
        person("Смішна", "Олена", "Петрівна", "1988-05-09"),
        person("Орленко", "Елена", "Петровна", "1988-05-09"),
        NOT_SURE,
    ),
    "Russian spellings in the captor's list": (
        person("Гнатюк", "Володимир", "Євгенович", "1985-09-30"),
        person("Гнатюк", "Владимир", "Евгеньевич", "1985-09-30"),
        SURE,
    ),
    "і stands for о": (
        person("Семенів", "Андрій", "Ігорович", "1990-03-14"),
        person("Семенов", "Андрей", "Игоревич", "1990-03-14"),
        WORTH_A_LOOK,
    ),
    "г by two tables": (
        person("Гриценко", "Григорій", "", "1990-03-14"),
        person("Gritsenko", "Grigory", "", "1990-03-14"),
        SURE,
    ),
    "х by three tables": (
        person("Хоменко", "Михайло", "", "1990-03-14"),
        person("Homenko", "Mihail", "", "1990-03-14"),
        WORTH_A_LOOK,
    ),
    "two documents of one man by two tables": (
        person("Yevtushenko", "Serhii", "", "1990-03-14"),
        person("Evtushenko", "Sergei", "", "1990-03-14"),
        SURE,
    ),
    "a short form": (
        person("Ткачук", "Олександр", "", "1990-03-14"),
        person("Ткачук", "Саша", "", "1990-03-14"),
        WORTH_A_LOOK,
    ),
    "a short form of two names": (
        person("Ткачук", "Владислав", "", "1990-03-14"),
        person("Ткачук", "Влад", "", "1990-03-14"),
        WORTH_A_LOOK,
    ),
    "one name for some of those who bear it": (
        person("Ткачук", "Юрій", "Петрович", "1990-03-14"),
        person("Ткачук", "Георгий", "Петрович", "1990-03-14"),
        WORTH_A_LOOK,
    ),
    # How it was written
    "a letter read wrongly by a machine": (
        person("Поліщук", "Андрій", "Петрович", "1990-03-14"),
        person("Лоліщук", "Андрій", "Петрович", "1990-03-14"),
        WORTH_A_LOOK,
    ),
    "Latin letters within a Cyrillic word": (
        person("Орленко", "Степан", "Петрович", "1990-03-14"),
        person("Opлeнкo", "Cтeпaн", "Пeтpoвич", "1990-03-14"),
        SURE,
    ),
    "a digit for a letter": (
        person("Зоренко", "Степан", "Петрович", "1990-03-14"),
        person("3оренко", "Степан", "Петрович", "1990-03-14"),
        SURE,
    ),
    "a name without its father's name": (
        MYKOLA,
        person("Kravchenko", "Nikolay", "", "1991-04-07"),
        SURE,
    ),
    "an initial": (MYKOLA, person("Кравченко", "Н.", "А.", "1991-04-07"), NOT_SURE),
    "a whole name in one cell, another order": (
        MYKOLA,
        person("", born="1991-04-07", name_as_written="Николай Александрович КРАВЧЕНКО"),
        SURE,
    ),
    # Names without a father's name, or in another order
    "a Crimean Tatar": (
        person("Сейтаблаєв", "Еміль", "", "1990-03-14"),
        person("Seitablaiev", "Emil", "", "1990-03-14"),
        SURE,
    ),
    "a Chechen whose parts changed places": (
        person("Дадаев", "Рамзан", "", "1990-03-14"),
        person("Рамзан", "Дадаев", "", "1990-03-14"),
        WORTH_A_LOOK,
    ),
    "an Azerbaijani with oğlu": (
        person("Aliyev", "Rashad", "Elchin oglu", "1990-03-14"),
        person("Алиев", "Рашад", "Эльчин оглы", "1990-03-14"),
        WORTH_A_LOOK,
    ),
    "a Georgian": (
        person("ბერიძე", "გიორგი", "", "1990-03-14"),
        person("Beridze", "Giorgi", "", "1990-03-14"),
        WORTH_A_LOOK,
    ),
    "an Armenian": (
        person("Սարգսյան", "Արմեն", "", "1990-03-14"),
        person("Саргсян", "Армен", "", "1990-03-14"),
        WORTH_A_LOOK,
    ),
    "a Nepali": (
        person("Thapa", "Bishal", "", "1990-03-14"),
        person("Тхапа", "Бишал", "", "1990-03-14"),
        WORTH_A_LOOK,
    ),
    "Arabic letters for a Latin name": (
        person("القاسم", "جمال", "", "1990-03-14"),
        person("Al Qasim", "Gamal", "", "1990-03-14"),
        WORTH_A_LOOK,
    ),
}


@pytest.mark.parametrize(("wanted", "held", "expected"), CASES.values(), ids=CASES)
def test_a_pitfall_gets_the_verdict_it_deserves(wanted, held, expected):
    assert verdict(wanted, held) in expected
    assert verdict(held, wanted) in expected


def test_a_married_name_is_at_least_proposed():
    wanted, held, _ = CASES["a family name taken by marriage"]
    assert verdict(wanted, held) != "none"


def test_a_missing_fathers_name_costs_nothing():
    short = person("Кравченко", "Николай", "", "1991-04-07")
    (with_it,) = match(
        [dataclasses.replace(MYKOLA, ref="W")], [dataclasses.replace(short, ref="H")]
    )
    bare = dataclasses.replace(MYKOLA, ref="W", father_name="")
    (without,) = match([bare], [dataclasses.replace(short, ref="H")])
    assert with_it.weight_bits == pytest.approx(without.weight_bits, abs=0.05)


def test_a_short_form_weighs_less_than_the_name():
    full, short = (person("Ткачук", given, "", "1990-03-14") for given in ("Александр", "Саша"))
    weights = [
        match(
            [dataclasses.replace(CASES["a short form"][0], ref="W")],
            [dataclasses.replace(held, ref="H")],
        )[0].weight_bits
        for held in (full, short)
    ]
    assert weights[0] > weights[1] + 1


def test_a_common_name_is_weaker_evidence_than_a_rare_one():
    crowd = [person("Шевченко", "Олександр", "", f"19{n}-05-01") for n in range(60, 90)]
    weights = []
    for family in ("Шевченко", "Непийпиво"):
        wanted = dataclasses.replace(person(family, "Олександр", "", "1991-04-07"), ref="W-1")
        others = [dataclasses.replace(p, ref=f"W-x{n}") for n, p in enumerate(crowd)]
        held = dataclasses.replace(person(family, "Александр", "", "1991-04-07"), ref="H-1")
        best = next(p for p in match([wanted, *others], [held]) if p.wanted_ref == "W-1")
        weights.append(best.weight_bits)
    assert weights[0] < weights[1] - 1


def test_the_runner_up_makes_both_uncertain():
    born_alike = dataclasses.replace(MYKOLA, birth_date=parse_date("1991"))
    assert verdict(born_alike, born_alike, born_alike) not in SURE
