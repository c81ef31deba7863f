"""Terms: the agreement as code.

Decides what an agreement says: which clauses there are, what each may contain, which
captives a category means. It refuses unknown keys and kinds, categories by race,
religion or political opinion (GC III art. 16), and an agreement that is silent on
article 109. It never decides who goes home.

Entry: `read_agreement`; `Pool.of` and `members` apply its categories to people.
"""

from homeward.terms.agreement import Agreement, read_agreement
from homeward.terms.pool import Pool

__all__ = ["Agreement", "Pool", "read_agreement"]
