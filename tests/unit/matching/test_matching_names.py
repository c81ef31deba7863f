# ruff: noqa: RUF001 -- letters that look alike are the subject of these tests

import pytest

from homeward.matching.classes import father_classes, given_classes
from homeward.matching.names import given_names
from homeward.matching.readings import skeleton


@pytest.mark.parametrize(
    "spellings",
    [
        ("Ковальський", "Ковальский", "Kovalskyi", "Kovalsky", "Kovalskiy", "Kovalskii"),
        ("Хоменко", "Khomenko", "Homenko"),
        ("Гриценко", "Hrytsenko", "Gritsenko"),
        ("Ґудзь", "Гудзь", "Gudz"),
        ("Щербина", "Shcherbyna", "Shcherbina"),
        ("Цвях", "Tsviakh", "Tsvyakh"),
        ("Медведєв", "Медведев", "Medvediev", "Medvedev"),
        ("Ковальов", "Ковалёв", "Ковалев", "Kovalyov", "Kovalev"),
        ("Згурський", "Zghurskyi", "Zgurskiy"),
        ("Дем'янчук", "Дем’янчук", "Демьянчук", "Demianchuk", "Dem'yanchuk"),
        ("Жук", "Zhuk", "Žuk"),
        ("Ковале́нко", "Коваленко", "КОВАЛЕНКО"),
        ("Мельнiк", "Мельник", "Melnyk"),
    ],
)
def test_spellings_of_one_name_meet_in_one_skeleton(spellings):
    assert len({skeleton(text) for text in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("Кравченко", "Кривченко"), ("Лисенко", "Лесенко"), ("Шевчук", "Савчук"), ("Жук", "Щук")],
)
def test_near_family_names_stay_apart(one, other):
    assert skeleton(one) != skeleton(other)


@pytest.mark.parametrize("beginning", ["Крав", "Krav", "Хом", "Khom", "Щер", "Shcher"])
def test_the_beginning_of_a_name_is_the_beginning_of_its_skeleton(beginning):
    whole = {"К": "Кравченко", "K": "Kravchenko", "Х": "Хоменко", "Щ": "Щербина", "S": "Shcherbyna"}
    name = "Khomenko" if beginning == "Khom" else whole[beginning[0]]
    assert skeleton(name).startswith(skeleton(beginning))


@pytest.mark.parametrize("name", given_names(), ids=lambda name: name.uk)
def test_the_forms_of_every_given_name_share_a_class(name):
    def classes(look, form):
        return {link.class_id for link in look(form)}

    assert classes(given_classes, name.uk) & classes(given_classes, name.ru)
    if name.father_uk:
        own = classes(given_classes, name.uk)
        assert classes(father_classes, name.father_uk) & own
        assert classes(father_classes, name.father_ru) & own
