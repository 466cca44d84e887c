"""Dependencies point one way, only the engine runs the solver, and Python holds no rule."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "infusion_asp"

MAY_IMPORT = {
    "model": set(),
    "tables": {"model"},
    "rulebook": {"model"},
    "facts": {"model", "tables", "rulebook"},
    "ingest": {"model", "tables"},
    "engine": {"model", "facts", "rulebook"},
    "justify": {"model", "facts", "rulebook", "engine"},
    "render": {"model", "facts", "rulebook", "engine", "justify"},
    "coding": {"model", "tables", "rulebook", "facts", "engine", "justify"},
    "explain": {"model", "tables", "rulebook", "facts", "engine", "justify", "coding"},
    "verify": {"model", "tables", "rulebook", "facts", "engine", "justify", "coding", "explain"},
    "report": {"model", "tables", "rulebook", "facts", "engine", "coding", "explain", "render"}
    | {"batch"},
    "spark": {"model", "batch"},
}
"""The parts of the package that each part may import; `cli`, `web` and `batch` may import all."""

ON_TOP = {"cli", "web", "batch", "author", "__init__", "__main__"}
NOBODY_IMPORTS = {"cli", "web"}
SOLVER = {"clingo.Control", "clingo.control", "clingo.Application", "clingo.application"}

MODULES = sorted(PACKAGE.rglob("*.py"))
NAMES = [path.relative_to(PACKAGE).as_posix() for path in MODULES]


def part_of(path: Path) -> str:
    """The part of the package that a file belongs to: its directory, or its own name."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(tree: ast.AST) -> Iterator[str]:
    """Dotted names of everything that a module imports, at any depth of its code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide what is imported"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def used(tree: ast.AST) -> Iterator[str]:
    """Imported names and dotted uses such as `clingo.Control`."""
    yield from imported(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_dependencies_point_one_way(path: Path) -> None:
    part = part_of(path)
    ours = {
        name.split(".")[1]
        for name in imported(ast.parse(path.read_text("utf-8")))
        if name.startswith("infusion_asp.")
    } - {part, "__version__"}
    if part != "cli" and path.name != "__main__.py":
        assert not ours & NOBODY_IMPORTS
    if part in ON_TOP:
        return
    assert part in MAY_IMPORT, f"say in this test what the new part {part} may import"
    assert ours <= MAY_IMPORT[part], f"{part} must not import {sorted(ours - MAY_IMPORT[part])}"


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_only_the_engine_runs_the_solver(path: Path) -> None:
    names = set(used(ast.parse(path.read_text("utf-8"))))
    if part_of(path) != "engine":
        assert not {n for n in names if any(n == s or n.startswith(s + ".") for s in SOLVER)}


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_first_line_says_what_the_file_owns(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))
    assert len(path.read_text("utf-8").splitlines()) <= 300


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_no_billing_code_stands_in_python(path: Path) -> None:
    """Docstrings aside, the codes of the section stand in `logic/` and its tables."""
    tree = ast.parse(path.read_text("utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    texts = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in docstrings
    ]
    codes = re.compile(r"\b(963[67]\d|964\d\d|9652[123]|96542|96549|C8957|G0498)\b")
    assert not [text for text in texts if codes.search(text)]


def test_model_needs_no_solver() -> None:
    for path in MODULES:
        if part_of(path) == "model":
            assert not [n for n in used(ast.parse(path.read_text("utf-8"))) if "clingo" in n]
