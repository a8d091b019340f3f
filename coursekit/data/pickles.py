"""A small machine that reads the pickles of weight files and can do nothing else.

A pickle is a program for a machine with a stack and a memo. Python's own machine imports any name,
calls it, and writes to any object. This one knows the operations that weight files hold, makes
plain values, and calls only the functions that its user names. What a file may cost is bounded by
how many bytes of it are read and how many operations are done, never by a number that the file
states.
"""

import math
import pickletools
from typing import Any

from coursekit.nn.expect import shown

# What the descriptions in one file may take. In memory a value has 80 bytes at most, and four for
# each byte that was read.
MOST_BYTES = 1 << 20
MOST_OPERATIONS, MOST_CALLS = 100_000, 10_000  # about 3,000 tensors
MOST_TEXT = 1000  # characters of a name
MOST_AXES, MOST_NUMBERS = 32, 1 << 59  # of an array, in any NumPy


class Refused(ValueError):
    """A file holds or asks for what no weight file needs; the words follow "cannot read FILE: "."""


class Described:
    """The part of a file that describes its numbers: at most MOST_BYTES are read of it."""

    def __init__(self, file):
        self.file, self.left = file, MOST_BYTES
        self.seek, self.tell = file.seek, file.tell

    def read(self, n=-1):
        if n > self.left:
            raise Refused(f"it describes its numbers in more than {MOST_BYTES:,} bytes")
        return self.spent(self.file.read(self.left if n < 0 else n))

    def readline(self):
        return self.spent(self.file.readline(self.left))

    def spent(self, data):
        self.left -= len(data)
        return data


class Machine:
    """Reads pickles one after the other from a file of bytes.

    A subclass says what they may hold beside plain values. admitted: {(module, name): value}, all
    that they may ask for by name; functions among these are called with what a pickle holds, and
    so check it. wanted: how the sentence ends that refuses other names.
    """

    admitted: dict[tuple[str, str], object] = {}
    wanted = "only plain values are read"

    def __init__(self, file):
        self.file: Any = Described(file)
        self.operations_left, self.calls_left = MOST_OPERATIONS, MOST_CALLS

    def persistent(self, pid):
        """The value for what a pickle keeps outside of itself, under an id."""
        raise Refused("it keeps values outside of its description")

    def build(self, value, state):
        """Give a value the state that follows it."""
        raise Refused(f"it sets the state of a value of type {type(value).__name__}")

    def load(self):
        """The value that the next pickle describes. Raises Refused."""
        self.stack: list[Any] = []
        self.stacks: list[list[Any]] = []
        self.memo: dict[int, Any] = {}
        try:
            for operation, argument, _ in pickletools.genops(self.file):
                self.operations_left -= 1
                if self.operations_left < 0 or self.calls_left < 0:
                    raise Refused("its description is longer than that of 3,000 arrays")
                if operation.name == "STOP":
                    return self.stack.pop()
                if operation.name not in OPERATIONS:
                    raise Refused(f"it uses {operation.name}, an operation that no weights need")
                OPERATIONS[operation.name](self, argument)
        except Refused:
            raise
        except (ValueError, LookupError):  # of genops, an empty stack, an entry never written
            pass
        raise Refused("its description is cut off or damaged")

    def push(self, value):
        self.stack.append(value)

    def text(self, value):
        if len(value) > MOST_TEXT:
            raise Refused(f"it holds a name of {len(value):,} characters")
        self.push(value)

    def take(self, n):
        """The last n values, as a tuple."""
        return tuple([self.stack.pop() for _ in range(n)][::-1])

    def mark(self, _):
        self.stacks.append(self.stack)
        self.stack = []

    def marked(self):
        """All values since the last mark."""
        values, self.stack = self.stack, self.stacks.pop()
        return values

    def append(self, values):
        expect_type(self.stack[-1], list).extend(values)

    def set_items(self, values):
        keys = values[::2]
        for key in keys:  # a hash of others can recurse without end, or agree on purpose
            if type(key) is not str and not (type(key) is int and abs(key) < 1 << 31):
                raise Refused("it holds a dictionary with a key that is no string or small integer")
        expect_type(self.stack[-1], dict).update(zip(keys, values[1::2], strict=True))

    def ask(self, *names):
        module, name = (expect_type(name, str) for name in names)
        if (module, name) not in self.admitted:
            raise Refused(f"it asks for {shown(f'{module}.{name}')}, and {self.wanted}")
        self.push(self.admitted[module, name])

    def call(self, _):
        self.calls_left -= 1
        function, arguments = self.take(2)
        if not callable(function):
            raise Refused(f"it calls a value of type {type(function).__name__}")
        self.push(function(*expect_type(arguments, tuple)))

    def look_up(self, _):
        self.calls_left -= 1
        self.push(self.persistent(*self.take(1)))

    def set_state(self, _):
        [state] = self.take(1)
        self.build(self.stack[-1], state)


OPERATIONS = {
    "PROTO": lambda machine, version: None,
    "FRAME": lambda machine, length: None,
    "NONE": lambda machine, _: machine.push(None),
    "NEWTRUE": lambda machine, _: machine.push(True),
    "NEWFALSE": lambda machine, _: machine.push(False),
    **dict.fromkeys(["BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT"], Machine.push),
    **dict.fromkeys(["BINUNICODE", "SHORT_BINUNICODE"], Machine.text),
    "EMPTY_TUPLE": lambda machine, _: machine.push(()),
    "TUPLE1": lambda machine, _: machine.push(machine.take(1)),
    "TUPLE2": lambda machine, _: machine.push(machine.take(2)),
    "TUPLE3": lambda machine, _: machine.push(machine.take(3)),
    "MARK": Machine.mark,
    "TUPLE": lambda machine, _: machine.push(tuple(machine.marked())),
    "EMPTY_LIST": lambda machine, _: machine.push([]),
    "APPEND": lambda machine, _: machine.append(machine.take(1)),
    "APPENDS": lambda machine, _: machine.append(machine.marked()),
    "EMPTY_DICT": lambda machine, _: machine.push({}),
    "SETITEM": lambda machine, _: machine.set_items(machine.take(2)),
    "SETITEMS": lambda machine, _: machine.set_items(machine.marked()),
    **dict.fromkeys(["BINPUT", "LONG_BINPUT"], lambda m, i: m.memo.update({i: m.stack[-1]})),
    "MEMOIZE": lambda machine, _: machine.memo.update({len(machine.memo): machine.stack[-1]}),
    **dict.fromkeys(["BINGET", "LONG_BINGET"], lambda m, i: m.push(m.memo[i])),
    "GLOBAL": lambda machine, names: machine.ask(*names.split(" ", 1)),
    "STACK_GLOBAL": lambda machine, _: machine.ask(*machine.take(2)),
    **dict.fromkeys(["REDUCE", "NEWOBJ"], Machine.call),
    "BUILD": Machine.set_state,
    "BINPERSID": Machine.look_up,
}


def expect_type(value, kind):
    if type(value) is not kind:
        came, wanted = type(value).__name__, kind.__name__
        raise Refused(f"it holds a value of type {came} where one of type {wanted} belongs")
    return value


def expect_sizes(sizes):
    """Whole numbers that can be sizes, steps or places in an array."""
    if len(expect_type(sizes, tuple)) > MOST_AXES:
        raise Refused(f"it holds an array of {len(sizes):,} axes; at most {MOST_AXES} are read")
    for size in sizes:
        if type(size) is not int or not 0 <= size < MOST_NUMBERS:
            came = shown(str(size)) if type(size) is int else f"type {type(size).__name__}"
            raise Refused(f"it holds an array with a size, step or place of {came}")
    return sizes


def expect_shape(shape):
    """The shape of an array that NumPy can make, be it as a view."""
    if math.prod(n for n in expect_sizes(shape) if n) >= MOST_NUMBERS:
        raise Refused(f"it holds an array of shape {shown(str(shape))}, more than NumPy can count")
    return shape
