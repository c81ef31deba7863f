"""One solver for every test of this room, and a short way to a plan."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from homeward.planning import make_plan
from homeward.planning.engine import Engine
from homeward.terms import Agreement, read_agreement
from homeward.terms.pool import Pool

HEAD = """
[agreement]
id = "test"
effective = 2025-02-05
article_109 = "{article_109}"
[parties]
RU = {{}}
UA = {{}}
[categories]
wounded = "health >= 'serious'"
women = "sex == 'F'"
hurt = "health >= 'sick'"
long_held = "days_held >= 730"
civilians = "status == 'civilian'"
young = "age < 25"
"""


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    with Engine() as running:
        yield running


@pytest.fixture(scope="session")
def person() -> Callable[..., dict[str, str]]:
    """Give a function that makes a row: a prisoner of war who may travel."""

    def make(ref: str, power: str, **cells: str) -> dict[str, str]:
        calm = {"status": "pow", "alive": "yes", "health": "good", "consent": "yes", "sex": "M"}
        return {"ref": ref, "power": power, **calm, **cells}

    return make


@pytest.fixture(scope="session")
def planned(engine: Engine) -> Callable[..., tuple[Agreement, Pool, dict[str, Any]]]:
    """Give a function that plans: clauses in TOML and lists in, everything out."""

    def plan(clauses: str, ru: list, ua: list, *, article_109: str = "counted", lists=None):
        agreement = read_agreement(HEAD.format(article_109=article_109) + clauses)
        pool = Pool.of(agreement, {"RU": ru, "UA": ua}, lists)
        return agreement, pool, make_plan(agreement, pool, engine)

    return plan
