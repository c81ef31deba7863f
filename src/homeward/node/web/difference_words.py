"""What tells two texts of an agreement apart, clause by clause, in the reader's language.

Rules of this file:
- Texts are compared by what they say, never line by line: layout and comments are no change.
- A clause is known by its id; an aim by its place.
- A changed number is told from and to. Of people who are named only numbers are told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from homeward.node.web.category_words import of_category
from homeward.node.web.clause_words import of_clause
from homeward.node.web.terms_words import head_of, of_objective
from homeward.node.web.words import set_apart
from homeward.terms import Agreement
from homeward.terms.clauses import Clause, Ratio

ADDED, DROPPED, CHANGED = "added", "dropped", "changed"

WORDS: Mapping[str, Any] = {ADDED: _("added"), DROPPED: _("dropped"), CHANGED: _("changed")}
"""What became of a part of a text → its word."""

_NOTHING = "\N{EN DASH}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One part of two texts that is not the same.

    Attributes:
        kind: `added`, `dropped` or `changed`.
        name: What it is: the id of a clause, or words.
        before: Its sentences in the first text; empty if it was added.
        after: Its sentences in the second; empty if it was dropped.
        notes: What changed, where that is a number or a key; a sentence each.
    """

    kind: str
    name: SafeString
    before: SafeString
    after: SafeString
    notes: tuple[SafeString, ...] = ()

    @property
    def word(self) -> Any:
        """What became of it, in words."""
        return WORDS[self.kind]


def between(before: Agreement, after: Agreement) -> tuple[Change, ...]:
    """Tell what one text of an agreement says otherwise than another.

    Args:
        before: The first.
        after: The second.

    Returns:
        Each difference; none where both say the same, or only in another order.
    """
    return (*_heads(before, after), *_clauses(before, after), *_aims(before, after))


def _heads(before: Agreement, after: Agreement) -> Iterator[Change]:
    """Compare what stands before the clauses, and the categories that both define."""
    told = [_by_label(agreement) for agreement in (before, after)]
    for label in dict.fromkeys((*told[0], *told[1])):
        yield from _change(format_html("{}", label), *(each.get(label, _EMPTY) for each in told))
    for name, category in before.categories.items():
        other = after.categories.get(name)
        if other is not None and (other.predicate, other.on_unknown) != (
            category.predicate,
            category.on_unknown,
        ):
            label = set_apart(gettext("Category {name}"), name=name)
            yield Change(
                kind=CHANGED,
                name=label,
                before=of_category(name, before),
                after=of_category(name, after),
                notes=tuple(_worded("on_unknown", category.on_unknown, other.on_unknown)),
            )


_EMPTY = SafeString("")


def _by_label(agreement: Agreement) -> dict[str, SafeString]:
    found: dict[str, list[Any]] = {}
    for label, value in head_of(agreement):
        found.setdefault(str(label), []).append(value)
    return {label: _joined(values) for label, values in found.items()}


def _clauses(before: Agreement, after: Agreement) -> Iterator[Change]:
    olds, news = ({clause.id: clause for clause in a.clauses} for a in (before, after))
    for name in dict.fromkeys((*olds, *news)):
        code = format_html('<code dir="ltr">{}</code>', name)
        old, new = olds.get(name), news.get(name)
        said = _said(old, before), _said(new, after)
        if old is not None and new is not None:
            if old != new or said[0] != said[1]:
                notes = tuple(_notes(old, new))
                yield Change(kind=CHANGED, name=code, before=said[0], after=said[1], notes=notes)
        else:
            yield from _change(code, *said)


def _said(clause: Clause | None, agreement: Agreement) -> SafeString:
    return _EMPTY if clause is None else _joined(of_clause(clause, agreement))


def _aims(before: Agreement, after: Agreement) -> Iterator[Change]:
    for number in range(max(len(before.objectives), len(after.objectives))):
        said = [
            of_objective(agreement.objectives[number], agreement)
            if number < len(agreement.objectives)
            else _EMPTY
            for agreement in (before, after)
        ]
        label = format_html("{}", gettext("Aim {number}").format(number=number + 1))
        yield from _change(label, *said)


def _change(name: SafeString, before: SafeString, after: SafeString) -> Iterator[Change]:
    if before != after:
        kind = CHANGED if before and after else DROPPED if before else ADDED
        yield Change(kind=kind, name=name, before=before, after=after)


def _notes(old: Clause, new: Clause) -> Iterator[SafeString]:
    """Yield each key of a clause that differs: a number from and to, people by their number."""
    if old.kind != new.kind:
        yield from _worded("kind", old.kind, new.kind)
        return
    for key in (field.name for field in fields(old) if field.name not in ("id", "kind")):
        was, now = getattr(old, key), getattr(new, key)
        if was == now:
            continue
        if key in ("persons", "requires"):
            said = gettext("{key}: people added: {more}, people dropped: {less}.")
            more, less = len(set(now) - set(was)), len(set(was) - set(now))
            yield set_apart(said, key=key, more=more, less=less)
        elif isinstance(old, Ratio) and key == "give":
            yield from _parts(was, now)
        else:
            yield from _worded(key, _plain(was), _plain(now))


def _parts(was: tuple[Any, ...], now: tuple[Any, ...]) -> Iterator[SafeString]:
    """Yield the numbers of a ratio, part by part, as far as the parts are the same."""
    counts = [{(str(p.flow), p.where): p.count for p in parts} for parts in (was, now)]
    for part in dict.fromkeys((*counts[0], *counts[1])):
        old, new = (each.get(part, _NOTHING) for each in counts)
        if old != new:
            name = " ".join(("count", part[0].replace(" -> ", "→"), *filter(None, part[1:])))
            yield from _worded(name, old, new)


def _worded(key: str, was: object, now: object) -> Iterator[SafeString]:
    if was != now:
        yield set_apart("{key}: {change}", key=key, change=f"{was} → {now}")


def _plain(value: object) -> str:
    """Write a value of a key briefly; a flow with its arrow."""
    if value is None or value == ():
        return _NOTHING
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ", ".join(map(_plain, value))
    return str(value).replace(" -> ", "→")


def _joined(parts: Any) -> SafeString:
    return format_html_join(" ", "{}", ((each,) for each in parts))
