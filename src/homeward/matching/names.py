"""The commonest given names in Ukrainian and Russian, with the fathers' names formed from them.

Rules of this file:
- It is the table as people read and correct it. Names are compared by `classes`, which knows
  these and many more; a test says that it agrees.
- A name stands here only if its two forms are one name for most bearers.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenName:
    """One given name in both languages.

    `father_uk` and `father_ru` are the masculine father's names; empty for women's names.
    `also` holds other spellings.
    """

    uk: str
    ru: str
    sex: str
    father_uk: str = ""
    father_ru: str = ""
    also: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def given_names() -> tuple[GivenName, ...]:
    """Return the table of given names, men's names first, the commonest first."""
    text = resources.files("homeward.matching").joinpath("given_names.toml").read_text("utf-8")
    table: dict[str, list[dict[str, Any]]] = tomllib.loads(text)
    return tuple(
        GivenName(sex=sex, **{**row, "also": tuple(row["also"])})
        for sex, rows in (("M", table["male"]), ("F", table["female"]))
        for row in rows
    )
