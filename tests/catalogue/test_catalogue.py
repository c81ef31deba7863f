"""Real agreements: each is planned, checked by both sides alone, and gives what history gave."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from tests.catalogue.conftest import FOLDER

from homeward.foundation.canonical import canonical_bytes
from homeward.planning import check_plan
from homeward.terms import read_agreement
from homeward.terms.normal import format_agreement


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What happened.

    `flows`: flow -> people, by phase (the dead apart, in `dead`). `outside`: people under article
    109. `sent`: country -> people sent there instead of home. `law`: the rules
    found broken, each with its clause and how many people it is about.
    """

    flows: dict[str, tuple[int, ...]]
    dead: dict[str, int] = field(default_factory=dict)
    outside: int = 0
    sent: dict[str, int] = field(default_factory=dict)
    law: tuple[tuple[str, str, int], ...] = ()


OWED, COUNTERPART = "GC III arts 109-110", "GC IV art. 34"

HISTORY = {
    "dix-hill-1862": History(flows={"US -> CS": (3059,), "CS -> US": (2111,)}),
    "korea-1953-little-switch": History(
        flows={"KP -> UN": (684,), "UN -> KP": (5194 + 446,), "UN -> CN": (1030,)},
        outside=100 + 600 + 130,
    ),
    "shalit-2011": History(
        flows={"IL -> PS-HAMAS": (27, 450, 550), "PS-HAMAS -> IL": (1, 0, 0)},
        sent={"TR": 11, "SY": 14, "QA": 15},
    ),
    "yemen-2020": History(
        flows={
            "YE -> YE-HOUTHI": (480, 201),
            "YE-HOUTHI -> YE": (381, 0),
            "YE-HOUTHI -> SA": (15, 0),
            "YE-HOUTHI -> SD": (4, 0),
        },
        law=((COUNTERPART, "the-381", 106),),
    ),
    "ua-ru-2022-10-17": History(
        flows={"RU -> UA": (110 - 2,), "UA -> RU": (72 + 38,)}, law=((COUNTERPART, "sailors", 72),)
    ),
    "ua-ru-2022-09-21": History(
        flows={"RU -> UA": (200 + 5 + 10,), "UA -> RU": (1 + 55,)},
        sent={"TR": 5, "SA": 10},
        law=((OWED, "article_109", 120), (COUNTERPART, "two-hundred-for-one", 1)),
    ),
    "armenia-azerbaijan-2020": History(flows={"AZ -> AM": (44,), "AM -> AZ": (12,)}),
    "iran-us-2023": History(
        flows={"IR -> US": (5 + 2,), "US -> IR": (5,)},
        sent={"US": 2, "QA": 1},
        law=((COUNTERPART, "relatives", 2), (COUNTERPART, "five-for-five", 10)),
    ),
    "gaza-2023-11": History(
        flows={"PS-HAMAS -> IL": (13, 13, 13, 11), "IL -> PS-HAMAS": (39, 39, 39, 33)},
        law=((COUNTERPART, "fifty", 50), (COUNTERPART, "three-for-one", 50)),
    ),
    "armenia-azerbaijan-2023": History(flows={"AZ -> AM": (32,), "AM -> AZ": (2,)}),
    "ankara-2024-08-01": History(
        flows={
            "US -> RU": (3,),
            "DE -> RU": (1,),
            "NO -> RU": (1,),
            "PL -> RU": (1,),
            "SI -> RU": (4,),
            "RU -> DE": (4,),
            "RU -> US": (11,),
            "BY -> DE": (1,),
        },
        sent={"DE": 8},
        law=((COUNTERPART, "named", 26),),
    ),
    "gaza-2025-01-phase1": History(
        flows={"PS-HAMAS -> IL": (3, 4, 3, 3, 3, 3, 6), "IL -> PS-HAMAS": (737 + 1167,)},
        dead={"PS-HAMAS -> IL": 8},
        law=(
            (COUNTERPART, "the-33", 9),
            (COUNTERPART, "key-women", 4),
            (COUNTERPART, "key-over-50", 5),
            (COUNTERPART, "key-held-long", 2),
        ),
    ),
    "ua-ru-2025-02-05": History(
        flows={"RU -> UA": (150,), "UA -> RU": (150,)}, law=((OWED, "article_109", 55),)
    ),
    "ua-ru-2025-04-19": History(
        flows={"RU -> UA": (246 + 31,), "UA -> RU": (246 + 15,)}, law=((OWED, "article_109", 46),)
    ),
    "ua-ru-2025-05-23": History(
        flows={"RU -> UA": (390, 307, 303), "UA -> RU": (390, 307, 303)},
        law=((COUNTERPART, "civilians", 240),),
    ),
    "ua-ru-2025-06-02": History(
        flows={"RU -> UA": (140,) * 8 + (60,), "UA -> RU": (140,) * 8 + (60,)},
        dead={"RU -> UA": 6000, "UA -> RU": 78},
        law=((OWED, "article_109", 720),),
    ),
}
"""What the sources of each file say, and where they say nothing, what the file assumes."""

IN_ALL = {"gaza-2025-01-phase1": "IL -> PS-HAMAS"}
"""A flow of which only the sum is known, not what went on which day."""


def test_every_agreement_has_its_history_and_its_pool():
    names = {file.stem for file in FOLDER.glob("*.toml")}
    assert names == set(HISTORY) == {file.stem for file in FOLDER.glob("pools/*.toml")}


@pytest.mark.parametrize("name", HISTORY)
def test_a_file_says_where_it_is_from_and_what_was_assumed(name):
    text = (FOLDER / f"{name}.toml").read_text("utf-8")
    head = text.split("\n\n")[0].splitlines()
    assert all(line.startswith("#") for line in head)
    assert re.match(r"# Source: https?://\S+", head[2])
    for word in ("# Known: ", "# Assumed: "):
        assert sum(line.startswith(word) for line in head) == 1, word
    assert f"]({name}.toml)" in (FOLDER / "README.md").read_text("utf-8")


@pytest.mark.parametrize("name", HISTORY)
def test_the_formatter_keeps_what_a_file_says(name):
    agreement = read_agreement((FOLDER / f"{name}.toml").read_text("utf-8"))
    assert agreement.id == name
    assert read_agreement(format_agreement(agreement)).sha256 == agreement.sha256


@pytest.mark.parametrize("name", HISTORY)
def test_a_plan_is_the_best_and_gives_what_history_gave(name, planned):
    done, history = planned(name), HISTORY[name]
    plan = done.plan
    assert plan["status"] == "optimal"
    assert set(plan["counts"]) == set(history.flows)
    for flow, numbers in history.flows.items():
        living = Counter(m["phase"] for m in done.moves(flow) if m["basis"] != "remains")
        if IN_ALL.get(name) == flow:
            assert sum(living.values()) == sum(numbers)
        else:
            assert tuple(living[n + 1] for n in range(plan["phases"])) == numbers, flow
    assert {
        flow: len(dead) for flow in history.flows if (dead := done.moves(flow, basis="remains"))
    } == history.dead
    by_basis = Counter(move["basis"] for move in plan["moves"])
    assert by_basis["article_109"] == history.outside
    elsewhere = (m["destination"] for m in plan["moves"] if m["destination"] != m["home"])
    assert Counter(elsewhere) == history.sent
    assert tuple(_told(finding) for finding in plan["legal_findings"]) == history.law


def _told(finding):
    words = finding["sentence"].replace(f"Clause {finding['clause']} ", "").split()
    count = next(int(word) for word in words if word.isdecimal())
    return finding["rule"], finding["clause"], count


@pytest.mark.parametrize("name", HISTORY)
def test_every_side_can_check_the_plan_and_alone(name, planned):
    done = planned(name)
    data = canonical_bytes(done.plan)
    assert check_plan(done.agreement, done.pool(), data) == done.plan
    for party in done.invented.held:
        assert check_plan(done.agreement, done.pool(party), data, party=party) == done.plan


def test_in_1862_the_scale_is_even_and_what_is_left_over_is_owed(planned):
    done = planned("dix-hill-1862")
    weight = done.agreement.equivalents.weights
    worth = Counter()
    for move in done.plan["moves"]:
        worth[move["holder"], move["basis"]] += weight[done.person(move)["rank"]]
    assert worth["US", "agreed"] == worth["CS", "agreed"]
    assert worth["CS", "parole"] == 0
    held = {
        code: sum(weight[row["rank"]] for row in rows) for code, rows in done.invented.held.items()
    }
    assert worth["US", "parole"] == held["US"] - held["CS"] > 0


def test_in_1953_the_sick_who_did_not_wish_to_go_stayed(planned):
    done = planned("korea-1953-little-switch")
    sick = {"sick", "wounded", "serious", "grave"}
    assert {done.person(move)["health"] for move in done.plan["moves"]} <= sick
    refused = [
        row for row in done.invented.held["UN"] if row["consent"] == "no" and row["health"] in sick
    ]
    assert len(refused) == 200
    assert sum(done.person(m)["status"] == "civilian" for m in done.plan["moves"]) == 446


def test_in_2011_the_women_went_first_and_the_second_list_last(planned):
    done = planned("shalit-2011")
    first, second = (done.invented.lists[name] for name in ("first-477", "second-550"))
    for move in done.moves("IL -> PS-HAMAS"):
        on = [person.ref for person in (first if move["phase"] < 3 else second)]
        assert move["ref"] in on
        assert (done.person(move)["sex"] == "F") == (move["phase"] == 1)
    accounts = Counter(m.get("account") for m in done.moves("IL -> PS-HAMAS"))
    assert accounts == {"for-one-soldier/1": 477, "for-one-soldier/2": 550}


def test_in_september_2022_each_package_counts_its_own(planned):
    done = planned("ua-ru-2022-09-21")
    accounts = Counter((m["holder"], m["account"]) for m in done.plan["moves"])
    assert accounts == {
        ("RU", "two-hundred-for-one/1"): 200,
        ("RU", "commanders"): 5,
        ("RU", "foreigners"): 10,
        ("UA", "politician"): 1,
        ("UA", "five-for-fifty-five/1"): 55,
    }


def test_in_2020_all_meant_all_who_were_captured_before_the_truce(planned):
    done = planned("armenia-azerbaijan-2020")
    went = [done.person(move)["captured_on"] for move in done.moves("AZ -> AM")]
    assert max(went) <= "2020-11-10"
    later = [r for r in done.invented.held["AZ"] if r["captured_on"] > "2020-11-10"]
    assert len(later) == 62


def test_in_2022_two_of_the_women_who_were_due_chose_to_stay(planned):
    done = planned("ua-ru-2022-10-17")
    due = done.invented.lists["due-110"]
    went = {move["ref"] for move in done.moves("RU -> UA")}
    stayed = {person.ref for person in due} - went
    assert (len(due), len(stayed)) == (110, 2)
    wills = {row["ref"]: row["consent"] for row in done.invented.held["RU"]}
    assert {wills[ref] for ref in stayed} == {"no"}
    civilians = [done.person(m)["status"] == "civilian" for m in done.moves("UA -> RU")]
    assert sum(civilians) == 72


def test_in_november_2023_the_longest_held_went_first(planned):
    done = planned("gaza-2023-11")
    days = [
        [done.person(m)["captured_on"] for m in done.moves("IL -> PS-HAMAS", phase=phase)]
        for phase in (1, 2, 3, 4)
    ]
    assert [len(d) for d in days] == [39, 39, 39, 33]
    assert all(max(one) <= min(later) for one, later in pairwise(days))


def test_of_the_thirty_two_one_was_captured_in_september_2023(planned):
    done = planned("armenia-azerbaijan-2023")
    captured = [done.person(move)["captured_on"] for move in done.moves("AZ -> AM")]
    assert sum(day.startswith("2023-09") for day in captured) == 1
    kept = {person.ref for person in done.invented.lists["kept-by-az"]}
    assert not kept & {move["ref"] for move in done.moves("AZ -> AM")}


def test_from_ankara_ten_went_to_russia_thirteen_to_germany_three_to_the_united_states(planned):
    done = planned("ankara-2024-08-01")
    assert Counter(m["destination"] for m in done.plan["moves"]) == {"RU": 10, "DE": 13, "US": 3}
    born = [done.person(move)["birth_date"] for move in done.moves("SI -> RU")]
    assert sum(day >= "2012" for day in born) == 2


def test_in_2025_the_keys_give_737_and_the_living_go_before_the_dead(planned):
    done = planned("gaza-2025-01-phase1")
    by_account = Counter(m["account"] for m in done.moves("IL -> PS-HAMAS"))
    assert by_account == {
        "key-women/1": 4 * 30,
        "key-female-soldiers/1": 5 * 30,
        "key-female-soldiers/2": 5 * 20,
        "key-over-50/1": 5 * 3,
        "key-over-50/2": 5 * 27,
        "key-held-long/1": 2 * 30,
        "for-the-ill": 110,
        "held-again": 47,
        "thousand-from-gaza": 1000,
        "women-and-minors": 167,
    }
    by_name = ("key-", "for-the-ill", "held-again")
    assert sum(n for account, n in by_account.items() if account.startswith(by_name)) == 737
    assert {m["phase"] for m in done.moves("PS-HAMAS -> IL", basis="remains")} == {7}
    for phase in range(1, 8):
        came = Counter(done.person(m)["sex"] for m in done.moves("PS-HAMAS -> IL", phase=phase)
                       if done.person(m)["status"] == "pow")  # fmt: skip
        given = done.moves("IL -> PS-HAMAS", phase=phase, account="key-female-soldiers/1")
        assert len(given) == 30 * came["F"]


def test_the_wounded_of_april_2025_stand_beside_the_246(planned):
    done = planned("ua-ru-2025-04-19")
    for flow, wounded in (("RU -> UA", 31), ("UA -> RU", 15)):
        urgent = [done.person(m)["health"] in {"serious", "grave"} for m in done.moves(flow)]
        assert (sum(urgent), len(urgent) - sum(urgent)) == (wounded, 246)


def test_the_civilians_of_may_2025_went_on_the_first_day(planned):
    done = planned("ua-ru-2025-05-23")
    for flow in ("RU -> UA", "UA -> RU"):
        status = Counter((m["phase"], done.person(m)["status"]) for m in done.moves(flow))
        assert status == {
            (1, "civilian"): 120,
            (1, "pow"): 270,
            (2, "pow"): 307,
            (3, "pow"): 303,
        }


def test_in_june_2025_nobody_of_the_two_categories_stayed(planned):
    done = planned("ua-ru-2025-06-02")
    went = {(move["holder"], move["ref"]) for move in done.plan["moves"]}
    stayed = [
        row
        for holder, rows in done.invented.held.items()
        for row in rows
        if (holder, row["ref"]) not in went and row["alive"] == "yes"
    ]
    assert len(stayed) == 2800 - 1180
    assert not [row for row in stayed if row["health"] in {"serious", "grave"}]
    assert not [row for row in stayed if row["birth_date"] > "2000-06-02"]
