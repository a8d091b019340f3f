"""A formula as text -> a graph of values: "(x + y) * z where x=-2, y=5, z=-4"."""

import ast
import math
import operator

from coursekit.nn.graph import Value

LONGEST = 120  # letters
MOST = 24  # nodes that a picture has room for
BINARY = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda a, b: b.reciprocal() if a == 1 and isinstance(b, Value) else a / b,
    ast.Pow: operator.pow,
}
FUNCTIONS = {
    "exp": (1, lambda a: a.exp()),
    "log": (1, lambda a: a.log()),
    "tanh": (1, lambda a: a.tanh()),
    "relu": (1, lambda a: a.relu()),
    "sigmoid": (1, lambda a: a.sigmoid()),
    "max": (2, lambda a, b: a.maximum(b)),
}


def read(text):
    """The `Value` of a formula of +, −, *, /, ** and functions of one or two values.

    Raises ValueError, with what is allowed, for any other text, for a name without a number, and
    for a number that is not finite on the way; TypeError for what is no text.
    """
    if not isinstance(text, str):
        raise TypeError(f"a formula is a text; got {text!r}")
    expression, _, numbers = text.partition(" where ")
    if len(text) > LONGEST:
        raise ValueError(f"a formula has at most {LONGEST} letters; got {len(text)}")
    try:
        inputs = _inputs(numbers)
        result = _value(ast.parse(expression.strip(), mode="eval").body, inputs)
        trace = result.trace()
        if not all(math.isfinite(n) for step in trace for n in (step.value, step.upstream)):
            raise ArithmeticError("a number on the way is too large")
    except SyntaxError:
        wanted = "a formula reads (x + y) * z where x=-2, y=5, z=-4"
        raise ValueError(f"{wanted}; got {text!r}") from None
    except (ArithmeticError, AttributeError, RecursionError, TypeError) as error:
        raise ValueError(f"{text!r} cannot be computed: {error}") from None
    if not 2 <= len(trace) <= MOST:
        raise ValueError(f"a formula makes 2 to {MOST} nodes; {text!r} makes {len(trace)}")
    return result


def _inputs(text):
    """ "x=-2, y=5" -> {"x": Value(-2), "y": Value(5)}."""
    call = ast.parse(f"f({text})", mode="eval").body
    if not isinstance(call, ast.Call) or call.args:
        raise SyntaxError
    return {word.arg: Value(_number(word.value), word.arg) for word in call.keywords}


def _number(node):
    try:
        value = ast.literal_eval(node)
    except ValueError:
        raise SyntaxError from None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= 1000:
        raise ValueError(f"numbers are from −1000 to 1000; got {value!r}")
    return float(value)  # whole numbers could grow without end: 9**9**9


def _value(node, inputs):
    """The value of a part of the formula; numbers stay plain until they meet a Value."""
    match node:
        case ast.Constant():
            return _number(node)
        case ast.Name(id=name) if name in inputs:
            return inputs[name]
        case ast.Name(id=name):
            raise ValueError(f"{name} needs a number: … where {name}=1")
        case ast.UnaryOp(op=ast.USub(), operand=a):
            return -_value(a, inputs)
        case ast.BinOp(left=a, op=op, right=b) if type(op) in BINARY:
            return BINARY[type(op)](_value(a, inputs), _value(b, inputs))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in FUNCTIONS:
            count, function = FUNCTIONS[name]
            if len(args) != count:
                raise ValueError(f"{name} takes {count} value{'s'[: count - 1]}; got {len(args)}")
            values = [_value(a, inputs) for a in args]
            try:
                return function(*values)
            except ValueError as error:  # the logarithm of a negative number
                raise ArithmeticError(f"{error} of {name}") from None
    known = f"+, -, *, /, ** and {', '.join(FUNCTIONS)}"
    raise ValueError(f"a formula is made of {known}; got {ast.unparse(node)}")
