"""A list that a running case was built on stays as it is."""

import pytest
from tests.scenario.nodes import ACTOR, CASE

from homeward.foundation.errors import RuleError
from homeward.node.actions import cases, lists
from homeward.node.models import ListImport


def imported(node):
    return dict(ListImport.objects.filter(source="file").values_list("kind", "id"))


def test_a_list_can_be_undone_until_it_is_signed_in_a_case_that_runs(at_stage):
    nodes = at_stage("opened")
    found = nodes.look("UA", imported)
    for kind in ("held", "wanted"):
        assert nodes.look("UA", lists.undo_refusal, found[kind]) == ""
    nodes = at_stage("seeded", "later")
    for kind in ("held", "wanted"):
        refusal = nodes.look("UA", lists.undo_refusal, found[kind])
        assert refusal == lists.WHY_NOT_UNDONE["built_on"]
        with pytest.raises(RuleError) as raised:
            nodes.do("UA", lists.undo_import, import_id=found[kind], actor=ACTOR)
        assert raised.value.code == "lists.built_on"


def test_a_list_can_be_undone_once_the_case_is_over(at_stage):
    nodes = at_stage("seeded")
    nodes.do("UA", cases.abort, CASE, reason="no_agreement")
    found = nodes.look("UA", imported)
    assert nodes.look("UA", lists.undo_refusal, found["held"]) == ""
