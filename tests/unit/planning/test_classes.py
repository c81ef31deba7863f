"""People are put into kinds as if every column were compared, one person after another."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.planning.classes import kinds_of

ROWS = st.lists(st.tuples(*[st.integers(-2, 2)] * 3), max_size=12)


@given(ROWS)
def test_kinds_are_the_distinct_columns_in_their_order(rows):
    cells = np.array(rows, dtype=np.int64).reshape(len(rows), 3)
    alike = [*cells.T, np.arange(len(rows)) % 2]  # told apart more finely than columns need
    kind, columns = kinds_of(alike, np.arange(len(rows)), lambda places: cells[places].T)
    assert columns.T.tolist() == [list(row) for row in sorted(set(rows))]
    assert columns[:, kind].T.tolist() == cells.tolist()


@pytest.mark.parametrize("people", [0, 3])
def test_where_nothing_is_counted_everybody_is_of_one_kind(people):
    nobody = np.zeros(people, dtype=np.int32)
    kind, columns = kinds_of(
        [nobody], np.arange(people), lambda places: np.zeros((0, len(places)), dtype=np.int64)
    )
    assert kind.tolist() == nobody.tolist()
    assert columns.shape == (0, min(1, people))
