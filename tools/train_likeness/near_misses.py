"""Makes of a name another that differs in one sound: Кравченко, Кривченко.

Rules of this file:
- A letter is replaced by one that no spelling takes for it: `SOUNDS` holds together what
  spellings mix (б п, г х к, и і ы), and a letter is replaced from another row; nor do vowels
  that alternate between the languages take each other's place.
- A vowel is replaced by a vowel, a consonant by a consonant. Short vowels of Arabic are not
  written, so its long ones are replaced but never put in.
- Left out or put in is a consonant, and none of those that may be silent (h, ь, a double one).
"""

# ruff: noqa: RUF001, RUF002, RUF003 -- letters that look alike are the subject of this file

# By script: rows of vowels, rows of consonants. Letters that are seldom heard alone are in none.
SOUNDS: dict[int, tuple[tuple[str, ...], tuple[str, ...]]] = {
    0: (
        ("aáàâä", "oóòôö", "uúùûü", "eéèêë", "iyíì"),
        ("bp", "vfw", "dt", "gkqx", "szc", "m", "n", "l", "r"),
    ),
    1: (
        ("ая", "оё", "ую", "еэє", "иіыї"),
        ("бп", "вф", "дт", "гґкх", "зсц", "жчшщ", "м", "н", "л", "р"),
    ),
    2: (
        ("ا", "و", "ي"),
        ("بپ", "ف", "دتطض", "كقغخگ", "سزصظ", "شجچژ", "م", "ن", "ل", "ر"),
    ),
}
# Rows of vowels by their places that alternate: а о, о е, о і, е і (Олександр, Семенів, Алена).
VOWELS = 5  # rows, where short vowels are written
ALTERNATING = ({0, 1}, {1, 3}, {1, 4}, {3, 4})


def near_miss(word, script, chance):
    """Return a word that differs from `word` in one sound, or None where none can be made."""
    vowels, consonants = SOUNDS[script]
    rows = {letter: (kind, row) for kind in (vowels, consonants) for row in kind for letter in row}
    places = [i for i, letter in enumerate(word) if letter in rows]
    if not places:
        return None
    at = chance.choice(places)
    kind, row = rows[word[at]]
    how = chance.random()
    if how < 0.7 or kind is vowels:
        others = [other for other in kind if other != row and not _alternate(kind, row, other)]
        return word[:at] + chance.choice(others)[0] + word[at + 1 :]
    if how < 0.85:
        beside = word[max(at - 1, 0) : at] + word[at + 1 : at + 2]
        doubled = any(letter in beside for letter in row)
        return None if doubled or len(word) < 4 else word[:at] + word[at + 1 :]
    put = chance.choice([other for other in consonants if other != row])[0]
    return word[:at] + put + word[at:]


def _alternate(kind, row, other):
    return len(kind) == VOWELS and {kind.index(row), kind.index(other)} in ALTERNATING
