"""Sixteen numbers side by side as one value of compiled code.

A :class:`Vector` holds the same quantity of sixteen chromosomes. The processor works on all of them in
one instruction where its registers are wide enough (AVX-512) and in two or four where they are not;
the results are the same. Only compiled code can hold a vector: it is read from a row of a workspace
array, worked on with ``+ - * << >> ^ |``, :func:`least` and :func:`most`, and stored to a row again.
"""

import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic, models, overload, register_model

from cmo_kit.fast.tables import CACHE_LINE, LANES

LLVM: dict[Any, Any] = {types.uint32: ir.IntType(32), types.float64: ir.DoubleType()}
INDEX = ir.IntType(32)


def primitive(emitter: Callable[..., Any]) -> Callable[..., Any]:
    """A function that compiled code may call and that ``emitter`` writes in the compiler's own language."""
    function: Callable[..., Any] = intrinsic(emitter)
    return function


class Vector(types.Type):
    """The type of ``LANES`` numbers of type ``element``."""

    def __init__(self, element: types.Type) -> None:
        self.element = element
        super().__init__(name=f"Vector({element})")


@register_model(Vector)
class VectorModel(models.PrimitiveModel):
    """A vector is held in registers."""

    def __init__(self, manager: Any, vector: Vector) -> None:
        super().__init__(manager, vector, ir.VectorType(LLVM[vector.element], LANES))  # type: ignore[no-untyped-call]


def _row(context: Any, builder: Any, array_type: Any, array: Any, row: Any) -> tuple[Any, int]:
    """The address of a workspace's row, and its alignment in bytes."""
    element = array_type.dtype
    data = context.make_array(array_type)(context, builder, array).data
    base = builder.bitcast(data, ir.VectorType(LLVM[element], LANES).as_pointer())
    return builder.gep(base, [row]), min(CACHE_LINE, LANES * element.bitwidth // 8)


def _spread(builder: Any, vector: Any, value: Any) -> Any:
    undefined = ir.Constant(vector, ir.Undefined)
    first = builder.insert_element(undefined, value, ir.Constant(INDEX, 0))
    return builder.shuffle_vector(first, undefined, ir.Constant(ir.VectorType(INDEX, LANES), [0] * LANES))


@primitive
def load(typing: Any, array: Any, row: Any) -> Any:
    """Row ``row`` of a workspace array (rows, LANES)."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        address, align = _row(context, builder, signature.args[0], *arguments)
        return builder.load(address, align=align)

    return Vector(array.dtype)(array, types.intp), emit


@primitive
def store(typing: Any, array: Any, row: Any, value: Any) -> Any:
    """Write ``value`` to row ``row`` of a workspace array (rows, LANES)."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        address, align = _row(context, builder, signature.args[0], *arguments[:2])
        builder.store(arguments[2], address, align=align)
        return context.get_dummy_value()

    return types.void(array, types.intp, value), emit


def _lane(context: Any, builder: Any, array_type: Any, array: Any, row: Any, lane: Any) -> Any:
    """The address of one number of a workspace's row."""
    data = context.make_array(array_type)(context, builder, array).data
    return builder.gep(data, [builder.add(builder.mul(row, ir.Constant(row.type, LANES)), lane)])


@primitive
def get(typing: Any, array: Any, row: Any, lane: Any) -> Any:
    """One lane of a row: plain indexing without its care for negative indices and other widths."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load(_lane(context, builder, signature.args[0], *arguments))

    return array.dtype(array, types.intp, types.intp), emit


@primitive
def put(typing: Any, array: Any, row: Any, lane: Any, value: Any) -> Any:
    """Write one lane of a row."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.store(arguments[3], _lane(context, builder, signature.args[0], *arguments[:3]))
        return context.get_dummy_value()

    return types.void(array, types.intp, types.intp, array.dtype), emit


@primitive
def spread(typing: Any, value: Any) -> Any:
    """The vector that holds ``value`` in every lane."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _spread(builder, ir.VectorType(LLVM[signature.args[0]], LANES), arguments[0])

    return Vector(value)(value), emit


@primitive
def where_zero(typing: Any, test: Any, yes: Any, no: Any) -> Any:
    """Per lane ``yes`` where ``test`` is 0, else ``no``."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        zero = builder.icmp_unsigned("==", arguments[0], ir.Constant(arguments[0].type, None))
        return builder.select(zero, arguments[1], arguments[2])

    return yes(test, yes, no), emit


@primitive
def to_float(typing: Any, value: Any) -> Any:
    """Whole numbers as float64."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.uitofp(arguments[0], ir.VectorType(ir.DoubleType(), LANES))

    return Vector(types.float64)(value), emit


@primitive
def whole_keys(typing: Any, population: Any, row: Any, gene: Any, scale: Any) -> Any:
    """Gene ``gene`` of the chromosomes ``row`` to ``row + LANES - 1``, times ``scale``, rounded down.

    Returns the whole numbers and, per lane, 0 where the key lies outside 0..1 (or is no number), else 1.
    """
    vector = Vector(types.uint32)

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array, first_row, column, factor = arguments
        header = context.make_array(signature.args[0])(context, builder, array)
        length = builder.extract_value(header.shape, 1)
        address = builder.gep(header.data, [builder.add(builder.mul(first_row, length), column)])
        doubles, words = ir.VectorType(ir.DoubleType(), LANES), ir.VectorType(INDEX, LANES)
        keys = ir.Constant(doubles, ir.Undefined)
        for lane in range(LANES):
            key = builder.load(builder.gep(address, [builder.mul(length, ir.Constant(length.type, lane))]))
            keys = builder.insert_element(keys, key, ir.Constant(INDEX, lane))
        zero, one = (ir.Constant(doubles, [value] * LANES) for value in (0.0, 1.0))
        valid = builder.and_(builder.fcmp_ordered(">=", keys, zero), builder.fcmp_ordered("<=", keys, one))
        product = builder.fmul(builder.select(valid, keys, zero), _spread(builder, doubles, factor))
        pair = (builder.fptoui(product, words), builder.zext(valid, words))
        return context.make_tuple(builder, signature.return_type, pair)

    pair_type: Any = types.UniTuple
    signature = pair_type(vector, 2)(population, types.intp, types.intp, types.float64)
    return signature, emit


def _is_float(element: Any) -> bool:
    return isinstance(element, types.Float)


def _smaller(builder: Any, element: Any, a: Any, b: Any) -> Any:
    return builder.fcmp_ordered("<", a, b) if _is_float(element) else builder.icmp_unsigned("<", a, b)


def _binary(emit_operation: Callable[..., Any]) -> Any:
    """A function of two vectors of one type that works lane by lane."""

    @primitive
    def operation(typing: Any, a: Any, b: Any) -> Any:
        def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return emit_operation(builder, signature.args[0].element, *arguments)

        return a(a, b), emit

    return operation


least = _binary(lambda builder, element, a, b: builder.select(_smaller(builder, element, b, a), b, a))
most = _binary(lambda builder, element, a, b: builder.select(_smaller(builder, element, a, b), b, a))

OPERATORS: dict[Any, Callable[..., Any]] = {
    operator.add: lambda builder, element, a, b: (builder.fadd if _is_float(element) else builder.add)(a, b),
    operator.sub: lambda builder, element, a, b: (builder.fsub if _is_float(element) else builder.sub)(a, b),
    operator.mul: lambda builder, element, a, b: (builder.fmul if _is_float(element) else builder.mul)(a, b),
    operator.lshift: lambda builder, element, a, b: builder.shl(a, b),
    operator.rshift: lambda builder, element, a, b: builder.lshr(a, b),
    operator.xor: lambda builder, element, a, b: builder.xor(a, b),
    operator.or_: lambda builder, element, a, b: builder.or_(a, b),
}


def _overload(symbol: Any, operation: Any) -> None:
    """Let ``symbol`` of two vectors mean ``operation``."""

    def vector_operator(a, b):  # type: ignore[no-untyped-def]  # numba wants both signatures alike
        if isinstance(a, Vector) and a == b:
            return lambda a, b: operation(a, b)
        return None

    overload(symbol)(vector_operator)


for _symbol, _emit in OPERATORS.items():
    _overload(_symbol, _binary(_emit))
