"""The tables of an agreement beside its clauses: parties, fields, categories, the scale.

Rules of this file:
- Fields by race, ethnicity, nationality, religion or political opinion are refused (GC III
  art. 16), and so are columns that identify a person: the pool never holds a name.
- A scale of equivalents and the key of a pair go by a column that groups people (rank,
  status, a field of the agreement), never by one that tells who somebody is, nor by the
  Power they depend on.
- Categories are total: what a predicate cannot judge is for review, or excluded, and the
  document says which.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from homeward.foundation.errors import InputError
from homeward.foundation.ids import PartyCode, parse_party
from homeward.terms.agreed import (
    PRISONERS_OF_WAR,
    Account,
    Category,
    Equivalents,
    Handover,
    Head,
    Objective,
    Stop,
    Timetable,
)
from homeward.terms.clause_keys import COUNT_MAX, Keys
from homeward.terms.places import Place, shown
from homeward.terms.predicate import COLUMNS, Column, Everybody, parse_predicate, uses

CATEGORIES_MAX = 200
WEIGHT_MAX = 1000
DAYS_MAX = 3_650
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,79}")
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,39}")
_PURPOSE_MAX_CHARS = 200

REFUSED_FIELDS = (
    "race",
    "ethnic",
    "nationality",
    "relig",
    "faith",
    "confession",
    "politic",
    "opinion",
    "belief",
    "membership",
)
"""Beginnings of words in field names that GC III art. 16 forbids to distinguish by."""

IDENTIFYING = (
    "ref",
    "family_name",
    "given_name",
    "father_name",
    "name_as_written",
    "birth_place",
    "service_number",
    "extra",
)
"""Columns of lists that tell who somebody is, and so are no fields of an agreement."""

_GROUPING = ("rank", "status", "unit", "sex", "health", "captured_at", "held_at")
"""Standard columns by which a scale or a pair may group people."""


_SHARE = re.compile(r"([1-9][0-9]?)-of-([1-9][0-9]?)")


def read_head(keys: Keys) -> Head:
    """Read `[agreement]`.

    Raises:
        InputError: A key is missing or not as allowed; silence on article 109 is one.
    """
    keys.only(*("id", "mediators", "effective", "article_109", "on_paper", "observers", "cosigned"))
    place, identity, effective = keys.place, keys.table.get("id"), keys.day("effective")
    if not isinstance(identity, str) or not _NAME.fullmatch(identity):
        raise place.key("id").wrong('id = "letters, digits and hyphens"', shown(identity))
    if effective is None:
        raise place.key("effective").wrong("effective = a day such as 2025-02-05", "nothing")
    article_109 = keys.table.get("article_109")
    if article_109 not in ("outside", "counted"):
        raise place.key("article_109").wrong(
            'article_109 = "outside" (the seriously wounded and sick travel first and count '
            'against nothing) or "counted"',
            shown(article_109)[:40],
        )
    return Head(
        id=identity,
        mediators=keys.codes("mediators", example="AE"),
        effective=effective,
        article_109=article_109,
        on_paper=keys.codes("on_paper", example="UA"),
        observers=keys.codes("observers", example="CH-ICRC"),
        cosigned=_cosigned(keys),
    )


def _cosigned(keys: Keys) -> str:
    """Read how many of the parties' nodes must have cosigned; empty if nobody has to."""
    value = keys.table.get("cosigned", "")
    share = _SHARE.fullmatch(value) if isinstance(value, str) else None
    if value in ("", "all", "any") or (share and int(share[1]) <= int(share[2])):
        return str(value)
    raise keys.place.key("cosigned").wrong(
        'cosigned = "all", "any" or a share such as "2-of-3"', shown(value)[:40]
    )


def verify_head(head: Head, keys: Keys, parties: Mapping[PartyCode, str], *, sealed: bool) -> None:
    """Check whom `[agreement]` names beside the parties, and who of them is on paper.

    Args:
        head: As read.
        keys: Its table.
        parties: Of the agreement.
        sealed: Whether lists are sealed until everybody is bound to its own.

    Raises:
        InputError: Somebody on paper is no party, or every party is, or lists are sealed all
            the same; an observer is a party or a mediator.
    """
    on_paper = keys.place.key("on_paper")
    if set(head.on_paper) - set(parties):
        raise on_paper.wrong(f"on_paper = parties, some of {', '.join(parties)}", "another")
    if len(head.on_paper) == len(parties):
        # The seed of the tie-break has to hold a half that the mediator does not know.
        raise on_paper.wrong("a party that has a node", "every party on paper")
    if head.on_paper and sealed:
        # Whoever carries a list in can read it: a seal would promise what nobody can keep.
        raise on_paper.wrong("no sealed lists with a party on paper", "lists that are sealed")
    if set(head.observers) & {*parties, *head.mediators}:
        expected = "observers that are neither party nor mediator"
        raise keys.place.key("observers").wrong(expected, "one that is both")


def read_parties(keys: Keys) -> dict[PartyCode, str]:
    """Read `[parties]`: code -> name, the code itself where none is given.

    Raises:
        InputError: There are fewer than two, or one is not as allowed.
    """
    if len(keys.table) < 2:
        raise keys.place.wrong("at least two parties", str(len(keys.table)))
    parties = {}
    for code, about in sorted(keys.table.items()):
        place = _inside(keys.place, code, f"party {code[:40]}")
        if not isinstance(about, dict) or set(about) - {"name"}:
            raise place.wrong('{ name = "..." } or {}', shown(about))
        name = about.get("name", code)
        if not isinstance(name, str):
            raise place.key("name").wrong('name = "..."', shown(name))
        with place.reading():
            parties[parse_party(code)] = name
    return parties


def read_blocs(keys: Keys, parties: Mapping[PartyCode, str]) -> dict[str, tuple[PartyCode, ...]]:
    """Read `[blocs]`: allies who give for one another.

    Raises:
        InputError: A member is no party, or is in two blocs.
    """
    blocs: dict[str, tuple[PartyCode, ...]] = {}
    inside: set[str] = set()
    for name, members in sorted(keys.table.items()):
        place = _inside(keys.place, name, f"bloc {name[:40]}")
        if not isinstance(members, list) or any(m not in list(parties) for m in members):
            raise place.wrong(
                f"a list of parties of this agreement ({', '.join(parties)})", "another"
            )
        if inside & set(members) or len(set(members)) != len(members):
            raise place.wrong("each party in one bloc", "a party in two")
        inside |= set(members)
        blocs[name] = tuple(sorted(parse_party(m) for m in members))
    return blocs


def read_stop(keys: Keys, parties: Mapping[PartyCode, str]) -> Stop:
    """Read one `[[stop]]`.

    Raises:
        InputError: A key is missing or not as allowed.
    """
    keys.only("home", "country", "purpose")
    home = keys.needed_party("home")
    if home not in parties:
        raise keys.place.key("home").wrong(f"home = a party, one of {', '.join(parties)}", home)
    purpose = keys.text("purpose", most=_PURPOSE_MAX_CHARS)
    return Stop(home=home, country=keys.needed_party("country"), purpose=purpose)


def read_fields(keys: Keys) -> dict[str, Column]:
    """Read `[fields]`: more columns that a category may use.

    Raises:
        InputError: A field is not as allowed, identifies somebody, or makes a distinction
            that GC III art. 16 forbids.
    """
    fields = {}
    for name, about in sorted(keys.table.items()):
        place = _inside(keys.place, name, f"field {name[:40]}")
        if not _FIELD.fullmatch(name) or name in COLUMNS or not isinstance(about, dict):
            raise place.wrong("new names in small letters with { type = ... }", name[:40])
        _refuse_adverse(place, name)
        own = Keys(place, about)
        own.only("type", "values")
        kind, values = own.word("type", ("text", "number", "date"), None), about.get("values", [])
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise place.key("values").wrong('values = ["...", ...]', shown(values)[:40])
        if values and kind != "text":
            raise place.key("values").wrong("values of a text", f"values of a {kind}")
        column: Any = kind
        fields[name] = Column("choice", tuple(sorted(set(values)))) if values else Column(column)
    return fields


def read_categories(keys: Keys, columns: Mapping[str, Column]) -> dict[str, Category]:
    """Read `[categories]`, each after those it uses; `all` and prisoners of war are there.

    Raises:
        InputError: A predicate cannot be read, a name is taken, or one uses itself.
    """
    if len(keys.table) > CATEGORIES_MAX:
        raise keys.place.wrong(f"at most {CATEGORIES_MAX}", str(len(keys.table)))
    found = {"all": Category(name="all", predicate=Everybody(), on_unknown="review", text="all")}
    pow_text = "status == 'pow'"
    found[PRISONERS_OF_WAR] = Category(
        name=PRISONERS_OF_WAR,
        predicate=parse_predicate(pow_text, where=PRISONERS_OF_WAR, columns=columns),
        on_unknown="exclude",
        text=pow_text,
    )
    places = {}
    for name, about in keys.table.items():
        place = places[name] = _inside(keys.place, name, f"category {name[:60]}")
        if not _NAME.fullmatch(name) or name in found or name in columns:
            raise place.wrong("a new name that is no column", "another")
        entry = {"is": about} if isinstance(about, str) else about
        if not isinstance(entry, dict) or not isinstance(entry.get("is"), str):
            raise place.wrong('a text, or { is = "...", unknown = "review" }', shown(about))
        own = Keys(place, entry)
        own.only("is", "unknown")
        on_unknown = entry.get("unknown", "review")
        if on_unknown not in ("review", "exclude"):
            raise place.key("unknown").wrong("unknown = review or exclude", shown(on_unknown)[:40])
        with place.key("is").reading():
            predicate = parse_predicate(entry["is"], where="", columns=columns)
        found[name] = Category(
            name=name, predicate=predicate, on_unknown=on_unknown, text=entry["is"]
        )
    return _in_order(found, places)


def _groupings(columns: Mapping[str, Column]) -> tuple[str, ...]:
    """Return the columns by which a scale may group people."""
    own = (
        name
        for name, column in columns.items()
        if name not in COLUMNS and column.type in {"text", "choice"}
    )
    return (*_GROUPING, *sorted(own))


def pairings(columns: Mapping[str, Column], equivalents: Equivalents | None) -> tuple[str, ...]:
    """Return the columns by which people may be paired: those whose values are known beforehand."""
    by = None if equivalents is None else equivalents.by
    return tuple(n for n in _groupings(columns) if columns[n].values or n == by)


def read_equivalents(keys: Keys, columns: Mapping[str, Column]) -> Equivalents | None:
    """Read `[equivalents]`: `by`, and a weight for each value of that column.

    Raises:
        InputError: The column groups nobody or identifies somebody, or a weight is not a
            whole number from 1 to 1000.
    """
    if not keys.table:
        return None
    by = keys.table.get("by")
    if isinstance(by, str):
        _refuse_adverse(keys.place.key("by"), by)
    if not isinstance(by, str) or by not in _groupings(columns):
        expected = f"by = one of {', '.join(_groupings(columns))}"
        raise keys.place.key("by").wrong(expected, shown(by))
    allowed = columns[by].values
    weights = {}
    for value in sorted(set(keys.table) - {"by"}):
        place = keys.place.key(value)
        if allowed and value not in allowed:
            raise place.wrong(f"values of {by}: {', '.join(allowed)}", value[:40])
        weights[value] = keys.needed_number(value, low=1, high=WEIGHT_MAX)
    if not weights:
        raise keys.place.wrong(f"a weight for each value of {by}", "none")
    return Equivalents(by=by, weights=weights)


def read_handover(keys: Keys) -> Handover:
    """Read `[handover]`: `order`, and how many people a `batch` has.

    Raises:
        InputError: An order without a batch, a batch without an order, or neither as allowed.
    """
    keys.only("order", "batch")
    order = keys.word("order", ("together", "exposure", "medical"), "together")
    batch = keys.number("batch", low=1)
    if (batch is None) != (order == "together"):
        found = "a batch" if batch is not None else "none"
        raise keys.place.key("batch").wrong(
            "batch = a number of people, with order = exposure or medical", found
        )
    return Handover(order=order, batch=batch)


def read_timetable(keys: Keys) -> Timetable:
    """Read `[timetable]`: days by step; a step that it leaves out has its usual days.

    Raises:
        InputError: A number of days is not as allowed.
    """
    days = asdict(Timetable())
    keys.only(*days)
    for key, usual in days.items():
        days[key] = keys.number(key, low=1, high=DAYS_MAX) or usual
    return Timetable(**days)


def read_lists(keys: Keys) -> bool:
    """Read `[lists]`: whether they are `sealed` until everybody is bound to its own.

    Raises:
        InputError: Another key, or no `true` or `false`.
    """
    keys.only("sealed")
    return keys.flag("sealed")


def read_account(keys: Keys, parties: Mapping[PartyCode, str], own_id: str) -> Account:
    """Read one `[[account]]`.

    Raises:
        InputError: A key is missing or not as allowed.
    """
    keys.only("debtor", "creditor", "unit", "amount", "from")
    sides = {}
    for key in ("debtor", "creditor"):
        code = sides[key] = keys.needed_party(key)
        if code not in parties:
            raise keys.place.key(key).wrong(f"{key} = a party, one of {', '.join(parties)}", code)
    if sides["debtor"] == sides["creditor"]:
        raise keys.place.key("creditor").wrong("another party than the debtor", "the same")
    earlier = keys.text("from", most=80)
    if not _NAME.fullmatch(earlier) or earlier == own_id:
        raise keys.place.key("from").wrong(
            'from = "the id of an earlier agreement"', shown(earlier)
        )
    return Account(
        **sides,
        unit=keys.word("unit", ("people", "equivalents"), "people"),
        amount=keys.needed_number("amount", low=1, high=COUNT_MAX),
        from_=earlier,
    )


_OBJECTIVE = re.compile(
    r"(?:(count|sum|longest)\(\s*([A-Za-z][A-Za-z0-9_-]*)\s*\)|(least_share))(\s+by\s+phase)?"
)
SUMMABLE = ("days_held", "age", "equivalents")
_SENSES = {"longest": "min", "least_share": "max"}


def read_objective(keys: Keys, categories: Mapping[str, Category]) -> Objective:
    """Read one `[[objective]]`.

    Raises:
        InputError: It is no objective, or names a category or a column that it cannot.
    """
    keys.only("max", "min")
    if len(keys.table) != 1:
        raise keys.place.wrong('max = "..." or min = "..."', "both or none")
    word, text = next(iter(keys.table.items()))
    place = keys.place.key(word)
    match = _OBJECTIVE.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise place.wrong(
            "count(CATEGORY), sum(days_held), longest(days_held) or least_share, the first two "
            "also with 'by phase'",
            shown(text),
        )
    verb, name, is_share, by_phase = match[1], match[2], match[3], bool(match[4])
    kind = verb or is_share
    allowed = {"count": sorted(categories), "sum": SUMMABLE, "longest": ("days_held",)}
    if name is not None and name not in allowed[kind]:
        raise place.wrong(f"{kind}() of one of {', '.join(allowed[kind])}", name[:60])
    if _SENSES.get(kind, word) != word:
        raise place.wrong(f'{_SENSES[kind]} = "{text.strip()}"', f"{word} of it")
    if by_phase and kind in _SENSES:
        raise place.wrong("'by phase' after count() or sum() only", f"it after {kind}")
    said = f"{kind}({name})" if name else kind
    said = f"{said} by phase" if by_phase else said
    return Objective(
        id=said if word == "max" else f"min {said}",
        kind=kind,
        sense=1 if word == "max" else -1,
        count_of=name if kind == "count" else None,
        sum_of=name if kind == "sum" else None,
        by_phase=by_phase,
    )


def _inside(place: Place, key: str, name: str) -> Place:
    return Place(place.text, (*place.path, key), name)


def _refuse_adverse(place: Place, name: str) -> None:
    if name in IDENTIFYING:
        raise place.wrong("no column that tells who somebody is", name)
    if any(word.startswith(REFUSED_FIELDS) for word in name.split("_")):
        with place.reading():
            raise InputError(
                "terms.adverse_distinction",
                f"Expected no field by race, religion or political opinion, found {name[:40]}.",
                hint="GC III art. 16 forbids distinctions on such grounds; leave it out.",
            )


def _in_order(
    categories: Mapping[str, Category], places: Mapping[str, Place]
) -> dict[str, Category]:
    """Return the categories so that each stands after those it uses; refuse cycles.

    Each is visited once, without recursion: an agreement may chain all of them.
    """
    ordered: dict[str, Category] = {}
    for start in categories:
        trail = [start]
        while trail:
            name = trail[-1]
            needed = uses(categories[name].predicate)[2]
            for used in sorted(needed):
                if used not in categories:
                    raise places[name].wrong("a category of this agreement", used[:60])
                if used in trail:
                    raise places[name].wrong("no category that uses itself", used[:60])
            waiting = [used for used in sorted(needed) if used not in ordered]
            if waiting:
                trail.append(waiting[0])
            else:
                ordered.setdefault(name, categories[name])
                trail.pop()
    return ordered
