from hypothesis import given, settings
from hypothesis import strategies as st

from homeward.matching.likeness import aligned, likeness, likeness_of

LETTERS = (
    "abcdefghijklmnopqrstuvwxyzščžöéß",
    "абвгґдеєжзиіїйклмнопрстуфхцчшщьюяыэёъў",
    "ابتثجحخدذرزسشصضطظعغفقكلمنهويپچژگ",
    "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ",
    "山田 -1",
)
WORDS = st.one_of(*(st.text(letters, max_size=30) for letters in LETTERS))


@settings(deadline=None)
@given(WORDS, WORDS)
def test_likeness_is_a_number_whatever_the_order(a, b):
    assert -500 < likeness(a, b) < 500
    assert likeness(a, b) == likeness(b, a)
    assert likeness_of([(a, b)])[0] == likeness_of([(b, a)])[0]


@settings(deadline=None)
@given(st.lists(st.tuples(WORDS, WORDS), max_size=20))
def test_a_pair_does_not_change_with_its_neighbours(pairs):
    found = likeness_of(pairs)
    for pair, bits in zip(pairs, found, strict=True):
        assert abs(likeness(*pair) - bits) <= 0.002


@settings(deadline=None)
@given(WORDS, WORDS)
def test_the_groups_of_an_alignment_are_the_two_words(a, b):
    groups = aligned(a, b)
    assert "".join(first for first, _ in groups) == a
    assert "".join(second for _, second in groups) == b
