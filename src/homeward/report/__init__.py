"""Report: the public record of an exchange in numbers, without a name.

Decides how many went home per flow and category, how long they were held, and which of
these numbers may be shown to whom.
It refuses a small number where the public reads, a number that the terms withhold, and
moves that do not add up to what the record shows.

Entry function: `totals`.
"""

from homeward.report.totals import CATEGORIES, Count, FlowTotals, Move, Report, totals

__all__ = ["CATEGORIES", "Count", "FlowTotals", "Move", "Report", "totals"]
