"""Every text of the pages is translated, and what is compiled is what is written."""

import ast
import gettext
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[2] / "src/homeward/node/web"
LOCALES = ("uk", "ru", "ar")
NO_LANGUAGE = {"Homeward", "SIMULATION"}
"""Words that stand as they are in every language; names and codes stand inside bdi or code."""


MARKS = {"_", "gettext", "gettext_lazy", "gettext_noop"}
MARKS_WITH_CONTEXT = {"pgettext", "pgettext_lazy"}
BLOCK = re.compile(
    r"\{% blocktranslate(?P<options>[^%]*)%\}(?P<text>.*?)\{% endblocktranslate %\}", re.DOTALL
)
TAG = re.compile(r"""translate (["'])(?P<text>.*?)\1(?: context (["'])(?P<context>.*?)\3)?""")


def messages(language):
    """Return (context, msgid) -> (translation, is fuzzy) of a written catalogue."""
    text = (WEB / "locale" / language / "LC_MESSAGES/django.po").read_text("utf-8")
    found = {}
    lines = r'((?:".*"(?:\n|\Z))+)'
    pattern = rf"((?:^#.*\n)*)(?:^msgctxt {lines})?^msgid {lines}msgstr {lines}"
    for match in re.finditer(pattern, text, re.MULTILINE):
        context, key, value = (
            "".join(ast.literal_eval(line) for line in (part or '""').strip().split("\n"))
            for part in match.groups()[1:]
        )
        found[context, key] = (value, "fuzzy" in match[1])
    return found


def in_templates(text):
    """Yield (context, text) of everything that a template marks."""
    for block in BLOCK.finditer(text):
        inner = block["text"]
        if "trimmed" in block["options"]:
            inner = " ".join(line.strip() for line in inner.strip().split("\n"))
        yield "", re.sub(r"\{\{ *(\w+)[^}]*\}\}", r"%(\1)s", inner.replace("%", "%%"))
    for tag in TAG.finditer(BLOCK.sub("", text)):
        yield tag["context"] or "", tag["text"]


def in_sources():
    """Return (context, text) of every text that templates and modules mark."""
    found = set()
    for file in (*WEB.rglob("*.html"), *WEB.rglob("*.txt")):
        found |= set(in_templates(file.read_text("utf-8")))
    for file in WEB.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                if not isinstance(node.args[0], ast.Constant):
                    continue  # a text that stands marked elsewhere
                if node.func.id in MARKS:
                    found.add(("", node.args[0].value))
                elif node.func.id in MARKS_WITH_CONTEXT:
                    found.add((node.args[0].value, node.args[1].value))
    return found


@pytest.mark.parametrize("language", LOCALES)
def test_no_text_is_untranslated_or_uncertain(language):
    catalogue = messages(language)
    catalogue.pop(("", ""))
    assert in_sources() - set(catalogue) == set(), "run tools/messages and translate"
    assert set(catalogue) - in_sources() == set(), "run tools/messages"
    assert [key for key, (value, fuzzy) in catalogue.items() if not value or fuzzy] == []


@pytest.mark.parametrize("language", LOCALES)
def test_a_translation_has_the_places_of_its_text(language):
    places = re.compile(r"\{\w*\}|%\(\w+\)s|%%")
    for (_, key), (value, _) in messages(language).items():
        assert sorted(places.findall(key)) == sorted(places.findall(value)), key


@pytest.mark.parametrize("language", LOCALES)
def test_what_is_compiled_is_what_is_written(language):
    with (WEB / "locale" / language / "LC_MESSAGES/django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for (context, key), (value, _) in messages(language).items():
        said = compiled.pgettext(context, key) if context else compiled.gettext(key)
        assert not key or said == value, f"run tools/messages: {key}"


class Texts(HTMLParser):
    """Collects text that no tag of translation made."""

    def __init__(self, text):
        super().__init__()
        self.open, self.found = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        for name, value in attrs:
            if name in ("alt", "title", "aria-label", "placeholder") and value.strip():
                self.found.append(value)

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data):
        if not {"bdi", "code", "pre"} & set(self.open):
            self.found += re.findall(r"[^\W\d_]{2,}", data)


@pytest.mark.parametrize(
    "file", sorted(WEB.rglob("*.html")), ids=lambda file: file.relative_to(WEB).as_posix()
)
def test_no_template_has_a_text_that_cannot_be_translated(file):
    text = BLOCK.sub(" ", file.read_text("utf-8"))
    text = re.sub(r"<script\b.*?</script>", " ", text, flags=re.DOTALL)  # data, never shown
    plain = re.sub(r"\{[%{#].*?[%}#]\}", " ", text, flags=re.DOTALL)
    assert set(Texts(plain).found) - NO_LANGUAGE == set()


def test_the_collector_finds_nothing_new():
    if subprocess.run(["which", "xgettext"], capture_output=True, check=False).returncode:
        pytest.skip("needs xgettext (Debian: gettext)")
    files = [str(file) for file in WEB.rglob("*.py")]
    found = subprocess.run(
        ["xgettext", "-L", "Python", "-k_", "-kgettext", "--from-code=UTF-8", "-o", "-", *files],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    keys = {
        ast.literal_eval(f"({match})")
        for match in re.findall(r'^msgid ((?:".*"\n?)+)', found, re.MULTILINE)
    }
    assert keys - {""} <= {key for _, key in messages("uk")}
