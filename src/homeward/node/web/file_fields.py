# mypy: disallow-subclassing-any=False
# Django ships no types, so its classes are Any to the type checker.
"""A field of a form that takes several files at once."""

from __future__ import annotations

from typing import Any

from django import forms


class _Input(forms.ClearableFileInput):
    """An input of several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files."""

    widget = _Input

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Return the files, in the order in which they were chosen."""
        if not data:
            super().clean(None, initial)  # says so where one is required
        return [super(FilesField, self).clean(each, initial) for each in data or ()]
