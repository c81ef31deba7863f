"""How Cyrillic names are written in Latin letters, in short, for examples only.

The official tables in full are in `homeward.matching.romanise`; here some habits that people mix.
"""

# ruff: noqa: RUF001 -- letters that look alike are the subject of this file

import re

_COMMON = dict(zip("абвгдезийклмнопрстуф", "abvgdeziyklmnoprstuf", strict=True))
_ENGLISH = _COMMON | {
    "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya",
    "ё": "yo", "ь": "", "ъ": "", "ы": "y", "э": "e", "ў": "u", "і": "i", "ї": "i", "є": "ie",
    "ґ": "g",
}  # fmt: skip
_KMU = _ENGLISH | {
    "г": "h", "и": "y", "й": "i", "ю": "iu", "я": "ia", "зг": "zgh",
    "^є": "ye", "^ї": "yi", "^й": "y", "^ю": "yu", "^я": "ya",
}  # fmt: skip
_SCIENTIFIC = _ENGLISH | {
    "ж": "ž", "х": "ch", "ц": "c", "ч": "č", "ш": "š", "щ": "šč", "й": "j", "ю": "ju", "я": "ja",
    "ё": "ë", "є": "je", "ї": "ji", "э": "è",
}  # fmt: skip
HABITS: tuple[tuple[str, dict[str, str]], ...] = (
    ("uk", _KMU),
    ("uk", _KMU | {"г": "g", "й": "y", "и": "y", "є": "ye", "ї": "yi", "ю": "yu", "я": "ya"}),
    ("uk", _SCIENTIFIC | {"г": "h", "и": "y"}),
    ("uk", _KMU | {"х": "h", "ц": "c", "щ": "sch", "я": "ja", "ю": "ju", "й": "j"}),
    ("ru", _ENGLISH),
    ("ru", _ENGLISH | {"й": "i", "ю": "iu", "я": "ia", "ъ": "ie", "ё": "e"}),
    ("ru", _ENGLISH | {"^е": "ye", "ё": "e", "ий": "y", "ый": "y"}),
    ("ru", _SCIENTIFIC),
    ("ru", _SCIENTIFIC | {"х": "x", "щ": "shh", "ш": "sh", "ч": "ch", "ж": "zh", "ц": "cz"}),
    ("ru", _ENGLISH | {"ж": "j", "ш": "ch", "ч": "tch", "у": "ou", "щ": "chtch", "ин$": "ine"}),
    ("ru", _ENGLISH | {"ж": "sch", "ш": "sch", "ч": "tsch", "в": "w", "з": "s", "х": "ch", "щ": "schtsch",
            "ц": "z", "ю": "ju", "я": "ja", "й": "j", "ов$": "ow", "ев$": "ew"}),
)  # fmt: skip


def fits(word: str, language: str) -> bool:
    """Tell whether a word may be of a language, by its letters."""
    return not re.search("[ыэъё]" if language == "uk" else "[іїєґ]", word)


def spell(word: str, table: dict[str, str]) -> str:
    """Write a Cyrillic word by a table; what stands in none of it is left out."""
    out = ""
    at = 0
    while at < len(word):
        for size in (2, 1):
            group = word[at : at + size]
            marked = [group]
            if at == 0:
                marked.insert(0, "^" + group)
            if at + size >= len(word):
                marked.insert(0, group + "$")
            found = next((table[m] for m in marked if m in table), None)
            if found is not None or size == 1:
                out += found or ""
                at += len(group) or 1
                break
    return out
