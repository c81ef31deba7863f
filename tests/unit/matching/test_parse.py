# ruff: noqa: RUF001 -- letters that look alike are the subject of these tests

from itertools import permutations

import pytest

from homeward.matching.parse import ALIASES_MAX, PARSES_MAX, alternatives, look, parse


def parts(full):
    best = parse(full)[0]
    return best.family, best.given, best.father


@pytest.mark.parametrize(
    ("full", "read"),
    [
        ("Кравченко Олександр Миколайович", (("кравченко",), ("олександр",), ("миколайович",))),
        ("KRAVCHENKO, Aleksandr", (("kravchenko",), ("aleksandr",), ())),
        ("О.М. Кравченко", (("кравченко",), ("о",), ("м",))),
        ("Кравченко О.", (("кравченко",), ("о",), ())),
        ("Алиев Мамед Гасан оглы", (("алиев",), ("мамед",), ("гасан",))),
        ("Əliyev Məmməd Həsən oğlu", (("əliyev",), ("məmməd",), ("həsən",))),
        ("Hryhorovych, Ivan", (("hryhorovych",), ("ivan",), ())),
        ("Шевченко Василь", (("шевченко",), ("василь",), ())),
        ("Іван Кузьмич Петренко", (("петренко",), ("іван",), ("кузьмич",))),
    ],
)
def test_words_find_their_parts(full, read):
    assert parts(full) == read


def test_no_order_of_words_changes_the_parts():
    words = ("Кравченко", "Олександр", "Миколайович")
    assert len({parts(" ".join(order)) for order in permutations(words)}) == 1


def test_a_double_family_name_has_two_words():
    assert set(parts("Нечуй-Левицький Іван Семенович")[0]) == {"нечуй", "левицький"}


def test_what_words_do_not_decide_stays_open():
    ways = parse("Петрович Абрамович Олександр")
    assert 1 < len(ways) <= PARSES_MAX
    assert {way.father for way in ways} >= {("петрович",), ("абрамович",)}
    assert sum(way.weight for way in ways) == pytest.approx(1)


@pytest.mark.parametrize("full", ["محمد احمد علي حسن", "Omar al-Farouk bin Said"])
def test_a_long_name_without_a_fathers_name_has_no_parts(full):
    (way,) = parse(full)
    assert way.any
    assert way.family + way.given + way.father == ()


def test_particles_and_titles_are_no_part():
    assert (
        parse("Mr. Omar al-Farouk Said bin Hassan")[0].words
        == parse("Omar Farouk Said Hassan")[0].words
    )
    assert "abdrahman" in parse("Abd al-Rahman Said Omar")[0].words


@pytest.mark.parametrize("text", ["", " - 7 ", "()", "/", "«»"])
def test_a_text_without_a_word_has_no_parse(text):
    assert [way for name in alternatives(text) for way in parse(name)] == []


@pytest.mark.parametrize(
    ("full", "names"),
    [
        ("Іван Коваль", {"іван коваль"}),
        ("Іван Коваль / Ivan Koval", {"іван коваль", "ivan koval"}),
        ("Коваль/Ковальов Іван", {"коваль іван", "ковальов іван"}),
        ("Іван Коваль/Ковальов", {"іван коваль", "іван ковальов"}),
        ("Коваль (Kowal) Іван", {"коваль іван", "kowal іван"}),
        ("Коваль Іван alias Ivan Koval", {"коваль іван", "ivan koval"}),
        ("Коваль Іван он же Петренко Іван", {"коваль іван", "петренко іван"}),
        ("Коваль Іван «Грім»", {"коваль іван"}),
    ],
)
def test_aliases_are_other_names_of_one_person(full, names):
    found = alternatives(full)
    assert set(found) == names
    assert len(found) <= ALIASES_MAX


@pytest.mark.parametrize(
    ("word", "sign"),
    [
        ("миколайович", "father"),
        ("mykolaivna", "father"),
        ("олександр", "given"),
        ("бондаренко", "family"),
    ],
)
def test_a_word_looks_like_a_part(word, sign):
    assert look(word) == sign
