"""Every failure that a page can show speaks the reader's language, and nothing breaks it."""

import ast
import re
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from openpyxl import load_workbook

from homeward.foundation import errors
from homeward.foundation.errors import InfeasibleError, InputError, PeerError, TurnError
from homeward.node import jobs
from homeward.node.actions import uploads
from homeward.node.web import failure_words, problem_words
from homeward.node.web.pages import home as home_page
from homeward.records.read import read_list
from homeward.terms import places

SOURCE = Path(failure_words.__file__).parents[2]
LANGUAGES = ("uk", "ru", "ar")
KINDS = {kind.__name__ for kind in errors.KINDS}

HELPERS = {
    "refusal": {"entry", "type", "author"},
    "refuse_unless": {"entry", "type", "author"},
    "_refuse_some": {"entry", "type", "author", "captive_count", "captives"},
    "_Guard": {"entry", "type", "author", "captive_count", "captives"},
    "refused": {"file"},
    "_document_refusal": {},
    "_key_refusal": {"entry", "author", "key"},
}
"""What makes an error of a code that it is given → the facts that it adds."""

PASSED_ON = {
    *("code", "error.code"),  # of the helpers above, or of an error that is raised anew
}
MADE = {
    "f'lists.{why}'": ("lists.not_done", "lists.overtaken", "lists.built_on"),
    "f'merkle.{kind}'": ("merkle.inclusion", "merkle.consistency"),
}
"""Code that is put together → what it can be."""

ONLY_COMMANDS = frozenset(
    {
        # What somebody typed at a command, or a file that a command was given.
        *("cli.agreement", "cli.disk", "cli.folder_taken", "cli.holder", "cli.holder_missing"),
        *("cli.list", "cli.no_file", "cli.no_folder", "cli.no_home", "cli.no_ledger"),
        *(
            "cli.no_node",
            "cli.own_check",
            "cli.pair",
            "cli.pairs",
            "cli.pairs_columns",
            "cli.passphrase",
            "cli.passphrase_twice",
        ),
        *(
            "cli.evidence",
            "cli.offer",
            "cli.sheet_nobody",
            "cli.too_large",
            "cli.twice",
            "cli.usage",
            "cli.vkey",
        ),
        # A receipt, a policy or evidence as a file.
        *("cli.judge_key", "cli.no_entry", "cli.no_text", "cli.nothing", "cli.policy_log"),
        *("cli.receipt_dropped", "cli.receipt_key"),
        *(
            "ledger.audit",
            "ledger.policy",
            "ledger.policy_log",
            "ledger.policy_need",
            "ledger.witness_vkey",
        ),
        # The time of receipt as a text: a page has a field for it.
        "cli.received",
        # Keys, whose secrets no page ever sees.
        *("cli.keys", "keys.file", "keys.no_member", "keys.no_root", "keys.not_adopted"),
        *("keys.spoken", "keys.unknown"),
        *("match.empty", "matching.no_spark", "matching.spark"),
        *("triage.no_list", "triage.output"),
        *("init.empty", "init.language", "init.missing", "init.password"),
        *("init.password_twice", "init.role", "planning.party"),
        # Serving: there is no page before it has begun; a share that is away is only logged.
        *("serve.address", "serve.web", "courier.folder", "courier.disk"),
        # The invented exchange, which a page only starts.
        # Trying another number, or looking at a plan, at a command; describing an invented pool.
        *("cli.whatif", "planning.walking_party", "demo.pool"),
        *("demo.folder", "demo.gone", "demo.people", "demo.port", "demo.served"),
        # Making a node on a server of its own, and restoring one.
        *("backup.changed", "backup.database", "postgresql.copy", "postgresql.order"),
        *("postgresql.package", "postgresql.password", "postgresql.taken", "postgresql.url"),
        # Joining two nodes over a network: a command sets it up, the log of the server tells.
        *("cli.no_route", "cli.route", "route.pin", "route.url"),
        *("serve.certificate", "serve.no_node"),
        # Statements are read by `homeward read` and `homeward reconcile`.
        *("cli.not_utf8", "cli.published", "cli.no_history", "cli.no_sides"),
        *("cli.no_exchange", "cli.embargo", "statements.communique"),
        *("statements.date", "statements.no_such_leg"),
        *("statements.quotation", "statements.too_long"),
        "statements.too_many",
        # Arguments that only code gives: wrong ones are a fault of ours, told in English.
        *(
            "canonical.type",
            "history.table",
            "documents.case",
            "documents.hash",
            "documents.printed_at",
        ),
        *("ledger.field", "ledger.key_name", "ledger.note_text", "ledger.origin"),
        *("ledger.range", "romanise.system", "ledger.cosign_time", "negotiation.quorum"),
    }
)
"""Codes that no page shows."""

ONE_PAGE = frozenset(
    {
        # Pages show them as what does not exist, word for word alike, and no job raises them.
        *(
            "access.person",
            "account.no_demo",
            "communique.case",
            "desk.no_exchange",
            "desk.none",
            "crypto.passphrase",
            "finding.column",
        ),
        *("home.missing", "ledger.entry", "peers.unknown", "planned.captive", "planned.ref"),
        *("record.case", "report.no_names", "report.not_held", "web.page"),
    }
)
"""Codes of AccessError alone that have no words of their own."""


@dataclass(frozen=True)
class Raised:
    """One place that makes an error. `facts` is None where they are put together elsewhere."""

    code: str
    kind: str
    place: str
    facts: frozenset | None


def facts_of(call, name):
    given = next((each.value for each in call.keywords if each.arg == "facts"), None)
    known = set(HELPERS.get(name, ()))
    if isinstance(given, ast.Dict):
        return frozenset(known | {key.value for key in given.keys if isinstance(key, ast.Constant)})
    return frozenset(known) if given is None else None


def code_of(call, name):
    """Return the expression that is the code of an error."""
    given = next((each.value for each in call.keywords if each.arg == "code"), None)
    if given is not None or name in KINDS:
        return given or call.args[0]
    at = {"refuse_unless": 2}.get(name, 1)
    return call.args[at]


def raised():
    """Yield every place of the source that makes an error, one for each code."""
    for path in sorted(SOURCE.rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            name = getattr(getattr(call, "func", None), "id", "")
            if not isinstance(call, ast.Call) or name not in KINDS | HELPERS.keys():
                continue
            code, place = code_of(call, name), f"{path.relative_to(SOURCE)}:{call.lineno}"
            kind = name if name in KINDS else ""
            if isinstance(code, ast.Constant):
                yield Raised(code.value, kind, place, facts_of(call, name))
            elif (text := ast.unparse(code)) in MADE:
                for each in MADE[text]:
                    yield Raised(each, kind, place, facts_of(call, name))
            else:
                assert text in PASSED_ON or text.endswith(".code"), f"{place}: {text} is what?"


RAISED = tuple(raised())
CODES = {each.code for each in RAISED} | places._HINTS.keys()
WORDED = failure_words.TEXTS.keys() | failure_words.BUILT.keys()


def error_of(code, kind=InputError, **facts):
    return kind(code, "Expected X, found Y.", hint="Do Z.", facts=facts)


def needed(code):
    texts = map(str, failure_words.TEXTS.get(code, ()))
    return {name for text in texts for name in failure_words.places(text)}


def failing(error):
    def fail(*args, **options):
        raise error

    return fail


def reading(client, language):
    client.post(reverse("language"), {"language": language, "next": "/"})
    return client


def test_every_code_of_the_source_has_its_words_or_its_reason_to_have_none():
    sorted_out = WORDED | ONLY_COMMANDS | ONE_PAGE
    assert sorted(CODES - sorted_out) == []
    assert sorted(sorted_out - CODES) == [], "no longer raised"
    assert not WORDED & (ONLY_COMMANDS | ONE_PAGE)
    assert not ONLY_COMMANDS & ONE_PAGE
    assert set(failure_words.KINDS) == KINDS
    assert failure_words.EXACT_IN_ENGLISH <= WORDED


def test_what_pages_show_as_what_does_not_exist_is_that_kind_alone():
    kinds = {(each.code, each.kind) for each in RAISED if each.code in ONE_PAGE}
    assert kinds == {(code, "AccessError") for code in ONE_PAGE}


@pytest.mark.parametrize(
    "each", [each for each in RAISED if needed(each.code)], ids=lambda each: each.place
)
def test_a_text_needs_no_fact_that_its_error_lacks(each):
    assert each.facts is None or needed(each.code) <= each.facts


@pytest.mark.parametrize("code", sorted(failure_words.TEXTS))
def test_a_text_is_whole_sentences_that_say_what_and_what_to_do(code):
    with override("en"):
        what, repair = map(str, failure_words.TEXTS[code])
    for text in filter(None, (what, repair)):
        assert re.fullmatch(r"[A-Z{].*\.", text, re.DOTALL)
        assert "!" not in text
        assert not re.search(r"\{(count|blank|found|\w+_count|max_\w+)\} \w", text), "colon first"


@pytest.mark.parametrize("language", LANGUAGES)
def test_another_language_shows_the_original_only_where_it_is_needed(language):
    for code in sorted(failure_words.TEXTS):
        facts = dict.fromkeys(needed(code), 7)
        for kind in errors.KINDS:
            with override(language):
                failure = failure_words.of(error_of(code, kind, **facts))
            said = failure.what + failure.repair
            assert failure.what, code
            assert failure.repair, code
            assert "{" not in said
            assert "Expected X" not in said
            is_exact = code in failure_words.EXACT_IN_ENGLISH
            assert failure.original == ("Expected X, found Y. Do Z." if is_exact else "")


def test_an_english_reader_gets_the_error_itself():
    with override("en"):
        failure = failure_words.of(error_of("bundles.gap", expected=4, first=9))
    assert (failure.what, failure.repair) == ("Expected X, found Y.", "Do Z.")
    assert failure.sentence == "Expected X, found Y. Do Z."
    assert (failure.original, failure.code) == ("", "bundles.gap")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("facts", [{}, {"expected": 4}])
def test_without_a_fact_or_a_text_the_kind_is_told_and_the_original(language, facts):
    with override(language):
        for code in ("bundles.gap", "some.code of a later version"):
            failure = failure_words.of(error_of(code, PeerError, **facts))
            assert failure.what == str(failure_words.KINDS["PeerError"][0])
            assert failure.original == "Expected X, found Y. Do Z."
            assert '<span lang="en" dir="ltr">Expected X' in failure.sentence
        unknown = failure_words.of_problem({"kind": "LaterError", "message": "M.", "facts": None})
        assert unknown.original == "M."
        assert unknown.what


@pytest.mark.parametrize(("size", "said"), [(8_388_608, "8 MB"), (65_536, "65 KB")])
def test_a_size_is_told_in_the_unit_of_the_pages(size, said):
    with override("uk"):
        failure = failure_words.of(error_of("verify.no_file", max_bytes=size))
    assert f'<bdi dir="ltr">{said}</bdi>' in failure.what


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refused_entry_is_named_and_where_its_evidence_lies(language):
    facts = {"entry": 12, "type": "departed", "author": "RU", "evidence": "evidence/ab.hwb"}
    with override(language):
        failure = failure_words.of(error_of("case.turn", PeerError, **facts))
        ours = failure_words.of(error_of("case.turn", TurnError, **facts))
    assert '<bdi dir="ltr">12</bdi>' in failure.what
    assert '<bdi dir="ltr">RU</bdi>' in failure.what
    assert '<bdi dir="ltr">evidence/ab.hwb</bdi>' in failure.repair
    assert ">12<" not in ours.what, "what was not recorded is no entry"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_conflict_is_told_by_its_clauses_and_a_repair_by_what_it_changes(language):
    repairs = ["give-all count 150 12000", "w min 5 3, days at_least 2 4 1"]
    error = InfeasibleError(
        "cases.infeasible",
        "Clause give-all asks for 9.",
        hint="With count 4.",
        facts={
            "conflicts": ["give-all cap.1", "veto"],
            "repairs": repairs,
            "removals": ["veto", "names kept"],
        },
    )
    with override(language):
        failure = failure_words.of(error)
        assert '<bdi dir="ltr">give-all, cap.1</bdi>' in failure.what
        assert '<bdi dir="ltr">veto</bdi>' in failure.what
        for change in (
            *("give-all: count = 150 → 12000", "w: min = 5 → 3", "days: at_least 2 = 4 → 1"),
            *("veto", "names, kept"),
        ):
            assert f'<bdi dir="ltr">{change}</bdi>' in failure.repair
        earlier = failure_words.of(InfeasibleError("cases.infeasible", "M.", facts={}))
        assert earlier.what == str(failure_words.KINDS["InfeasibleError"][0])
    assert failure.original == "Clause give-all asks for 9. With count 4."


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_a_problem_page_speaks_the_language_of_the_page(browser, monkeypatch, language):
    client = reading(browser("caseworker"), language)
    error = error_of("bundles.gap", expected=4, first=90_000)
    monkeypatch.setattr(home_page, "overview", failing(error))
    answer = client.get("/")
    text = answer.content.decode()
    assert answer.status_code == 422
    assert ("Expected X, found Y." in text) == (language == "en")
    assert ('<bdi dir="ltr">90,000</bdi>' in text) == (language != "en")
    assert '<code dir="ltr">bundles.gap</code>' in text, "support asks for it"
    monkeypatch.setattr(home_page, "overview", failing(error_of("some.code")))
    text = client.get("/").content.decode()
    assert "Expected X, found Y." in text
    assert ('<p lang="en" dir="ltr">Expected X' in text) == (language != "en")


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_nothing_from_outside_is_markup(browser, monkeypatch, language):
    client = reading(browser("caseworker"), language)
    hostile = '</bdi><script>alert("{0}")</script>'
    texts = [
        InputError("bundles.sender", hostile, facts={"party": hostile}),
        PeerError("case.turn", hostile, facts={"entry": hostile, "author": hostile}),
        InfeasibleError("cases.infeasible", hostile, facts={"conflicts": [hostile], "repairs": []}),
        InputError("some.code", hostile, hint=hostile),
    ]
    for error in texts:
        monkeypatch.setattr(home_page, "overview", failing(error))
        text = client.get("/").content.decode()
        assert hostile not in text
        assert "<script>alert" not in text
        assert "&lt;script&gt;" in text
        with override(language):
            assert "<script" not in failure_words.of(error).sentence


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_a_job_that_failed_speaks_the_language_of_the_page(browser, node, language):
    error = error_of("bundles.sender", party="AE", evidence="evidence/ab.hwb")
    jobs.keep_failure(
        "bundle.import",
        {"file": language},
        error,
        actor="caseworker",
        now=timezone.now(),
        id=f"words-{language}",
    )
    client = reading(browser("caseworker"), language)
    for address in (f"/jobs/words-{language}", "/carry"):
        text = client.get(address).content.decode()
        assert ("Expected X, found Y." in text) == (language == "en")
        assert ('<bdi dir="ltr">AE</bdi>' in text) or language == "en"
        assert '<code dir="ltr">bundles.sender</code>' in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_forms_speak_the_language_of_the_page(browser, language):
    client = reading(browser(), language)
    text = client.post("/verify", {}).content.decode()
    assert "Expected a file" not in text
    assert '<code dir="ltr">verify.no_file</code>' in text
    client = reading(browser("caseworker"), language)
    empty = BytesIO(b"")
    empty.name = "x.hwb"
    answer = client.post("/carry/in", {"bundle": empty})
    assert answer.status_code == 422
    assert "Expected a bundle" not in answer.content.decode()


LIST = "ref,family_name,birth_date,health,note\n" + "".join(
    f"XA-{n},Тест,{birth},{health},& <b>\n"
    for n, (birth, health) in enumerate([("1990-02-31", "fit"), ("31.02.1990", "?")] * 3)
)


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_rows_to_fix_say_what_is_wrong_in_the_language_of_the_page(browser, node, language):
    now = timezone.now()
    by = {"now": now, "actor": "caseworker"}
    at = uploads.take_upload(node, kind="held", data=LIST.encode(), file_name="a.csv", **by)
    uploads.check_upload(node, import_id=at, report=lambda *_: None, **by)
    answer = reading(browser("caseworker"), language).get(reverse("import-rows", args=[at]))
    sheet = [[cell.value for cell in row] for row in load_workbook(BytesIO(answer.content)).active]
    assert sheet[0][0] == "Error", "by this title it is left out when the file comes again"
    assert [row[5] for row in sheet[1:]] == ["& <b>"] * 6
    texts = [row[0] for row in sheet[1:]]
    assert ["expected" in text for text in texts] == [language == "en"] * 6
    with override(language):
        what, repair = problem_words.of_fault("impossible_date", "birth_date")
        assert (what in texts[0] and repair in texts[0]) or language == "en"
        assert (problem_words.of_column("health") in texts[1]) or language == "en"
    again = read_list(answer.content, kind="held", file="a.xlsx", today=now.date())
    assert (again.row_count, len(again.problems)) == (6, 12)
    uploads.discard_upload(node, at)
