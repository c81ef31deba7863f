"""Talks: which ways to talk are still open, by what each side has said.

Decides, for every format (who meets, how, with whom else), whether it is feasible, on which
condition, what blocks it and which smallest sets of acts would unblock it; which waits are
circular; and which format further down the ladder is open.
It refuses to guess a stance that nobody took: silence is "unknown", never consent. A word
that dismisses changes no stance of its own speaker, a contested signature blocks nothing by
itself, and nobody's words lift a law.

Entry functions: `positions_in` and `talks_table`.
"""

from homeward.talks.hearing import positions_in
from homeward.talks.model import Format, Position
from homeward.talks.table import Table, talks_table

__all__ = ["Format", "Position", "Table", "positions_in", "talks_table"]
