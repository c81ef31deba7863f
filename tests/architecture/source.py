"""The tree as text and as syntax, for the tests of the house."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src/homeward"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def modules() -> dict[str, ast.Module]:
    """Return every module that people wrote, by path below the package."""
    files = sorted(PACKAGE.rglob("*.py"))
    paths = {file.relative_to(PACKAGE).as_posix(): file for file in files}
    return {
        path: ast.parse(file.read_text("utf-8"))
        for path, file in paths.items()
        if "/migrations/" not in path  # Django writes these
    }


def functions() -> Iterator[tuple[str, Function]]:
    """Yield every function with its place, `planning/plan.py:make_plan`."""
    for path, module in modules().items():
        for node in ast.walk(module):
            if isinstance(node, Function):
                yield f"{path}:{node.name}", node


def public() -> Iterator[tuple[str, ast.AST]]:
    """Yield what another module may use: functions, classes and methods without `_`."""
    for path, module in modules().items():
        for node in module.body:
            if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
                yield f"{path}:{node.name}", node
                for method in node.body if isinstance(node, ast.ClassDef) else ():
                    if isinstance(method, Function) and not method.name.startswith("_"):
                        yield f"{path}:{node.name}.{method.name}", method


@cache
def tree() -> dict[str, bytes]:
    """Return every file of the checkout but hidden folders, caches and vendored fonts."""
    found = {}
    for file in sorted(ROOT.rglob("*")):
        path = file.relative_to(ROOT)
        skipped = any(part.startswith(".") or part == "__pycache__" for part in path.parts)
        if file.is_file() and not skipped and file.suffix != ".ttf":
            found[path.as_posix()] = file.read_bytes()
    return found
