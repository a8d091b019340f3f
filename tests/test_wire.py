"""The wire: what goes in comes out, and bytes that are no message do no harm."""

import socket
import struct
import threading
import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from coursekit.checks.answers import NotPassed, plain
from coursekit.grading import wire
from coursekit.grading.learner import Learner
from coursekit.grading.notebook import Cell
from coursekit.grading.remote import said

REPLIES = ["value", "function", "raised", "refused", "missing", "done", "callback"]
CELL = Cell("1", "f = 1")
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
)
ARRAYS = hnp.arrays(st.sampled_from(["f8", "f4", "f2", "i8", "?"]), hnp.array_shapes(min_side=0))
SCALARS |= ARRAYS.filter(lambda array: array.size > 0).map(lambda array: array.flat[0])
VALUES = st.recursive(
    SCALARS | ARRAYS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=8,
).filter(lambda value: nesting(value) <= wire.DEPTH)


def nesting(value):
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(nesting, value), default=0) if isinstance(value, list | tuple) else 0


def same(a, b):
    """Equal in type, dtype, shape and value, NaN included."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray | np.generic):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(map(same, a.values(), b.values()))
    return a == b or (a != a and b != b)


@given(VALUES)
def test_round_trip(value):
    assert same(wire.decode(wire.encode(value)), value)


@given(VALUES, st.data())
def test_a_message_cut_short_is_an_error(value, data):
    message = wire.encode(value)
    cut = data.draw(st.integers(0, len(message) - 1))
    with pytest.raises(wire.WireError):
        wire.decode(message[:cut])
    with pytest.raises(wire.WireError):
        wire.decode(message + b"N")


@given(st.binary(max_size=200))
@settings(max_examples=500)
def test_garbage_is_an_error_or_a_value(data):
    try:
        value = wire.decode(data)
    except wire.WireError:
        return
    assert same(wire.decode(wire.encode(value)), value)


@given(VALUES, st.data())
@settings(max_examples=300)
def test_a_changed_message_is_an_error_or_a_value(value, data):
    message = bytearray(wire.encode(value))
    for _ in range(3):
        at = data.draw(st.integers(0, len(message) - 1))
        message[at] = data.draw(st.integers(0, 255))
    try:
        value = wire.decode(bytes(message))
    except wire.WireError:
        return
    assert same(wire.decode(wire.encode(value)), value)


MOST = 2**32 - 1
LIES = {
    "long text": struct.pack("<cI", b"s", MOST),
    "long list": struct.pack("<cI", b"l", MOST),
    "long mapping": struct.pack("<cI", b"m", MOST),
    "large array": struct.pack("<cBB2I", b"a", 0, 2, MOST, MOST),
    "overflowing array": struct.pack("<cBB4I", b"a", 0, 4, 2**16, 2**16, 2**16, 2**16),
    "empty but large": struct.pack("<cBB8I", b"a", 0, 8, 0, *[MOST] * 7),
    "many axes": struct.pack("<cBB", b"a", 0, 255) + bytes(4 * 255),
    "unknown dtype": struct.pack("<cBB", b"a", 99, 0) + bytes(8),
    "odd truth": struct.pack("<cBBIB", b"a", 4, 1, 1, 2),
    "not UTF-8": b"s\x01\x00\x00\x00\xff",
    "key that is no text": b"m\x01\x00\x00\x00NN",
    "nested without end": b"l\x01\x00\x00\x00" * 1000 + b"N",
    "nothing": b"",
}


@pytest.mark.parametrize("name", LIES)
def test_lies_about_sizes_allocate_nothing(name):
    tracemalloc.start()
    try:
        with pytest.raises(wire.WireError):
            wire.decode(LIES[name])
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


def test_items_are_counted_over_the_whole_message():
    wire.decode(wire.encode([[None] * 4990] * 2))
    with pytest.raises(wire.WireError, match="more than 10000 items"):
        wire.decode(wire.encode([[None] * 5000] * 2))


class Shouting(np.ndarray):
    def astype(self, *a, **k):
        raise AssertionError("asked a subclass")

    tobytes = __array_ufunc__ = __array_function__ = astype


def test_a_subclass_sends_its_raw_numbers():
    array = np.arange(6.0).reshape(2, 3)
    received = wire.decode(wire.encode(array.view(Shouting)))
    assert type(received) is np.ndarray
    np.testing.assert_array_equal(received, array)


def test_a_view_in_another_order_arrives_in_its_own():
    array = np.arange(24.0).reshape(2, 3, 4).T[::2]
    np.testing.assert_array_equal(wire.decode(wire.encode(array)), array)
    np.testing.assert_array_equal(wire.decode(wire.encode(array.astype(">f4"))), array)
    np.testing.assert_array_equal(wire.decode(wire.encode(array.astype("u2"))), array)


REFUSED = [2**63, 1j, object(), {1: 2}, {3}, b"bytes", np.array(["a"]), np.array([None]), print]
REFUSED += [[[[[[[0]]]]]], [0] * (wire.MOST_ITEMS + 1), np.zeros((1,) * 9), np.zeros(2**23)]


@pytest.mark.parametrize("value", REFUSED, ids=lambda value: f"{type(value).__name__}")
def test_what_the_wire_does_not_carry(value):
    with pytest.raises(wire.WireError):
        wire.encode(value)


@given(VALUES.filter(lambda value: nesting(value) <= 3))
def test_a_check_takes_what_the_wire_takes(value):
    """The learner's panel and the grader see the same value."""
    assert same(plain(value), value)
    assert same(plain(value), wire.decode(wire.encode(value)))


@pytest.mark.parametrize("value", REFUSED[1:-3], ids=lambda value: f"{type(value).__name__}")
def test_a_check_refuses_what_the_wire_refuses(value):
    with pytest.raises(NotPassed):
        plain(value)


@given(st.lists(VALUES, max_size=4) | st.tuples(st.sampled_from(REPLIES), VALUES, VALUES, VALUES))
@settings(max_examples=300)
def test_any_reply_is_a_value_or_a_reason(parts):
    """Whatever a child makes of the wire, the grader meets no error but NotPassed."""
    learner = Learner.__new__(Learner)
    learner.ask = lambda *request: said((5, tuple(parts)), 5)
    if not parts or type(parts[0]) is not str:
        with pytest.raises(wire.WireError):
            learner.ask()
        return
    learner.troubles, learner.notes, learner.own = {}, {}, {CELL}
    assert learner._run(0, CELL)
    assert all(type(note) is str and len(note) <= 100 for note in learner.notes)
    answer = learner.answer("f")
    reasons = [refusal(lambda: learner.call("f"))]
    reasons += [refusal(answer)] if callable(answer) else []
    for why in filter(None, reasons):
        assert type(why.message) is str
        assert len(why.message) <= 300
        assert all(type(line) is str and len(line) <= 200 for line in why.lines)


@given(VALUES)
@settings(max_examples=300)
def test_any_message_is_the_reply_or_a_fault(message):
    for number in (0, 1, message[0] if isinstance(message, list | tuple) and message else 2):
        try:
            assert type(said(message, number)) is tuple
        except wire.WireError:
            continue


def refusal(call):
    try:
        call()
    except NotPassed as why:
        return why
    return None


# Over a socket


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_messages_pass_in_order(ends):
    values = [1, np.arange(300_000.0), "two", (3, [None])]
    thread = threading.Thread(target=lambda: [wire.send(ends[0], value) for value in values])
    thread.start()
    assert all(same(wire.receive(ends[1]), value) for value in values)
    thread.join()


def test_an_announced_flood_is_not_awaited(ends):
    ends[0].sendall(struct.pack("<I", wire.MOST_BYTES + 1))
    with pytest.raises(wire.WireError):
        wire.receive(ends[1], time.monotonic() + 5)


def test_the_end_is_an_eof(ends):
    ends[0].sendall(b"\x09\x00")
    ends[0].close()
    with pytest.raises(EOFError):
        wire.receive(ends[1])


def test_a_trickle_does_not_put_off_the_deadline(ends):
    def trickle():
        try:
            ends[0].sendall(struct.pack("<I", 10_000))
            while True:
                ends[0].sendall(b"N")
                time.sleep(0.02)
        except OSError:
            pass

    threading.Thread(target=trickle, daemon=True).start()
    with pytest.raises(TimeoutError):
        wire.receive(ends[1], time.monotonic() + 0.3)


def test_a_reader_that_never_reads_does_not_hold_the_sender(ends):
    with pytest.raises(TimeoutError):
        wire.send(ends[0], np.zeros(2**21), time.monotonic() + 0.3)
