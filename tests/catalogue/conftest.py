"""Each agreement of the catalogue, planned once over its invented pool."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from tests.conftest import ROOT

from homeward.demo.pools import InventedPool, make_pool
from homeward.planning import make_plan
from homeward.planning.engine import Engine
from homeward.terms import Agreement, read_agreement
from homeward.terms.pool import Pool

FOLDER = ROOT / "agreements"
SEED = 1862


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """An agreement, the people, and who goes home."""

    agreement: Agreement
    invented: InventedPool
    plan: Mapping[str, Any]

    def pool(self, *holders: str) -> Pool:
        """Return the pool of these holders, or of all."""
        held = {code: self.invented.held[code] for code in holders or self.invented.held}
        return Pool.of(self.agreement, held, self.invented.lists)

    def person(self, move: Mapping[str, Any]) -> Mapping[str, str]:
        """Return the row of whoever moves; references are numbers from 1."""
        return self.invented.held[move["holder"]][int(move["ref"].rpartition("-")[2]) - 1]

    def moves(self, flow: str, **cells: Any) -> list[Mapping[str, Any]]:
        """Return the moves on a flow with these values."""
        return [
            move
            for move in self.plan["moves"]
            if f"{move['holder']} -> {move['home']}" == flow
            and all(move.get(key) == value for key, value in cells.items())
        ]


@pytest.fixture(scope="session")
def planned() -> Callable[[str], Planned]:
    """Give a function that plans an agreement by its name, each once."""
    with Engine() as engine:

        @cache
        def plan(name: str) -> Planned:
            agreement = read_agreement((FOLDER / f"{name}.toml").read_text("utf-8"))
            described = (FOLDER / f"pools/{name}.toml").read_text("utf-8")
            invented = make_pool(described, effective=agreement.effective, seed=SEED)
            pool = Pool.of(agreement, invented.held, invented.lists)
            return Planned(
                agreement=agreement, invented=invented, plan=make_plan(agreement, pool, engine)
            )

        yield plan
