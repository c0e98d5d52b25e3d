"""The small changes that a line of Python admits, found in its syntax tree.

Left alone are docstrings, annotations, imports, ``__all__`` and the text of messages (``raise``, f-strings).
"""

import ast
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}  # fmt: skip
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult, ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.BitAnd: ast.BitOr,
    ast.BitXor: ast.BitAnd,
}  # fmt: skip
EXTREMES = {"min": "max", "max": "min", "minimum": "maximum", "maximum": "minimum", "argmin": "argmax", "any": "all"}
EXTREMES |= {new: old for old, new in EXTREMES.items()}
Possible = tuple[str, ast.AST, ast.AST, str]  # kind, what is replaced, by what, the function or class around it
TYPES_ONLY = {"TypeVar", "cast", "NewType", "TypedDict", "NamedTuple"}


@dataclass(frozen=True)
class Change:
    """One change: ``before``, at the byte ``start`` of the file, becomes ``after``."""

    path: str
    line: int
    start: int
    kind: str
    before: str
    after: str
    inside: str  # the function or class around it


def step(node: ast.expr, by: int) -> ast.expr:
    """``node`` plus ``by``."""
    return ast.BinOp(node, ast.Add() if by > 0 else ast.Sub(), ast.Constant(abs(by)))


def called(node: ast.Call) -> str:
    """The last part of the name of the function that ``node`` calls."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def is_text(node: ast.expr) -> bool:
    """Whether ``node`` is written as a text."""
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def in_call(node: ast.Call) -> Iterator[tuple[str, ast.AST, ast.AST]]:
    """Changes of a call: its extreme, its range, and without its last or one of its named arguments."""
    name, arguments = called(node), node.args
    if name in EXTREMES:
        other = EXTREMES[name]
        func = ast.Attribute(node.func.value, other) if isinstance(node.func, ast.Attribute) else ast.Name(other)
        yield "extreme", node, ast.Call(func, arguments, node.keywords)
    if name == "range" and arguments:
        place = min(1, len(arguments) - 1)
        for at, by in [(place, -1), (place, 1)] + [(0, 1)] * place:
            moved = [step(each, by) if index == at else each for index, each in enumerate(arguments)]
            yield "range", node, ast.Call(node.func, moved, [])
    if len(arguments) > 1:
        yield "argument", node, ast.Call(node.func, arguments[:-1], node.keywords)
    for keyword in node.keywords:
        if keyword.arg is not None:
            others = [each for each in node.keywords if each is not keyword]
            yield "argument", node, ast.Call(node.func, arguments, others)


def of_expression(node: ast.AST) -> Iterator[tuple[str, ast.AST, ast.AST]]:
    """Changes of an expression: kind, what is replaced, and by what."""
    match node:
        case ast.Compare(left, operators, others):
            for place, operator in enumerate(operators):
                for new in COMPARISONS[type(operator)]:
                    changed = [*operators[:place], new(), *operators[place + 1 :]]
                    yield "comparison", node, ast.Compare(left, changed, others)
        case ast.BinOp(left, operator, right) if type(operator) in ARITHMETIC and not is_text(left) | is_text(right):
            yield "arithmetic", node, ast.BinOp(left, ARITHMETIC[type(operator)](), right)
        case ast.UnaryOp(ast.Not() | ast.USub(), operand):
            yield "sign", node, operand
        case ast.BoolOp(operator, values):
            yield "and/or", node, ast.BoolOp(ast.And() if isinstance(operator, ast.Or) else ast.Or(), values)
        case ast.Constant(bool() as value):
            yield "truth", node, ast.Constant(not value)
        case ast.Constant(int() | float() as value):
            yield "constant", node, ast.Constant(value + 1 if value + 1 != value else 2 * value)
        case ast.Call():
            yield from in_call(node)
        case ast.IfExp(test):
            yield "condition", test, ast.UnaryOp(ast.Not(), test)
        case ast.Subscript(slice=index):
            bounds = [index.lower, index.upper] if isinstance(index, ast.Slice) else [index]
            for bound in bounds:
                if isinstance(bound, ast.BinOp) or (isinstance(bound, ast.Name) and bound.id.islower()):
                    yield "index", bound, step(bound, 1)
                    yield "index", bound, step(bound, -1)


def of_statement(node: ast.AST) -> Iterator[tuple[str, ast.AST, ast.AST]]:
    """Changes of a statement: kind, what is replaced, and by what."""
    match node:
        case ast.AugAssign(target, operator, value):
            yield "deletion", node, ast.Pass()
            if type(operator) in ARITHMETIC:
                yield "arithmetic", node, ast.AugAssign(target, ARITHMETIC[type(operator)](), value)
        case ast.Expr(ast.Call()) | ast.Continue() | ast.Break():
            yield "deletion", node, ast.Pass()
        case ast.Return(value) if value is not None and not (isinstance(value, ast.Constant) and value.value is None):
            yield "return", node, ast.Return(ast.Constant(None))
        case ast.If(test):
            yield "condition", test, ast.UnaryOp(ast.Not(), test)
        case ast.comprehension(ifs=tests):
            for test in tests:
                yield "condition", test, ast.UnaryOp(ast.Not(), test)


def left_alone(node: ast.AST) -> bool:
    """Whether nothing inside ``node`` may change."""
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Raise() | ast.JoinedStr():
            return True
        case ast.Assign(targets=[ast.Name("__all__")]) | ast.If(test=ast.Name("TYPE_CHECKING")):
            return True
        case ast.Call():
            return called(node) in TYPES_ONLY
    return False


def possible(source: bytes) -> dict[int, list[Possible]]:
    """Every change that the lines of a file admit, by the number of the line."""
    found: dict[int, list[Possible]] = {}

    def walk(node: ast.AST, inside: str) -> None:
        if left_alone(node):
            return
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            inside = node.name
        for kind, old, new in [*of_statement(node), *of_expression(node)]:
            found.setdefault(old.lineno, []).append((kind, old, new, inside))  # type: ignore[attr-defined]
        for field, value in ast.iter_fields(node):
            if field not in {"annotation", "returns", "type_params"}:
                for child in value if isinstance(value, list) else [value]:
                    if isinstance(child, ast.AST):
                        walk(child, inside)

    walk(ast.parse(source), "")
    return found


def written(path: str, source: bytes, choice: Possible) -> Change:
    """A possible change as text, in brackets only where its meaning needs them."""
    kind, old, new, inside = choice
    lines = [0, *itertools.accumulate(map(len, source.splitlines(keepends=True)))]
    start = lines[old.lineno - 1] + old.col_offset  # type: ignore[attr-defined]
    end = lines[old.end_lineno - 1] + old.end_col_offset  # type: ignore[attr-defined]
    made = Change(path, old.lineno, start, kind, source[start:end].decode(), "", inside)  # type: ignore[attr-defined]

    def meaning(text: str) -> str:
        try:
            return ast.dump(ast.parse(applied(replace(made, after=text), source)))
        except SyntaxError:
            return ""

    after = ast.unparse(ast.fix_missing_locations(new))
    if isinstance(new, ast.expr) and meaning(after) != meaning(f"({after})"):
        after = f"({after})"
    assert meaning(after) not in {"", ast.dump(ast.parse(source))}
    return replace(made, after=after)


def applied(change: Change, source: bytes) -> bytes:
    """``source`` with ``change``."""
    return source[: change.start] + change.after.encode() + source[change.start + len(change.before.encode()) :]
