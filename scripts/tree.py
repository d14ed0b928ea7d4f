"""Print the shape of a source tree: rooms, import arrows, circles, and the sizes of files and functions.

    python scripts/tree.py [ROOT]

A room is a folder or a root module of hedgerow/, apart from the public face `__init__.py`; evaluation/ is one room.
An arrow is an import of one room by another, wherever in a file it is, also one for type checking alone.
A circle is a group of modules, or of rooms, each of which can be reached from each by imports.
"""

from __future__ import annotations

import ast
import statistics
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

PACKAGES = ("hedgerow", "evaluation")
MAX_FILE_LINES = 200
MAX_FUNCTION_LINES = 40
MAX_PARAMETERS = 5

Graph = dict[str, set[str]]


@dataclass(frozen=True, slots=True)
class Module:
    """A Python file: its path from the root, dotted name, syntax tree and number of lines."""

    path: Path
    name: str
    tree: ast.Module
    lines: int

    @property
    def room(self) -> str | None:
        """Return the module's room, or None for the public face."""
        package, *inner = self.name.split(".")
        if package != "hedgerow":
            return package
        return inner[0] if inner else None


@dataclass(frozen=True, slots=True)
class Function:
    """A function or method: its location, its lines from `def` on, its parameters without `self` and `cls`."""

    location: str
    lines: int
    parameters: int


def read_modules(root: Path) -> dict[str, Module]:
    """Return the modules of the packages under `root` by dotted name."""
    modules = {}
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            text = path.read_text("utf-8")
            path = path.relative_to(root)
            parts = path.with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            modules[name] = Module(path, name, ast.parse(text), len(text.splitlines()))
    return modules


def import_graph(modules: Mapping[str, Module], *, at_import: bool = False) -> Graph:
    """Return, for each module, the modules that it imports.

    With `at_import`, imports inside functions and under `if TYPE_CHECKING` are left out: the others run when the module
    is imported.
    """
    return {
        name: {target for node in _nodes(module.tree, at_import) for target in _targets(node, modules)} - {name}
        for name, module in modules.items()
    }


def _nodes(node: ast.AST, at_import: bool) -> Iterator[ast.AST]:
    """Yield `node` and the nodes inside it."""
    yield node
    for child in ast.iter_child_nodes(node):
        deferred = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        type_checking = isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING")
        if not (at_import and (deferred or type_checking)):
            yield from _nodes(child, at_import)


def _targets(node: ast.AST, modules: Mapping[str, Module]) -> Iterator[str]:
    """Yield the modules that an import statement names; of `from package import name`, the most exact ones."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name in modules)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        for alias in node.names:
            submodule = f"{node.module}.{alias.name}"
            if submodule in modules:
                yield submodule
            elif node.module in modules:
                yield node.module


def room_graph(modules: Mapping[str, Module]) -> Graph:
    """Return, for each room, the other rooms that it imports."""
    rooms: Graph = {module.room: set() for module in modules.values() if module.room}
    for name, targets in import_graph(modules).items():
        room = modules[name].room
        if room:
            rooms[room] |= {other for target in targets if (other := modules[target].room)} - {room}
    return rooms


def circles(graph: Graph) -> list[list[str]]:
    """Return the strongly connected components of more than one node, each sorted."""
    reached = {node: _reachable(graph, node) for node in graph}
    groups = {frozenset(other for other in reached[node] if node in reached[other]) for node in graph}
    return sorted(sorted(group) for group in groups if len(group) > 1)


def _reachable(graph: Graph, start: str) -> set[str]:
    reached, waiting = set[str](), [start]
    while waiting:
        for target in graph[waiting.pop()] - reached:
            reached.add(target)
            waiting.append(target)
    return reached


def floors(graph: Graph) -> list[list[str]]:
    """Return the nodes in topological order, the lowest floor first: each imports only from floors before its own.

    If a circle blocks the order, the node with the fewest imports in a lowest circle comes next.
    """
    remaining = {node: set(targets) for node, targets in graph.items()}
    order = []
    while remaining:
        floor = sorted(node for node, targets in remaining.items() if not targets)
        if not floor:
            reached = {node: _reachable(remaining, node) for node in remaining}
            in_circles = [node for node in remaining if node in reached[node]]
            floor = [min(in_circles, key=lambda node: (len(reached[node]), len(remaining[node]), node))]
        order.append(floor)
        remaining = {node: targets - set(floor) for node, targets in remaining.items() if node not in floor}
    return order


def arrows_up(graph: Graph) -> list[str]:
    """Return the arrows against the order of `floors`, each as "importer -> imported"."""
    level = {node: number for number, floor in enumerate(floors(graph)) for node in floor}
    return [f"{a} -> {b}" for a, targets in sorted(graph.items()) for b in sorted(targets) if level[b] >= level[a]]


def read_functions(modules: Iterable[Module]) -> Iterator[Function]:
    """Yield every function and method, nested ones too."""
    for module in modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                names = [arg.arg for arg in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
                parameters = len(names) - (names[:1] in (["self"], ["cls"]))
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                yield Function(f"{module.path}:{node.lineno} {node.name}", lines, parameters)


def describe(root: Path) -> Iterator[str]:
    """Yield the lines of the report on the tree at `root`."""
    modules = read_modules(root)
    rooms = room_graph(modules)
    functions = list(read_functions(modules.values()))
    root_modules = [module.path.name for module in modules.values() if module.path.parent == Path("hedgerow")]
    long_files = [f"{module.path} ({module.lines})" for module in modules.values() if module.lines > MAX_FILE_LINES]
    long_functions = [f"{one.location} ({one.lines})" for one in functions if one.lines > MAX_FUNCTION_LINES]
    wide_functions = [f"{one.location} ({one.parameters})" for one in functions if one.parameters > MAX_PARAMETERS]
    yield from _listed("rooms", sorted(rooms))
    yield from _listed("floors of rooms, top down", [", ".join(floor) for floor in reversed(floors(rooms))])
    yield f"import arrows between rooms: {sum(len(targets) for targets in rooms.values())}"
    yield from _listed("arrows back up", arrows_up(rooms))
    yield from _listed("circles of rooms", [" <-> ".join(circle) for circle in circles(rooms)])
    yield from _listed("circles of modules", [" <-> ".join(circle) for circle in circles(import_graph(modules))])
    yield from _listed("root modules of hedgerow/", root_modules)
    yield from _listed(f"files over {MAX_FILE_LINES} lines", long_files)
    yield from _listed(f"functions over {MAX_FUNCTION_LINES} lines", long_functions)
    yield from _listed(f"functions with more than {MAX_PARAMETERS} parameters", wide_functions)
    for package in PACKAGES:
        files = [module for module in modules.values() if module.path.parts[0] == package]
        yield f"lines of {package}/: {sum(module.lines for module in files)} in {len(files)} files"
    median = statistics.median(one.lines for one in functions) if functions else 0
    yield f"functions: {len(functions)}, median length {median:g} lines"


def _listed(title: str, items: list[str]) -> Iterator[str]:
    yield f"{title}: {len(items)}"
    yield from (f"  {item}" for item in items)


if __name__ == "__main__":
    print(*describe(Path(sys.argv[1] if len(sys.argv) > 1 else ".")), sep="\n")
