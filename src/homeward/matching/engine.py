"""The comparison of two lists on DuckDB: candidates, levels, weights.

Rules of this file:
- DuckDB lives in memory; what does not fit goes to the caller's folder, encrypted.
- Every rule's cost is bounded: its keys are counted on both lists first, and the commonest
  are left to the other, finer rules.
- Work is cut into parts of the left list. A finished part is kept in the work folder, if
  there is one, under a name that is a hash of both lists and the model: after any change it
  has another name. It holds numbers of rows and weights, nothing of a person.
- Rows are numbered by reference and weights are whole numbers: the order of the lists and
  the number of threads change nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final, Protocol

import duckdb
import numpy as np
import numpy.typing as npt

from homeward.foundation.errors import EngineError
from homeward.matching.columns import Columns, comparable
from homeward.matching.loading import Rarity, fingerprint, load, quoted, rarities
from homeward.matching.model import (
    MILLI,
    NO_DAY,
    PAIRS_FLOOR,
    PAIRS_PER_RECORD,
    RULES,
    Model,
    model_from,
    model_text,
    shipped_model,
)
from homeward.matching.sql import (
    DUCKDB,
    Dialect,
    all_candidates_sql,
    candidates_sql,
    counts_sql,
    keys_sql,
    most_pairs,
    patterns_sql,
    random_sql,
    weights_sql,
)
from homeward.matching.train import Patterns, patterns_from, prior_bits, with_m, with_u

LEAST_BITS: Final = -9.965
"""Log odds of a probability of .001: below it nobody is shown."""

PART_ROWS: Final = 250_000
SAMPLE_ROWS: Final = 60_000
RANDOM_PAIRS: Final = 500_000
LEARN_FROM_ROWS: Final = 2_000
"""Lists shorter than this are weighed with the shipped model as it is."""

Report = Callable[[int, int], None]
Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a computation may use.

    Attributes:
        memory: DuckDB's own, such as `4GB`; empty for its default.
        spill: Folder for what does not fit, encrypted; empty for none.
        work: Folder for finished parts; empty for none.
        threads: 0 for all cores.
    """

    memory: str = ""
    spill: str = ""
    work: str = ""
    threads: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """Pairs worth showing, by the numbers of their rows, and what gave the weights.

    Attributes:
        a: Rows of the left list, from 0.
        b: Rows of the right list.
        weight: Thousandths of a bit, the prior included.
        code: Levels, see `sql.codes_of`.
        model: With which they were weighed.
        prior: Thousandths of a bit.
        rarity: For each part with a name, what each cell of the two lists is worth.
    """

    a: Ints
    b: Ints
    weight: Longs
    code: Longs
    model: Model
    prior: int
    rarity: Rarity


class Database(Protocol):
    """An engine with the tables `a` and `b`."""

    dialect: Dialect

    def make(self, table: str, query: str) -> None:
        """Make a table of a query's rows."""

    def drop(self, table: str) -> None:
        """Drop a table."""

    def fetch(self, query: str) -> dict[str, npt.NDArray[Any]]:
        """Return a query's columns by name."""


def link(
    left: Columns,
    right: Columns,
    *,
    limits: Limits | None = None,
    model: Model | None = None,
    progress: Report | None = None,
    stop: Callable[[], bool] | None = None,
) -> Scored:
    """Weigh every pair of two lists that may be one person, on DuckDB.

    Args:
        left: One list, made ready; the same object as `right` looks for duplicates in it.
        right: The other.
        limits: Of memory and folders; without them all stays in memory.
        model: Where learning begins; the shipped model if None.
        progress: Called with (steps done, steps in all).
        stop: Asked between steps whether to stop.

    Returns:
        The pairs whose probability is at least .001, in no order.

    Raises:
        EngineError: It was stopped, or memory or disk failed.
    """
    limits = limits or Limits()
    if limits == Limits() and len(left.refs) * len(right.refs) <= PAIRS_FLOOR:
        limits = Limits(threads=1)  # to share the work out would take longer than to do it
    try:
        left, right = comparable(left, right)
        with connect(limits) as db:
            job = Job(left, right, model or shipped_model(), progress, stop)
            kept = KeptParts(db, limits.work, job.signature() if limits.work else "")
            rarity = rarities(left, right)

            def begin() -> Database:
                load(db, left, right, rarity)
                return DuckDB(db)

            return job.run(begin, kept, rarity)
    except duckdb.Error as error:
        raise EngineError(
            "matching.engine",
            f"Expected an engine with memory and disk enough, found {type(error).__name__}.",
            hint="Allow more memory, or a folder with more space, and try again.",
        ) from error


class DuckDB:
    """DuckDB as a `Database`."""

    dialect = DUCKDB

    def __init__(self, db: duckdb.DuckDBPyConnection) -> None:
        self._db = db

    def make(self, table: str, query: str) -> None:
        """Keep a query's rows in memory, or in the folder for what does not fit."""
        self._db.execute(f"create or replace temp table {table} as {query}")

    def drop(self, table: str) -> None:
        """Give the memory of a table back."""
        self._db.execute(f"drop table {table}")

    def fetch(self, query: str) -> dict[str, npt.NDArray[Any]]:
        """Run a query and return its columns."""
        return self._db.execute(query).fetchnumpy()


class KeptParts:
    """Finished parts in the work folder, under names that only the same work gives."""

    def __init__(self, db: duckdb.DuckDBPyConnection, work: str, signature: str) -> None:
        self._db = db
        self._stem = f"{work}/{signature}-" if work else ""

    def read(self, name: str) -> dict[str, npt.NDArray[Any]] | None:
        """Return the columns of a part; None if it is not there."""
        if not self._stem:
            return None
        file = quoted(f"{self._stem}{name}.parquet")
        if not self._db.execute(f"select 1 from glob({file})").fetchall():
            return None
        return self._db.execute(f"select * from read_parquet({file})").fetchnumpy()

    def write(self, name: str, part: dict[str, npt.NDArray[Any]]) -> None:
        """Keep the columns of a part."""
        if self._stem:
            self._db.register("part", part)
            file = quoted(f"{self._stem}{name}.parquet")
            self._db.execute(f"copy part to {file} (format parquet)")
            self._db.unregister("part")


class Job:
    """One comparison of two lists, on whichever engine."""

    def __init__(
        self,
        left: Columns,
        right: Columns,
        model: Model,
        progress: Report | None,
        stop: Callable[[], bool] | None,
    ) -> None:
        self.sizes = len(left.refs), len(right.refs)
        self._lists = left, right
        self._model = model
        self._progress = progress
        self._stop = stop
        self._done = 0
        self._parts = max(1, math.ceil(self.sizes[0] / PART_ROWS))
        # Each two records of one list are looked at once.
        self._where = "a < b" if left is right else "true"
        self._pairs = ""

    def signature(self) -> str:
        """Return what names kept parts: a hash of both lists, the model and the bounds."""
        hashes = (*map(fingerprint, self._lists), self._model.sha256(), str(PART_ROWS), self._where)
        return sha256("".join(hashes).encode()).hexdigest()[:32]

    def run(
        self,
        begin: Callable[[], Database],
        kept: KeptParts,
        rarity: Rarity,
    ) -> Scored:
        """Compare the lists.

        Args:
            begin: Gives the engine with both lists; called only if something is to be done.
            kept: Where finished parts are.
            rarity: From `rarities`.

        Returns:
            The pairs worth showing.

        Raises:
            EngineError: It was stopped.
        """
        parts = {str(number): kept.read(str(number)) for number in range(self._parts)}
        learned = kept.read("model")
        if learned is None or not all(parts.values()):
            db = begin()
            self._step()
            self._find_candidates(db)
            # As written, so that a run that goes on from kept parts has the same numbers.
            text = model_text(self._learned(db))
            kept.write("model", {"text": np.array([text], dtype=object)})
            self._step()
        else:
            text = str(learned["text"][0])
        model = model_from(text)
        prior = prior_bits(model.overlap, *self.sizes)
        found = []
        for name, old in parts.items():
            part = old if old is not None else self._part(db, int(name), model, prior)
            if old is None:
                kept.write(name, part)
            found.append(part)
            self._step()
        a, b, weight, code = (
            np.concatenate([part[name] for part in found]) for name in ("a", "b", "weight", "code")
        )
        return Scored(
            a=a.astype(np.int32),
            b=b.astype(np.int32),
            weight=weight.astype(np.int64),
            code=code.astype(np.int64),
            model=model,
            prior=prior,
            rarity=rarity,
        )

    def _step(self) -> None:
        self._done += 1
        if self._progress is not None:
            self._progress(self._done, len(RULES) + 2 + self._parts)
        if self._stop is not None and self._stop():
            raise EngineError(
                "matching.stopped",
                "Expected to compare the lists, was told to stop.",
                hint="Run it again; with the same work folder, finished parts are not done again.",
            )

    def _find_candidates(self, db: Database) -> None:
        if math.prod(self.sizes) <= PAIRS_FLOOR:  # no rule can find more than that
            found = all_candidates_sql(db.dialect)
            self._pairs = f"select a, b from ({found}) as f where {self._where}"
            return
        budget = max(PAIRS_FLOOR, PAIRS_PER_RECORD * sum(self.sizes))
        for number, rule in enumerate(RULES):
            left = ("l", "a", rule.left, rule.left_where)
            right = ("r", "b", rule.right, rule.right_where)
            # The fewer keys first; of the other list only keys that it shares are kept.
            first, second = (left, right) if rule.left_where == NO_DAY else (right, left)
            db.make(first[0], keys_sql(*first[1:], db.dialect))
            db.make(second[0], keys_sql(*second[1:], db.dialect, shared_with=first[0]))
            db.make("c", counts_sql(rule, "l", "r"))
            sizes = db.fetch("select pairs, count(*) as n from c group by pairs order by pairs")
            histogram = list(zip(sizes["pairs"].tolist(), sizes["n"].tolist(), strict=True))
            found = candidates_sql(rule, "l", "r", "c", most_pairs(histogram, budget))
            db.make(f"raw_{number}", f"select a, b from ({found}) as f where {self._where}")
            for table in ("l", "r", "c"):
                db.drop(table)
            self._step()
        self._pairs = " union all ".join(f"select a, b from raw_{n}" for n in range(len(RULES)))

    def _candidates(self, where: str) -> str:
        return f"(select distinct a, b from ({self._pairs}) as raw where {where})"

    def _learned(self, db: Database) -> Model:
        model, (left, right) = self._model, self.sizes
        if min(left, right) < LEARN_FROM_ROWS:
            return model
        if left * right > 4 * RANDOM_PAIRS:
            drawn = random_sql(RANDOM_PAIRS, left, right, db.dialect)
            model = with_u(model, self._patterns(db, f"({drawn})"))
        every = max(1, left // SAMPLE_ROWS)
        patterns = self._patterns(db, self._candidates(f"a % {every} = 0"))
        return with_m(model, patterns, left, right, share=math.ceil(left / every) / left)

    def _patterns(self, db: Database, pairs: str) -> Patterns:
        found = db.fetch(patterns_sql(pairs, db.dialect))
        return patterns_from([found[name] for name in ("code", "rarity", "n")])

    def _part(
        self, db: Database, number: int, model: Model, prior: int
    ) -> dict[str, npt.NDArray[Any]]:
        first, end = number * PART_ROWS, (number + 1) * PART_ROWS
        pairs = self._candidates(f"a >= {first} and a < {end}")
        least = round(LEAST_BITS * MILLI)
        return db.fetch(weights_sql(pairs, model, prior, least, db.dialect))


def connect(limits: Limits) -> duckdb.DuckDBPyConnection:
    """Return a DuckDB in memory within limits, with tables that nobody else sees."""
    if limits == Limits(threads=1):
        db = _idle().cursor()
        db.execute("pragma disable_optimizer")  # it takes longer than it saves
        return db
    settings: dict[str, str | bool | int | float | list[str]] = {
        **_SETTINGS,
        "temp_directory": limits.spill,
    }
    if limits.spill:
        settings["temp_file_encryption"] = True
    if limits.memory:
        settings["memory_limit"] = limits.memory
    if limits.threads:
        settings["threads"] = limits.threads
    return duckdb.connect(":memory:", config=settings)


@lru_cache(maxsize=1)
def _idle() -> duckdb.DuckDBPyConnection:
    """Return a DuckDB without a table of its own: to start one takes longer than short lists do.

    With one thread it has none of its own that a forked process would miss.
    """
    return duckdb.connect(":memory:", config={**_SETTINGS, "temp_directory": "", "threads": 1})


_SETTINGS: Final[Mapping[str, bool]] = {
    "preserve_insertion_order": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
