"""How often verdicts on invented texts are right, and how often "contradicted" is false.

usage: reconcile.py [SEED]

Each story is one exchange between two invented or real parties, told by both sides in texts of one
language. A mutation changes one thing (a number, a unit, a direction, what is left out, the order
of the texts, whose text it is), and with it the verdicts that follow. The texts are read as any
others are. Prints one JSON line for each mutation and one for all; it leaves with 1 if any
"contradicted" is false.
"""

import collections
import datetime as dt
import itertools
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from homeward.statements import reconcile
from homeward.statements.heard import Document, exchanges_in
from homeward.statements.reading import read_statement

DAY = dt.date(2031, 3, 12)
AGREE, OPEN = {"corroborated"}, {"contradicted"}
ALONE, LEFT_OUT = {"one_sided"}, {"omitted", "one_sided"}
CATEGORY = {"differs_in_category", "corroborated"}


@dataclass(frozen=True)
class Party:
    """A party: its code, its name, its people as an adjective."""

    code: str
    name: str
    adjective: str


PARTIES = {
    "en": [
        (Party("XK", "Karnia", "Karnian"), Party("XV", "Velland", "Vellandian")),
        (Party("XO", "Ostmark", "Ostmarkian"), Party("XT", "Tervia", "Tervian")),
        (Party("UA", "Ukraine", "Ukrainian"), Party("RU", "Russia", "Russian")),
        (Party("RU", "Russia", "Russian"), Party("UA", "Ukraine", "Ukrainian")),
        (Party("AM", "Armenia", "Armenian"), Party("AZ", "Azerbaijan", "Azerbaijani")),
        (Party("ET", "Ethiopia", "Ethiopian"), Party("ER", "Eritrea", "Eritrean")),
    ],
    "ru": [
        (Party("UA", "Украины", "украинских"), Party("RU", "России", "российских")),
        (Party("AM", "Армении", "армянских"), Party("AZ", "Азербайджана", "азербайджанских")),
    ],
    "uk": [
        (Party("UA", "України", "українських"), Party("RU", "Росії", "російських")),
        (Party("AM", "Вірменії", "вірменських"), Party("AZ", "Азербайджану", "азербайджанських")),
    ],
}
OWN = {
    "en": "{A}'s defence ministry said on Wednesday that {n} {a} soldiers had come home.",
    "ru": "Минобороны {A} сообщило, что в среду домой вернулись {n} {a} военнослужащих.",
    "uk": "Міністерство оборони {A} повідомило, що в середу додому повернулися {n} {a} військових.",
}
OTHERS = {
    "en": "In exchange, {m} {b} prisoners of war were handed over, it said.",
    "ru": "Взамен переданы {m} {b} военнопленных.",
    "uk": "Натомість передано {m} {b} військовополонених.",
}
Want = dict[tuple[str, str, str | None], set[str]]
"""Fact, home and unit (None: any) -> the verdicts of which one is right."""


def stories(seed: int) -> Iterator[tuple[str, list[str], Want]]:
    """Yield the name of a mutation, its texts, and the verdicts that follow from it."""
    chance = random.Random(seed)
    for language, pairs in PARTIES.items():
        for (a, b), _ in itertools.product(pairs, range(2)):
            n, m = chance.randint(40, 400), chance.randint(40, 400)
            own_a = OWN[language].format(A=a.name, a=a.adjective, n=n)
            own_b = OWN[language].format(A=b.name, a=b.adjective, n=m)
            gives_b = OTHERS[language].format(m=n, b=a.adjective)
            whole_b = f"{own_b} {gives_b}"
            leg_a, leg_b = ("leg", a.code, None), ("leg", b.code, None)
            agreed = {leg_a: AGREE, leg_b: LEFT_OUT}
            yield "as it was", [own_a, whole_b], agreed
            yield "texts in another order", [whole_b, own_a], agreed
            yield "one side alone", [own_a], {leg_a: ALONE}
            yield "each its own people", [own_a, own_b], {leg_a: LEFT_OUT, leg_b: LEFT_OUT}
            other = n + chance.choice((-17, -3, 1, 12, 39))
            changed = OWN[language].format(A=a.name, a=a.adjective, n=other)
            yield "another number", [changed, whole_b], {leg_a: OPEN, leg_b: LEFT_OUT}
            if language == "en":
                yield from of_english(a, b, n, m, chance)


def of_english(
    a: Party, b: Party, n: int, m: int, chance: random.Random
) -> Iterator[tuple[str, list[str], Want]]:
    """Yield the mutations that need more words."""
    own_b = OWN["en"].format(A=b.name, a=b.adjective, n=m)
    whole_b = f"{own_b} {OTHERS['en'].format(m=n, b=a.adjective)}"
    says = f"{a.name}'s president said on Wednesday that"
    leg_a, leg_b = ("leg", a.code, None), ("leg", b.code, None)
    c, far = chance.randint(2, 30), chance.randint(500, 900)
    own = f"{says} {n} {a.adjective} soldiers had come home."
    story = {leg_a: AGREE, leg_b: LEFT_OUT}
    yield (
        "civilians among the number",
        [f"{says} {n + c} {a.adjective}s had come home, among them {c} civilians.", whole_b],
        {leg_a: CATEGORY},
    )
    yield (
        "civilians beside the number",
        [f"{says} {n} {a.adjective} soldiers and {c} civilians had come home.", whole_b],
        {("leg", a.code, "soldiers"): AGREE},
    )
    yield (
        "civilians in opposite directions",
        [
            f"{own} {c} {a.adjective} civilians also came home to {a.name}, he said.",
            f"{whole_b} {c} {b.adjective} civilians also came home to {b.name}, it said.",
        ],
        {
            ("leg", a.code, "soldiers"): AGREE,
            ("leg", a.code, "civilians"): {"differs_in_direction", *LEFT_OUT},
            ("leg", b.code, "civilians"): {"differs_in_direction", *LEFT_OUT},
        },
    )
    yield (
        "about the number",
        [f"{says} about {n} {a.adjective} soldiers had come home.", whole_b],
        {leg_a: {"consistent_partial", "one_sided", "corroborated"}},
    )
    yield (
        "the press has another number",
        [own, whole_b, f"On Wednesday {n + c} {a.adjective} soldiers came home from {b.name}."],
        story,
    )
    yield (
        "an earlier exchange",
        [f"{own} In the previous exchange, on 3 February, {far} soldiers had come home.", whole_b],
        story,
    )
    yield (
        "a total so far",
        [f"{own} Since the war began, {far * 10} people have been returned in all.", whole_b],
        story,
    )
    yield (
        "some of them wounded",
        [f"{own} {c} of them were wounded.", f"{whole_b} Among them were {c + 1} officers."],
        story,
    )
    yield (
        "dead beside the living",
        [f"{own} {a.name} also received the bodies of {far} soldiers.", whole_b],
        {("leg", a.code, "soldiers"): AGREE},
    )
    yield (
        "what is planned",
        [f"{own} Another {far} will be exchanged next week, he said.", whole_b],
        story,
    )
    for number, sources in (("both", (own, whole_b)), ("one", (own,))):
        thanked = [f"{text} Norway mediated." for text in sources]
        yield f"a mediator told by {number}", thanked, {leg_a: AGREE | ALONE}


def verdicts_of(texts: list[str]) -> dict[tuple[str, str, str | None], set[str]]:
    """Return all verdicts on the exchange of the day, by fact, home and unit."""
    documents = [
        Document(name=f"{k}.txt", published_on=DAY, text=text, reading=read_statement(text, DAY))
        for k, text in enumerate(texts)
    ]
    found = collections.defaultdict(set)
    for told in exchanges_in(documents)[0]:
        if told.date != DAY:
            continue
        for fact in reconcile(told.statements, None, date=told.date):
            for unit in (fact.unit, None):
                found[fact.fact, fact.home or "", unit].add(str(fact.verdict))
    return found


def measure(seed: int) -> dict[str, collections.Counter[str]]:
    """Judge every story; return the counts by mutation: all, right, false contradictions."""
    table: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for name, texts, want in stories(seed):
        found = verdicts_of(texts)
        for key, right in want.items():
            got = found.get(key, set())
            table[name].update(
                verdicts=1,
                right=bool(got & right),
                false_contradictions="contradicted" in got and "contradicted" not in right,
            )
    return table


def main() -> int:
    table = measure(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
    whole: collections.Counter[str] = collections.Counter()
    for name, counts in table.items():
        print(json.dumps({"mutation": name, **counts}))
        whole += counts
    print(json.dumps({"all": dict(whole), "share": round(whole["right"] / whole["verdicts"], 3)}))
    return 1 if whole["false_contradictions"] else 0


if __name__ == "__main__":
    sys.exit(main())
