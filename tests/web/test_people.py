"""The lists and one person of them: found, read, exported, corrected, undone."""

import csv
import io
import re

import pytest
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook
from tests.scenario import nodes as play

from homeward.node.models import AccessLog, ListImport
from homeward.node.web.pages.people import Asked, _pages
from homeward.records.model import COLUMNS

HELD, WANTED = play.small_lists()["UA", "held"], play.small_lists()["UA", "wanted"]
SOMEBODY = next(p for p in HELD if p.family_name and p.birth_date and p.health != "unknown")
EXPORT = "/people/held/export"


def text_of(answer):
    return answer.content.decode("utf-8")


def address(name, ref, kind="held", **more):
    from urllib.parse import urlencode

    return f"{reverse(name, args=[kind])}?{urlencode({'ref': ref, **more})}"


def listed(page):
    """Return the references on a page of a list, in order."""
    from urllib.parse import unquote_plus

    found = re.findall(r'href="/people/\w+/person\?ref=([^"&]+)"', text_of(page))
    return [unquote_plus(ref) for ref in found]


def search(client, kind="held", **asked):
    answer = client.post(reverse("people", args=[kind]), asked)
    assert answer.status_code == 302
    return answer["Location"], client.get(answer["Location"])


def rows_of(answer):
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize(("kind", "people"), [("held", HELD), ("wanted", WANTED)])
def test_a_list_shows_everybody_by_reference(browser, kind, people):
    page = browser("caseworker").get(reverse("people", args=[kind]))
    assert listed(page) == sorted(person.ref for person in people)
    assert f'<bdi dir="ltr">{len(people)}</bdi>' in text_of(page)


def test_a_list_of_another_kind_does_not_exist(browser):
    assert browser("caseworker").get("/people/blocked").status_code == 404


def test_a_name_is_found_in_another_script_and_stands_in_no_address(browser):
    from homeward.matching.latin import latinise

    client = browser("caseworker")
    name = latinise(SOMEBODY.family_name)
    where, page = search(client, search=name)
    assert SOMEBODY.ref in listed(page)
    assert len(listed(page)) < len(HELD)
    assert name not in where
    assert f'value="{name}"' in text_of(page), "what was typed is kept"
    links = re.findall(r'(?:href|action)="([^"]*)"', text_of(page))
    assert not [link for link in links if name in link]
    # The same search without the marker of the address shows everybody.
    assert len(listed(client.get(reverse("people", args=["held"])))) == len(HELD)


def test_what_is_searched_for_rests_sealed_in_the_session(browser):
    client = browser("caseworker")
    search(client, search=SOMEBODY.family_name)
    assert SOMEBODY.family_name not in str(dict(client.session))
    assert "typed|search-held" in client.session


def test_filters_narrow_the_list_and_stand_in_the_address(browser):
    where, page = search(browser("caseworker"), health=SOMEBODY.health, order="longest")
    assert f"health={SOMEBODY.health}" in where
    expected = {person.ref for person in HELD if person.health == SOMEBODY.health}
    assert set(listed(page)) == expected
    assert 0 < len(expected) < len(HELD)


def test_a_search_that_finds_nobody_says_what_to_do(browser):
    _, page = search(browser("caseworker"), search="Qqqqqq")
    assert listed(page) == []
    assert "Nobody on this list fits" in text_of(page)


def test_a_reference_is_found_by_its_beginning(browser):
    _, page = search(browser("negotiator"), search=SOMEBODY.ref)
    assert listed(page) == [SOMEBODY.ref]


def test_a_negotiator_sees_no_name_and_no_birth_date(browser):
    client = browser("negotiator")
    hidden = {person.family_name for person in HELD} | {person.given_name for person in HELD}
    for page in (
        client.get(reverse("people", args=["held"])),
        client.get(address("person", SOMEBODY.ref)),
        client.get(address("person", SOMEBODY.ref, tab="timeline")),
    ):
        assert page.status_code == 200
        assert not [name for name in hidden if name and name in text_of(page)]
        assert "Born" not in text_of(page)
    assert client.get(reverse("people", args=["held"]) + "?age=under_25").status_code == 404
    _, page = search(client, search=SOMEBODY.family_name)
    assert listed(page) == [], "a name is not searched for whoever may not see names"


def test_a_reviewer_sees_no_health(browser):
    client = browser("reviewer")
    page = client.get(reverse("people", args=["held"]))
    assert SOMEBODY.family_name in text_of(page)
    assert 'name="health"' not in text_of(page)
    assert "art. 109" not in text_of(page)
    assert client.get(reverse("people", args=["held"]) + "?health=grave").status_code == 404
    assert client.get(reverse("people", args=["held"]) + "?order=longest").status_code == 404
    assert "health" not in rows_of(client.get(EXPORT))[0]


def test_who_has_no_right_to_people_finds_no_page(browser):
    for role in ("auditor", "administrator", "handover officer", "mediator"):
        client = browser(role)
        for where in (reverse("people", args=["held"]), EXPORT, address("person", SOMEBODY.ref)):
            assert client.get(where).status_code == 404
    assert browser("reviewer").get(address("person-edit", SOMEBODY.ref)).status_code == 404


def test_further_columns_are_remembered_and_exported(browser):
    client = browser("caseworker")
    _, page = search(client, column=["rank", "held_at"])
    assert '<th scope="col">Rank</th>' in text_of(page)
    assert '<th scope="col">Rank</th>' in text_of(client.get(reverse("people", args=["held"])))
    rows = rows_of(client.get(EXPORT))
    assert {"rank", "held_at", "family_name"} <= set(rows[0])
    assert "unit" not in rows[0]


def test_an_export_holds_what_is_shown_says_simulation_and_is_written_down(browser):
    client = browser("caseworker")
    where, page = search(client, search=SOMEBODY.family_name)
    before = AccessLog.objects.count()
    rows = rows_of(client.get(where.replace("/people/held", EXPORT) + "&format=csv"))
    assert [row["ref"] for row in rows] == listed(page)
    assert {row["simulation"] for row in rows} == {"yes"}
    looks = list(AccessLog.objects.order_by("id")[before:])
    assert [(look.purpose, look.person_count) for look in looks] == [("export", len(rows))]
    assert looks[0].actor == "caseworker"
    everybody = client.get(EXPORT + "?format=xlsx")
    book = load_workbook(io.BytesIO(b"".join(everybody.streaming_content)))
    table = list(book.active.values)
    assert [row[0] for row in table[1:]] == sorted(person.ref for person in HELD)
    assert table[0][0] == "ref"
    assert table[0][-1] == "simulation"


def test_a_page_beyond_the_last_shows_the_last(browser):
    client = browser("caseworker")
    for number in ("0", "99", "x", "9" * 30):
        page = client.get(reverse("people", args=["held"]), {"page": number})
        assert len(listed(page)) == len(HELD)


def test_the_address_of_what_is_shown_keeps_filters_and_the_mark_of_a_search():
    asked = Asked(
        kind="held", search="x", filters={"sex": "F"}, order="longest", columns=(), page=1
    )
    assert asked.address() == "/people/held?sex=F&order=longest&search=kept"


@pytest.mark.parametrize(
    ("number", "links"),
    [
        (1, ["x?sex=F&amp;page=2", "x?sex=F&amp;page=1234"]),
        (2, ["x?sex=F", "x?sex=F", "x?sex=F&amp;page=3", "x?sex=F&amp;page=1234"]),
        (1234, ["x?sex=F", "x?sex=F&amp;page=1233"]),
    ],
)
def test_a_page_of_many_leads_to_the_others_and_to_all_as_a_file(number, links):
    with translation.override("en"):
        around = _pages("en", "x?sex=F", "y", number, 1234)
    found = re.findall(r'href="([^"]+)"', around)
    assert found == [*links, "y?format=csv", "y?format=xlsx"]
    assert 'of <bdi dir="ltr">1,234</bdi>' in around


def test_a_list_of_one_page_leads_to_no_other():
    with translation.override("en"):
        around = _pages("en", "x", "y?sex=F", 1, 1)
    assert re.findall(r'href="([^"]+)"', around) == [
        "y?sex=F&amp;format=csv",
        "y?sex=F&amp;format=xlsx",
    ]


def test_a_person_shows_every_known_fact_with_its_source(browser):
    page = text_of(browser("caseworker").get(address("person", SOMEBODY.ref)))
    assert SOMEBODY.family_name in page
    assert SOMEBODY.service_number in page
    assert page.count("list.csv") >= 8
    assert SOMEBODY.birth_date.text not in page, "a date is shown in words"


def test_who_looked_is_shown_to_whoever_looks(browser):
    browser("reviewer").get(address("person", SOMEBODY.ref))
    page = text_of(browser("caseworker").get(address("person", SOMEBODY.ref, tab="reads")))
    assert '<bdi dir="ltr">reviewer</bdi>' in page
    assert "read one person" in page


def test_nobody_of_that_reference_reads_as_no_such_page(browser):
    client = browser("caseworker")
    for where in (
        address("person", "no such"),
        address("person", ""),
        address("person-edit", "no such"),
        address("person", SOMEBODY.ref, tab="medical"),
    ):
        assert client.get(where).status_code == 404


def test_the_timeline_of_a_wanted_person_says_what_the_holder_answered(browser, node):
    from homeward.node.actions.people import cases_of

    client = browser("caseworker")
    found = {
        person.ref: cases_of(node, "wanted", person.ref, now=play.START, actor="test")
        for person in WANTED
    }
    codes = {case.code for cases in found.values() for case in cases}
    assert codes == {"held", "not_held"}
    ref, case = next((ref, c) for ref, (c,) in found.items() if c.steps)
    assert (case.case, case.holder, case.code) == (play.CASE, "RU", "held")
    page = text_of(client.get(address("person", ref, "wanted", tab="timeline")))
    assert "answered" in page
    assert case.name_as_written in page
    assert case.reasons[0] in page
    assert case.captive in page
    assert all(f'<bdi dir="ltr">{number}</bdi>' in page for number, _ in case.steps)


def test_the_timeline_of_a_held_person_says_where_they_stand(browser, node):
    from homeward.node.actions.people import cases_of

    found = [cases_of(node, "held", p.ref, now=play.START, actor="test") for p in HELD]
    gone = [case for cases in found for case in cases if case.steps]
    assert len(gone) == play.MOVE_COUNT
    assert {envelope.type for case in gone for _, envelope in case.steps} >= {
        "will_recorded",
        "departed",
    }


def fields(client, where):
    """Return what the form on a page would send as it stands."""
    from html.parser import HTMLParser

    class Fields(HTMLParser):
        def __init__(self, text):
            super().__init__()
            self.found, self.select = {}, None
            self.feed(text)

        def handle_starttag(self, tag, attrs):
            got = dict(attrs)
            if tag == "input" and got.get("type") in ("text", "hidden"):
                self.found[got["name"]] = got.get("value", "")
            elif tag == "input" and got.get("type") == "checkbox" and "checked" in got:
                self.found[got["name"]] = "on"
            elif tag == "select":
                self.select = got["name"]
            elif tag == "option" and "selected" in got:
                self.found[self.select] = got["value"]

    page = client.get(where)
    assert page.status_code == 200
    found = Fields(text_of(page)).found
    return {k: v for k, v in found.items() if k not in ("csrfmiddlewaretoken", "language", "next")}


def save(client, where, changes):
    """Fill in the form, look at what changes, save; return both answers."""
    typed = {**fields(client, where), **changes, "act": "check"}
    answer = client.post(where, typed)
    assert answer.status_code == 302, text_of(answer)
    shown = client.get(answer["Location"])
    assert shown.status_code == 200
    base = re.search(r'name="base" value="(\d*)"', text_of(shown))[1]
    return shown, client.post(where, {"act": "save", "base": base})


def test_a_form_that_nobody_touched_changes_nothing(browser):
    client = browser("caseworker")
    before = ListImport.objects.count()
    for kind, people in (("held", HELD), ("wanted", WANTED)):
        for person in people[:5]:
            where = address("person-edit", person.ref, kind)
            answer = client.post(where, {**fields(client, where), "act": "check"})
            assert "Nothing would change" in text_of(client.get(answer["Location"]))
            client.post(where, {"act": "cancel"})
    assert ListImport.objects.count() == before


def test_a_correction_is_shown_saved_and_undone(browser):
    client = browser("caseworker")
    person = HELD[3]
    where = address("person-edit", person.ref)
    changes = {"rank": "старший сержант", "captured_on_year": "2024", "captured_on_month": "3"}
    changes |= {"captured_on_day": "", "captured_on_about": "on"}
    shown, answer = save(client, where, changes)
    assert "старший сержант" in text_of(shown)
    assert "about March 2024" in text_of(shown)
    assert answer["Location"] == address("person", person.ref)
    page = text_of(client.get(answer["Location"]))
    assert "The changes are saved." in page
    assert "старший сержант" in page
    assert "written on this page" in page
    timeline = text_of(client.get(address("person", person.ref, tab="timeline")))
    change = re.search(r'name="change" value="(\d+)"', timeline)[1]
    undone = client.post(
        reverse("person-undo", args=["held"]), {"ref": person.ref, "change": change}
    )
    assert undone["Location"] == address("person", person.ref)
    assert "старший сержант" not in text_of(client.get(undone["Location"]))
    timeline = text_of(client.get(address("person", person.ref, tab="timeline")))
    assert "старший сержант" in timeline, "what was undone stays written"
    assert 'name="change"' not in timeline
    again = client.post(
        reverse("person-undo", args=["held"]), {"ref": person.ref, "change": change}
    )
    assert again.status_code == 404


def test_a_new_person_is_written_down_and_taken_back(browser):
    client = browser("caseworker")
    where = reverse("person-edit", args=["wanted"])
    new = {"ref": "NEW-1", "name_as_written": "محمد علي", "birth_date_year": "1998"}
    shown, answer = save(client, where, {**new, "missing_since_year": "2024", "status": "pow"})
    assert "1998, day and month unknown" in text_of(shown)
    page = text_of(client.get(answer["Location"]))
    assert "محمد علي" in page
    timeline = text_of(client.get(address("person", "NEW-1", "wanted", tab="timeline")))
    change = re.search(r'name="change" value="(\d+)"', timeline)[1]
    taken = client.post(reverse("person-undo", args=["wanted"]), {"ref": "NEW-1", "change": change})
    assert taken["Location"] == reverse("people", args=["wanted"])
    assert client.get(address("person", "NEW-1", "wanted")).status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"birth_date_year": "1990", "birth_date_month": "2", "birth_date_day": "31"}, "birth_date_year"),
        ({"birth_date_year": "1990", "birth_date_month": "", "birth_date_day": "3"}, "birth_date_year"),
        ({"birth_date_year": "", "birth_date_month": "3"}, "birth_date_year"),
        ({"birth_date_year": "٢٠٠٠"}, "birth_date_year"),
        ({"captured_on_year": "2199"}, "captured_on_year"),
        ({"power": "nowhere"}, "power"),
        ({"rank": "x" * 5000}, "rank"),
        ({"sex": "other"}, "sex"),
        ({"rank": "a\x07b"}, "rank"),
    ],
)  # fmt: skip
def test_a_wrong_answer_stands_in_the_summary_and_beside_its_field(browser, changes, field):
    client = browser("caseworker")
    where = address("person-edit", HELD[4].ref)
    typed = {**fields(client, where), **changes, "act": "check"}
    answer = client.post(where, typed)
    assert answer.status_code == 422
    page = text_of(answer)
    assert f'href="#id_{field}"' in page
    assert page.count("errorlist") >= 1
    assert 'role="alert"' in page
    client.post(where, {"act": "cancel"})


def test_a_reference_that_is_taken_is_refused_in_the_form(browser):
    client = browser("caseworker")
    where = reverse("person-edit", args=["held"])
    answer = client.post(where, {**fields(client, where), "ref": SOMEBODY.ref, "act": "check"})
    assert answer.status_code == 422
    assert "has this reference already" in text_of(answer)
    client.post(where, {"act": "cancel"})


def test_a_draft_is_kept_sealed_until_it_is_cancelled(browser):
    client = browser("caseworker")
    where = address("person-edit", HELD[5].ref)
    client.post(where, {**fields(client, where), "rank": "draftsman", "act": "check"})
    assert fields(client, where)["rank"] == "draftsman"
    assert "draftsman" not in str(dict(client.session))
    assert client.post(where, {"act": "cancel"})["Location"] == address("person", HELD[5].ref)
    assert fields(client, where)["rank"] == HELD[5].rank


def test_a_person_changed_meanwhile_is_shown_again_before_saving(browser):
    client = browser("caseworker")
    where = address("person-edit", HELD[6].ref)
    answer = client.post(where, {**fields(client, where), "rank": "one", "act": "check"})
    shown = text_of(client.get(answer["Location"]))
    base = re.search(r'name="base" value="(\d+)"', shown)[1]
    other = browser("caseworker")
    save(other, where, {"unit": "two"})
    late = client.post(where, {"act": "save", "base": base})
    assert late.status_code == 200
    assert "changed meanwhile" in text_of(late)
    assert "two" in text_of(late)


def test_a_save_without_a_draft_goes_back_to_the_form(browser):
    client = browser("caseworker")
    where = address("person-edit", HELD[7].ref)
    assert client.post(where, {"act": "save", "base": "1"})["Location"] == where


def test_columns_that_homeward_does_not_know_are_shown_and_kept(browser, node):
    from homeward.node.actions.lists import import_list

    import_list(
        node, kind="held", data="ref,given_name,shoe size\nX-1,Іван,44\n".encode(),
        file_name="extra.csv", now=play.START, actor="test",
    )  # fmt: skip
    client = browser("caseworker")
    where = address("person-edit", "X-1")
    assert "shoe size" in text_of(client.get(where))
    _, answer = save(client, where, {"family_name": "Коваль"})
    page = text_of(client.get(answer["Location"]))
    assert "shoe size" in page
    assert "Коваль" in page


def test_every_column_has_a_field(browser):
    client = browser("caseworker")
    for kind, columns in COLUMNS.items():
        there = set(fields(client, reverse("person-edit", args=[kind])))
        missing = [
            each for each in columns if not ({each, f"{each}_year"} & there) and each != "ref"
        ]
        assert missing == []


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("1998-03-14", "14 March 1998"),
        ("1998-03", "March 1998, day unknown"),
        ("1998", "1998, day and month unknown"),
        ("1998-03-14~", "about 14 March 1998"),
        ("1998-03~", "about March 1998"),
        ("1998?", "1998, not certain"),
        ("1998-01-01%", "about 1 January 1998, not certain"),
    ],
)
def test_a_partial_date_says_what_is_not_known(code, words):
    from django.utils.translation import override

    from homeward.foundation.dates import parse_date
    from homeward.node.web.dates import when

    with override("en"):
        assert when(parse_date(code)) == words
    with override("uk"):
        assert "1998" in when(parse_date(code))
        assert "March" not in when(parse_date(code))


def test_a_draft_that_another_node_sealed_is_nothing(browser):
    client = browser("caseworker")
    where = address("person-edit", HELD[8].ref)
    client.post(where, {**fields(client, where), "rank": "x", "act": "check"})
    session = client.session
    name = next(key for key in dict(session) if key.startswith("typed|draft"))
    session[name] = session[name][:-8] + "AAAAAAA="
    session.save()
    assert fields(client, where)["rank"] == HELD[8].rank


def test_every_word_of_a_list_has_its_words():
    from homeward.negotiation.entries import ANSWER_CODES
    from homeward.node import access
    from homeward.node.web.pages import people, reads
    from homeward.node.web.value_words import ANSWERS, VALUES
    from homeward.records.model import ALLOWED

    assert {name: set(words) for name, words in VALUES.items()} == {
        name: set(values) for name, values in ALLOWED.items()
    }
    assert set(ANSWERS) == set(ANSWER_CODES)
    for name, each in access.FILTERS.items():
        assert set(each.values) <= set(people.FILTER_VALUES.get(name, {})), name
    assert {"list_page", "person_page", "person_edit", "person_undo"} <= set(reads.PURPOSES)
