"""To be written: people."""

from __future__ import annotations

from django.urls import URLPattern

PATTERNS: list[URLPattern] = []
