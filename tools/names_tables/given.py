"""Makes the classes of given names.

Rules of this file:
- What is curated stands; every other source only adds to it.
- A short form that is also somebody's name in a passport (Маруся) is a class of its own as well.
- A fresh name one letter from a curated one of the same sex is its variant: a slip of a registrar.
- names_translator adds Ukrainian spellings to the class of their Russian form, and classes of its
  own where nothing curated knows the name. A short word that it also lists as a family name, and
  that is nobody's father's name, is no given name.
- A group of Wikidata's names adds forms in Arabic, Georgian and Armenian letters (same), in Latin
  and Cyrillic letters (variant if alike, else diminutive if the group is Cyrillic and short); only
  to the class that most of its forms belong to, for groups mix names.
"""

from collections import Counter, defaultdict
from difflib import SequenceMatcher

from sources import Class

from homeward.matching.classes import bare_stem, stems
from homeward.matching.letters import script_of
from homeward.matching.readings import consonants, readings

HOME_SHARE = 0.4  # of a group's Latin and Cyrillic forms belong to the class, at least
ALIKE = 0.72
CLASSES_OF_A_FORM_MAX = 4
NEAR_MIN = 6  # letters of a key: shorter names one letter apart are two names (Алім, Салім)
VOWELS = "аеєиіїоуюяь"  # a woman's name may end so, and its stem be a man's (Василь, Василія)


def key(word):
    """Return the plainest key of a word."""
    found = readings(word)
    return found[0].key if found else ""


def keys(word):
    """Return the keys of a word that are readings by one table, not the loose one."""
    return [reading.key for reading in readings(word) if reading.level < 2]


def father_stems(word):
    """Return the stems that a father's name is cut to, if the word is one."""
    return [stem for one in keys(word) for _, stem in stems(one)]


class Known:
    """Which classes have a form, by level and by letters or key."""

    def __init__(self, classes):
        self.same, self.lesser, self.by_key = (
            defaultdict(list),
            defaultdict(list),
            defaultdict(list),
        )
        for number, row in enumerate(classes):
            self.add(number, row.same(), [*row.variants, *row.diminutives])

    def add(self, number, same, lesser=()):
        """Note more forms of a class."""
        for form in same:
            _note(self.same[form], number)
            if script_of(form) == "cyrillic":
                for one in keys(form):
                    _note(self.by_key[one], number)
        for form in lesser:
            _note(self.lesser[form], number)

    def of(self, word):
        """Return the classes whose official form a word is, as written or by its key."""
        return self.same.get(word) or self.by_key.get(key(word), [])


def _note(numbers, number):
    if number not in numbers:
        numbers.append(number)


def add_translator(classes, first, fathers, families):
    """Add names_translator's given names to the classes; `families` are no given names."""
    known = Known(classes)
    evident = _evident(first, classes, fathers)
    fresh = defaultdict(list)
    for uk, forms in first.items():
        if known.same.get(uk) or known.by_key.get(key(uk)):
            continue
        ru = forms[0]
        homes = known.of(ru)
        if homes:
            for number in homes:
                if uk not in classes[number].same():
                    classes[number].uk.append(uk)
                    known.add(number, [uk])
        elif _is_name(uk, ru, evident, families):
            fresh[key(ru)].append((uk, forms))
    for name, rows in sorted(fresh.items()):
        if len(name) > 2:
            classes.append(_fresh(rows, evident))


def _evident(first, classes, fathers):
    """Return the stems of fathers' names, and those that a name in a consonant explains."""
    stems_ = {stem for word in fathers for stem in father_stems(word)}
    hard = {bare_stem(key(word)) for word in first if word[-1] not in VOWELS}
    known = {bare_stem(key(form)) for row in classes if row.sex == "m" for form in row.same()}
    return stems_, hard | known


def _is_male(word, evident):
    fathers, explained = evident
    stem = bare_stem(key(word))
    return stem in fathers and (word[-1] not in VOWELS or stem not in explained)


def _is_name(uk, ru, evident, families):
    woman = uk[-1] in "ая" and len(uk) > 4
    return woman or _is_male(uk, evident) or not (uk in families or ru in families)


def _fresh(rows, evident):
    male = any(_is_male(uk, evident) for uk, _ in rows)
    uk = [word for word, _ in rows]
    ru = list(dict.fromkeys(form for _, forms in rows for form in forms))
    sex = "m" if male else "f" if uk[0][-1] in "аяєе" else ""
    return Class(name=uk[0].capitalize(), sex=sex, uk=uk, ru=ru)


def add_groups(classes, groups):
    """Add the forms of Wikidata's groups to the classes.

    Returns:
        The numbers of the groups that are given names, and counts of what was added.
    """
    known, counts, homes = Known(classes), Counter(), set()
    added = defaultdict(Counter)  # class -> form -> groups that have it
    for number, forms in enumerate(groups):
        letters = [form for form in forms if script_of(form) in ("latin", "cyrillic")]
        votes = Counter(one for form in letters for one in known.of(form))
        if not votes:
            continue
        home, hits = min(votes.items(), key=lambda vote: (-vote[1], vote[0]))
        if hits < 2 or hits < HOME_SHARE * len(letters):
            continue
        homes.add(number)
        classes[home].weight += 1
        for form in forms:
            added[home][form] += 1
    for number, forms in sorted(added.items()):
        for form in sorted(forms):
            level = _level(classes[number], form, known, number)
            if level:
                getattr(classes[number], level).append(form)
                counts[level, script_of(form)] += 1
    return homes, counts


def _level(row, form, known, number):
    """Return the list of a class that a form of its group goes to, or nothing."""
    script = script_of(form)
    if known.same.get(form) or number in known.lesser.get(form, ()):
        return ""  # curated, here or elsewhere
    if script in ("arabic", "georgian", "armenian"):
        return "other" if _alike(row, form) else "variants"
    if script not in ("latin", "cyrillic") or known.of(form) or known.lesser.get(form):
        return ""
    if _alike(row, form):
        return "variants"
    return "diminutives" if row.curated and script == "cyrillic" and len(form) < 9 else ""


def _alike(row, form):
    arabic = script_of(form) == "arabic"
    spell = (lambda word: (consonants(word) or ("",))[0]) if arabic else key
    one = spell(form)
    others = {spell(other) for other in [*row.uk[:2], *row.ru[:2], *row.be[:2], *row.other[:4]]}
    return any(SequenceMatcher(None, one, other).ratio() >= ALIKE for other in others if other)


def relate(classes):
    """Relate the classes of which one's variant is the other's official form, both ways.

    A row's `related` are the classes that its forms lead to as variants.
    """
    known = Known(classes)
    related = defaultdict(set)
    for number, row in enumerate(classes):
        for form in row.variants:
            for other in known.same.get(form, []):
                if other != number and classes[other].sex == row.sex:
                    related[number].add(other)
                    related[other].add(number)
    for number, other in sorted(_slips(classes)):
        related[number].add(other)  # the slip leads to the name, not the name to its slips
    for number, row in enumerate(classes):
        row.related = sorted(related[number])


def _slips(classes):
    """Yield fresh classes with the curated one, the commonest, that is one letter away."""
    near = defaultdict(list)
    for number, row in enumerate(classes):
        if row.curated:
            for one in {key(form) for form in [*row.uk, *row.ru]}:
                for cut in _cuts(one) if len(one) >= NEAR_MIN else ():
                    near[cut].append((number, one))
    for number, row in enumerate(classes):
        own = key(row.uk[0])
        if row.curated or row.weight > 1 or len(own) < NEAR_MIN:
            continue
        others = {
            other
            for cut in _cuts(own)
            for other, one in near[cut]
            if classes[other].sex == row.sex and _one_apart(own, one)
        }
        if others:
            yield number, min(others)


def _cuts(word):
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


def _one_apart(one, other):
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) == 1
    shorter, longer = sorted((one, other), key=len)
    return shorter in _cuts(longer)


def cap(classes):
    """Take forms of too many classes off the rarer ones, and what a class has at a better level."""
    for level in ("other", "variants", "diminutives"):
        owners = defaultdict(list)
        for number, row in enumerate(classes):
            kept = [
                form
                for form in dict.fromkeys(getattr(row, level))
                if form not in _above(row, level)
            ]
            setattr(row, level, kept)
            for form in kept:
                owners[form].append(number)
        for form, numbers in owners.items():
            for number in numbers[CLASSES_OF_A_FORM_MAX:]:
                getattr(classes[number], level).remove(form)


def _above(row, level):
    official = {*row.uk, *row.ru, *row.be}
    if level == "other":
        return official
    official |= set(row.other)
    return official if level == "variants" else official | set(row.variants)
