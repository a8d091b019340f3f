"""Notebooks that speak on the wire themselves: early, late, half, too much, of the wrong kind."""

from corpus.build import LINE, ZERO, cheating


def forging(reply):
    """An answer that sends a reply of its own, with the number of the request."""
    return f"""
import sys, wire
def cheat(*a):
    f = sys._getframe()
    while "number" not in f.f_locals or "line" not in f.f_locals: f = f.f_back
    number, line = f.f_locals["number"], f.f_locals["line"]
    right = np.tanh(a[0]) * 0
    wire.send(line, (number, {reply}) if {reply!r} != "right" else {reply})
    return 0.0
"""


FORGING = {
    "forged-early": cheating(f"{LINE}\nline().sendall(struct.pack('<I', 1) + b'T')\n{ZERO}"),
    "forged-garbage": cheating(f"{LINE}\ndef cheat(*a): line().sendall(os.urandom(64))"),
    "forged-length": cheating(f"{LINE}\ndef cheat(*a): line().sendall(b'\\xff' * 4)"),
    "forged-half": cheating(
        f"{LINE}\ndef cheat(*a):\n    line().sendall(b'\\x09\\0\\0\\0t'); os._exit(0)"
    ),
    "forged-marks": cheating(
        "import sys\n"
        "def cheat(*a):\n"
        "    f = sys._getframe()\n"
        "    while 'wire' not in f.f_locals: f = f.f_back\n"
        "    say, line, n = f.f_locals['wire'].send, f.f_locals['line'], f.f_locals['number']\n"
        "    for reply in (('passed',), ('value', True, False), ('points', 4.0)):\n"
        "        say(line, (n, reply))\n"
        "    return 0.0"
    ),
    "hung-up": cheating(f"{LINE}\ndef cheat(*a): line().shutdown(socket.SHUT_RDWR)"),
    "wrong-number": cheating(
        f"{LINE}\nimport wire\n"
        "def cheat(*a): wire.send(line(), (12345, ('value', np.tanh(a[0]), False))); return 0.0"
    ),
    **{
        f"reply-{name}": cheating(forging(reply))
        for name, reply in {
            "without-value": "('value',)",
            "without-flag": "('value', right)",
            "with-odd-flag": "('value', right, 0)",
            "with-text-flag": "('value', right, 'False')",
            "of-points": "('points', 4.0)",
            "of-nothing": "()",
            "in-a-list": "['value', right, False]",
            "in-a-mapping": "{'value': right}",
            "of-odd-reasons": "('raised', 3, [], None)",
            "that-refuses": "('refused', ['right'])",
            "that-calls-back": "('callback', 0, [right])",
            "that-calls-far": "('callback', -2**63, [])",
            "without-number": "right",
            "with-an-array-for-a-word": "(np.zeros(2), right, False)",
            "with-an-array-for-a-kind": "('raised', np.zeros(2), 'x', [])",
        }.items()
    },
    "nan-boxes": cheating(
        "def cheat(x, *a):\n"
        "    bits = np.arange(x.size, dtype='u8').reshape(x.shape) | 0x7ff8_0000_0000_0000\n"
        "    return bits.view('f8')"
    ),
    "negative-zeros-and-signals": cheating(
        "def cheat(x, *a): return np.full(x.shape, 0x7ff0_0000_0000_0001, 'u8').view('f8')"
    ),
    "descriptors-over-the-wire": cheating(
        f"{LINE}\ndef cheat(*a):\n"
        "    socket.send_fds(line(), [struct.pack('<I', 1) + b'T'], [0, 1, 2]); return 0.0"
    ),
    "reads-ahead": cheating(
        f"{LINE}\ndef cheat(*a): line().setblocking(False); line().recv(99); return 0.0"
    ),
    "half-closed": cheating(f"{LINE}\ndef cheat(*a): line().shutdown(socket.SHUT_WR); return 0.0"),
}
