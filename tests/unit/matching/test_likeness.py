# ruff: noqa: RUF001 -- Cyrillic letters that look like Latin ones are meant

import csv
from importlib import resources

import numpy as np
import pytest

from homeward.matching.letters import clean
from homeward.matching.likeness import (
    LETTERS_MAX,
    aligned,
    likeness,
    likeness_of,
    table_version,
)

# A word, a spelling of it, and another name that is near by letters.
SPELLINGS = (
    ("кравченко", "kravchenko", "кривченко"),
    ("kravchenko", "кравченко", "krivchenko"),
    ("григорій", "hryhorii", "hryhorchuk"),
    ("щербак", "shcherbak", "sherba"),
    ("жук", "zhuk", "zhukov"),
    ("хоменко", "khomenko", "komarenko"),
    ("чайковский", "tschaikowski", "chaikin"),
    ("шевченко", "chevtchenko", "shevchuk"),
    ("єременко", "єрьоменко", "єрмоленко"),
    ("мельник", "мельнік", "мельничук"),
    ("юшко", "iushko", "yurko"),
    ("kravchenko", "كرافتشينكو", "كرافتس"),
    ("олександр", "أولكسندر", "أوليكسي"),
    ("mahmoud", "محمود", "محمد"),
    ("хасан", "حسن", "حسين"),
    ("rashid", "رشيد", "رشاد"),
    ("youssef", "يوسف", "يونس"),
    ("гелашвили", "გელაშვილი", "გელოვანი"),
)


@pytest.mark.parametrize(("word", "spelling", "other"), SPELLINGS)
def test_a_spelling_is_liker_than_the_nearest_other_name(word, spelling, other):
    spelling, other = clean(spelling), clean(other)
    assert likeness(word, spelling) > likeness(word, other) + 1


def test_unrelated_names_are_far_below_zero():
    unrelated = [("кравченко", "olena"), ("гончар", "شيفتشينكو"), ("бондар", "лисенко")]
    assert (likeness_of(unrelated) < -4).all()


def test_the_order_of_two_words_does_not_matter():
    pairs = [(a, clean(b)) for row in SPELLINGS for a, b in ((row[0], row[1]), (row[0], row[2]))]
    assert (likeness_of(pairs) == likeness_of([(b, a) for a, b in pairs])).all()


def test_a_pair_alone_is_as_alike_as_among_others():
    pairs = [(a, clean(b)) for a, b, _ in SPELLINGS]
    assert likeness_of(pairs) == pytest.approx([likeness(a, b) for a, b in pairs], abs=0.002)


def test_no_pairs_have_no_likeness():
    assert likeness_of([]).shape == (0,)


@pytest.mark.parametrize("word", ["", "山田", "123", "-"])
def test_a_word_of_an_unknown_script_says_nothing(word):
    assert likeness(word, "ivan") == 0
    assert likeness("іван", word) == 0
    assert likeness(word, word) == 0
    assert aligned(word, "ivan") == ((word, "ivan"),)


def test_of_a_long_word_the_first_letters_count():
    long = "константинопольський" * 3
    assert likeness(long, long[:LETTERS_MAX]) == likeness(long[:LETTERS_MAX], long[:LETTERS_MAX])
    assert "".join(a for a, _ in aligned(long, "kostiantyn")) == long


def test_the_alignment_shows_which_letters_stand_for_which():
    assert aligned("хоменко", "khomenko") == (
        ("х", "kh"),
        ("о", "o"),
        ("м", "m"),
        ("е", "e"),
        ("н", "n"),
        ("к", "k"),
        ("о", "o"),
    )
    assert ("г", "h") in aligned("григорій", "hryhorii")


def test_the_table_has_a_version_and_is_small():
    assert len(table_version()) == 16
    table = resources.files("homeward.matching").joinpath("tables/likeness.npz")
    assert len(table.read_bytes()) <= 1_500_000


@pytest.mark.shared
@pytest.mark.parametrize(("name", "least"), [("en-ru", 0.88), ("en-ar", 0.82)])
def test_open_pairs_of_words_are_told_apart(shared_dir, name, least):
    path = shared_dir / f"data/matching/tokens-{name}-open.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    scores = likeness_of([(clean(row["a"]), clean(row["b"])) for row in rows])
    same = np.array([row["same"] == "1" for row in rows])
    unlike = np.sort(scores[~same])
    above = np.searchsorted(unlike, scores[same], "left") / len(unlike)
    assert above.mean() >= least
