"""Fetching MNIST and CIFAR-10: from small files that a server on this machine hands out."""

import errno
import gzip
import hashlib
import io
import os
import subprocess
import sys
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from coursekit.data import downloads


class Handler(BaseHTTPRequestHandler):
    """Serves server.files, in parts when asked; notes every request; can hang up half-way."""

    def do_GET(self):
        name, asked = self.path[1:], self.headers.get("Range")
        self.server.requests.append((name, asked))
        body = self.server.files[name]
        start = int(asked.removeprefix("bytes=")[:-1]) if asked and self.server.resumes else 0
        if start >= len(body):
            return self.send_error(416)
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        self.wfile.write(body[start : self.server.hang_up_after])

    def log_message(self, *args):
        pass


@pytest.fixture
def server(tmp_path, monkeypatch):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.files, server.requests, server.resumes, server.hang_up_after = {}, [], True, None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/"
    monkeypatch.setattr(downloads, "MNIST_URL", url)
    monkeypatch.setattr(downloads, "CIFAR10_URL", url)
    monkeypatch.setenv("COURSEKIT_DATA", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    yield server
    server.shutdown()
    server.server_close()


def sha256(body):
    return hashlib.sha256(body).hexdigest()


def idx(array):
    sizes = np.array(array.shape, ">u4").tobytes()
    return gzip.compress(bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes())


@pytest.fixture
def mnist(server, rng, monkeypatch):
    """Seven small "digits" to train on and three to test with, 5 pixels high and 4 wide."""
    arrays = {
        "train-images-idx3": rng.integers(256, size=(7, 5, 4), dtype=np.uint8),
        "train-labels-idx1": rng.integers(10, size=7, dtype=np.uint8),
        "t10k-images-idx3": rng.integers(256, size=(3, 5, 4), dtype=np.uint8),
        "t10k-labels-idx1": rng.integers(10, size=3, dtype=np.uint8),
    }
    server.files = {f"{name}-ubyte.gz": idx(array) for name, array in arrays.items()}
    hashes = {name: sha256(server.files[f"{name}-ubyte.gz"]) for name in arrays}
    monkeypatch.setattr(downloads, "MNIST", hashes)
    return list(arrays.values())


def test_mnist_comes_once_and_is_read(server, mnist):
    (x, y), (x_test, y_test) = downloads.load_mnist()
    np.testing.assert_array_equal(x, mnist[0][:, None].astype(np.float32) / 255)
    np.testing.assert_array_equal(y, mnist[1])
    np.testing.assert_array_equal(x_test, mnist[2][:, None].astype(np.float32) / 255)
    np.testing.assert_array_equal(y_test, mnist[3])
    assert x.dtype == np.float32
    assert y.dtype == np.int64
    assert len(server.requests) == 4
    downloads.load_mnist()
    assert len(server.requests) == 4


def test_cifar10_is_read_channel_by_channel(server, rng, monkeypatch):
    names = [f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"]
    records = {name: rng.integers(256, size=(2, 3073), dtype=np.uint8) for name in names}
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, batch in records.items():
            entry = tarfile.TarInfo(f"cifar-10-batches-bin/{name}.bin")
            entry.size = batch.size
            archive.addfile(entry, io.BytesIO(batch.tobytes()))
    server.files["cifar-10-binary.tar.gz"] = packed.getvalue()
    monkeypatch.setattr(downloads, "CIFAR10", {"cifar-10-binary.tar.gz": sha256(packed.getvalue())})
    (x, y), (x_test, y_test) = downloads.load_cifar10()
    assert x.shape == (10, 3, 32, 32)
    assert x_test.shape == (2, 3, 32, 32)
    assert x.dtype == np.float32
    third = records["data_batch_2"][0]
    assert y[2] == third[0]
    assert x[2, 1, 3, 7] == np.float32(third[1 + 1024 + 3 * 32 + 7]) / 255
    np.testing.assert_array_equal(y_test, records["test_batch"][:, 0])


def test_a_cut_off_download_goes_on_where_it_stopped(server, mnist):
    server.hang_up_after = 11
    with pytest.raises(ConnectionError, match=r"load_mnist cannot fetch .*after 11 of \d+ bytes"):
        downloads.load_mnist()
    server.hang_up_after = None
    (x, _), _ = downloads.load_mnist()
    assert len(x) == 7
    first = "train-images-idx3-ubyte.gz"
    assert [asked for name, asked in server.requests if name == first] == [None, "bytes=11-"]


def test_a_server_that_cannot_resume_sends_all_again(server, mnist):
    server.hang_up_after, server.resumes = 11, False
    with pytest.raises(ConnectionError):
        downloads.load_mnist()
    server.hang_up_after = None
    assert len(downloads.load_mnist()[0][0]) == 7


def test_a_whole_part_that_was_never_named_is_fetched_again(server, mnist, tmp_path):
    first = "train-images-idx3-ubyte.gz"
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / f"{first}.part").write_bytes(server.files[first])
    assert len(downloads.load_mnist()[0][0]) == 7


def test_a_wrong_file_is_refused_and_not_kept(server, mnist):
    right = server.files["t10k-images-idx3-ubyte.gz"]
    server.files["t10k-images-idx3-ubyte.gz"] = right[::-1]
    with pytest.raises(ValueError, match="does not match the known hash"):
        downloads.load_mnist()
    server.files["t10k-images-idx3-ubyte.gz"] = right
    assert len(downloads.load_mnist()[1][0]) == 3


def test_a_server_that_sends_without_end_does_not_fill_the_disk(
    server, mnist, tmp_path, monkeypatch
):
    monkeypatch.setattr(downloads, "MOST_BYTES", 100_000)
    right = dict(server.files)
    server.files["train-images-idx3-ubyte.gz"] = bytes(5_000_000)
    with pytest.raises(ConnectionError, match="sends more than 100,000 bytes"):
        downloads.load_mnist()
    assert not [*(tmp_path / "cache").iterdir()]
    server.files |= right
    assert len(downloads.load_mnist()[0][0]) == 7


def test_offline_is_one_clear_line(server, mnist):
    server.shutdown()
    server.server_close()
    with pytest.raises(ConnectionError) as caught:
        downloads.load_mnist()
    line = str(caught.value)
    assert line.startswith("load_mnist cannot fetch its files from http://127.0.0.1")
    assert "the next call goes on from there" in line
    assert "\n" not in line
    assert caught.value.__suppress_context__  # no page of tracebacks from urllib above it


def test_what_is_no_idx_file_is_named(tmp_path):
    path = tmp_path / "floats.gz"
    path.write_bytes(gzip.compress(bytes([0, 0, 13, 1]) + bytes(8)))
    with pytest.raises(ValueError, match="floats.gz is no IDX file of unsigned bytes"):
        downloads.read_idx(path)


# The disk is not the network


def refused(caught):
    """The one line that says so."""
    line = str(caught.value)
    assert type(caught.value) is OSError
    assert line.startswith("load_mnist cannot keep its files in ")
    assert "COURSEKIT_DATA" in line
    assert "network" not in line
    assert "http" not in line
    assert "\n" not in line
    assert caught.value.__suppress_context__
    return line


def test_a_folder_that_cannot_be_made_is_named(server, mnist, monkeypatch):
    monkeypatch.setenv("COURSEKIT_DATA", "/proc/no-such-place")
    with pytest.raises(OSError, match="/proc/no-such-place") as caught:
        downloads.load_mnist()
    refused(caught)
    assert server.requests == []


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.EROFS, "Read-only file system"), (errno.ENOSPC, "No space left on device"),
     (errno.EDQUOT, "quota"), (errno.EACCES, "Permission denied")],
)  # fmt: skip
def test_a_disk_that_takes_nothing_is_named(number, words, server, mnist, monkeypatch):
    """At the first byte of the second file; the first one stays."""
    opened = downloads.Path.open

    def full(path, *how, **more):
        if "train-labels" in path.name:
            raise OSError(number, os.strerror(number), str(path))
        return opened(path, *how, **more)

    with monkeypatch.context() as patch:
        patch.setattr(downloads.Path, "open", full)
        with pytest.raises(OSError, match=words) as caught:
            downloads.load_mnist()
    refused(caught)
    before = len(server.requests)
    assert len(downloads.load_mnist()[0][0]) == 7
    assert len(server.requests) == before + 3


@pytest.mark.needs("posix")
def test_a_disk_that_fills_up_is_named_and_what_came_stays(server, monkeypatch, tmp_path):
    """With a limit on the size of files, as on a full disk; then the rest alone is fetched."""
    import resource

    body = os.urandom(300_000)
    server.files = {"data.bin": body}
    url = f"http://127.0.0.1:{server.server_port}/"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(OSError, match="cannot keep its files in .*File too large"):
            downloads.fetch("load_mnist", url, {"data.bin": sha256(body)})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    (path,) = downloads.fetch("load_mnist", url, {"data.bin": sha256(body)})
    assert Path(path).read_bytes() == body
    (_, first), (_, second) = server.requests
    assert first is None
    assert second == "bytes=100000-"


# Two programs at once


FETCH = """
import sys
from coursekit.data import downloads
print(open(downloads.fetch("me", {url!r}, {registry!r})[0], "rb").read() == {body!r})
"""


def test_programs_that_fetch_at_once_all_get_the_whole_file(server, tmp_path):
    body = os.urandom(20_000)
    server.files = {"data.bin": body}
    url = f"http://127.0.0.1:{server.server_port}/"
    code = FETCH.format(url=url, registry={"data.bin": sha256(body)}, body=body)
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "data.bin.part").write_bytes(body[:5000])
    runs = [
        subprocess.Popen(
            [sys.executable, "-P", "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        for _ in range(5)
    ]
    assert [run.communicate(timeout=300)[0] for run in runs] == [b"True\n"] * 5
    assert os.listdir(tmp_path / "cache") == ["data.bin"]


def test_what_a_killed_program_left_is_taken_over_when_it_is_quiet(server, mnist, tmp_path):
    first = "train-images-idx3-ubyte.gz"
    (tmp_path / "cache").mkdir()
    left = tmp_path / "cache" / f"{first}.0123456789abcdef.part"
    left.write_bytes(server.files[first][:9])
    with downloads.part_of(tmp_path / "cache", first) as part:
        assert not part.exists()  # somebody may be writing to the other one
    os.utime(left, (1, 1))
    assert len(downloads.load_mnist()[0][0]) == 7
    assert server.requests[0] == (first, "bytes=9-")
    assert not left.exists()
