"""Which words take a stance on talks: the patterns of `packs/stances/<language>.toml`.

Rules of this file:
- A pattern is a row of words; `word*` is any word that begins so, `_` any one word, `~` up to
  three words, `...` up to eight, `+` a comma, `<name>` one of the phrases of a class, `(a|b)` either.
- No gap goes across a comma or a full stop; quotation marks are looked through.
- They are looked for after everything else was read, so what they tag changes no leg. Where two
  overlap the first and longer one counts, and the words of the pack inside it count no more.
- A label with `!` is told of nobody ("a meeting is impossible"): it is the speaker's stance.
- A label with `<` has nobody of its own ("but not in Vale"): it is of whoever took the last one.
- `none` takes no stance: "refused to comment". `prior` names an act that has to come before,
  `lasting` what has to end.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

from homeward.statements.reading.marked import Marked
from homeward.statements.reading.pack import phrases_in
from homeward.statements.reading.tokens import Token, tokens_of

STANCES = (
    "legal_bar",
    "illegitimate",
    "dismisses",
    "excludes_topic",
    "willing",
    "rules_out",
    "proposes",
    "characterises",
    "interprets",
    "only_precondition",
    "must",
)
_GAPS = {"~": 3, "...": 8}
_QUOTES = frozenset("\"“”«»‘’„'`")
_MODIFIERS = frozenset({"prior", "lasting"})

Row = tuple[str, ...]


class _Index:
    """Patterns by their first word."""

    def __init__(self) -> None:
        self.exact: dict[str, list[tuple[Row, str]]] = defaultdict(list)
        self.prefix: dict[str, list[tuple[Row, str]]] = defaultdict(list)
        self.lengths: tuple[int, ...] = ()

    def add(self, row: Row, label: str) -> None:
        """File a pattern; all are added before any is looked for."""
        if row[0].endswith("*"):
            self.prefix[row[0][:-1]].append((row, label))
            self.lengths = tuple(sorted({len(key) for key in self.prefix}))
        else:
            self.exact[row[0]].append((row, label))

    def candidates(self, token: Token) -> Iterator[tuple[Row, str]]:
        """Yield the patterns that may begin with a token."""
        for form in token.forms:
            yield from self.exact.get(form, ())
            for length in self.lengths:
                if length > len(form):
                    break
                yield from self.prefix.get(form[:length], ())


class _Patterns:
    """The patterns of one language and the classes that they name."""

    def __init__(self, data: Mapping[str, Mapping[str, str]]) -> None:
        self.classes: dict[str, _Index] = {}
        rows = {name: [*_rows(texts)] for name, texts in data["classes"].items()}
        for name, phrases in rows.items():
            self.classes[name] = _Index()
            for row in phrases:
                self.classes[name].add(row, name)
        self.index = _Index()
        for label, texts in data["stances"].items():
            for row in _rows(texts):
                opening = rows[row[0][1:-1]] if row[0].startswith("<") else [row[:1]]
                for head in opening:
                    self.index.add((*head, *row[1:]), label)

    def end(self, row: Row, tokens: list[Token], at: int) -> int | None:
        """Return where a pattern that begins at a token ends; None if it does not fit."""
        for k, word in enumerate(row):
            if word in _GAPS:
                return self._behind_gap(row[k + 1 :], tokens, at, _GAPS[word])
            if word.startswith("<"):
                return self._behind_class(word[1:-1], row[k + 1 :], tokens, at)
            at = _through_quotes(tokens, at) if k else at
            if at >= len(tokens) or not _fits(tokens[at], word):
                return None
            at += 1
        return at

    def _behind_gap(self, rest: Row, tokens: list[Token], at: int, most: int) -> int | None:
        for _ in range(most + 1):
            found = self.end(rest, tokens, at)
            if found is not None:
                return found
            at = _through_quotes(tokens, at)
            if at >= len(tokens) or tokens[at].kind == "mark":
                return None
            at += 1
        return None

    def _behind_class(self, name: str, rest: Row, tokens: list[Token], at: int) -> int | None:
        at = _through_quotes(tokens, at)
        if at >= len(tokens):
            return None
        ends = (self.end(row, tokens, at) for row, _ in self.classes[name].candidates(tokens[at]))
        for end in sorted({end for end in ends if end is not None}, reverse=True):
            found = self.end(rest, tokens, end)
            if found is not None:
                return found
        return None


def tag_stances(marked: Marked, language: str) -> None:
    """Tag where a sentence takes a stance on talks.

    Args:
        marked: The sentence; the first word of each pattern gets its label and `sure`, the other
            words lose what the pack calls a stance.
        language: Of the text, one of the six.
    """
    patterns = _patterns(language)
    found: list[tuple[int, int, str]] = []
    for at, token in enumerate(marked.tokens):
        for row, label in patterns.index.candidates(token):
            end = patterns.end(row, marked.tokens, at)
            if end is not None:
                found.append((at, end, label))
    taken: set[int] = set()
    for start, end, label in sorted(found, key=lambda hit: (hit[0], -hit[1], hit[2])):
        if label in _MODIFIERS:
            _tag(marked, start, label)
        elif taken.isdisjoint(range(start, end)):
            taken |= set(range(start, end))
            _untag(marked, start, end)
            if label != "none":
                _tag(marked, start, label.rstrip("!<"), "sure")
            if label.endswith("!"):
                _tag(marked, start, "impersonal")
            if label.endswith("<"):
                _tag(marked, start, "same_actor")


def _tag(marked: Marked, at: int, *tags: str) -> None:
    for tag in tags:
        marked.tokens[at].tags.add(tag)
        marked.places[tag] = sorted({*marked.places.get(tag, ()), at})


def _untag(marked: Marked, start: int, end: int) -> None:
    for tag in STANCES:
        for token in marked.tokens[start:end]:
            token.tags.discard(tag)
        if tag in marked.places:
            marked.places[tag] = [at for at in marked.places[tag] if not start <= at < end]


def _through_quotes(tokens: list[Token], at: int) -> int:
    """Return the next token that is no quotation mark or apostrophe; patterns have none."""
    while at < len(tokens) and tokens[at].text in _QUOTES:
        at += 1
    return at


def _fits(token: Token, word: str) -> bool:
    if word == "_":
        return token.kind == "word"
    if word == "+":
        return token.norm in ",،"
    if word.endswith("*"):
        return any(form.startswith(word[:-1]) for form in token.forms)
    return word in token.forms


def _rows(texts: str) -> Iterator[Row]:
    for text in phrases_in(texts):
        row: list[str] = []
        for part in text.split():
            if part in _GAPS or part in {"_", "+"} or part.startswith("<"):
                row.append(part)
                continue
            star = part.endswith("*")
            row += [t.norm for t in tokens_of(part.rstrip("*")) if t.text not in _QUOTES]
            row[-1] += "*" * star
        if row:
            yield tuple(row)


@cache
def _patterns(language: str) -> _Patterns:
    """Load the patterns of a language; the second call costs nothing."""
    place = resources.files("homeward.statements.reading").joinpath("packs", "stances")
    return _Patterns(tomllib.loads(place.joinpath(f"{language}.toml").read_text("utf-8")))
