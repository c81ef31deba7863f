"""The one definition of how two records are compared: parts, levels, rules, weights.

Rules of this file:
- A part is one thing that two records say. It speaks through the first of its levels that
  holds; if either record is silent on it, so is the part.
- A condition uses only `=`, `<`, arithmetic, `edits` (Levenshtein, ASCII) and `overlap` (of
  two lists) on columns of `columns`: `sql` writes it for each engine.
- A level's weight is log2(m / u): how often it is seen of one person, and of two. A level with
  `rarity` takes for u the share of people who bear the very name.
- `FIXED` weights are not learned: what made-up people cannot teach, or guards.
- Weights are whole thousandths of a bit, so that every engine adds them up alike.
- A rule finds candidates: pairs that share its key. Its cost is bounded (`engine`).

Source: Fellegi and Sunter, "A Theory for Record Linkage", JASA 64 (1969).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256
from importlib import resources
from typing import Final

from homeward.matching.classes import table_version

MILLI: Final = 1000
"""Weights are counted in thousandths of a bit."""


@dataclass(frozen=True, slots=True)
class Level:
    """One thing that may be seen of a part; the first whose condition holds speaks.

    `rarity` adds what the shared name is worth; `takes_back` names parts whose rarity it
    takes away again.
    """

    name: str
    when: str
    rarity: bool = False
    takes_back: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that two records say, and all that may be seen of it."""

    name: str
    there: str
    levels: tuple[Level, ...]


_SWAPPED = "overlap(a.family_swap, b.given_near) and overlap(a.given_near, b.family_swap)"


def _edits(part: str, letters: int, most: int) -> str:
    one, other = f"a.{part}_text", f"b.{part}_text"
    return (
        f"length({one}) > {letters} and length({other}) > {letters} "
        f"and abs(length({one}) - length({other})) <= {most} and edits({one}, {other}) <= {most}"
    )


def _transposed(part: str, letters: int) -> str:
    one, other = f"a.{part}_text", f"b.{part}_text"
    return (
        f"length({one}) > {letters} and a.{part}_letters = b.{part}_letters "
        f"and edits({one}, {other}) <= 2"
    )


def _there(part: str) -> str:
    return f"a.{part}_tokens is not null and b.{part}_tokens is not null"


_BOTH_DAYS = "a.born_on is not null and b.born_on is not null"
_SPANS_MEET = "a.born_first <= b.born_last and b.born_first <= a.born_last"
_ONE_FAMILY = (
    "overlap(a.family_tokens, b.family_tokens) and overlap(a.father_tokens, b.father_tokens)"
)
_NOT_BOTH_KNOWN = "not (a.given_known and b.given_known)"
_INITIAL = "(length(a.given_text) = 1 or length(b.given_text) = 1)"

PARTS: Final[tuple[Part, ...]] = (
    Part(
        "family_name",
        _there("family"),
        (
            Level("same", "overlap(a.family_tokens, b.family_tokens)", rarity=True),
            Level("near", "overlap(a.family_near, b.family_near)", rarity=True),
            Level("one_letter", _edits("family", 4, 1)),
            Level("transposed", _transposed("family", 4)),
            Level("two_letters", _edits("family", 7, 2)),
            Level("swapped", _SWAPPED),
            Level("two_letters_of_few", _edits("family", 4, 2)),
            Level("woman", "a.sex = 2 and b.sex = 2"),
            Level("other", "true"),
        ),
    ),
    Part(
        "given_name",
        _there("given"),
        (
            Level("same", "overlap(a.given_tokens, b.given_tokens)", rarity=True),
            Level("swapped", _SWAPPED),
            Level("near", "overlap(a.given_near, b.given_near)"),
            Level(
                "initial", f"{_INITIAL} and substr(a.given_text, 1, 1) = substr(b.given_text, 1, 1)"
            ),
            Level("one_letter", f"{_NOT_BOTH_KNOWN} and {_edits('given', 3, 1)}"),
            Level("transposed", f"{_NOT_BOTH_KNOWN} and {_transposed('given', 3)}"),
            # Brothers share both names, however rare: these say nothing of one person.
            Level("brother", _ONE_FAMILY, takes_back=("family_name", "father_name")),
            Level("two_letters", f"{_NOT_BOTH_KNOWN} and {_edits('given', 6, 2)}"),
            Level("other_known", "a.given_known and b.given_known"),
            Level("other", "true"),
        ),
    ),
    Part(
        "father_name",
        _there("father"),
        (
            Level("same", "overlap(a.father_tokens, b.father_tokens)", rarity=True),
            Level("near", "overlap(a.father_near, b.father_near)"),
            Level("one_letter", _edits("father", 3, 1)),
            Level("transposed", _transposed("father", 3)),
            Level("two_letters", _edits("father", 6, 2)),
            Level("other_known", "a.father_known and b.father_known"),
            Level("other", "true"),
        ),
    ),
    Part(
        "birth_date",
        "a.born_first is not null and b.born_first is not null",
        (
            Level("same_day", "a.born_on = b.born_on"),
            Level("swapped", "a.born_on = b.born_swapped"),
            Level("one_digit", f"{_BOTH_DAYS} and edits(a.born_text, b.born_text) = 1"),
            Level(
                "next",
                f"{_BOTH_DAYS} and (abs(a.born_on - b.born_on) = 10000 "
                "or abs(a.born_first - b.born_first) in (1, 364, 365, 366))",
            ),
            Level("days_apart", f"{_BOTH_DAYS} and abs(a.born_first - b.born_first) <= 31"),
            Level(
                "both_possible",
                f"{_SPANS_MEET} and a.born_last - a.born_first < 366 "
                "and b.born_last - b.born_first < 366",
            ),
            Level("both_possible_roughly", _SPANS_MEET),
            Level("near_years", "abs(a.born_year - b.born_year) <= 1"),
            Level("other", "true"),
        ),
    ),
    Part(
        "service_number",
        "a.service is not null and b.service is not null",
        (Level("same", "a.service = b.service"), Level("other", "true")),
    ),
    Part(
        "unit",
        "a.unit is not null and b.unit is not null",
        (Level("same", "a.unit = b.unit"), Level("other", "true")),
    ),
    Part(
        "captured_on",
        "a.lost_on is not null and b.lost_on is not null",
        (
            Level("at_once", "b.lost_on - a.lost_on between -1 and 3"),
            Level("days_apart", "b.lost_on - a.lost_on between -14 and 45"),
            Level("later", "b.lost_on > a.lost_on"),
            Level("before", "true"),
        ),
    ),
    Part(
        "birth_place",
        "a.place_tokens is not null and b.place_tokens is not null",
        (Level("same", "overlap(a.place_tokens, b.place_tokens)"), Level("other", "true")),
    ),
    Part(
        "sex",
        "a.sex > 0 and b.sex > 0",
        (Level("same", "a.sex = b.sex"), Level("other", "true")),
    ),
)
"""In the order in which reasons are shown; `a` is the wanted record, `b` the held one."""

FIXED: Final[Mapping[tuple[str, str], float]] = {
    ("given_name", "brother"): -8.0,
    ("given_name", "swapped"): 0.0,  # the family name's level has counted both
    ("given_name", "initial"): 2.5,
    # About one woman in four has taken another name when she married.
    ("family_name", "woman"): -2.0,
    ("birth_date", "both_possible_roughly"): 2.5,  # too rare on lists to be counted
    ("service_number", "same"): 14.0,
    ("service_number", "other"): -4.0,
    ("unit", "same"): 5.0,
    ("unit", "other"): -3.0,
    ("captured_on", "at_once"): 6.0,
    ("captured_on", "days_apart"): 1.0,
    ("captured_on", "later"): -4.0,
    ("captured_on", "before"): -6.0,
    ("birth_place", "same"): 3.0,
    ("birth_place", "other"): -1.0,
    ("sex", "same"): 0.0,
    ("sex", "other"): -8.0,
}
"""Bits that no training changes, by part and level."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Candidates are pairs with equal keys; `left` and `right` are expressions on a record.

    An expression `each(x)` stands for every element of a list, `years(x)` for a year and
    its neighbours (on one side), `less(x)` for a text and all texts that lack one letter of
    it: texts that differ by one letter share one. A record for which any expression is null
    has no key.
    """

    name: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    left_where: str = "true"
    right_where: str = "true"


def _rule(name: str, *keys: str, where: str = "true") -> Rule:
    return Rule(name, keys, keys, where, where)


_FAM, _GIV, _FAT = "each(family_block)", "each(given_block)", "each(father_block)"
_FAM_1, _GIV_1 = "substr(family_text, 1, 2)", "substr(given_text, 1, 1)"
NO_DAY = "born_on is null"


def _undated(name: str, *keys: str) -> tuple[Rule, Rule]:
    """A rule for pairs of which one has no exact day, as the two halves of it."""
    return (
        Rule(f"{name}, right", keys, keys, right_where=NO_DAY),
        Rule(f"{name}, left", keys, keys, left_where=NO_DAY, right_where="born_on is not null"),
    )


RULES: Final[tuple[Rule, ...]] = (
    _rule("day, given", "born_on", _GIV),
    _rule("day, family", "born_on", _FAM_1),
    _rule("day, family or alias", "born_on", _FAM),  # the letters are of the name written first
    Rule("swapped day, given", ("born_swapped", _GIV_1), ("born_on", _GIV_1)),
    _rule("family, given", _FAM, _GIV),
    Rule("family, given, year", (_FAM, _GIV, "years(born_year)"), (_FAM, _GIV, "born_year")),
    _rule("family, given, father", _FAM, _GIV, _FAT),
    Rule("family, father, year", (_FAM, _FAT, "years(born_year)"), (_FAM, _FAT, "born_year")),
    Rule(
        "given, father, year",
        (_GIV, _FAT, _FAM_1, "years(born_year)"),
        (_GIV, _FAT, _FAM_1, "born_year"),
    ),
    *_undated("family within one letter, given", "less(family_text)", _GIV),
    *_undated("family, given's first letter", _FAM, _GIV_1),
    Rule("day, names swapped", ("born_on", "each(family_swap)"), ("born_on", _GIV)),
    Rule("names swapped", ("each(family_swap)", _GIV), (_GIV, "each(family_swap)")),
    _rule("service number", "service"),
    _rule("unit, given", "unit", _GIV_1, _FAM_1),
)
"""Each true pair shall share a key of at least one rule that its size allows."""

PAIRS_PER_RECORD: Final = 4
"""What one rule may cost: candidates for each record of both lists together."""

PAIRS_FLOOR: Final = 50_000
"""What one rule may cost on the shortest lists."""


@dataclass(frozen=True, slots=True)
class Model:
    """The definition's numbers.

    Attributes:
        m: For each part with learned levels, the share of pairs of one person that show
            each level, by name.
        u: The same of pairs of two people; what a rare name is worth is counted instead.
        overlap: The share of the shorter list that is expected on the other.
        tables: Version of the tables of names with which it was learned.
    """

    m: Mapping[str, Mapping[str, float]]
    u: Mapping[str, Mapping[str, float]]
    overlap: float
    tables: str

    def bits(self, part: str, level: Level) -> int:
        """Return a level's weight in thousandths of a bit, without the name's rarity."""
        fixed = FIXED.get((part, level.name))
        if fixed is not None:
            return round(fixed * MILLI)
        m = self.m[part][level.name]
        u = 1.0 if level.rarity else self.u[part][level.name]
        bits = math.log2(m / u)
        if level.rarity:
            return round(bits * MILLI)
        # A disagreement never speaks for one person, whatever a short list seems to teach.
        limit = min if level.name.startswith("other") else max
        return round(limit(bits, -20.0 if limit is max else 0.0) * MILLI)

    def sha256(self) -> str:
        """Return the hash of everything that a weight depends on but the lists: code included."""
        digest = sha256(f"{table_version()}\n{model_text(self)}".encode())
        room = resources.files("homeward.matching").iterdir()
        for file in sorted(room, key=lambda file: file.name):
            if file.name.endswith(".py"):
                digest.update(file.read_bytes())
        return digest.hexdigest()

    def with_overlap(self, overlap: float) -> Model:
        """Return the model for lists of which another share is expected on both."""
        return replace(self, overlap=overlap)


@lru_cache(maxsize=1)
def shipped_model() -> Model:
    """Return the model that comes with the package (`model.json`)."""
    text = resources.files("homeward.matching").joinpath("model.json").read_text("utf-8")
    return model_from(text)


def model_from(text: str) -> Model:
    """Read a model.

    Args:
        text: JSON as `model_text` writes it.

    Returns:
        The model.
    """
    document = json.loads(text)
    return Model(
        m=document["m"], u=document["u"], overlap=document["overlap"], tables=document["tables"]
    )


def model_text(model: Model) -> str:
    """Return a model as JSON with stable bytes."""
    rounded = {
        name: {
            part: {level: float(f"{share:.4g}") for level, share in levels.items()}
            for part, levels in shares.items()
        }
        for name, shares in (("m", model.m), ("u", model.u))
    }
    document = {"tables": model.tables, "overlap": round(model.overlap, 4), **rounded}
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


def learned_levels(part: Part) -> tuple[Level, ...]:
    """Return the levels of a part whose weights are learned."""
    return tuple(level for level in part.levels if (part.name, level.name) not in FIXED)
