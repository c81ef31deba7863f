"""Pages: one module for each group of pages.

Decides what a template is given. It refuses to read people but through `node.access`, and
to act but through `node.actions`.
"""
