"""To be written: first_run."""

from __future__ import annotations

from django.urls import URLPattern

PATTERNS: list[URLPattern] = []
