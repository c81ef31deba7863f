"""How common the commonest names are among all people, whatever list is matched.

Rules of this file:
- A list of fifty people does not tell that Шевченко is common; the country does. Of several
  countries the highest number counts: evidence is rather too weak than too strong.
- A name that is not in the table is not common; how rare it is, the table does not say.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Literal

from homeward.matching.classes import given_classes
from homeward.matching.letters import words
from homeward.matching.readings import readings


@lru_cache(maxsize=1)
def family_bearers() -> Mapping[str, float]:
    """Return how many of 100,000 people bear a common family name.

    Returns:
        Bearers, women with their form of the name included, by the plainest key of the
        masculine form (`readings`).

    Source:
        As stated row by row in tables/population.toml.
    """
    most: dict[str, float] = {}
    for name, bearers in _rows("family"):
        key = readings(words(name)[0])[0].key
        most[key] = max(bearers, most.get(key, 0))
    return MappingProxyType(most)


@lru_cache(maxsize=1)
def given_bearers() -> Mapping[int, float]:
    """Return how many of 100,000 people of its sex bear a common given name.

    Returns:
        Bearers by class (`classes`).

    Source:
        As stated row by row in tables/population.toml.
    """
    most: dict[int, float] = {}
    for name, bearers in _rows("given"):
        class_id = given_classes(name)[0].class_id
        most[class_id] = max(bearers, most.get(class_id, 0))
    return MappingProxyType(most)


def _rows(kind: Literal["family", "given"]) -> Iterator[tuple[str, float]]:
    file = resources.files("homeward.matching").joinpath("tables", "population.toml")
    tables: dict[str, list[dict[str, Any]]] = tomllib.loads(file.read_text("utf-8"))
    for table in tables[kind]:
        yield from table["per_100000"].items()
