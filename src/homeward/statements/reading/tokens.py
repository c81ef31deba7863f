"""Text to sentences of tokens.

Rules of this file:
- A token is a word, a number in digits, or a mark. Each knows where it stands in the text.
- A hyphen inside a word parts it; the right part is `glued` (`61-й`, `five-year`).
- Words are compared in lower case, without accents in Latin letters, with one shape of each
  Arabic letter. An Arabic word is also tried without the particles written before it.
- A sentence ends at a full stop, unless an initial or an abbreviation stands before it, and
  after at most `SENTENCE_MAX` tokens: whatever is looked at per sentence stays linear.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Literal

SENTENCE_MAX = 220
WORD_MAX_CHARS = 60

Kind = Literal["word", "number", "mark"]

_TOKEN = re.compile(
    r"(?P<number>(?<![A-Za-z])\d{1,3}(?:[,.\u00a0\u202f '’]\d{3})+(?![\d])|\d+(?:[.,]\d+)?)"
    r"|(?P<word>[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u064b-\u065f\u0670])*"
    r"(?:['’ʼ](?=[а-яіїєґ])[^\W\d_]+)*)"
    r"|(?P<mark>\n+|\.{2,}|[^\w\s]|_)"
)
_ENDS = frozenset(".!?…؟۔")
_CLOSERS = frozenset("\"'”»)]›")
_APOSTROPHES = frozenset("'’ʼ‘")
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_MARKS = re.compile(r"[\u0300-\u036f\u064b-\u065f\u0670\u0640]")
_PARTICLES = ("وال", "بال", "كال", "فال", "ولل", "لل", "ال")
_SINGLE_PARTICLES = ("و", "ف", "ب", "ل", "ك")
_ARABIC_SHAPES = str.maketrans("أإآٱىةؤئ", "اااايهوي")


@dataclass(slots=True)
class Token:
    """One word, number or mark of a text; `value` is set where it is a number."""

    text: str
    norm: str
    forms: tuple[str, ...]
    start: int
    end: int
    kind: Kind
    glued: bool = False
    value: float | None = None
    tags: set[str] = field(default_factory=set)

    @property
    def capital(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.text[:1].isupper()

    def has(self, *tags: str) -> bool:
        """Return whether it carries one of these tags.

        Args:
            tags: Names of the packs' lexicons.

        Returns:
            True if any is there.
        """
        return not self.tags.isdisjoint(tags)


@dataclass(slots=True)
class Sentence:
    """A run of tokens; `paragraph` counts the line breaks before it."""

    number: int
    paragraph: int
    tokens: list[Token]

    @property
    def start(self) -> int:
        """Where it begins in the text."""
        return self.tokens[0].start

    @property
    def end(self) -> int:
        """Where it ends in the text."""
        return self.tokens[-1].end


@lru_cache(maxsize=20_000)
def normal(text: str) -> str:
    """Return a word as it is compared.

    Args:
        text: A word of any script.

    Returns:
        Lower case; Latin accents, Arabic vowel signs and the Cyrillic diaeresis gone.
    """
    low = text.lower().replace("’", "'").replace("ʼ", "'")
    if _ARABIC.search(low):
        return _MARKS.sub("", low).translate(_ARABIC_SHAPES)
    if low.isascii():
        return low
    if "а" <= low[0] <= "ӿ":
        return low.replace("ё", "е").replace("\u0301", "")
    return _MARKS.sub("", unicodedata.normalize("NFD", low))


@lru_cache(maxsize=20_000)
def forms_of(norm: str) -> tuple[str, ...]:
    """Return the shapes under which a word is looked up: itself, then without particles.

    Args:
        norm: A word from `normal`.

    Returns:
        At least one shape, the word itself first.
    """
    if not _ARABIC.match(norm):
        return (norm,)
    found = [norm]
    for particle in _PARTICLES:
        if norm.startswith(particle) and len(norm) - len(particle) >= 2:
            found.append(norm[len(particle) :])
            break
    for particle in _SINGLE_PARTICLES:
        if norm.startswith(particle) and len(norm) >= (3 if particle in "وف" else 4):
            rest = norm[1:]
            found.append(rest)
            if rest.startswith("ال") and len(rest) >= 4:
                found.append(rest[2:])
            elif particle in "وف" and rest[0] in "بلك" and len(rest) >= 4:
                found.append(rest[1:])
            break
    return tuple(dict.fromkeys(found))


def tokens_of(text: str) -> Iterator[Token]:
    """Cut a text into tokens.

    Args:
        text: Any text; its length is the caller's concern.

    Returns:
        The tokens in order; spaces and hyphens inside words are left out.
    """
    last_end = -1
    hyphen_end = -1
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        word, start, end = match.group(), match.start(), match.end()
        if kind == "mark" and word in "-‑" and start == last_end and _letter(text, end):
            hyphen_end = end
            continue
        glued = start == hyphen_end or (kind == "word" and start == last_end)
        last_end = end
        if kind == "number":
            yield Token(word, word, (word,), start, end, "number", glued, _value(word))
        elif kind == "word":
            norm = normal(word[:WORD_MAX_CHARS])
            yield Token(word, norm, forms_of(norm), start, end, "word", glued)
        else:
            shape = "'" if word in _APOSTROPHES else word[0]
            yield Token(word, shape, (shape,), start, end, "mark", glued)


def sentences_of(text: str, abbreviations: frozenset[str]) -> list[Sentence]:
    """Cut a text into sentences.

    Args:
        text: Any text.
        abbreviations: Words after which a full stop ends nothing, as `normal` gives them.

    Returns:
        The sentences in order, none empty; line breaks are not among their tokens.
    """
    found: list[Sentence] = []
    here: list[Token] = []
    paragraph = 0

    def close() -> None:
        if here:
            found.append(Sentence(len(found), paragraph, here[:]))
            here.clear()

    tokens = list(tokens_of(text))
    wrapped = _is_wrapped(text)
    for at, token in enumerate(tokens):
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        if token.norm == "\n":
            if len(token.text) > 1 or not wrapped:
                close()
                paragraph += 1
            continue
        if here and token.norm in _CLOSERS and token.start == here[-1].end and _ended(here):
            here.append(token)
            if _opens(after, token):
                close()
            continue
        here.append(token)
        if len(here) >= SENTENCE_MAX or (
            token.norm in _ENDS
            and not _abbreviated(here, abbreviations)
            and (after is None or _opens(after, token))
        ):
            close()
    close()
    return found


def _letter(text: str, at: int) -> bool:
    return at < len(text) and text[at].isalnum()


def _value(digits: str) -> float | None:
    plain = re.sub(r"[\u00a0\u202f '’]", "", digits)
    if re.fullmatch(r"\d{1,3}([,.]\d{3})+", plain):
        plain = re.sub(r"[,.]", "", plain)
    try:
        return float(plain.replace(",", "."))
    except ValueError:  # digits of a script that float does not know
        return None


def _is_wrapped(text: str) -> bool:
    """Return whether single line breaks only fold long lines.

    Of a short text that is sure where a line runs on in small letters: no headline does.
    """
    lines = [line.strip() for line in text.split("\n", 40)[:40] if line.strip()]
    breaks = list(pairwise(lines))
    full = [line for line, _ in breaks if 60 <= len(line) <= 100]
    runs_on = any(line[-1] not in _ENDS and after[0].islower() for line, after in breaks)
    return (len(lines) > 4 or runs_on) and 2 * len(full) > len(breaks)


def _ended(here: list[Token]) -> bool:
    return here[-1].norm in _ENDS or here[-1].norm in _CLOSERS


def _opens(after: Token | None, token: Token) -> bool:
    """Return whether what follows may begin a sentence."""
    if after is None or after.norm == "\n":
        return True
    if after.start == token.end:
        return after.norm in _CLOSERS and False
    if after.kind == "mark":
        return after.norm not in ",;:)-–—»”]"
    return after.capital or after.kind == "number" or bool(_ARABIC.match(after.norm))


def _abbreviated(here: list[Token], abbreviations: frozenset[str]) -> bool:
    if here[-1].norm != "." or len(here) < 2:
        return False
    before = here[-2]
    if before.end != here[-1].start or before.kind != "word":
        return False
    initial = len(before.text) == 1 and before.text.isupper()
    if initial and before.text in "XХ" and len(here) > 2 and not here[-3].capital:
        return False  # "announced it on X."
    return initial or before.norm in abbreviations
