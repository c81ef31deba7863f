"""A value with some of its fields changed, where it has many and changes often.

Rules of this file:
- It does what `dataclasses.replace` does, which reads and checks each field again: of a value
  of forty fields, ten times the work. So it is for dataclasses without slots, whose fields are
  all arguments and which check nothing when they are made.
- A field that the value does not have is a bug.
"""

from __future__ import annotations

from typing import Any, TypeVar

Value = TypeVar("Value")


def replace(value: Value, /, **changes: Any) -> Value:
    """Return a value with some fields changed; the old one stays what it was.

    Args:
        value: A dataclass without slots.
        changes: The new fields, by name.

    Raises:
        TypeError: The value has no such field.
    """
    fields = value.__dict__
    if not changes.keys() <= fields.keys():
        msg = f"{type(value).__name__} has no {', '.join(sorted(changes.keys() - fields.keys()))}"
        raise TypeError(msg)
    changed = object.__new__(type(value))
    changed.__dict__.update(fields, **changes)
    return changed
