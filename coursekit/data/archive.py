"""Members of a zip archive that holds them as they are, one after the other.

Python's zipfile reads the list of members, which is bounded here; sizes and places in that list are
compared with each other and with the file before anything is made of them.
"""

import os
import struct
import zipfile
import zlib
from operator import attrgetter

import numpy as np

from coursekit.data.pickles import Described, Refused
from coursekit.nn.expect import shown

ENCRYPTED = 1  # a bit of a member's flags
HEADER = struct.Struct("<26x2H")  # before each member: …, length of its name, length of extras


def plain_members(file):
    """{name: ZipInfo} of an archive. Raises Refused unless each member is stored by itself."""
    try:
        with zipfile.ZipFile(Described(file)) as archive:
            members, end_of_last = archive.infolist(), archive.start_dir
    except Refused:
        raise
    except Exception:  # a damaged list makes zipfile fail in many ways
        raise Refused("its list of members is cut off or damaged") from None
    end = 0
    for member in sorted(members, key=attrgetter("header_offset")):
        check_member(member, end)
        end = member.header_offset + HEADER.size + len(member.orig_filename) + member.file_size
    if end > end_of_last:
        raise Refused("it is cut off: its last member is longer than the file")
    by_name = {member.filename: member for member in members}
    if len(by_name) < len(members):
        raise Refused("two of its members have one name")
    return by_name


def check_member(member, end):
    """A member is stored as it is, and begins after the `end` of the one before."""
    name = shown(member.filename)
    if member.compress_type != zipfile.ZIP_STORED or member.flag_bits & ENCRYPTED:
        raise Refused(f"its member {name} is compressed or encrypted, as torch.save never does")
    if member.compress_size != member.file_size or member.header_offset < end:
        raise Refused(f"its member {name} gives a false size or overlaps another")
    if name.startswith("/") or ".." in name.split("/"):
        raise Refused(f"its member {name} has a place outside of the archive")


def read_member(file, member, dtype=np.uint8):
    """All numbers of a member, as they were written: their checksum is compared."""
    file.seek(member.header_offset)
    file.seek(sum(HEADER.unpack(file.read(HEADER.size))), os.SEEK_CUR)
    values = read_numbers(file, member.file_size // np.dtype(dtype).itemsize, dtype)
    if zlib.crc32(values) != member.CRC:
        raise Refused(f"its member {shown(member.filename)} is damaged")
    return values


def read_numbers(file, n, dtype):
    """The next n numbers of a file that was seen to be long enough."""
    values = np.empty(n, dtype)
    if file.readinto(values.view(np.uint8)) < values.nbytes:
        raise Refused("it is cut off")
    return values
