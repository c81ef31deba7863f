"""Writes the tables; the index is made of the readable table alone, so that a test can make it again."""

# ruff: noqa: RUF001, RUF002 -- letters that look alike are the subject of this file

from array import array
from collections import defaultdict
from hashlib import blake2b

from homeward.matching.classes import (
    FANOUT_MAX,
    LEVELS,
    LOOSE,
    NO_CLASS,
    bare_stem,
    digest,
    group_entry,
)
from homeward.matching.classes import stems as cut_stems
from homeward.matching.letters import script_of
from homeward.matching.readings import consonants, readings

HEADER = "# number of the line = id. name, sex, Ukrainian, Russian, Belarusian, other, variants, diminutives, related ids, stems"
CONSONANTS_MIN = 3
LATIN_KEY_MIN = 4  # letters: a shorter Latin form is found as written only
SOFT = "йьіи"  # a given name that ends so has a soft father's name: -евич, -йович
_LINK_VOWELS = {"hard": "oi", "soft": "ei"}


def table(classes, orphans):
    """Return the text of the readable table.

    Args:
        classes: The classes, the curated ones first.
        orphans: Fathers' names whose own given name is in no class.
    """
    curated = sum(row.curated for row in classes)
    lines = [HEADER, f"# curated: {curated}", "# fathers' names of no class: " + " ".join(orphans)]
    for row in classes:
        lists = (row.uk, row.ru, row.be, row.other, row.variants, row.diminutives)
        fields = [row.name, row.sex, *map(" ".join, lists)]
        fields += [" ".join(map(str, row.related)), " ".join(row.stems)]
        lines.append("\t".join(fields))
    return "\n".join(lines) + "\n"


def rows(text):
    """Return the readable table's rows as lists of fields, each a list of words but the first two."""
    for line in text.splitlines():
        if not line.startswith("#"):
            name, sex, *lists = line.split("\t")
            yield name, sex, [forms.split() for forms in lists]


def index(text):
    """Return the bytes of the index of a readable table."""
    _, first, second = (line.partition(": ")[2] for line in text.splitlines()[:3])
    curated, orphans = int(first), second.split()
    entries = defaultdict(dict)  # entry -> class -> level
    table = list(enumerate(rows(text)))
    for number, (_, _, lists) in table:
        _note_forms(entries, number, lists)
        if number < curated or lists[3]:
            for entry in _for_consonants(lists[0], lists[1]):
                _note(entries, entry, number, 0)
    for number, (_, sex, lists) in table:
        if sex == "m":
            _note_fathers(entries, number, lists, curated)
    for word in orphans:
        for entry in _stem_entries(word):
            if entry not in entries:
                _note(entries, entry, NO_CLASS, 0)
    return _packed(entries)


def _note(entries, entry, number, level):
    known = entries[entry].get(number, len(LEVELS))
    entries[entry][number] = min(known, level)


def _note_forms(entries, number, lists):
    uk, ru, be, other, variants, diminutives, related, _ = lists
    for level, forms in enumerate(([*uk, *ru, *be, *other], variants, diminutives)):
        for entry in (entry for form in forms for entry in _spellings(form)):
            _note(entries, entry, number, level)
            for one in related if level == 0 else ():
                _note(entries, entry, int(one), 1)


def _note_fathers(entries, number, lists, curated):
    for entry in _father_entries([*lists[0], *lists[1], *lists[2]], lists[7]):
        # A curated name has the stem for itself.
        if number < curated or all(owner >= curated for owner in entries.get(entry, ())):
            _note(entries, entry, number, 0)


def _spellings(form):
    yield "=" + form
    script = script_of(form)
    if script in ("arabic", "hebrew", "other") or (script == "latin" and len(form) < LATIN_KEY_MIN):
        return
    found = [reading.key for reading in readings(form) if reading.level < LOOSE]
    yield from ("k" + key for key in (found[:1] if script == "latin" else found))


def _for_consonants(uk, ru):
    """Yield the entries of what Arabic letters keep: Ukrainian г as h too."""
    forms = [*uk[:1], *ru[:1], *(form.replace("г", "х") for form in uk[:1])]
    for one in (one for form in forms for one in consonants(form)[:2]):
        if len(one) >= CONSONANTS_MIN:
            yield "c" + one


def _father_entries(forms, stems):
    for form in forms:
        kind = "soft" if form[-1] in SOFT else "hard"
        for reading in readings(form):
            if reading.level < LOOSE and len(bare_stem(reading.key)) > 1:
                yield from (tag + bare_stem(reading.key) for tag in _LINK_VOWELS[kind])
    for stem in stems:
        yield from _stem_entries(stem)


def _stem_entries(word):
    """Yield the entries of a whole father's name, or of a stem without its ending."""
    kind = "soft" if word[-1] in SOFT + "е" else "hard"
    for reading in readings(word):
        if reading.level < LOOSE:
            cut = [tag + stem for tag, stem in cut_stems(reading.key)]
            yield from cut or (tag + bare_stem(reading.key) for tag in _LINK_VOWELS[kind])


def _packed(entries):
    pairs = []
    for entry, classes in entries.items():
        best = sorted(classes.items(), key=lambda item: (item[1], item[0]))[:FANOUT_MAX]
        pairs += [(digest(entry), number | level << 16) for number, level in best]
    pairs.sort()
    return _little("Q", [one for one, _ in pairs]) + _little("I", [other for _, other in pairs])


def hash32(word):
    """Return the 32 bits under which a family name stands."""
    return int.from_bytes(blake2b(word.encode(), digest_size=4).digest(), "little")


def words32(keys):
    """Return the bytes of a set of keys."""
    return _little("I", sorted({hash32(key) for key in keys}))


def groups32(groups):
    """Return the bytes of numbered groups of words."""
    pairs = sorted(
        {
            (hash32(group_entry(word)), number)
            for number, words in enumerate(groups)
            for word in words
        }
    )
    return _little("I", [one for one, _ in pairs]) + _little("I", [other for _, other in pairs])


def _little(code, numbers):
    made = array(code, numbers)
    if array("H", b"\1\0")[0] != 1:
        made.byteswap()
    return made.tobytes()
