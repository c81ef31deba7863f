"""Who on one list is perhaps one person.

Rules of this file:
- Two records are likely one person if they have the same birth date, as written, and the
  same names in any spelling and any order. Nothing else is compared: it is a hint for the
  list's owner, and nobody is merged.
- Who has no birth date, or no name, is nobody's duplicate.
"""

from __future__ import annotations

from collections.abc import Iterable

from homeward.matching.names import skeleton
from homeward.records.model import PersonRecord


def duplicates(records: Iterable[PersonRecord]) -> list[tuple[str, str]]:
    """Find the likely duplicates inside one list.

    Args:
        records: People with distinct references.

    Returns:
        Pairs of references: the first of those who are alike, with each of the others, in
        the order of the list.
    """
    first: dict[tuple[str, tuple[str, ...]], str] = {}
    pairs = []
    for record in records:
        names = f"{record.family_name} {record.given_name}".strip() or record.name_as_written
        # In any order: the two columns are often filled the wrong way round.
        words = tuple(sorted(skeleton(names).split()))
        if record.birth_date is not None and words:
            earlier = first.setdefault((record.birth_date.text, words), record.ref)
            if earlier != record.ref:
                pairs.append((earlier, record.ref))
    return pairs
