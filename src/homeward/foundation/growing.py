"""A sequence that only grows, as a value.

Rules of this file:
- Appending returns a new sequence; the old one stays what it was. Both share what they have
  in common, so that appending costs the same at any length.
- Growing an older one a second time copies first: two futures never mix.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar, overload

Item = TypeVar("Item")


class Growing(Sequence[Item]):
    """Items in order, of which none changes and none goes.

    Args:
        items: Those that it starts with.
    """

    __slots__ = ("_shared", "_size")

    def __init__(self, items: Iterable[Item] = ()) -> None:
        self._shared = list(items)  # may be longer than this sequence is
        self._size = len(self._shared)

    def append(self, item: Item) -> Growing[Item]:
        """Return the sequence with one more item."""
        grown: Growing[Item] = Growing.__new__(Growing)
        is_last = len(self._shared) == self._size
        grown._shared = self._shared if is_last else self._shared[: self._size]
        grown._shared.append(item)
        grown._size = self._size + 1
        return grown

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, place: int) -> Item: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Item, ...]: ...
    def __getitem__(self, place: int | slice) -> Item | tuple[Item, ...]:
        if isinstance(place, slice):
            return tuple(self._shared[each] for each in range(*place.indices(self._size)))
        if not -self._size <= place < self._size:
            raise IndexError(place)
        return self._shared[place if place >= 0 else place + self._size]

    def __iter__(self) -> Iterator[Item]:
        return islice(self._shared, self._size)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Growing) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))
