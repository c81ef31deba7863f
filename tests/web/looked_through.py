"""A list of the other side that a node has looked through: one of its people, and a stranger."""

from django.utils import timezone

from homeward.node.access import Reader, people
from homeward.node.actions import triage

NAMES = ("ref", "family_name", "given_name", "father_name", "birth_date")


def no_report(_phase, _done, _total):
    return


def looked_through(node):
    """Keep a list of the other side, look it through, and return its id."""
    now = timezone.now()
    reader = Reader(actor="test", purpose="test", now=now)
    known = next(iter(people(node, "wanted", reader=reader)))
    birth = known.birth_date.text if known.birth_date else ""
    rows = [
        NAMES,
        ("T-1", known.family_name, known.given_name, known.father_name, birth),
        ("T-2", "Небувалий", "Орест", "Зотович", "1971-06-05"),
        ("T-3", "Небувалий", "", "", ""),
    ]
    data = "\n".join(",".join(row) for row in rows).encode()
    at = triage.keep_list(
        node, kind="held", data=data, file_name="published.csv", now=now, actor="test"
    )
    triage.look_through(node, list_id=at, now=now, actor="test", report=no_report)
    return at
