"""`homeward agreement`: sentences, layout, normal form, and errors that say where."""

from __future__ import annotations

import json

import pytest
from tests.unit.terms.drafts import WHOLE

from homeward.cli import main
from homeward.foundation.canonical import canonical_sha256
from homeward.terms import read_agreement


@pytest.fixture
def terms(tmp_path):
    file = tmp_path / "terms.toml"
    file.write_text(WHOLE, encoding="utf-8")
    return file


def test_an_agreement_is_told_in_sentences_with_its_hash_last(terms, capsys):
    assert main(["agreement", str(terms)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Agreement:"
    assert "  This is the agreement whole." in lines
    assert lines.count("Clause veto:") == 1
    assert lines[-1] == f"terms_sha256: {read_agreement(WHOLE).sha256}"


def test_a_formatted_agreement_is_a_file_that_formats_to_itself(terms, capsys):
    assert main(["agreement", str(terms), "--format"]) == 0
    text = capsys.readouterr().out
    assert read_agreement(text).sha256 == read_agreement(WHOLE).sha256
    terms.write_text(text, encoding="utf-8")
    assert main(["agreement", str(terms), "--format"]) == 0
    assert capsys.readouterr().out == text


def test_json_has_the_normal_form_whose_hash_it_says(terms, capsys):
    assert main(["agreement", str(terms), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["terms_sha256"] == canonical_sha256(said["normal_form"])
    assert {"about": "clause will", "text": "Nobody travels against their will."} in said[
        "sentences"
    ]


def test_what_is_wrong_is_said_with_line_clause_and_key(terms, capsys):
    terms.write_text(WHOLE.replace("count = 40", "count = -40"), encoding="utf-8")
    assert main(["agreement", str(terms), "--json"]) == 2
    out, err = capsys.readouterr()
    line = WHOLE.splitlines().index("count = 40") + 1
    assert json.loads(out)["facts"] == {"line": line, "clause": "give", "key": "count"}
    assert err.startswith(
        f"homeward: Line {line}, clause give, key count: expected count = a whole"
    )
