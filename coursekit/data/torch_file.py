"""Reading PyTorch's .pth files without PyTorch, and without running anything they hold.

torch.save writes descriptions of tensors as a pickle, and the numbers that they share as storages.
Since 2020 both lie in a zip archive; before, pickles and storages lay one after the other. Either
way the description is read first, by a machine of our own (pickles.py), and compared with what the
file holds; then the numbers are read, once.
"""

import io
import os

import numpy as np

from coursekit.data.archive import plain_members, read_member, read_numbers
from coursekit.data.pickles import MOST_BYTES, Refused, expect_type
from coursekit.data.tensors import Description
from coursekit.nn.expect import shown

OLD_MAGIC, OLD_PROTOCOL = 0x1950A86A20F9469CFC6C, 1001


def read_pth(path):
    """Read what torch.save wrote of a state_dict: {name: array}.

    Use it for a model of your own: nn.load_state_dict(model, read_pth("mine.pth")), where model
    is a Sequential with torch's names. As in torch, tensors that share numbers (tied weights,
    slices) are arrays that share memory, so that nothing takes more memory than the file. One that
    shows a number twice, as after `expand`, is read-only. Raises ValueError for a file that asks
    for anything but tensors, naming it, and for one that is cut off, damaged or no .pth.
    """
    with open(path, "rb") as file:
        try:
            begins = file.read(4)
            file.seek(0)
            return read_zip(file) if begins == b"PK\3\4" else read_old(file)
        except Refused as refused:
            raise ValueError(f"read_pth cannot read {path}: {refused}") from None


def read_zip(file):
    """The format since PyTorch 1.6: NAME/data.pkl, and a member NAME/data/KEY for each storage."""
    members = plain_members(file)
    pickled = [name for name in members if name.endswith("/data.pkl")]
    if len(pickled) != 1 or members[pickled[0]].file_size > MOST_BYTES:
        raise Refused(f"it is a zip archive without one data.pkl of at most {MOST_BYTES:,} bytes")
    folder = pickled[0].removesuffix("data.pkl")
    description = Description(io.BytesIO(read_member(file, members[pickled[0]])))
    state, numbers = description.state(), {}
    order = members.get(f"{folder}byteorder")
    order = ">" if order and order.file_size == len("big") else "<"
    for key, storage in description.storages.items():
        member = members.get(f"{folder}data/{key}")
        if member is None or member.file_size != storage.nbytes:
            raise Refused(f"it lacks the {storage.nbytes} bytes of storage {shown(key)}")
        numbers[key] = read_member(file, member, storage.dtype.newbyteorder(order))
    return arrays(state, numbers)


def read_old(file):
    """The format before: magic number, version, system, tensors, keys; then the storages."""
    if file.read(1) != b"\x80":
        raise Refused("it does not begin as files of torch.save do")
    file.seek(0)
    description = Description(file)
    magic, protocol, system = (description.load() for _ in range(3))
    if magic != OLD_MAGIC or protocol != OLD_PROTOCOL:
        raise Refused("it is a pickle, but not one of torch.save")
    order = "<" if expect_type(system, dict).get("little_endian", True) else ">"
    state, keys = description.state(), expect_type(description.load(), list)
    if not all(type(key) is str for key in keys) or {*keys} != {*description.storages}:
        raise Refused("the list of its storages does not fit its tensors")
    numbers, size = {}, os.fstat(file.fileno()).st_size
    for key in dict.fromkeys(keys):  # each is its length, then its numbers
        storage = description.storages[key]
        [length] = read_numbers(file, 1, f"{order}i8")
        if length != storage.numel or storage.nbytes > size - file.tell():
            raise Refused(f"it lacks the {storage.nbytes} bytes of storage {shown(key)}")
        numbers[key] = read_numbers(file, storage.numel, storage.dtype.newbyteorder(order))
    return arrays(state, numbers)


def arrays(state, numbers):
    """{name: array}, each a view of the numbers of its storage."""
    numbers = {key: native(values) for key, values in numbers.items()}
    return {name: tensor.array(numbers[tensor.storage.key]) for name, tensor in state.items()}


def native(values):
    """The same memory in the order of bytes that this machine has, and with bool 0 or 1."""
    if values.dtype == np.bool_:
        np.not_equal(values.view(np.uint8), 0, out=values)
    if values.dtype.isnative:
        return values
    return values.byteswap(inplace=True).view(values.dtype.newbyteorder("native"))
