"""The timetable of an agreement in plain English sentences.

The rules are those of `sentences`.
"""

from __future__ import annotations

from collections.abc import Iterator

from homeward.terms.agreed import Timetable

_TIMETABLE = {
    "wanted_days": "Each party sends its wanted lists within {} of the last signature.",
    "answers_days": "Each answers every line within {} of the last wanted list.",
    "remarks_days": "Each may remark on the answers, with evidence, within {} of the last.",
    "replies_days": "Each replies to every remark within {}.",
    "final_days": "Each signs its final list within {} of the end of the remarks and replies.",
    "interviews_days": "Everybody of the plan is asked in private within {} of its acceptance.",
}
_LAPSE = (
    "No clock decides: when a deadline has passed, a mediator may record so, and the case goes "
    "on without that party's part; or somebody ends it."
)


def timetable_sentences(timetable: Timetable | None) -> Iterator[tuple[str, str]]:
    """Yield what an agreement says of its deadlines; nothing if it has none."""
    if timetable is None:
        return
    for step, told in _TIMETABLE.items():
        days = getattr(timetable, step)
        yield "timetable", told.format("1 day" if days == 1 else f"{days} days")
    yield "timetable", _LAPSE
