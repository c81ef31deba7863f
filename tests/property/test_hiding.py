"""Whoever hides captives gets no more of its own people home.

Every captive weighs what the objective and the draw say, whatever else is declared, and each
party gives as many as it gets. Then the best exchange is unique, and with fewer captives of a
party no better one goes through that party: what it would gain is a cycle that could have
been turned before.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter

from planning_worlds import CALM, DAY

from homeward.planning import make_plan
from homeward.planning.engine import Engine
from homeward.terms import read_agreement
from homeward.terms.pool import Pool

INSTANCES = 1000
CODES = ("BY", "RU", "UA", "XA")
SEED = "5e" * 32


def even_exchange(codes):
    """Return an agreement by which every party gives as many as it gets, most days first."""
    flows = ", ".join(f'"{a} -> {b}"' for a in codes for b in codes if a != b)
    parties = "".join(f"{code} = {{}}\n" for code in codes)
    return read_agreement(
        '[agreement]\nid = "even"\nmediators = []\neffective = 2025-02-05\n'
        f'article_109 = "counted"\n[parties]\n{parties}'
        f'[[clause]]\nid = "even"\nkind = "balance"\nflows = [{flows}]\n'
        '[[objective]]\nmax = "sum(days_held)"\n'
    )


def declared(rng, codes):
    """Return what each party holds; in one of ten worlds many have waited as long as others."""
    days = range(1, 30_000) if rng.random() < 0.9 else (10, 20, 30)
    return {
        code: [
            CALM
            | {
                "ref": str(number),
                "power": rng.choice([other for other in codes if other != code]),
                "captured_on": (DAY - dt.timedelta(rng.choice(days))).isoformat(),
            }
            for number in range(rng.randint(1, 4))
        ]
        for code in codes
    }


def homecomers(agreement, held, engine):
    """Return how many people of each party come home."""
    plan = make_plan(agreement, Pool.of(agreement, held), engine, seed=SEED)
    assert plan["status"] == "optimal"
    return Counter(move["home"] for move in plan["moves"])


def test_a_party_that_hides_captives_never_gets_more_of_its_people_home():
    rng = random.Random(2025)
    agreements = {number: even_exchange(CODES[:number]) for number in (2, 3, 4)}
    fewer = 0
    with Engine() as engine:
        for instance in range(INSTANCES):
            codes = CODES[: rng.choice((2, 3, 3, 4))]
            agreement, held = agreements[len(codes)], declared(rng, codes)
            hider = rng.choice(codes)
            shown = rng.sample(held[hider], rng.randrange(len(held[hider])))
            before = homecomers(agreement, held, engine)
            after = homecomers(agreement, {**held, hider: shown}, engine)
            assert after[hider] <= before[hider], (instance, hider)
            fewer += after[hider] < before[hider]
    assert fewer > INSTANCES // 4  # that many lost people by hiding: the worlds ask something
