"""Terms: the agreement as code.

Decides what an agreement says: which clauses there are, what each may contain, which
captives a category means. It refuses unknown keys and kinds, categories by race,
religion or political opinion (GC III art. 16), and an agreement that is silent on
article 109. It never decides who goes home.

Entry: `read_agreement`; whatever it refuses it shows by line, clause and key. `terms.normal`
is what two documents that say the same share, `terms.sentences` tells an agreement in plain
English. `terms.pool` applies its categories to people: `Pool.of` and
`members`; it is not imported here, because who only reads an agreement needs no columns.
"""

from homeward.terms.agreement import Agreement, read_agreement

__all__ = ["Agreement", "read_agreement"]
