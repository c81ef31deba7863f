"""Planning: who goes home, proved to be the best that was agreed.

Decides which captives go home under an agreement, in lexicographic order of its
objectives, and proves it with a certificate that either side can check without a solver
and without the other side's list. It refuses to plan anybody whom the agreement does not
let travel, and to call a plan optimal without a certificate that `check_plan` accepts.

Entries: `make_plan` and `check_plan`; `walking_away`, and `whatif.whatif`, for whoever
negotiates. An entry is imported when it is asked for: the solver's process, which starts
with every plan, needs none of them.
"""

from importlib import import_module
from typing import TYPE_CHECKING

__all__ = ["check_plan", "make_plan", "walking_away"]

if TYPE_CHECKING:
    from homeward.planning.check import check_plan
    from homeward.planning.plan import make_plan
    from homeward.planning.walking import walking_away
else:
    _MODULES = {"check_plan": "check", "make_plan": "plan", "walking_away": "walking"}

    def __getattr__(name: str) -> object:
        if name not in _MODULES:
            raise AttributeError(name)
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
