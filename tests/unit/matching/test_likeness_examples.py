import importlib.util
import random
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[3] / "tools/train_likeness"
LATIN, CYRILLIC, ARABIC = range(3)
WORDS = (("кравченко", CYRILLIC), ("zhuravel", LATIN), ("شيفتشينكو", ARABIC), ("ян", CYRILLIC))


def module(name):
    spec = importlib.util.spec_from_file_location(name, TOOL / f"{name}.py")
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.fixture(scope="module")
def near_misses():
    return module("near_misses")


@pytest.mark.parametrize(("word", "script"), WORDS)
def test_a_near_miss_differs_in_one_sound_that_no_spelling_mixes(near_misses, word, script):
    chance = random.Random(1)
    rows = [row for kind in near_misses.SOUNDS[script] for row in kind]
    for _ in range(200):
        missed = near_misses.near_miss(word, script, chance)
        if missed is None:
            continue
        assert abs(len(missed) - len(word)) <= 1
        if len(missed) == len(word):
            ((was, put),) = [(a, b) for a, b in zip(word, missed, strict=True) if a != b]
            assert not any(was in row and put in row for row in rows)


def test_a_word_of_silent_letters_has_no_near_miss(near_misses):
    assert near_misses.near_miss("ь", CYRILLIC, random.Random(1)) is None


@pytest.mark.parametrize(
    ("word", "language", "spellings"),
    [
        ("згурський", "uk", {"zghurskyi", "zhurskyj"}),
        ("юрченко", "uk", {"yurchenko", "jurčenko"}),
        ("щукин", "ru", {"shchukin", "ščukin", "shhukin"}),
        ("жуков", "ru", {"zhukov", "žukov", "joukov", "schukow"}),
    ],
)
def test_a_word_is_written_as_people_write_it(word, language, spellings):
    habits = module("latin_habits")
    assert habits.fits(word, language)
    written = {habits.spell(word, table) for of, table in habits.HABITS if of == language}
    assert spellings <= written
