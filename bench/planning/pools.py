"""Invented pools, written in columns: two million people need no list of two million rows.

Rules of this file:
- A pool is what `Pool.of` makes of the same people's rows: its roots are the real ones.
- Who is invented follows from the seed alone.
"""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np

from homeward.terms.pool import Pool, TextColumn, holder_root

DAY = dt.date(2025, 2, 5)
RANKS = {
    "private": (1, 0.62),
    "non_commissioned": (2, 0.22),
    "lieutenant": (4, 0.08),
    "captain": (6, 0.045),
    "major": (8, 0.02),
    "lieutenant_colonel": (10, 0.008),
    "colonel": (15, 0.005),
    "brigadier_general": (20, 0.0015),
    "major_general": (40, 0.0004),
    "commanding_general": (60, 0.0001),
}
"""Rank -> privates one stands for (cartel of 22 July 1862, OR II/4 p. 266), share of the invented."""

_SHARES = {
    "rank": {rank: share for rank, (_, share) in RANKS.items()},
    "health": {
        "good": 0.62, "sick": 0.14, "wounded": 0.11, "serious": 0.06, "grave": 0.02, "unknown": 0.05
    },
    "sex": {"M": 0.97, "F": 0.03},
    "consent": {"yes": 0.88, "unknown": 0.1, "no": 0.02},
    "status": {"pow": 1.0},
    "alive": {"yes": 1.0},
    "article_109": {"unknown": 1.0},
    "fit_to_travel": {"unknown": 1.0},
}  # fmt: skip
_DAYS = {"birth_date": (18 * 365, 60 * 365), "captured_on": (1, 1075)}
"""Date column -> how many days before `DAY` the invented dates lie, the last excluded."""


def invented(agreement, homes, seed):
    """Return a pool.

    Args:
        agreement: Names the columns.
        homes: Holder -> the home of each person held, as text, shape `(n,)`.
        seed: Of the draws.
    """
    rng = np.random.default_rng(seed)
    counts = {holder: len(homes[holder]) for holder in sorted(homes)}
    people = sum(counts.values())
    texts, codes = {}, {}
    for name in agreement.columns:
        if name == "power":
            of = np.concatenate([homes[holder] for holder in counts])
            texts[name], codes[name] = np.unique(of, return_inverse=True)
        elif name in _DAYS:
            first, last = _DAYS[name]
            days = [(DAY - dt.timedelta(days=n)).isoformat() for n in range(first, last)]
            texts[name], codes[name] = days, rng.integers(0, last - first, people)
        else:
            shares = _SHARES[name]
            texts[name] = list(shares)
            codes[name] = rng.choice(len(shares), people, p=np.array([*shares.values()]))
    sample = _sample(agreement, next(iter(counts)), texts)
    columns = {}
    for name in agreement.columns:
        values = sample.columns[name].values
        at = {text: code for code, text in enumerate(values)}
        place = np.array([at[str(text)] for text in texts[name]], dtype=np.int32)
        columns[name] = TextColumn(place[codes[name]], values)
    refs, roots, start = [], {}, 0
    for holder, count in counts.items():
        own = [f"{holder}-{i:07d}" for i in range(count)]
        part = slice(start, start + count)
        table = [_cells(columns[name], part) for name in agreement.columns]
        roots[holder] = holder_root(agreement.columns, own, table)
        refs += own
        start += count
    return dataclasses.replace(
        sample,
        holders=tuple(counts),
        holder=np.repeat(np.arange(len(counts), dtype=np.int32), list(counts.values())),
        refs=tuple(refs),
        columns=columns,
        roots=roots,
    )


def _sample(agreement, holder, texts):
    """Return a pool of so few people that every text of every column stands in it."""
    longest = max(map(len, texts.values()))
    rows = [
        {"ref": f"{i:07d}", **{name: str(of[i % len(of)]) for name, of in texts.items()}}
        for i in range(longest)
    ]
    return Pool.of(agreement, {holder: rows})


def _cells(column, part):
    values = column.values
    return [values[code] for code in column.codes[part].tolist()]
