"""The invented statements of this folder, and what is read in them."""

import datetime as dt
import tomllib
from pathlib import Path

from homeward.statements.reading import read_statement
from homeward.statements.reading.as_json import document

FOLDER = Path(__file__).resolve().parent


def items():
    """Yield every invented statement with the name of its file."""
    for path in sorted(FOLDER.glob("*.toml")):
        for item in tomllib.loads(path.read_text("utf-8"))["item"]:
            yield path.stem, item


def side(source):
    """Return the party of a source."""
    return source.partition(".")[0]


def kind(unit):
    """Return whether living people or remains are counted."""
    return "remains" if unit == "remains" else "people"


def wanted(item):
    """Return the legs that an item expects: home, count, kind, who says so."""
    legs = set()
    for line in item["legs"]:
        home, count, source, *rest = line.split()
        legs.add((home, int(count), rest[0] if rest else "people", side(source)))
    return legs


def read(item):
    """Read an item; return its document."""
    return document(read_statement(item["text"], dt.date.fromisoformat(item["published"])))


def chief(events):
    """Return the events that a text is about."""
    main = [event for event in events if event["role"] == "main"]
    return main or [event for event in events if event["role"] == "planned"][:1]


def found(doc):
    """Return the legs of a document in the shape of `wanted`."""
    return {
        (leg["home"], leg["count"], kind(leg["unit"]), side(leg["source"]))
        for event in chief(doc["events"])
        for leg in event["legs"]
        if leg["count"] is not None
    }
