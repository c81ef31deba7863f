"""Allowed values of a list, and answers to its lines, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

_YES_NO = {"yes": _("yes"), "no": _("no"), "unknown": _("unknown")}

VALUES: Mapping[str, Mapping[str, Any]] = {
    "sex": {
        "M": pgettext_lazy("sex", "male"),
        "F": pgettext_lazy("sex", "female"),
        "X": pgettext_lazy("sex", "other"),
        "unknown": _("unknown"),
    },
    "status": {
        "pow": _("prisoner of war"),
        "civilian": _("civilian"),
        "medical": _("medical personnel"),
        "religious": _("chaplain"),
        "unknown": _("unknown"),
    },
    "alive": _YES_NO,
    "health": {
        "good": pgettext_lazy("health", "good"),
        "sick": pgettext_lazy("health", "sick"),
        "wounded": pgettext_lazy("health", "wounded"),
        "serious": pgettext_lazy("health", "serious"),
        "grave": pgettext_lazy("health", "grave"),
        "unknown": _("unknown"),
    },
    "article_109": {
        "owed": pgettext_lazy("repatriation", "owed"),
        "not_owed": pgettext_lazy("repatriation", "not owed"),
        "unknown": _("unknown"),
    },
    "fit_to_travel": _YES_NO,
    "consent": _YES_NO,
}
"""Column → allowed value → its word."""

ANSWERS: Mapping[str, Any] = {
    "held": _("held"),
    "held_not_offered": _("held, not offered"),
    "already_returned": _("already home"),
    "died_in_custody": _("died in custody"),
    "killed_in_action": _("killed in action"),
    "not_held": _("not held"),
    "duplicate_of": _("the same person as another line"),
    "insufficient_identification": _("not enough to tell who it is"),
    "held_elsewhere": _("held elsewhere"),
    "not_conflict_related": _("held for a reason outside the conflict"),
    "under_prosecution": _("held under prosecution"),
    "not_travelling": _("does not travel"),
}
"""Code of an answer to a line of a wanted list → its word."""

NO_ANSWER, NO_REPLY = _("no answer: the deadline passed"), _("no reply: the deadline passed")
"""What stands where a step lapsed."""

REMARKS: Mapping[str, Any] = {
    "evidence_of_capture": _("there is evidence of the capture"),
    "seen_alive": _("seen alive"),
    "letter_received": _("a letter came"),
    "photo_published": _("a photo was published"),
    "video_published": _("a video was published"),
    "named_in_statement": _("named in a statement"),
    "visit_recorded": _("a visit was recorded"),
    "not_returned": _("is not home"),
    "wrong_person": _("another person is meant"),
    "date_or_place_differs": _("the date or the place differs"),
    "other_evidence": _("other evidence"),
}
"""Code of a remark on an answer → its word."""

REPLIES: Mapping[str, Any] = {**ANSWERS, "upheld": _("the answer stands")}
"""Code of a reply to a remark → its word."""
