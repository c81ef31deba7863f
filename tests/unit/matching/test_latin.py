"""Names in Latin letters, after the tables of two governments."""

# ruff: noqa: RUF001 -- letters that look alike are the subject of this file

import pytest

from homeward.matching.latin import latinise


# The examples of the resolution itself, then what its rules say of capitals and apostrophes.
@pytest.mark.parametrize(
    ("written", "latin"),
    [
        ("Згорани Розгон", "Zghorany Rozghon"),
        ("Єнакієве Гаєвич Короп'є", "Yenakiieve Haievych Koropie"),
        ("Їжакевич Кадиївка Мар'їне", "Yizhakevych Kadyivka Marine"),
        ("Йосипівка Стрий Олексій", "Yosypivka Stryi Oleksii"),
        ("Щербухи Гоща Гаращенко", "Shcherbukhy Hoshcha Harashchenko"),
        ("Юрій Корюківка", "Yurii Koriukivka"),
        ("Яготин Ярошенко Костянтин Знам'янка Феодосія", "Yahotyn Yaroshenko Kostiantyn Znamianka Feodosiia"),
        ("Ґалаґан", "Galagan"),
        ("ЩЕРБАК-ГНІЗДО", "SHCHERBAK-HNIZDO"),
        ("Я", "Ya"),
    ],
)  # fmt: skip
def test_a_ukrainian_name_is_spelt_as_the_resolution_says(written, latin):
    assert latinise(written) == latin


@pytest.mark.parametrize(
    ("written", "latin"),
    [
        ("Подъячев Пётр Ильич", "Podieiachev Petr Ilich"),
        ("Юрьев Эдуард", "Iurev Eduard"),
        ("Быков", "Bykov"),
    ],
)
def test_a_russian_name_is_known_by_its_letters(written, latin):
    assert latinise(written) == latin


def test_letters_of_both_languages_are_read_as_the_caller_guesses():
    assert latinise("Гончаров Иван", guess="ru") == "Goncharov Ivan"
    assert latinise("Гончаров Роман", guess="uk") == "Honcharov Roman"


@pytest.mark.parametrize("written", ["", "Shevchenko", "محمد علي", "O'Neill", "李小龍"])
def test_what_is_not_cyrillic_stays_as_written(written):
    assert latinise(written) == written
