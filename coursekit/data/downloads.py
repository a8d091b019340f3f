"""The original MNIST and CIFAR-10, fetched once, checked, and kept in the user's cache folder."""

import gzip
import http.client
import tarfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

import numpy as np

MNIST_URL = "https://ossci-datasets.s3.amazonaws.com/mnist/"
MNIST = {  # NAME-ubyte.gz and its SHA-256
    "train-images-idx3": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    "train-labels-idx1": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    "t10k-images-idx3": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    "t10k-labels-idx1": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
}
QUIET = 120  # seconds; whoever fetches writes more often, or gives up
MOST_BYTES = 200_000_000  # what a server may send for one file; the largest has 170 MB
CIFAR10_URL = "https://www.cs.toronto.edu/~kriz/"
CIFAR10 = {  # file and its SHA-256
    "cifar-10-binary.tar.gz": "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"
}


def load_mnist():
    """Fetch MNIST once, 11 MB, and read it: (x, y) to train on and (x, y) to test with.

    Shapes: x (60000, 1, 28, 28) and (10000, 1, 28, 28) float32 in [0, 1], y int64.
    Raises ConnectionError when a file is not here and cannot be fetched, OSError when it cannot be
    kept, ValueError when what came is not the file. `load_digits28` needs no network.
    """
    registry = {f"{name}-ubyte.gz": sha256 for name, sha256 in MNIST.items()}
    paths = fetch("load_mnist", MNIST_URL, registry)
    train_x, train_y, test_x, test_y = (read_idx(path) for path in paths)

    def pair(images, labels):
        return images[:, None].astype(np.float32) / 255, labels.astype(np.int64)

    return pair(train_x, train_y), pair(test_x, test_y)


def load_cifar10():
    """Fetch CIFAR-10 once, 170 MB, and read it: (x, y) to train on and (x, y) to test with.

    Shapes: x (50000, 3, 32, 32) and (10000, 3, 32, 32) float32 in [0, 1], y int64; 740 MB of
    memory. Classes: airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck.
    Raises as `load_mnist`.
    """
    [path] = fetch("load_cifar10", CIFAR10_URL, CIFAR10)
    with tarfile.open(path) as archive:
        train = [read_cifar10(archive, f"data_batch_{i}") for i in range(1, 6)]
        test = read_cifar10(archive, "test_batch")
    x, y = (np.concatenate(parts) for parts in zip(*train, strict=True))
    return (x, y), test


def read_idx(path):
    """Read an IDX file of bytes: two zeros, type 8, the number of axes, their sizes, the data."""
    data = gzip.decompress(Path(path).read_bytes())
    if len(data) < 4 or data[:3] != b"\0\0\x08":
        raise ValueError(f"{path} is no IDX file of unsigned bytes; it starts with {data[:4]!r}")
    shape = np.frombuffer(data, ">u4", count=data[3], offset=4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(shape)


def read_cifar10(archive, name):
    """Read one batch: each record is a label and 3·32·32 bytes, channel by channel."""
    data = archive.extractfile(f"cifar-10-batches-bin/{name}.bin").read()
    records = np.frombuffer(data, np.uint8).reshape(-1, 1 + 3 * 32 * 32)
    x = records[:, 1:].reshape(-1, 3, 32, 32).astype(np.float32) / 255
    return x, records[:, 0].astype(np.int64)


def fetch(owner, url, registry):
    """Paths of all files of a registry {name: SHA-256}, in its order, fetching what is missing.

    Raises ConnectionError for the network, OSError for the disk, ValueError for a wrong file.
    """
    import pooch  # slow to import, and only needed here

    store = pooch.create(pooch.os_cache("coursekit"), url, registry=registry, env="COURSEKIT_DATA")
    try:
        store.abspath.mkdir(parents=True, exist_ok=True)
        return [store.fetch(name, downloader=resume) for name in registry]
    except ConnectionError as error:
        raise ConnectionError(
            f"{owner} cannot fetch its files from {url} ({error}). What came so far stays in "
            f"{store.abspath}; the next call goes on from there."
        ) from None
    except OSError as error:
        raise OSError(
            f"{owner} cannot keep its files in {store.abspath}: {error.strerror or error}. Make "
            "room there, or name another folder in the environment variable COURSEKIT_DATA."
        ) from None


def resume(url, output_file, store):
    """Fetch a URL for pooch, beginning where the last try was cut off.

    The bytes gather in a file of their own; pooch checks the whole when it is there.
    """
    from tqdm.auto import tqdm

    name = url.rsplit("/", 1)[-1]
    with part_of(store.abspath, name) as part:
        have = part.stat().st_size if part.exists() else 0
        with connect(url, have) as reply:
            goes_on = reply.status == 206  # a server that cannot resume sends everything, with 200
            have *= goes_on
            total = have + (reply.length or 0)
            with (
                part.open("ab" if goes_on else "wb") as file,
                tqdm(desc=name, total=total, initial=have, unit="B", unit_scale=True) as bar,
            ):
                for chunk in chunks(reply):
                    file.write(chunk)
                    bar.update(len(chunk))
                    if file.tell() > MOST_BYTES:
                        break
        if part.stat().st_size > MOST_BYTES:
            part.unlink()
            raise ConnectionError(
                f"it sends more than {MOST_BYTES:,} bytes, and no file has as many"
            )
        if part.stat().st_size < total:
            raise ConnectionError(
                f"the connection ended after {part.stat().st_size} of {total} bytes"
            )
        part.replace(output_file)


@contextmanager
def part_of(folder, name):
    """A file for what comes of NAME, which begins with what came before.

    It is NAME.part between two tries. During one it has a name that nobody else uses, so that two
    programs do not write into the same; one that was killed leaves a file that grows quiet.
    """
    folder = Path(folder)
    rest, mine = folder / f"{name}.part", folder / f"{name}.{token_hex(8)}.part"
    for left in [rest, *folder.glob(f"{name}.*.part")]:
        with suppress(OSError):  # not there, or another program was faster
            if left == rest or time.time() - left.stat().st_mtime > QUIET:
                left.rename(mine)
                break
    try:
        yield mine
    finally:
        with suppress(OSError):  # it became the file
            mine.replace(rest)


def connect(url, have):
    """Open a URL from byte `have` on; from the start when the server has no such bytes."""
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        return urllib.request.urlopen(request, timeout=30)
    except urllib.error.HTTPError as error:
        if error.code == 416:
            return connect(url, 0)
        raise ConnectionError(str(error)) from error
    except (OSError, http.client.HTTPException) as error:
        raise ConnectionError(str(error) or type(error).__name__) from error


def chunks(reply):
    """What a server sends, piece by piece."""
    try:
        while chunk := reply.read(1 << 16):
            yield chunk
    except (OSError, http.client.HTTPException) as error:
        raise ConnectionError(str(error) or type(error).__name__) from error
