"""An extension of griffe (mkdocs.yml): the Python reference shows the value of a default, not the constant's name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from griffe import Class, ExprName, Extension, Function, Module, Object


class Defaults(Extension):
    """Replace a default that names a constant of the package, if the constant is a number, a text or a tuple."""

    def on_package(self, *, pkg: Module, **_: Any) -> None:
        """Replace the defaults of all functions of `pkg`."""
        for function in _functions(pkg):
            for parameter in function.parameters:
                if isinstance(parameter.default, ExprName):
                    parameter.default = _value(parameter.default, pkg) or parameter.default


def _functions(scope: Object) -> Iterator[Function]:
    """Yield the functions and methods that are defined in `scope`, at any depth."""
    for member in scope.members.values():
        if isinstance(member, Function):
            yield member
            yield from member.overloads or ()
        elif isinstance(member, Module | Class):
            yield from _functions(member)


def _value(name: ExprName, pkg: Module) -> str | None:
    """Return the constant that `name` is, as the source has it; None if it is no literal."""
    path = name.canonical_path.removeprefix(f"{pkg.name}.")
    try:
        text = str(pkg[path].value)
        ast.literal_eval(text)
    except (KeyError, AttributeError, ValueError, SyntaxError):
        return None
    return text
