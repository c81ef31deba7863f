"""Who an agreement names beside the parties: on paper, and observers."""

import pytest

from homeward.foundation.errors import InputError
from homeward.terms import read_agreement
from homeward.terms.normal import format_agreement, normal_form
from homeward.terms.sentences import tell

TEXT = """
[agreement]
id = "sides"
mediators = ["XM"]
{more}
effective = 2031-04-02
article_109 = "outside"
[parties]
XA = {{}}
XB = {{}}
{lists}
[[clause]]
id = "n"
kind = "give"
flows = ["XA -> XB", "XB -> XA"]
count = 4
"""


def text(more="", lists=""):
    return TEXT.format(more=more, lists=lists)


def test_who_is_on_paper_and_who_observes_is_part_of_what_is_signed():
    plain = read_agreement(text())
    sides = read_agreement(text('observers = ["XO-BSERVER", "XO"]\non_paper = ["XB"]'))
    assert (sides.on_paper, sides.observers) == (("XB",), ("XO", "XO-BSERVER"))
    assert plain.sha256 != sides.sha256
    assert "on_paper" not in normal_form(plain)["agreement"]
    assert read_agreement(format_agreement(sides)).sha256 == sides.sha256
    said = " ".join(each.text for each in tell(sides))
    assert "XB takes part on paper" in said
    assert "XO-BSERVER observes" in said


@pytest.mark.parametrize(
    ("more", "lists"),
    [
        ('on_paper = ["XC"]', ""),
        ('on_paper = ["XA", "XB"]', ""),
        ('on_paper = "XB"', ""),
        ('on_paper = ["XB"]', "[lists]\nsealed = true"),
        ('observers = ["XA"]', ""),
        ('observers = ["XM"]', ""),
        ('observers = ["nobody?"]', ""),
    ],
)
def test_what_nobody_could_keep_is_refused_where_it_stands(more, lists):
    with pytest.raises(InputError) as caught:
        read_agreement(text(more, lists))
    key = more.partition(" ")[0]
    assert key in caught.value.message
    assert caught.value.facts["line"] == text(more, lists).split("\n").index(more) + 1
