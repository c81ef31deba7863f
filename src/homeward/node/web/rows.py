"""The rows of a list as finished markup: a page has fifty, and a template takes long over each.

Rules of this file:
- Every value is escaped where it is set, once; the words are ours.
- What the reader may not see is empty in the record already; nothing is asked again here.
- What is not known is said to be unknown, and never looks like a no.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from urllib.parse import quote

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from homeward.node.web.columns import NAMES
from homeward.node.web.dates import when_in
from homeward.node.web.person_words import cell_of, latin_of, name_of
from homeward.node.web.value_words import VALUES
from homeward.records.model import HELD, ListKind, PersonRecord, owed_article_109


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """What every row says, as markup in one language; `born` and `at_least` take a value."""

    language: str
    unknown: str
    reference: str
    power: str
    status: str
    days_held: str
    days_missing: str
    born: str
    at_least: str
    died: str
    owed: str
    statuses: Mapping[str, str]
    healths: Mapping[str, str]


def table_rows(
    people: Iterable[PersonRecord],
    kind: ListKind,
    *,
    columns: Sequence[str],
    has_days: bool,
    today: dt.date,
) -> SafeString:
    """Write people as rows of the list's table, in the reader's language.

    Args:
        people: As `access` gave them.
        kind: Which list.
        columns: The further columns to show.
        has_days: True if the reader may see how long they are held or missed.
        today: Days are counted to it.

    Returns:
        A row for each; empty for nobody.
    """
    words = _words(get_language())
    address = reverse("person", args=[kind])
    names = [(column, escape(str(NAMES[column]))) for column in columns]
    label = words.days_held if kind == HELD else words.days_missing
    return SafeString(
        "".join(
            f'<tr><th scope="row">{_person(person, address, words)}</th>\n'
            f'<td data-label="{words.reference}">{_ltr(person.ref)}</td>\n'
            f'<td data-label="{words.power}">'
            f"{_code(person.power) if person.power else words.unknown}</td>\n"
            f'<td data-label="{words.status}">{_chips(person, words)}</td>\n'
            + (
                f'<td class="number" data-label="{label}">{_days(person, today, words)}</td>\n'
                if has_days
                else ""
            )
            + "".join(_cells(person, names, words))
            + "</tr>\n"
            for person in people
        )
    )


def chips(person: PersonRecord) -> SafeString:
    """Write a person's status, and what makes their case urgent, in the reader's language."""
    return SafeString(_chips(person, _words(get_language())))


def _person(person: PersonRecord, address: str, words: _Words) -> str:
    name, latin = name_of(person), latin_of(person)
    shown = f"<bdi>{escape(name)}</bdi>" if name else _ltr(person.ref)
    read = f'<span class="minor"><bdi lang="en">{escape(latin)}</bdi></span>' if latin else ""
    born = _born(words.language, person.birth_date.text) if person.birth_date else ""
    return (
        f'<a class="person-name" href="{address}?ref={quote(person.ref, safe="")}">{shown}</a>'
        f"{read}{born}"
    )


@lru_cache(maxsize=16_384)  # as many as dates
def _born(language: str, date: str) -> str:
    words = _words(language)
    born = f"<bdi>{escape(when_in(language, date))}</bdi>"
    return f'<span class="minor">{words.born % {"date": born}}</span>'


def _chips(person: PersonRecord, words: _Words) -> str:
    return (
        f'<span class="chips">{words.statuses[person.status]}'
        f"{words.died if person.alive == 'no' else ''}"
        f"{words.owed if owed_article_109(person) else ''}"
        f"{words.healths.get(person.health, '')}</span>"
    )


def _days(person: PersonRecord, today: dt.date, words: _Words) -> str:
    since = person.captured_on or person.missing_since
    if since is None:
        return words.unknown
    days = f'<bdi dir="ltr">{max(0, (today - since.latest).days)}</bdi>'
    return days if since.is_exact else words.at_least % {"days": days}


def _cells(person: PersonRecord, names: Sequence[tuple[str, str]], words: _Words) -> Iterator[str]:
    for column, label in names:
        text = cell_of(person, column)
        shown = f"<bdi>{escape(text)}</bdi>" if text else words.unknown
        yield f'<td data-label="{label}">{shown}</td>'


@lru_cache(maxsize=512)  # there are few parties
def _code(party: str) -> str:
    return _ltr(party)


def _ltr(text: str) -> str:
    return f'<bdi dir="ltr">{escape(text)}</bdi>'


@lru_cache(maxsize=16)
def _words(language: str) -> _Words:
    def chip(text: str, look: str = "") -> str:
        return f'<span class="chip{look}">{escape(text)}</span>'

    return _Words(
        language=language,
        unknown=f'<span class="minor">{escape(gettext("unknown"))}</span>',
        reference=escape(gettext("Reference")),
        power=escape(gettext("Power")),
        status=escape(gettext("Status")),
        days_held=escape(gettext("Days held")),
        days_missing=escape(gettext("Days missing")),
        born=escape(gettext("Born %(date)s")),
        at_least=escape(gettext("at least %(days)s")),
        died=chip(gettext("reported dead"), " stop"),
        owed=chip(gettext("owed (art. 109)"), " attention"),
        statuses={value: chip(str(word)) for value, word in VALUES["status"].items()},
        healths={
            value: chip(str(VALUES["health"][value]), " attention")
            for value in ("serious", "grave")
        },
    )
