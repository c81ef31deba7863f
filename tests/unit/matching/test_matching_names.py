# ruff: noqa: RUF001 -- letters that look alike are the subject of these tests

from collections import defaultdict

import pytest

from homeward.matching.names import given_names, name_key, skeleton


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


@pytest.mark.parametrize(
    "forms",
    [
        ("Микола", "Николай", "Mykola", "Nikolai", "Nikolay", "Nikolaj"),
        ("Олександр", "Александр", "Oleksandr", "Aleksandr", "Alexander"),
        ("Сергій", "Сергей", "Serhii", "Sergiy", "Sergey", "Sergei", "Cергій"),
        ("Дмитро", "Дмитрий", "Dmytro", "Dmitry", "Dmitrii"),
        ("Євген", "Евгений", "Yevhen", "Ievgen", "Evgeny", "Evgenii"),
        ("Артем", "Артём", "Artem", "Artyom"),
        ("Наталія", "Наталья", "Nataliia", "Natalya"),
    ],
)
def test_forms_of_one_given_name_share_a_class(forms):
    assert {name_key(text).given for text in forms} == {forms[0]}


@pytest.mark.parametrize(
    "forms",
    [
        ("Микола", "Миколайович", "Николаевич", "Mykolaiovych", "Nikolayevich", "Миколаївна"),
        ("Юрій", "Юрійович", "Юрьевич", "Yuriiovych", "Iurevich", "Юріївна", "Юрьевна"),
        ("Яків", "Якович", "Яковлевич", "Яківна", "Яковлевна"),
        ("Ілля", "Ілліч", "Ильич", "Іллівна", "Ильинична"),
    ],
)
def test_a_fathers_name_meets_through_the_fathers_given_name(forms):
    assert {name_key(text).father for text in forms} == {forms[0]}


def test_no_form_in_the_table_belongs_to_two_names():
    owners = defaultdict(set)
    for name in given_names():
        for form in (name.uk, name.ru, *name.also):
            owners["given", skeleton(form)].add(name.uk)
        for form in filter(None, (name.father_uk, name.father_ru)):
            owners["father", skeleton(form)].add(name.uk)
            assert name_key(form).father == name.uk
    assert {key: names for key, names in owners.items() if len(names) > 1} == {}


def test_text_without_a_letter_has_an_empty_key():
    key = name_key(" - 7 ")
    assert (key.skeleton, key.given, key.father) == ("", "", "")
