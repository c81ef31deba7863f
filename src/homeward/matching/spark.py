"""The comparison of two lists on Spark, for registries beyond one machine.

Rules of this file:
- The same definition, the same flow (`engine.Job`), the same numbers: Spark only runs the SQL.
- Lists go to Spark, and results come back, as Parquet in a folder that all its machines see. They
  hold keys of names and dates, not names as written; the caller removes the folder.
- PySpark is an extra; without it, or without Java, the error says what to install.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb
import numpy.typing as npt

from homeward.foundation.errors import EngineError
from homeward.matching.columns import Columns, comparable
from homeward.matching.engine import (
    Database,
    Job,
    KeptParts,
    Limits,
    Report,
    Scored,
    connect,
)
from homeward.matching.loading import load, quoted, rarities
from homeward.matching.model import Model, shipped_model
from homeward.matching.sql import SPARK


def link_on_spark(
    left: Columns,
    right: Columns,
    *,
    folder: str,
    limits: Limits | None = None,
    model: Model | None = None,
    progress: Report | None = None,
    stop: Callable[[], bool] | None = None,
) -> Scored:
    """Weigh every pair of two lists that may be one person, on Spark.

    Args:
        left: One list, made ready; the same object as `right` looks for duplicates in it.
        right: The other.
        folder: An empty folder that Spark's machines see.
        limits: As of `engine.link`, for what is done before and after Spark.
        model: Where learning begins; the shipped model if None.
        progress: Called with (steps done, steps in all).
        stop: Asked between steps whether to stop.

    Returns:
        The same as `engine.link` returns.

    Raises:
        EngineError: Spark is not there, failed, or was stopped.
    """
    limits = limits or Limits()
    session = _session()
    try:
        left, right = comparable(left, right)
        with connect(limits) as db:
            job = Job(left, right, model or shipped_model(), progress, stop)
            kept = KeptParts(db, limits.work, job.signature() if limits.work else "")
            rarity = rarities(left, right)

            def begin() -> Database:
                load(db, left, right, rarity)
                for table in ("a", "b"):
                    file = f"{folder}/{table}.parquet"
                    db.execute(f"copy {table} to {quoted(file)} (format parquet)")
                    session.read.parquet(file).createOrReplaceTempView(table)
                db.execute("drop view a; drop view b; drop table people")
                return _Spark(session, db, folder)

            return job.run(begin, kept, rarity)
    except EngineError:
        raise
    except Exception as error:  # py4j and pyspark share no base that an extra lets us name
        if isinstance(error, duckdb.Error) or type(error).__module__.startswith(("py", "duckdb")):
            raise EngineError(
                "matching.spark",
                f"Expected Spark to answer, found {type(error).__name__}.",
                hint="Read Spark's log, give it more memory, and try again.",
            ) from error
        raise
    finally:
        session.stop()


class _Spark:
    """Spark as a `Database`; results come back as files that DuckDB reads."""

    dialect = SPARK

    def __init__(self, session: Any, db: duckdb.DuckDBPyConnection, folder: str) -> None:
        self._session = session
        self._db = db
        self._folder = folder
        self._count = 0

    def make(self, table: str, query: str) -> None:
        """Write a query's rows to the folder, and let the table read them."""
        # Written and read again, a table is not computed anew from all that led to it.
        self._session.read.parquet(self._written(query)).createOrReplaceTempView(table)

    def drop(self, table: str) -> None:
        """Forget a table; its files go with the folder."""
        self._session.catalog.dropTempView(table)

    def fetch(self, query: str) -> dict[str, npt.NDArray[Any]]:
        """Let Spark write a query's rows, and read them here."""
        files = quoted(f"{self._written(query)}/*.parquet")
        return self._db.execute(f"select * from read_parquet({files})").fetchnumpy()

    def _written(self, query: str) -> str:
        self._count += 1
        folder = f"{self._folder}/{self._count}"
        self._session.sql(query).write.parquet(folder)
        return folder


def _session() -> Any:
    """Start Spark where its own settings say; on this machine if they say nothing.

    Raises:
        EngineError: PySpark or Java is not installed.
    """
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415 -- an extra

        session = (
            SparkSession.builder.appName("homeward match")
            .config("spark.sql.shuffle.partitions", "16")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.session.timeZone", "UTC")
            .getOrCreate()
        )
        session.sparkContext.setLogLevel("ERROR")
    except Exception as error:
        raise EngineError(
            "matching.no_spark",
            f"Expected PySpark and Java 17, found {type(error).__name__}.",
            hint="Install homeward[spark] and Java 17, or use --engine duckdb.",
        ) from error
    return session
