"""What two agreements that say the same share: the normal form, its hash, its own layout.

Rules of this file:
- The normal form is made from the checked value, never from the text. So layout, comments
  and the order of keys, flows and people are no part of it, and what has a default is
  left out where it has it. The order of clauses, objectives and stops is part of it.
- A timetable stands in it with all its days: whether there is one makes a difference.
- A predicate stands in it as it was understood: with one way to write each.
- Consent stands in it, said or not: it is part of every agreement.
- The formatter writes the same content as TOML, with predicates as their authors wrote
  them, and without comments. Reading what it wrote gives the same hash.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from dataclasses import fields as attributes
from typing import Any

from homeward.foundation.canonical import canonical_sha256
from homeward.foundation.ids import Flow, PersonId
from homeward.terms.agreed import Account, Agreement, Category, Handover, Objective
from homeward.terms.clauses import KINDS, Clause, Counted, Part
from homeward.terms.predicate import Column
from homeward.terms.predicate_text import written

_DEFAULTS: Mapping[str, Any] = {
    "unit": "people",
    "prefer": False,
    "withhold": False,
    "continuing": False,
    "both_ways": False,
    "lockstep": False,
    "equal": False,
    "on_unknown": "ask",
}
"""Key -> what it says where it is left out, the same in every kind and table."""

_DEFAULTS_OF: Mapping[str, Mapping[str, Any]] = {
    "quota": {"scope": "each"},
    "balance": {"scope": "party"},
    "escrow": {"release": "all_or_nothing"},
    "remains": {"balance": "none"},
}
"""Kind -> its own defaults."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_LINE_MAX_CHARS = 100


def normal_form(agreement: Agreement) -> dict[str, Any]:
    """Return what an agreement says, in the one form that all documents of it share.

    Args:
        agreement: As read.

    Returns:
        JSON values, ready for RFC 8785.
    """
    document = _document(agreement)
    document["categories"] = {
        name: _category(category, written(category.predicate))
        for name, category in _own_categories(agreement)
    }
    normal: dict[str, Any] = _as_json({k: v for k, v in document.items() if v})
    return normal


def normal_sha256(agreement: Agreement) -> str:
    """Return the hash of an agreement: SHA-256 over its normal form, 64 hexadecimal digits.

    Source:
        RFC 8785 for the bytes.
    """
    return canonical_sha256(normal_form(agreement))


def format_agreement(agreement: Agreement) -> str:
    """Write an agreement as TOML in our layout.

    Args:
        agreement: As read; the comments of its text are not in it.

    Returns:
        TOML that reads back to the same hash, and formats to itself.
    """
    document = _document(agreement)
    parts = []
    for name, content in document.items():
        if isinstance(content, list):
            parts += [f"[[{name}]]\n{_lines(table)}" for table in content]
        elif content:
            parts.append(f"[{name}]\n{_lines(content)}")
    return "\n".join(parts)


def _document(agreement: Agreement) -> dict[str, Any]:
    """Return the tables of an agreement in our order, defaults left out."""
    head: dict[str, Any] = {"id": agreement.id}
    if agreement.mediators:
        head["mediators"] = list(agreement.mediators)
    head["effective"] = agreement.effective
    head["article_109"] = agreement.article_109
    for key, codes in (("on_paper", agreement.on_paper), ("observers", agreement.observers)):
        if codes:
            head[key] = list(codes)
    if agreement.cosigned:
        head["cosigned"] = agreement.cosigned
    scale = agreement.equivalents
    return {
        "agreement": head,
        "parties": {
            code: {} if name == code else {"name": name} for code, name in agreement.parties.items()
        },
        "blocs": {name: list(members) for name, members in sorted(agreement.blocs.items())},
        "stop": [
            {"home": s.home, "country": s.country, "purpose": s.purpose} for s in agreement.stops
        ],
        "fields": {name: _field(column) for name, column in sorted(agreement.fields.items())},
        "categories": {
            name: _category(category, category.text.strip())
            for name, category in _own_categories(agreement)
        },
        "equivalents": {} if scale is None else {"by": scale.by, **_by_weight(scale.weights)},
        "account": [_account(account) for account in agreement.accounts],
        "handover": _handover(agreement.handover),
        "timetable": {} if agreement.timetable is None else asdict(agreement.timetable),
        "lists": {"sealed": True} if agreement.is_sealed else {},
        "clause": [_clause(clause) for clause in agreement.clauses],
        "objective": [_objective(objective) for objective in agreement.objectives],
    }


def _own_categories(agreement: Agreement) -> Iterator[tuple[str, Category]]:
    """Yield the categories that the document itself makes, by name."""
    for name, category in sorted(agreement.categories.items()):
        if name not in {"all", "prisoners_of_war"}:
            yield name, category


def _field(column: Column) -> dict[str, Any]:
    if column.type == "choice":
        return {"type": "text", "values": list(column.values)}
    return {"type": column.type}


def _category(category: Category, text: str) -> object:
    if category.on_unknown == "review":
        return text
    return {"is": text, "unknown": category.on_unknown}


def _by_weight(weights: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(weights.items(), key=lambda item: (item[1], item[0])))


def _handover(handover: Handover) -> dict[str, Any]:
    return {} if handover.batch is None else {"order": handover.order, "batch": handover.batch}


def _account(account: Account) -> dict[str, Any]:
    table = {"debtor": account.debtor, "creditor": account.creditor, "unit": account.unit}
    table |= {"amount": account.amount, "from": account.from_}  # type: ignore[dict-item]
    return _without_defaults(table, _DEFAULTS)


def _objective(objective: Objective) -> dict[str, str]:
    return {"max" if objective.sense > 0 else "min": objective.id.removeprefix("min ")}


def _clause(clause: Clause) -> dict[str, Any]:
    own = KINDS[clause.kind][0]
    keys = ("id", "kind", *own, "prefer", "withhold")
    table = {key: _plain(getattr(clause, key)) for key in keys}
    return _without_defaults(table, {**_DEFAULTS, **_DEFAULTS_OF.get(clause.kind, {})})


def _without_defaults(table: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    said = {key: value for key, value in table.items() if value is not None and value != []}
    return {key: value for key, value in said.items() if (key, value) not in defaults.items()}


def _plain(value: object) -> Any:
    """Return an attribute of a clause as TOML values."""
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Flow | PersonId):
        return str(value)
    if isinstance(value, Counted | Part):
        parts = {each.name: _plain(getattr(value, each.name)) for each in attributes(value)}
        return {key: part for key, part in parts.items() if part is not None}
    return value


def _as_json(value: object) -> Any:
    if isinstance(value, dict):
        return {key: _as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_json(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def _lines(table: Mapping[str, Any]) -> str:
    lines = []
    for key, value in table.items():
        line = f"{_key(key)} = {_value(value)}"
        if len(line) > _LINE_MAX_CHARS and isinstance(value, list):
            items = "".join(f"    {_value(item)},\n" for item in value)
            line = f"{_key(key)} = [\n{items}]"
        lines.append(line + "\n")
    return "".join(lines)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _text(key)


def _value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case dt.date():
            return value.isoformat()
        case list():
            return f"[{', '.join(_value(item) for item in value)}]"
        case dict():
            items = ", ".join(f"{_key(key)} = {_value(item)}" for key, item in value.items())
            return f"{{ {items} }}" if items else "{}"
    return _text(str(value))


def _text(text: str) -> str:
    """Write a basic string. JSON's escapes are TOML's, but for the delete character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
