"""Reads what the tables of names are made of; each source as plain values, nothing decided."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from names_translator.dicts import NameDicts

from homeward.matching.letters import words

TRANSLATOR_VERSION = "2.1.0"  # names_translator, MIT
GROUPS_SHA256 = "9d6381d55159f471082ecb88446f3f8cffe82eca4ee65ea3a84889dbe75b9e94"
"""Of the groups of Wikidata's names, CC0, that rigour 2.6.1, MIT, ships."""

_MARKERS = "=~-^"


@dataclass
class Class:
    """One given name while the tables are made; lists of cleaned words, in order."""

    name: str
    sex: str = ""
    uk: list[str] = field(default_factory=list)
    ru: list[str] = field(default_factory=list)
    be: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)
    variants: list[str] = field(default_factory=list)
    diminutives: list[str] = field(default_factory=list)
    stems: list[str] = field(default_factory=list)
    related: list[int] = field(default_factory=list)
    curated: bool = False
    weight: int = 0

    def same(self):
        """Return the forms of the best level."""
        return [*self.uk, *self.ru, *self.be, *self.other]


def cleaned(text):
    """Return one cleaned word, empty if the text is not one word."""
    found = words(text)
    return found[0] if len(found) == 1 else ""


def _unique(forms: Iterable[str], known: Iterable[str] = ()) -> list[str]:
    seen = set(known)
    return [form for form in map(join, forms) if form and not (form in seen or seen.add(form))]


def join(text):
    """Return the cleaned letters of a form, an apostrophe or hyphen within it left out."""
    return "".join(words(text))


def curated(path: Path) -> list[Class]:
    """Read the table that was written by hand; its own first lines say its form."""
    classes = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line or line[0] in "#x":
            continue
        sex, rest = line.split(" ", 1)
        parts = [part.strip() for part in rest.split("|")]
        plain = [part.split() for part in parts if part[:1] not in _MARKERS or not part]
        marked = {part[0]: part[1:].split() for part in parts if part[:1] in _MARKERS and part}
        if sex not in "mf" or not plain or len(plain) > 3:
            raise SystemExit(f"{path.name}:{number}: expected 'm|f Ukrainian | Russian | ...'")
        uk, ru, be = [*plain, [], [], []][:3]
        own = Class(name=uk[0], sex=sex, curated=True)
        own.uk, own.ru, own.be = _unique(uk), _unique(ru), _unique(be)
        own.other = _unique(marked.get("=", []), own.same())
        own.variants = _unique(marked.get("~", []), own.same())
        own.diminutives = _unique(marked.get("-", []), own.same())
        own.stems = _unique(marked.get("^", []))
        classes.append(own)
    _part(classes)
    names = Counter((row.name, row.sex) for row in classes)
    twice = [name for name, count in names.items() if count > 1]
    if twice:
        raise SystemExit(f"{path.name}: twice: {twice}")
    return classes


def refused(path: Path) -> set[str]:
    """Return the words that the table written by hand says are no given names."""
    lines = path.read_text("utf-8").splitlines()
    return {word for line in lines if line.startswith("x ") for word in line.split()[1:]}


def _part(classes):
    """Make a form that is the first form of another class a variant: Панас of Опанас."""
    firsts = {(row.sex, form): row for row in classes for form in (row.uk[:1] + row.ru[:1])}
    for row in classes:
        for level in ("uk", "ru", "be", "other"):
            forms = getattr(row, level)
            others = [
                form
                for form in forms
                if form not in (row.uk[0], *row.ru[:1])
                and firsts.get((row.sex, form), row) is not row
            ]
            setattr(row, level, [form for form in forms if form not in others])
            row.variants += [form for form in others if form not in row.variants]


def translator(pool: str) -> dict[str, list[str]]:
    """Return one pool of names_translator: cleaned Ukrainian words to cleaned Russian ones."""
    if version("names_translator") != TRANSLATOR_VERSION:
        raise SystemExit(f"expected names_translator {TRANSLATOR_VERSION}")
    pairs = {}
    for uk, forms in sorted(NameDicts().as_dict(pool).items()):
        one, others = cleaned(uk), [cleaned(form) for form in forms]
        if one and all(others):
            pairs[one] = list(dict.fromkeys([*pairs.get(one, []), *others]))
    return pairs


def groups(path: Path) -> list[tuple[str, ...]]:
    """Return the groups of Wikidata's names: cleaned words of at least two letters."""
    data = path.read_bytes()
    if sha256(data).hexdigest() != GROUPS_SHA256:
        raise SystemExit(f"{path}: expected the groups of rigour 2.6.1")
    found = []
    for line in data.decode().splitlines():
        forms = re.sub(r" => Q\d+$", "", line).split(", ")
        kept = [join(form) for form in forms if not re.search(r"[\s.]", form.strip())]
        kept = [form for form in dict.fromkeys(kept) if len(form) > 1]
        if len(kept) > 1:
            found.append(tuple(kept))
    return found
