"""Planning: who goes home, proved to be the best that was agreed.

Decides which captives go home under an agreement, in lexicographic order of its
objectives, and proves it with a certificate that either side can check without a solver
and without the other side's list. It refuses to plan anybody whom the agreement does not
let travel, and to call a plan optimal without a certificate that `check_plan` accepts.

Entries: `make_plan` and `check_plan`.
"""

from homeward.planning.check import check_plan
from homeward.planning.plan import make_plan

__all__ = ["check_plan", "make_plan"]
