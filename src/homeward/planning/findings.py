"""What the law says of a plan: findings that whoever accepts it must acknowledge.

Rules of this file:
- A finding never changes a plan; it stands in it, with the rule, the clause, a sentence.
- A finding is about somebody: what meets nobody is none, and nobody has to acknowledge it.
- GC III arts 109-110: the seriously wounded and sick are owed without counterpart.
- GC IV art. 34: civilians are no counterpart.
- That somebody does not wish to go breaks no law (GC III art. 109(3)), and how many do not
  is told to nobody: a refusal makes no finding.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from homeward.planning.problem import Problem
from homeward.terms.clauses import Balance, Give, Quota, Veto


def legal_findings(problem: Problem, goes: np.ndarray[Any, Any]) -> list[dict[str, str]]:
    """Return the findings of a plan.

    Args:
        problem: The agreement applied to the pool.
        goes: Who goes home under the bargain, shape `(n_people,)` of the problem.

    Returns:
        `{"rule", "clause", "sentence"}` each, in a fixed order.
    """
    findings = []
    builder = problem.builder
    moving = problem.people[goes]
    agreement = problem.agreement
    if agreement.article_109 == "counted":
        counted = int(builder.owed[moving].sum())
        if counted:
            findings.append(
                {
                    "rule": "GC III arts 109-110",
                    "clause": "article_109",
                    "sentence": f"{counted} of those who go home are seriously wounded or sick and "
                    "owed without counterpart; the agreement counts them.",
                }
            )
    for clause in agreement.clauses:
        if isinstance(clause, Give | Quota | Balance):
            inside = builder.category(clause.where) & builder.any_flow(clause.flows)
            civilians = int((inside & builder.civilian)[moving].sum())
            if civilians:
                findings.append(
                    {
                        "rule": "GC IV art. 34",
                        "clause": clause.id,
                        "sentence": f"Clause {clause.id} counts {civilians} civilians as counterpart; "
                        "civilians may not be held for exchange.",
                    }
                )
        if isinstance(clause, Veto):
            kept = int((builder.people(clause) & builder.owed).sum())
            if kept:
                findings.append(
                    {
                        "rule": "GC III arts 109-110",
                        "clause": clause.id,
                        "sentence": f"Clause {clause.id} keeps {kept} of the seriously wounded or sick, "
                        "who are owed whatever the terms say.",
                    }
                )
    return findings
