# ruff: noqa: RUF001, SIM905 -- letters that look alike are the subject of these tests

import pytest

from homeward.matching.endings import family_stem, father_name, short_father_name
from homeward.matching.letters import words
from homeward.matching.readings import READINGS_MAX, consonants, habit_of, readings, skeleton


def keys_of(word, habit=""):
    (clean,) = words(word)
    return {reading.key for reading in readings(clean, habit) if reading.level < 2}


@pytest.mark.parametrize(
    "spellings",
    [
        ("Ковальський", "Ковальский", "Kovalskyi", "Kovalsky", "Kovalskiy", "Kovalʹsʹkyj"),
        ("Хоменко", "Khomenko", "Homenko", "Xomenko"),
        ("Григорович", "Hryhorovych", "Grigorovich", "Hryhorovyč", "Hryhorowytsch"),
        ("Щербина", "Shcherbyna", "Ščerbyna", "Ŝerbina", "Schtscherbyna", "Chtcherbyna"),
        ("Цвях", "Tsviakh", "Tsvyakh", "Cvjach"),
        ("Медведєв", "Медведев", "Medvediev", "Medvedev"),
        ("Ковальов", "Ковалёв", "Kovalov", "Kovalyov"),
        ("Згурський", "Zghurskyi", "Zgurskiy"),
        ("Дем'янчук", "Демьянчук", "Demianchuk", "Dem'yanchuk"),
        ("Жук", "Žuk", "Zhuk", "Juk"),
        ("Абакумець", "Abakoumets", "Abakumets", "Abakumec"),
        ("Юхим", "Yukhym", "Iukhym", "Juxym", "Juchym"),
        ("Кузнецов", "Kuznetsov", "Kusnezow"),
        ("Чавчавадзе", "ჭავჭავაძე", "Chavchavadze"),
        ("Тупиця", "Тупица", "Tupytsia"),
        ("Рольф", "Roljf", "Rolf"),
    ],
)
def test_spellings_by_any_table_share_a_key_with_the_first(spellings):
    first, *others = (keys_of(word) for word in spellings)
    for found in others:
        assert found & first


@pytest.mark.parametrize(
    ("one", "other"),
    [("Кравченко", "Кривченко"), ("Лисенко", "Лесенко"), ("Гоменко", "Хоменко"), ("Жук", "Щук")],
)
def test_near_family_names_share_no_key(one, other):
    assert not keys_of(one) & keys_of(other)


def test_the_plainest_reading_comes_first_and_says_its_table():
    first, second, *_ = readings("homenko")
    assert (first.key, first.level) == ("gomenko", 0)
    assert "KMU 2010" in first.rule
    assert (second.key, second.level, second.rule) == ("xomenko", 1, "h for х")


def test_there_are_few_readings_and_their_keys_differ():
    for word in "schtscherbyna hryhorovyč alexander xhjczsw щербина".split():
        found = readings(word)
        assert 0 < len(found) <= READINGS_MAX
        assert len({reading.key for reading in found}) == len(found)


def test_alternating_vowels_meet_at_the_lowest_level():
    one, other = ({r.key for r in readings(w) if r.level == 2} for w in ("семенів", "семенов"))
    assert one == other
    assert not keys_of("семенів") & keys_of("семенов")


def test_other_words_of_a_name_tell_its_table():
    habit = habit_of("almas radykowytsch")
    assert habit == "German"
    assert "almaz" in keys_of("Almas", habit)
    assert habit_of("kravchenko oleksandr") == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("كرافتشينكو", "кравченко"),
        ("محمد", "muhammad"),
        ("الحسن", "hasan"),
        ("بوريس", "борис"),
        ("فيكتور", "віктор"),
    ],
)
def test_arabic_words_meet_by_their_consonants(one, other):
    assert set(consonants(one)) & set(consonants(other))


@pytest.mark.parametrize(
    "forms",
    [
        ("Ковальський", "Ковальська", "Kovalskaya", "Ковальская"),
        ("Іванов", "Іванова", "Ivanoff", "Иванов", "Ivanow"),
        ("Ковальов", "Ковалёва", "Kovalov"),
        ("Семенів", "Семенов"),
        ("Ільїн", "Ильина"),
        ("Білий", "Білый"),
    ],
)
def test_a_family_name_has_one_stem_in_both_sexes(forms):
    stems = [{family_stem(key).stem for key in keys_of(word)} for word in forms]
    assert set.intersection(*stems)


def test_the_ending_tells_the_sex():
    assert family_stem("ivanov").sex == "male"
    assert family_stem("ivanova").sex == "female"
    assert family_stem("bondarenko") == ("bondarenko", "")


@pytest.mark.parametrize(
    ("word", "stem", "sex"),
    [
        ("Сергійович", "serg", "male"),
        ("Сергеевич", "serg", "male"),
        ("Сергіївна", "serg", "female"),
        ("Serhiiovych", "serg", "male"),
        ("Юрьевна", "jur", "female"),
    ],
)
def test_a_fathers_name_shows_by_its_ending(word, stem, sex):
    assert (stem, sex) in {father_name(key) for key in keys_of(word)}


def test_a_short_fathers_name_is_not_sure():
    assert father_name("kuzmiQ") is None
    assert short_father_name("kuzmiQ") == ("kuzm", "male")
    assert short_father_name("ivan") is None


def test_a_skeleton_merges_what_a_search_should():
    assert skeleton("Хоменко Григорій") == skeleton("Homenko Hryhorii")
    assert skeleton(" - 7 ") == ""
