"""DuckDB and Spark find the same pairs with the same weights: an extra, which needs Java."""

import shutil
import sys

import numpy as np
import pytest

from homeward.demo.world import build_world
from homeward.foundation.errors import EngineError
from homeward.matching.columns import columns_of
from homeward.matching.engine import link
from homeward.matching.spark import link_on_spark


def rows(scored):
    order = np.lexsort((scored.b, scored.a))
    table = np.stack((scored.a, scored.b, scored.weight, scored.code))
    return table[:, order].T.tolist()


@pytest.mark.spark
def test_duckdb_and_spark_give_the_same_pairs_and_weights(tmp_path):
    pytest.importorskip("pyspark", reason="homeward[spark] is not installed")
    if shutil.which("java") is None:
        pytest.skip("there is no Java")
    world = build_world(seed=11)
    wanted = columns_of((*world.wanted_by_ua, *world.wanted_by_ru))
    held = columns_of((*world.held_by_ru, *world.held_by_ua))
    expected = link(wanted, held)
    found = link_on_spark(wanted, held, folder=str(tmp_path))
    assert len(expected.a) > 500
    assert found.prior == expected.prior
    assert rows(found) == rows(expected)
    few, others = columns_of(world.wanted_by_ua[:60]), columns_of(world.held_by_ru[:600])
    folder = tmp_path / "few"
    folder.mkdir()
    assert rows(link_on_spark(few, others, folder=str(folder))) == rows(link(few, others)) != []


def test_without_spark_the_error_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    nobody = columns_of([])
    with pytest.raises(EngineError) as refused:
        link_on_spark(nobody, nobody, folder=str(tmp_path))
    assert refused.value.code == "matching.no_spark"
    assert "homeward[spark]" in refused.value.hint
