"""The contract that every layer keeps: forward, backward, `params` and their `grads`."""


class Module:
    """A function with parameters that knows its own derivative.

    A subclass computes `forward(x)`, keeps what backward needs, and computes `backward(dy)`:
    from dL/dy it returns dL/dx and fills `grads` with dL/d(each parameter). `params` and `grads`
    are dictionaries of arrays with the same keys and the same shapes; `buffers` holds what is kept
    but not learned by slopes, such as the running mean of BatchNorm. A module made of modules
    lists them in `children`; names of nested parameters are joined by dots, as in torch.nn.

    One rule for types: a layer computes in the type of its input. float32 in gives float32 out
    and float64 gives float64, gradients too; parameters of another type are converted on the
    way. Parameters are float64 unless a layer is made with dtype=np.float32, which saves that
    conversion where speed matters (torch.nn starts with float32; the slides' numbers ask for
    more digits than it has).
    """

    training = True  # BatchNorm behaves differently while training

    def __init__(self):
        self.params = {}
        self.grads = {}
        self.buffers = {}

    def forward(self, x):
        raise NotImplementedError(f"{type(self).__name__} has no forward")

    def backward(self, dy):
        raise NotImplementedError(f"{type(self).__name__} has no backward")

    def backward_params(self, dy):
        """Fill `grads` as backward does and leave dL/dx out, which no training step needs.

        For a whole network: backward_params(loss.backward()). Layers override it where that
        saves time.
        """
        self.backward(dy)

    def param(self, key, dtype):
        """The parameter in the type of the computation; no copy when it is of that type."""
        return self.params[key].astype(dtype, copy=False)

    def output_shape(self, shape):
        """Shape of forward's result for an x of this shape; pointwise layers keep it."""
        return tuple(shape)

    def children(self):
        """Name -> module, in the order of the forward pass; empty for a leaf."""
        return {}

    def named_modules(self, prefix=""):
        """Yield (dotted name, module) for this module and all below it, parents first."""
        yield prefix, self
        for name, child in self.children().items():
            yield from child.named_modules(f"{prefix}.{name}" if prefix else name)

    def named_parameters(self):
        """Yield (dotted name, module, key): the array itself is module.params[key]."""
        for prefix, module in self.named_modules():
            for key in module.params:
                yield (f"{prefix}.{key}" if prefix else key), module, key

    def train(self, mode=True):
        """Put this module and all below it into training mode (or, with False, into use)."""
        for _, module in self.named_modules():
            module.training = mode
        return self

    def eval(self):
        return self.train(False)
