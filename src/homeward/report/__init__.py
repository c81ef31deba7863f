"""Report: the public record in numbers, without a name.

Decides how many went home per flow and category of an exchange of ours, how long they were
held, and which of these numbers may be shown to whom. Keeps the record of real exchanges:
what each side said of each, with its source, and whether published totals close.
It refuses a small number of ours where the public reads, a number that the terms withhold,
and moves that do not add up to what the record shows; of real exchanges it refuses to prefer
one side's figure to the other's, or to explain a difference that no source explains.

Entry functions: `totals`, `read_history`.
"""

from homeward.report.history import History, Query, read_history, select
from homeward.report.totals import CATEGORIES, Count, FlowTotals, Move, Report, totals

__all__ = [
    "CATEGORIES",
    "Count",
    "FlowTotals",
    "History",
    "Move",
    "Query",
    "Report",
    "read_history",
    "select",
    "totals",
]
