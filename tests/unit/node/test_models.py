import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError

from homeward.node.models import Draft, LedgerEntry


def test_every_column_says_what_it_holds():
    silent = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("node").get_models()
        for field in model._meta.get_fields()
        if field.concrete and not field.primary_key and not field.help_text
    ]
    assert silent == []


def test_the_migrations_make_exactly_these_models(node):
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_a_place_in_a_log_holds_one_entry(node):
    entry = {"leaf_hash": b"h" * 32, "type": "t", "case": "c", "author": "XA"}
    LedgerEntry.objects.create(log="l", index=0, entry=b"a", entry_sha256="a", **entry)
    with pytest.raises(IntegrityError), node.transaction():
        LedgerEntry.objects.create(log="l", index=0, entry=b"b", entry_sha256="b", **entry)
    assert bytes(LedgerEntry.objects.get().entry) == b"a"


def test_a_party_signs_one_draft_for_each_number(node, now):
    Draft.objects.create(log="l", seq=1, entry=b"a", entry_sha256="a", created_at=now)
    with pytest.raises(IntegrityError), node.transaction():
        Draft.objects.create(log="l", seq=1, entry=b"b", entry_sha256="b", created_at=now)
    assert Draft.objects.count() == 1
