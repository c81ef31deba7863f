"""Cases in the browser: whose move it is, every act before the handover, the plan, and why."""

import json
import shutil

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.postgresql import copy_node
from tests.scenario import nodes as play
from tests.scenario.pairs import compare

from homeward.ledger.envelope import read_envelope
from homeward.node import book, courier, home, jobs
from homeward.node.access import Reader
from homeward.node.actions import plans, review
from homeward.node.actions.list_todo import Step
from homeward.node.actions.overview import KINDS, overview
from homeward.node.models import AccessLog, Draft, Job, LogHead, Proposal
from homeward.node.web import case_acts, category_words, clause_words, steps, terms_words, words
from homeward.node.web.pages import cases as pages
from homeward.node.web.policy import POLICY, ROLES
from homeward.planning.standing import RULES
from homeward.report.totals import CATEGORIES
from homeward.terms import read_agreement
from homeward.terms.clauses import KINDS as CLAUSES

CASE = "/cases/first"
SMALL = "1\u20134"


@pytest.fixture(scope="module", name="stages")
def fixture_stages(tmp_path_factory):
    """Play a case up to its accepted plan, and keep the nodes as they were at each stage."""
    folder = tmp_path_factory.mktemp("cases")
    world = play.begin(folder / "live")
    kept = {}

    def saved(stage):
        kept[stage] = world.copy(folder / stage)

    saved("ready")
    play.play_to_final_lists(world, saved=saved)
    play.play_to_accepted(world, saved=saved)
    home.close_node()
    yield kept
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(name="at")
def fixture_at(stages, tmp_path):
    """Give a function that serves a party's node at a stage, and one that signs somebody in."""
    from homeward.node.web.accounts import make_demo_accounts
    from homeward.node.web.current import serve_node

    def at(stage, party="UA"):
        home.close_node()
        node = home.reopen_node(copy_node(stages[stage].nodes[party], tmp_path / party))
        serve_node(node)
        cache.clear()
        passwords = {each.name: each.password for each in make_demo_accounts(node)}

        def sign_in(name, *, is_confirmed=True):
            client = Client(SERVER_NAME="localhost")
            client.force_login(User.objects.get(username=name))
            if is_confirmed:
                client.post("/account/confirm", {"password": passwords[name]})
            return client

        return node, sign_in

    yield at
    home.close_node()


def text_of(answer):
    return answer.content.decode("utf-8").replace("\u00a0", " ")


def run_jobs(node):
    assert jobs.run_waiting(node, now=timezone.now) == 1
    job = Job.objects.get()
    assert job.state == "done", job.error
    return job


# -- the page before every act that cannot be undone --


def test_nothing_is_signed_before_the_password_is_given_again(at):
    _, sign_in = at("opened")
    client = sign_in("negotiator", is_confirmed=False)
    for answer in (client.get(f"{CASE}/do/sign"), client.post(f"{CASE}/do/sign")):
        assert answer.status_code == 302
        assert answer["Location"] == "/account/confirm?next=%2Fcases%2Ffirst%2Fdo%2Fsign"
    assert not Draft.objects.exists()


def test_a_deed_shows_the_terms_as_sentences_signs_once_and_says_where_it_stands(at):
    _, sign_in = at("opened")
    client = sign_in("negotiator")
    shown = text_of(client.get(f"{CASE}/do/sign"))
    assert "Nobody travels against their will." in shown
    assert "This cannot be undone." in shown
    assert not Draft.objects.exists(), "looking signs nothing"
    done = client.post(f"{CASE}/do/sign", follow=True)
    assert done.redirect_chain == [(CASE, 302)]
    assert "The terms are signed." in text_of(done)
    assert "It is carried to AE with the next bundle." in text_of(done)
    assert Draft.objects.count() == 1
    assert client.post(f"{CASE}/do/sign").status_code == 409


def test_where_nodes_share_a_folder_what_is_signed_is_on_its_way(at):
    node, sign_in = at("opened")
    client = sign_in("negotiator")
    courier.note(node, now=timezone.now())
    done = text_of(client.post(f"{CASE}/do/sign", follow=True))
    assert "Signed. It is on its way to AE." in done
    assert "next bundle" not in done


@pytest.mark.parametrize(
    ("name", "act"),
    [("caseworker", "sign"), ("reviewer", "sign"), ("negotiator", "wanted"), ("auditor", "abort")],
)
def test_an_act_of_another_role_does_not_exist(at, name, act):
    _, sign_in = at("opened")
    client = sign_in(name)
    assert client.post(f"{CASE}/do/{act}").status_code == 404
    assert not Draft.objects.exists()


def test_an_act_of_another_node_or_case_does_not_exist(at):
    _, sign_in = at("seeded", "AE")
    client = sign_in("mediator")
    assert client.get(f"{CASE}/do/sign").status_code == 404
    assert client.get("/cases/none/do/plan").status_code == 404
    assert client.get("/cases/none").status_code == 404
    assert client.get(f"{CASE}/do/dance").status_code == 404


def test_an_act_out_of_turn_is_told_as_such(at):
    _, sign_in = at("opened")
    assert sign_in("negotiator").get(f"{CASE}/do/final").status_code == 409


def test_a_reason_must_be_chosen_and_is_one_of_the_list(at):
    _, sign_in = at("proposed")
    client = sign_in("negotiator")
    empty = client.post(f"{CASE}/do/reject", {"reason": ""})
    assert empty.status_code == 422
    assert "Choose a reason." in text_of(empty)
    assert client.post(f"{CASE}/do/reject", {"reason": "because"}).status_code == 422
    assert not Draft.objects.filter(sequenced_at=None).exists()
    client.post(f"{CASE}/do/reject", {"reason": "list_changed"})
    entry = read_envelope(bytes(Draft.objects.get(sequenced_at=None).entry))
    assert entry.body["reason"] == "list_changed"


def test_both_sides_may_end_a_case(at):
    for party, name, act in (("UA", "negotiator", "abort"), ("AE", "mediator", "end")):
        node, sign_in = at("seeded", party)
        sign_in(name).post(f"{CASE}/do/{act}", {"reason": "no_agreement"})
        assert book.case_of(book.read_ahead(node), "first").state == "aborted"
        assert "not reached" in text_of(sign_in(name).get(CASE))


# -- the acts that run as jobs --


def not_sure(node):
    """Let somebody say of one pair that they are not sure."""
    now = timezone.now()
    compare(node, now=now)
    pair, reader = Proposal.objects.first().id, Reader(actor="x", purpose="review", now=now)
    seen = review.look_at(node, pair, columns=None, reader=reader).seen
    review.decide(node, pair, "unsure", seen=seen, actor="x", now=now)


def test_answers_are_given_by_a_job_and_shown_by_code(at):
    node, sign_in = at("wanted", "RU")
    client = sign_in("caseworker")
    not_sure(node)
    assert "Lines that" in text_of(client.get(f"{CASE}/do/answer"))
    assert client.post(f"{CASE}/do/answer")["Location"].startswith("/jobs/")
    assert run_jobs(node).act == "case.answer"
    shown = text_of(client.get(CASE))
    assert "not enough to tell who it is" in shown
    assert "to be looked at" in shown


def test_a_plan_needs_the_lists_that_the_terms_name_and_is_proposed_by_a_job(at, stages):
    from django.core.files.uploadedfile import SimpleUploadedFile

    node, sign_in = at("seeded", "AE")
    client = sign_in("mediator")
    assert client.post(f"{CASE}/do/plan").status_code == 422
    ru = stages["seeded"].nodes["RU"]
    wounded = [p.ref for p in play.small_lists()["RU", "held"] if p.health in {"serious", "grave"}][
        :2
    ]
    rows = "person\n" + "".join(f"RU:{ru.keys.captive_id('first', r)}\n" for r in wounded)
    nobody = SimpleUploadedFile("list.csv", b"person\nSecretname\n")
    refused = client.post(f"{CASE}/do/plan", {"list-blocked": nobody})
    assert refused.status_code == 422
    assert "Secret" not in text_of(refused)
    file = SimpleUploadedFile("list.csv", rows.encode())
    assert client.post(f"{CASE}/do/plan", {"list-blocked": file}).status_code == 302
    assert run_jobs(node).result == (
        '{"status": "optimal", "people": {"RU -> UA": 8, "UA -> RU": 8}}'
    )
    assert book.case_of(book.read_ahead(node), "first").state == "proposed"


def test_a_plan_is_accepted_only_with_every_finding_ticked(at):
    node, sign_in = at("proposed")
    client = sign_in("negotiator")
    count = len(plans.findings_in(node, "first"))
    assert count == 2
    page = text_of(client.get(f"{CASE}/do/accept"))
    assert SMALL in page, "one officer is told small numbers as ranges"
    assert "Two officers see them on the page of the plan." in page
    half = client.post(f"{CASE}/do/accept", {"finding-0": "on"})
    assert half.status_code == 422
    assert "Tick what the law says here" in text_of(half)
    assert "checked" in text_of(half), "what was ticked is kept"
    assert not Job.objects.exists()
    client.post(f"{CASE}/do/accept", {f"finding-{i}": "on" for i in range(count)})
    assert run_jobs(node).act == "case.accept"
    assert "UA" in book.case_of(book.read_ahead(node), "first").accepted


# -- opening a case --


def test_a_case_is_opened_in_two_steps_and_is_recorded_by_number(at):
    node, sign_in = at("ready", "AE")
    client = sign_in("mediator")
    read = client.post("/cases/open", {"text": play.terms("third")})
    assert read["Location"] == "/cases/open?check=1"
    assert not LogHead.objects.exists(), "reading it opens nothing"
    assert "so many go home on each leg" in text_of(client.get("/cases/open?check=1"))
    done = client.post("/cases/open?check=1", follow=True)
    assert done.redirect_chain == [("/cases/third", 302)]
    assert "Recorded in the ledger as no. 1." in text_of(done)
    assert "third" in book.read_book(node).cases
    again = client.post("/cases/open", {"text": play.terms("third")})
    assert again.status_code == 422
    assert "There is a case of this name" in text_of(again)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('kind = "give"', 'kind = "gift"', "Line 22, clause number, key kind: expected"),
        ('article_109 = "counted"', "", "Line 2, [agreement], key article_109: expected"),
        ("[parties]", "[parties", "Line 8, the agreement: expected TOML"),
        ("RU = {}", "RU = {}\nXA = {}", "There is no card here of: <bdi dir"),
    ],
)
def test_what_is_wrong_in_an_agreement_is_said_with_its_line_and_kept(at, old, new, said):
    _, sign_in = at("ready", "AE")
    text = play.terms("third").replace(old, new, 1)
    answer = sign_in("mediator").post("/cases/open", {"text": text})
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert "on_unknown = &quot;ask&quot;" in text_of(answer)


def test_an_agreement_may_come_as_a_file_and_no_other_file_may(at):
    from django.core.files.uploadedfile import SimpleUploadedFile

    _, sign_in = at("ready", "AE")
    client = sign_in("mediator")
    for data, status in ((play.terms("third").encode(), 302), (b"\xff\xfe\xff", 422), (b"", 422)):
        file = SimpleUploadedFile("terms.toml", data)
        assert client.post("/cases/open", {"file": file}).status_code == status


def test_a_bureau_opens_no_case(at):
    _, sign_in = at("ready")
    assert sign_in("negotiator").get("/cases/open").status_code == 404


# -- the first page and the lists --


def test_the_first_step_leads_to_its_page_or_says_who_does_it(at):
    _, sign_in = at("proposed")
    text = text_of(sign_in("negotiator").get("/"))
    assert f'href="{CASE}/plan"' in text
    assert f'href="{CASE}/do/accept"' in text
    text = text_of(sign_in("caseworker").get("/"))
    assert f'href="{CASE}/do/accept"' not in text
    assert "Done by: negotiator" in text


def test_the_cases_say_whose_turn_it_is(at):
    _, sign_in = at("proposed")
    text = text_of(sign_in("auditor").get("/cases"))
    assert "plan to be accepted" in text
    assert "Your turn" in text
    assert f'href="{CASE}"' in text


def test_no_page_of_a_case_names_anybody(at):
    for party, name in (("UA", "officer"), ("AE", "mediator")):
        _, sign_in = at("proposed", party)
        client = sign_in(name)
        for address in ("/", "/cases", CASE, f"{CASE}/plan"):
            text = text_of(client.get(address))
            assert [each for each in play.secrets() if each in text] == [], address


# -- the plan, and why --


def test_a_plan_says_what_it_proves_and_hides_small_numbers(at):
    _, sign_in = at("proposed")
    text = text_of(sign_in("negotiator").get(f"{CASE}/plan"))
    assert "No better plan exists, and the plan proves it." in text
    assert "homeward check terms.toml plan.json" in text
    assert SMALL in text
    assert "UA-000" in text, "its own people's references"
    assert "UA-000" not in text_of(sign_in("auditor").get(f"{CASE}/plan"))


def test_a_plan_says_whose_move_it_is(at):
    for party, name, turn in (("AE", "mediator", "Turn of"), ("UA", "auditor", "Your turn")):
        _, sign_in = at("proposed", party)
        text = text_of(sign_in(name).get(f"{CASE}/plan"))
        assert "plan to be accepted" in text
        assert turn in text


def test_the_list_of_a_plan_is_folded_until_a_page_of_it_is_asked_for(at):
    _, sign_in = at("proposed")
    client = sign_in("auditor")
    assert '<details class="long"><summary>List of people: ' in text_of(client.get(f"{CASE}/plan"))
    assert '<details class="long" open>' in text_of(client.get(f"{CASE}/plan?page=1"))


def test_two_officers_see_small_numbers_and_one_does_not(at):
    _, sign_in = at("proposed")
    first, second = sign_in("officer"), sign_in("second-officer")
    address = f"{CASE}/plan"
    first.post(address, {"do": "ask"})
    assert SMALL in text_of(first.get(address))
    assert first.post(address, {"do": "agree"}).status_code == 409
    assert second.post(address, {"do": "agree"}).status_code == 302
    for client in (first, second):
        text = text_of(client.get(address))
        assert "Two officers allowed exact numbers." in text
        assert SMALL not in text
    assert SMALL in text_of(sign_in("negotiator").get(address))
    assert sign_in("auditor").post(address, {"do": "ask"}).status_code == 404


def test_why_is_shown_to_two_officers_alone_and_written_down(at):
    node, sign_in = at("proposed")
    first, second = sign_in("officer"), sign_in("second-officer")
    plan, _ = plans.plan_of(node, book.case_of(book.read_ahead(node), "first"))
    goes = next(move["ref"] for move in plan["moves"] if move["holder"] == "UA")
    address = f"{CASE}/why/{goes}"
    said = "Goes home under the bargain."
    assert said not in text_of(first.get(address))
    first.post(address, {"do": "ask"})
    assert said not in text_of(first.get(address))
    assert first.post(address, {"do": "agree"}).status_code == 409
    second.post(address, {"do": "agree"})
    for client in (first, second):
        text = text_of(client.get(address))
        assert said in text
        assert "wounded" in text
        assert "number" in text
        assert "Categories of the terms" in text
    assert said not in text_of(sign_in("negotiator").get(address))
    acts = list(AccessLog.objects.filter(purpose="why").values_list("act", flat=True))
    assert acts == ["disclosure.ask", "disclosure.agree", "disclosure.read", "disclosure.read"]


def test_why_is_asked_by_reference_or_id_and_never_about_the_other_sides_people(at):
    node, sign_in = at("proposed")
    client = sign_in("officer")
    person = play.small_lists()["UA", "held"][0].ref
    captive = node.keys.captive_id("first", person)
    answer = client.post(f"{CASE}/why", {"person": person})
    assert answer["Location"] == f"{CASE}/why/{captive}"
    plan, _ = plans.plan_of(node, book.case_of(book.read_ahead(node), "first"))
    theirs = next(move["ref"] for move in plan["moves"] if move["holder"] == "RU")
    assert client.get(f"{CASE}/why/{theirs}").status_code == 404
    assert client.post(f"{CASE}/why/{theirs}", {"do": "ask"}).status_code == 404
    nobody = client.post(f"{CASE}/why", {"person": "../Secretname"}, follow=True)
    assert nobody.redirect_chain == [(f"{CASE}/plan", 302)]
    assert "Nobody of this case" in text_of(nobody)
    assert sign_in("caseworker").get(f"{CASE}/why/{captive}").status_code == 404


def test_the_downloads_are_what_the_check_needs(at):
    node, sign_in = at("proposed")
    client = sign_in("auditor")
    plan, _ = plans.plan_of(node, book.case_of(book.read_ahead(node), "first"))
    assert json.loads(client.get(f"{CASE}/plan/plan.json").content) == plan
    proof = json.loads(client.get(f"{CASE}/plan/certificate.json").content)
    assert proof["certificate"] == plan["certificate"]
    assert read_agreement(client.get(f"{CASE}/plan/terms.toml").content).id == "first"


def test_a_case_without_a_plan_has_no_page_for_it(at):
    _, sign_in = at("opened")
    client = sign_in("officer")
    for address in (f"{CASE}/plan", f"{CASE}/plan/plan.json", f"{CASE}/why/x"):
        assert client.get(address).status_code == 404


# -- every row of every table --


def test_every_kind_of_step_has_a_sentence_a_page_and_somebody_who_may_see_it(at):
    node, _ = at("proposed")
    assert set(steps.STEP_PAGES) == set(KINDS)
    for kind in KINDS:
        step = Step(kind=kind, command="x", why="x", case="first", leg="RU -> UA", party="AE")
        row = steps.row_of(node, step, ROLES)
        assert row.address.startswith("/")
        assert row.sentence
        name = steps.STEP_PAGES[kind][0]
        assert POLICY[name]
        assert steps.row_of(node, step, ()).roles
    assert set(words.STEPS) == {
        *(*KINDS, "handover.interview.again", "wait.for", "wait.post", "wait.post.for")
    }
    assert all(step.kind in KINDS for step in overview(node).steps)


def test_every_rule_reason_category_act_and_clause_has_its_words():
    from homeward.negotiation.entries import ABORT_REASONS, REJECTION_REASONS

    assert set(terms_words.RULES) == set(RULES)
    assert set(terms_words.STAYS) == set(RULES) - {"agreed", "article_109"}
    assert set(terms_words.REJECTIONS) == set(REJECTION_REASONS)
    assert set(terms_words.ABORTS) == set(ABORT_REASONS)
    assert set(category_words.CATEGORIES) == set(CATEGORIES)
    assert {*clause_words._KINDS, "ratio"} == set(CLAUSES)
    for name, act in case_acts.ACTS.items():
        assert reverse("case-act", args=["first", name]) == f"{CASE}/do/{name}"
        assert act.row in POLICY
    assert list(pages.STAGES)[-1] == "case_closed"


CLAUSE_TEXTS = [
    ('kind = "give"\nflows = ["RU -> UA"]\ncount = 3', "People: 3. It counts prisoners of war."),
    ('kind = "quota"\nflows = ["RU -> UA"]\nwhere = "all"\nmin = 1\nmax = 2', "At least: 1."),
    (
        'kind = "quota"\nflows = ["RU -> UA", "UA -> RU"]\nscope = "sum"\nmax = 2',
        "together. At most: 2.",
    ),
    ('kind = "balance"\nflows = ["RU -> UA"]', "as many people as it lets go."),
    ('kind = "cap"\nby = "RU"\nmax = 4\nwithhold = true', "Its number is not public."),
    ('kind = "cap"\nflows = ["RU -> UA"]\nmax = 4', "together. At most: 4."),
    ('kind = "named"\npersons = ["RU:1"]', "whom the terms name go home. People: 1."),
    ('kind = "named"\nlist = "promised"', "Everybody on the list promised goes home."),
    ('kind = "veto"\npersons = ["RU:1"]', "do not travel. People: 1."),
    ('kind = "veto"\nlist = "b"\nby = "RU"\nmax_names = 5', "the will of RU. Names at most: 5."),
    ('kind = "consent"\non_unknown = "exclude"', "Whoever was not asked yet is not planned."),
    (
        'kind = "all_of"\nflows = ["RU -> UA"]\nwhere = "all"\ncutoff = 2024-12-31',
        "everybody who may travel goes home. Captured on this day or earlier: 31 December 2024.",
    ),
    (
        'kind = "ratio"\nfor_each.flow = "RU -> UA"\ngive = [{ flow = "UA -> RU", where = "all", count = 3 }]',
        "of this category: everybody. People: 3.",
    ),
    ('kind = "balance"\nunit = "agreed"', "balance it by their signatures, not by number."),
    (
        'kind = "pair"\nflows = ["RU -> UA", "UA -> RU"]\nkey = "sex"\nprefer = true',
        "A wish, no condition: it is kept as far as it can be.",
    ),
    ('kind = "together"\npersons = ["RU:1", "RU:2"]', "all together or not. People: 2."),
    (
        'kind = "bundle"\nlist = "b"\nrequires = ["RU:1"]\nboth_ways = true',
        "All of these others have to go. People: 1. And the others go only if all of these go.",
    ),
    ('kind = "destination"\nlist = "b"\ncountry = "DE"', "are sent to DE instead of home."),
    (
        'kind = "phase"\ndays = [1, 7]\nflow = "RU -> UA"\nat_least = [3, 4]',
        "at least so many people, phase by phase: 3, 4.",
    ),
    ('kind = "phase"\nrounds = 3\nseats = 40', "Seats on each leg in each phase: 40."),
    ('kind = "phase"\nrounds = 3\norder = ["all"]', "in this order: everybody."),
    ('kind = "escrow"\ncustodian = "TR"', "lets all of them go on or none."),
    (
        'kind = "surplus"\nflows = ["RU -> UA"]\nrelease = "parole"\nwithin_days = 10',
        "goes home on parole, and is owed. Within days: 10. It counts prisoners of war.",
    ),
    ('kind = "remains"\nflows = ["RU -> UA"]\nbalance = "equal"', "As many of the dead go one way"),
    (
        'kind = "gate"\nbefore = "phase 1"\nuntil = "letters are here"\nconfirmed_by = "RU"',
        "before a confirmation. Phase: 1. RU confirms: letters are here.",
    ),
    (
        'kind = "extend"\nper = 10\nflow = "RU -> UA"\nadds = "a day"\nmax = 4',
        "People: 10. What is added: a day. Times at most: 4.",
    ),
]


@pytest.mark.parametrize(("text", "said"), CLAUSE_TEXTS)
def test_a_clause_is_told_in_sentences(text, said):
    from django.utils.html import strip_tags

    head = play.terms().split("[[stop]]")[0]
    agreement = read_agreement(
        f'{head}\n[[clause]]\nid = "c"\n{text}\n[[objective]]\nmax = "sum(age)"'
    )
    told = strip_tags(case_acts.joined(clause_words.of_clause(agreement.clauses[0], agreement)))
    assert said in told.replace("\u00a0", " ")


CATEGORY_TEXTS = [
    ("health >= 'serious'", "seriously wounded or sick"),
    ("'serious' <= health", "seriously wounded or sick"),
    ("days_held > 730", "held over two years"),
    ("status == 'civilian'", "civilians"),
    ("health >= 'wounded'", "“mine” (Health: wounded or worse)"),
    ("sex != 'F'", "“mine” (Sex: not female)"),
    ("rank in ['major', '<b>']", "“mine” (Rank: one of major, &lt;b&gt;)"),
    ("days_held < 365", "“mine” (Days held: less than 365)"),
    ("captured_on < '2024-05-17'", "“mine” (Date of capture: before 17 May 2024)"),
    ("camp == 'north'", "“mine” (camp: north)"),
    ("on_list('promised')", "“mine” (on the list promised)"),
    ("age < 25 and sex == 'F'", "“mine” (age &lt; 25 and sex == &#x27;F&#x27;)"),
]


@pytest.mark.parametrize(("asked", "said"), CATEGORY_TEXTS)
def test_a_category_is_told_by_what_it_asks_whatever_it_is_called(asked, said):
    from django.utils.html import strip_tags

    head = play.terms().split("[categories]")[0]
    agreement = read_agreement(
        f'{head}[fields]\ncamp = {{ type = "text" }}\n[categories]\nmine = "{asked}"\n'
        '[[clause]]\nid = "c"\nkind = "cap"\nby = "RU"\nwhere = "mine"\nmax = 4\n'
        '[[objective]]\nmin = "count(mine)"'
    )
    told = strip_tags(case_acts.joined(clause_words.of_clause(agreement.clauses[0], agreement)))
    assert told.endswith(f"It counts people of this category: {said}.")
    sought = strip_tags(terms_words.of_objective(agreement.objectives[0], agreement))
    assert sought == f"As few people as possible of this category: {said}."


def test_every_comparison_that_an_agreement_may_make_has_its_words():
    from homeward.terms.predicate import _OPERATORS
    from homeward.terms.predicate import COLUMNS as TYPES

    for name, column in TYPES.items():
        operators = set(category_words._EQUAL) | set(category_words._ASKED.get(column.type, ()))
        ordered = column.type not in {"text", "choice"}
        assert operators == (set(_OPERATORS.values()) if ordered else set(category_words._EQUAL))
        assert name in category_words._NAMES
