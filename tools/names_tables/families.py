"""Makes what is known of family names, and joins what is left of fathers' names.

Rules of this file:
- A family name is known by its keys, Ukrainian and Russian; the table holds hashes only.
- A group of Wikidata's names that is no given name's is kept where no key connects its forms:
  letters would find the others. Forms in Latin, Cyrillic, Arabic, Georgian and Armenian letters.
"""

from collections import defaultdict

from given import father_stems, key, keys

from homeward.matching.classes import bare_stem
from homeward.matching.letters import script_of
from homeward.matching.readings import consonants

SCRIPTS = ("latin", "cyrillic", "arabic", "georgian", "armenian")


def add_fathers(classes, fathers):
    """Add the fathers' names that no given name in the table leads to.

    A Ukrainian father's name whose Russian form leads to exactly one class belongs to it.

    Returns:
        Those of no class, one for each stem.
    """
    owners = defaultdict(set)
    for number, row in enumerate(classes):
        if row.sex == "m":
            for form in [*row.uk, *row.ru, *row.be, *row.stems]:
                for one in keys(form):
                    owners[bare_stem(one)].add(number)
    orphans, learned = {}, set()
    for uk, forms in sorted(fathers.items()):
        cut = father_stems(uk)
        if not cut or owners.keys() & set(cut) or cut[0] in learned:
            continue
        homes = {
            number for ru in forms for stem in father_stems(ru) for number in owners.get(stem, ())
        }
        if len(homes) == 1:
            learned.add(cut[0])
            classes[homes.pop()].stems.append(uk)
        else:
            orphans.setdefault(cut[0], uk)
    return sorted(orphans.values())


def names(last, groups, homes, classes):
    """Return the keys of known family names, and the groups that no key connects."""
    given = {form for row in classes for form in row.same()}
    known = {one for uk, forms in last.items() for word in (uk, *forms) for one in keys(word)[:1]}
    spelt = []
    for number, forms in enumerate(groups):
        if number in homes:
            continue
        kept = [form for form in forms if script_of(form) in SCRIPTS]
        scripts = {script_of(form) for form in kept}
        if "cyrillic" in scripts:
            known.update(
                key(form) for form in kept if script_of(form) == "cyrillic" and form not in given
            )
        if len(scripts) > 1 and (scripts - {"latin"}):
            apart = _apart(kept)
            if apart:
                spelt.append(apart)
    known -= {""}
    return known, spelt


def _apart(forms):
    """Return the forms of a group that no key connects with the first Cyrillic ones."""
    by_script = defaultdict(list)
    for form in forms:
        by_script[script_of(form)].append(form)
    base = by_script["cyrillic"] or by_script["latin"]
    reached = {one for form in base for one in keys(form)}
    hard = {one for form in base for one in consonants(form)}
    others = [
        form
        for form in forms
        if form not in base
        and not (
            hard.intersection(consonants(form))
            if script_of(form) == "arabic"
            else reached.intersection(keys(form))
        )
    ]
    return [*base, *others] if others else []
