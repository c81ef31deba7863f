"""Templatetags: what templates can say that Django's own tags cannot.

Decides how ids, numbers and instants stand in a text of either direction. It refuses
markup that is not its own.
"""
