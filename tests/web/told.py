"""Texts on one real exchange, kept at the desk of a node: in our own words, some rows reviewed."""

import datetime as dt

from django.utils import timezone

from homeward.node.actions import comparison, desk
from homeward.node.actions.desk import By, Published

EXCHANGE = "history:2025-02-05"
DAY = dt.date(2025, 2, 5)
ONE = """Ukraine's president said on Wednesday that 150 Ukrainian soldiers had come home.
He did not mention any Russian soldiers.
The United Arab Emirates mediated, both sides said.
Russia's president ruled out direct talks with Ukraine's president."""
OTHER = """Russia's defence ministry said that 150 Russian soldiers had been returned on Wednesday.
It said that 150 Ukrainian soldiers had been handed over to Ukraine."""
ACTOR = "caseworker"


def keep(node, text, title, at):
    """Keep a text of that day."""
    published = Published(title=title, text=text, published_on=DAY)
    return desk.keep_text(node, published, id=at, now=timezone.now(), actor=ACTOR)


def confirm(node, at, number, word="confirmed"):
    """Say a word of a row as it stands."""
    seen = next(each.seen for each in desk.text_of(node, at).rows if each.number == number)
    by = By(actor=ACTOR, now=timezone.now(), seen=seen)
    desk.decide(node, at, number, word, by=by)


def told(node):
    """Keep both texts, about the exchange of that day; every row but one is confirmed."""
    first, other = (
        keep(node, ONE, "A president", "a1" * 16),
        keep(node, OTHER, "A ministry", "b2" * 16),
    )
    for at in (first, other):
        comparison.say_exchange(node, at, EXCHANGE)
        for each in desk.text_of(node, at).rows[: None if at == other else -1]:
            confirm(node, at, each.number)
    return first
