import dataclasses
import datetime as dt

import pytest

from homeward.documents import ManifestPage, ManifestRow, ReceiptPage, Signer, Stop, qr_text
from homeward.foundation.errors import InputError
from homeward.foundation.ids import PartyCode, parse_flow

ROW = ManifestRow(captive_id="0a" * 16, name_holder="Жук", name_home="B", born="1998", number="1")
PAGE = ManifestPage(
    case="2025-02-05",
    leg=parse_flow("RU -> UA"),
    on=dt.date(2025, 2, 5),
    ledger_number=412,
    ledger_size=430,
    plan_sha256="ab12" * 16,
    stops=(Stop(country=PartyCode("BY"), purpose="medical check"),),
    rows=(ROW,),
    printed_at=dt.datetime(2025, 2, 4, 12, tzinfo=dt.UTC),
    simulation=False,
)
RECEIPT = ReceiptPage(
    case="2025-02-05",
    leg=parse_flow("RU -> UA"),
    on=dt.date(2025, 2, 5),
    ledger_number=512,
    ledger_size=530,
    plan_sha256="ab12" * 16,
    counts=(("departed", 150), ("home", 150)),
    holder_root="0f" * 32,
    home_root="0f" * 32,
    signers=(Signer(party=PartyCode("RU"), role="holder"),),
    printed_at=dt.datetime(2025, 2, 5, 12, tzinfo=dt.UTC),
    simulation=False,
)


@pytest.mark.parametrize(("page", "size"), [(PAGE, 430), (RECEIPT, 530)])
def test_the_code_names_case_leg_plan_and_ledger_size(page, size):
    assert qr_text(page) == f"HOMEWARD1|2025-02-05|RU -> UA|ab12ab12ab12ab12|{size}"


@pytest.mark.parametrize("page", [PAGE, RECEIPT])
def test_the_code_of_invented_people_begins_with_simulation(page):
    code = qr_text(dataclasses.replace(page, simulation=True))
    assert code == f"SIMULATION|{qr_text(page)}"


@pytest.mark.parametrize("case", ["", "a|b", "a b", "x" * 65, "a\nb"])
def test_a_case_id_that_would_break_the_code_is_refused(case):
    with pytest.raises(InputError, match="Expected a case id"):
        dataclasses.replace(PAGE, case=case)


@pytest.mark.parametrize(
    ("page", "field"),
    [(PAGE, "plan_sha256"), (RECEIPT, "holder_root"), (RECEIPT, "home_root")],
)
def test_another_text_than_a_hash_is_refused(page, field):
    with pytest.raises(InputError, match=f"64 hexadecimal digits in {field}"):
        dataclasses.replace(page, **{field: "AB12" * 16})


def test_an_instant_without_its_time_zone_is_refused():
    with pytest.raises(InputError, match="with its time zone"):
        dataclasses.replace(PAGE, printed_at=PAGE.printed_at.replace(tzinfo=None))


def test_a_long_name_is_refused_by_its_row_and_not_repeated():
    rows = (ROW, dataclasses.replace(ROW, name_home="Ж" * 301))
    with pytest.raises(InputError, match="row 2, found 301") as caught:
        dataclasses.replace(PAGE, rows=rows)
    assert "Ж" not in str(caught.value)


def test_more_rows_than_a_manifest_carries_are_refused():
    with pytest.raises(InputError, match="at most 5000 rows, found 5001"):
        dataclasses.replace(PAGE, rows=(ROW,) * 5001)
