import pytest

from homeward.foundation.errors import InputError, TamperError
from homeward.node.route import ROUTE_FILE, Route, parse_route, read_route, write_route


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://mediator.example", "https://mediator.example"),
        ("https://mediator.example:8765/", "https://mediator.example:8765"),
        ("https://mediator.example/homeward/", "https://mediator.example/homeward"),
        ("https://[2001:db8::1]:1/", "https://[2001:db8::1]:1"),
        ("http://127.0.0.1:8765", "http://127.0.0.1:8765"),
        ("http://[::1]:8765", "http://[::1]:8765"),
        ("http://localhost", "http://localhost"),
    ],
)
def test_an_address_is_https_or_of_this_machine(text, url):
    assert parse_route(text).url == url


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", "mediator.example", "http://mediator.example", "http://10.0.0.1"),
        *("ftp://127.0.0.1", "https://", "https://u:p@mediator.example", "https://m.example?x=1"),
        *(
            "https://m.example:99999",
            "https://m.example/#x",
            "https://m.example/a\r\nb",
            "https://[x",
        ),
        "http://127.0.0.1.example",
    ],
)
def test_another_address_is_refused_without_repeating_it(text):
    with pytest.raises(InputError) as raised:
        parse_route(text)
    assert raised.value.code == "route.url"
    assert "u:p" not in str(raised.value)


def test_a_fingerprint_is_read_as_openssl_prints_it():
    digits = "0A" * 32
    pin = ":".join(digits[at : at + 2] for at in range(0, 64, 2))
    assert parse_route("https://m.example", pin=pin).pin == digits.lower()
    for wrong in ("0a", "x" * 64, digits + "00"):
        with pytest.raises(InputError):
            parse_route("https://m.example", pin=wrong)


def test_a_file_of_an_authority_is_there(tmp_path):
    with pytest.raises(InputError):
        parse_route("https://m.example", ca=str(tmp_path / "none.pem"))


def test_a_route_is_read_as_it_was_written_and_refused_if_changed(tmp_path):
    assert read_route(tmp_path) is None
    route = Route("https://m.example:1", "0a" * 32, "/somewhere/ca.pem")
    write_route(tmp_path, route)
    assert read_route(tmp_path) == route
    for wrong in (b"", b"{}", b'{"ca":"","pin":"","url":"http://m.example"}', b"[]"):
        (tmp_path / ROUTE_FILE).write_bytes(wrong)
        with pytest.raises(TamperError):
            read_route(tmp_path)
