import pytest

from homeward.matching.parts import parts_of
from homeward.records.model import PersonRecord

WHOLE = ("Кравченко", "Олександр", "Миколайович")
CELLS = ("family_name", "given_name", "father_name", "name_as_written")


def read(*cells):
    return parts_of(PersonRecord(ref="H-1", **dict(zip(CELLS, cells, strict=False))))


@pytest.mark.parametrize(
    "cells",
    [
        WHOLE,
        ("", "", "", "Кравченко Олександр Миколайович"),
        ("", "", "", "Олександр Миколайович КРАВЧЕНКО"),
        ("Кравченко", "", "", "Олександр Миколайович Кравченко"),
        ("Кравченко Олександр Миколайович",),
        ("", "Олександр Миколайович Кравченко"),
        ("Олександр", "Кравченко", "Миколайович"),
        ("Олександр", "Миколайович", "Кравченко"),
        ("Миколайович", "Олександр", "Кравченко"),
        ("Кравченко", "Миколайович", "Олександр"),
    ],
)
def test_the_parts_are_found_wherever_they_stand(cells):
    assert read(*cells) == WHOLE


@pytest.mark.parametrize(
    "cells",
    [
        ("Абрамович", "Іван", "Петрович"),
        ("Абрамович", "Іван", "Ахмад"),  # a father's own name, without an ending
        ("Мамін Сибіряк", "Петро", "Іванович"),
        ("Мамін Сибіряк", "", ""),  # no given name among them
        ("Kim", "Lee", ""),
        ("حسن", "محمد", "علي"),
        ("Кравченко", "", "Миколайович"),
        ("", "", ""),
        ("Петр", "Иванович", "Абрамович"),  # Абрамович may well be the father's name
    ],
)
def test_cells_that_may_be_right_stay(cells):
    assert read(*cells) == cells


def test_aliases_stand_beside_the_name():
    assert read("", "", "", "Кравченко (Коваль) Олександр Миколайович") == (
        "Кравченко / Коваль",
        "Олександр",
        "Миколайович",
    )
    assert read("", "", "", "KRAVCHENKO Aleksandr alias Sasha").given == "Aleksandr / Sasha"
