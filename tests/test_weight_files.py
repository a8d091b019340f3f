"""Weight files of others: right ones are read as torch and joblib read them, others are refused.

What hostile files cost is in test_doors.py.
"""

import io
import pickle
import random
import tracemalloc
import zipfile

import numpy as np
import pytest
from foreign import parts
from foreign.mutations import new_piece
from hypothesis import given
from hypothesis import strategies as st

from coursekit import nn
from coursekit.data import read_pth
from coursekit.data.joblib_file import read_arrays
from coursekit.data.pickles import Machine, Refused
from coursekit.data.tensors import STORAGES, Description

FORMATS = [True, False]  # _use_new_zipfile_serialization


class Asks:
    """Pickles as a call of any function."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def saved(torch, state, path, new_format=True):
    torch.save(state, path, _use_new_zipfile_serialization=new_format)
    return path


def assert_same(ours, theirs):
    """Arrays of ours are the tensors of theirs, in the same order."""
    assert list(ours) == list(theirs)
    for name, tensor in theirs.items():
        expected = tensor.detach().numpy()
        assert ours[name].dtype == expected.dtype
        np.testing.assert_array_equal(ours[name], expected, strict=True)


def peak(function):
    """The most memory that a call holds, as Python and NumPy count it."""
    tracemalloc.start()
    try:
        function()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


# --- right files of torch ---

shapes = st.lists(st.integers(0, 4), min_size=0, max_size=4)
kinds = st.sampled_from(
    ["float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint8", "bool"]
)
views = st.lists(
    st.tuples(st.sampled_from(["slice", "index", "turn", "expand", "one more"]), st.integers(0, 3)),
    max_size=3,
)


def view(tensor, steps):
    """A view of a tensor, by steps such as ("slice", axis)."""
    for step, axis in steps:
        fits = axis < tensor.ndim
        match step:
            case "slice" if fits:
                tensor = tensor.narrow(axis, min(1, tensor.shape[axis]), tensor.shape[axis] // 2)
            case "index" if fits and tensor.shape[axis]:
                tensor = tensor.select(axis, tensor.shape[axis] - 1)
            case "turn" if fits:
                tensor = tensor.transpose(0, axis)
            case "one more":
                tensor = tensor.unsqueeze(0)
            case "expand" if fits and tensor.shape[axis] == 1:
                tensor = tensor.expand(*tensor.shape[:axis], 5, *tensor.shape[axis + 1 :])
    return tensor


@pytest.mark.needs("torch")
@given(
    st.lists(st.tuples(shapes, kinds, st.lists(views, max_size=3)), max_size=3),
    st.booleans(),
)
def test_any_views_of_any_tensors_are_read_as_torch_reads_them(tmp_path_factory, drawn, new_format):
    import torch

    state = {}
    for i, (shape, kind, kept) in enumerate(drawn):
        base = (10 * torch.rand(shape)).to(getattr(torch, kind))
        state |= {f"{i}.{k}": view(base, steps) for k, steps in enumerate([[], *kept])}
    path = saved(torch, state, tmp_path_factory.mktemp("views") / "x.pth", new_format)
    assert_same(read_pth(path), torch.load(path, weights_only=True))


@pytest.mark.needs("torch")
@pytest.mark.parametrize("new_format", FORMATS)
def test_states_that_people_save_are_read_as_torch_reads_them(tmp_path, new_format):
    import torch
    from torch import nn as theirs

    net = theirs.Sequential(theirs.Conv2d(3, 4, 2), theirs.BatchNorm2d(4), theirs.Linear(5, 5))
    net.append(theirs.Linear(5, 5))
    net[3].weight = net[2].weight
    states = {
        "a module": net.state_dict(),
        "in parallel": theirs.DataParallel(net).state_dict(),
        "parameters": dict(net.named_parameters()),
        "with gradients": net.state_dict(keep_vars=True),
        "another order": {"w": torch.rand(2, 3, 4, 5).to(memory_format=torch.channels_last)},
        "windows": {"w": torch.arange(9.0).unfold(0, 4, 1)},
        "small numbers as keys": {3: torch.ones(2), 5: torch.zeros(())},
        "nothing": {},
        "3,000": {f"layer{i}.weight": torch.tensor([float(i)]) for i in range(3000)},
    }
    for name, state in states.items():
        path = saved(torch, state, tmp_path / f"{name}.pth", new_format)
        assert_same(read_pth(path), torch.load(path, weights_only=True))


@pytest.mark.needs("torch")
@pytest.mark.parametrize("new_format", FORMATS)
def test_tied_weights_stay_tied_and_what_repeats_numbers_is_read_only(tmp_path, new_format):
    import torch

    w = torch.rand(3, 4)
    state = {"w": w, "tied": w, "row": w[1], "wide": w[:, :1].expand(3, 7)}
    ours = read_pth(saved(torch, state, tmp_path / "x.pth", new_format))
    ours["w"][1, 0] = 9
    assert ours["tied"][1, 0] == ours["row"][0] == ours["wide"][1, 6] == 9
    with pytest.raises(ValueError, match="read-only"):
        ours["wide"][0, 0] = 1
    sure = nn.Linear(7, 3, bias=False, rng=None)
    nn.load_state_dict(sure, {"weight": ours["wide"]})
    assert sure.params["weight"].flags["C_CONTIGUOUS"]
    assert sure.params["weight"].flags["WRITEABLE"]


@pytest.mark.needs("torch")
def test_a_model_of_torch_goes_on_in_nn(tmp_path, rng):
    import torch

    theirs = torch.nn.Sequential(
        torch.nn.Conv2d(2, 3, (3, 5)), torch.nn.PReLU(3), torch.nn.Flatten(), torch.nn.Linear(36, 4)
    )
    torch.save(theirs.state_dict(), tmp_path / "mine.pth")
    ours = nn.Sequential(
        nn.Conv2d(2, 3, (3, 5), rng=rng), nn.PReLU(3), nn.Flatten(), nn.Linear(36, 4, rng=rng)
    )
    nn.load_state_dict(ours, read_pth(tmp_path / "mine.pth"))
    x = rng.standard_normal((2, 2, 5, 8)).astype(np.float32)
    expected = theirs(torch.tensor(x)).detach().numpy()
    np.testing.assert_allclose(ours.forward(x), expected, atol=1e-6)


def of_torch(make):
    """A state that is made when torch is here."""
    return lambda torch: make(torch, torch.nn.Linear(2, 3))


REFUSED = {
    "a module": (of_torch(lambda torch, net: net), "asks for torch.nn.modules.linear.Linear"),
    "a checkpoint": (
        of_torch(lambda torch, net: {"model": net.state_dict(), "epoch": 3}),
        r"no plain dictionary of tensors \(model is of type dict\); torch.save\(model.state_dict",
    ),
    "an optimizer": (
        of_torch(lambda torch, net: torch.optim.Adam(net.parameters()).state_dict()),
        r"no plain dictionary of tensors \(state is of type dict\)",
    ),
    "a tensor": (of_torch(lambda torch, net: net.weight), r"\(it is of type Tensor\)"),
    "bfloat16": (
        of_torch(lambda torch, net: net.bfloat16().state_dict()),
        "asks for torch.BFloat16Storage, and only tensors of float64, float32,.*float()",
    ),
    "complex": (of_torch(lambda torch, net: {"w": 1j * net.weight}), "ComplexFloatStorage"),
    "uint16": (
        of_torch(lambda torch, net: {"w": net.weight.to(torch.uint16)}),
        "_rebuild_tensor_v3, and only tensors of",
    ),
    "sparse": (of_torch(lambda torch, net: {"w": net.weight.to_sparse()}), "sparse"),
    "negated later": (
        of_torch(lambda torch, net: {"w": (net.weight.detach() * 1j).conj().imag}),
        "a tensor by more than storage, offset, shape and stride",
    ),
}


@pytest.mark.needs("torch")
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_state_of_plain_tensors_is_refused_by_name(name, tmp_path):
    import torch

    make, words = REFUSED[name]
    path = saved(torch, make(torch), tmp_path / "x.pth")
    with pytest.raises(ValueError, match=rf"^read_pth cannot read .*x\.pth: .*{words}"):
        read_pth(path)


# --- right files, written by hand ---

WRITERS = {"zip": parts.right_pth, "old": parts.right_old_pth}


@pytest.mark.parametrize("writer", WRITERS)
def test_every_type_is_read_without_torch(writer, tmp_path, rng):
    state = {name: (9 * rng.random((2, 3))).astype(name) for name in parts.NAMES}
    path = tmp_path / "x.pth"
    path.write_bytes(WRITERS[writer](state))
    for name, array in read_pth(path).items():
        np.testing.assert_array_equal(array, state[name], strict=True)


def test_numbers_of_another_processor_are_read(tmp_path, rng):
    w = rng.random((2, 3)).astype(np.float32)
    pickled, _ = parts.described({"w": w})
    swapped = w.astype(">f4").tobytes()
    path = tmp_path / "x.pth"
    path.write_bytes(parts.pth(pickled, {"0": swapped}, byteorder="big"))
    np.testing.assert_array_equal(read_pth(path)["w"], w, strict=True)
    old = parts.old_pth(pickled, {"0": (6 << 56, swapped)}, little_endian=False)
    path.write_bytes(old)
    np.testing.assert_array_equal(read_pth(path)["w"], w, strict=True)


def test_a_bool_is_true_or_false_whatever_its_byte(tmp_path):
    pickled, _ = parts.described({"w": np.array([True, False, True])})
    path = tmp_path / "x.pth"
    path.write_bytes(parts.pth(pickled, {"0": b"\x07\x00\x01"}))
    assert read_pth(path)["w"].view(np.uint8).tolist() == [1, 0, 1]


@pytest.mark.parametrize("writer", WRITERS)
def test_numbers_are_read_once(writer, tmp_path):
    """8 MB that 50 tensors show take 8 MB; a copy of any of them would take more."""
    array, path = np.ones((1000, 1000)), tmp_path / "x.pth"
    stored = parts.storage("0", array.size, "Double")
    names = [f"w{k}" for k in range(50)]
    shown = {name: parts.tensor((1000, 1000), (1000, 1), 0, stored) for name in names}
    pickled, numbers = parts.state(**shown), array.tobytes()
    old = parts.old_pth(pickled, {"0": (array.size, numbers)})
    path.write_bytes(parts.pth(pickled, {"0": numbers}) if writer == "zip" else old)
    assert len(read_pth(path)) == 50
    assert array.nbytes <= peak(lambda: read_pth(path)) < array.nbytes + 2_000_000


def test_loading_safetensors_makes_no_second_copy(tmp_path):
    model = nn.Linear(1000, 1000, bias=False, rng=np.random.default_rng(0))
    nn.save(model, tmp_path / "x.safetensors")
    assert peak(lambda: nn.load(model, tmp_path / "x.safetensors")) < 9_000_000


def test_a_safetensors_file_that_does_not_fit_is_refused_before_it_is_read(tmp_path):
    nn.save(nn.Linear(1000, 1000, rng=np.random.default_rng(0)), tmp_path / "x.safetensors")
    model = nn.Linear(999, 1000, rng=None)

    def refused():
        with pytest.raises(
            ValueError, match=r"load cannot use .*x\.safetensors: weight expects sh"
        ):
            nn.load(model, tmp_path / "x.safetensors")

    assert peak(refused) < 1_000_000


def test_weights_that_are_not_numbers_are_loaded_as_they_are(tmp_path):
    """Training that diverged leaves NaN: to see it is what the file is for."""
    model = nn.Linear(2, 3, rng=np.random.default_rng(0))
    model.params["weight"][:] = [[np.nan, np.inf], [-np.inf, 1], [2, 3]]
    nn.save(model, tmp_path / "x.safetensors")
    ours = nn.load(nn.Linear(2, 3, rng=None), tmp_path / "x.safetensors")
    np.testing.assert_array_equal(ours.params["weight"], model.params["weight"])


# --- what is refused ---


@pytest.mark.parametrize("writer", ["zip", "old"])
def test_a_hostile_pth_is_refused_by_name_and_runs_nothing(writer, tmp_path):
    witness, path = tmp_path / "was here", tmp_path / "hostile.pth"
    pickled = pickle.dumps({"w": Asks(io.open, str(witness), "w")}, protocol=2)
    path.write_bytes(parts.pth(pickled) if writer == "zip" else parts.old_pth(pickled))
    with pytest.raises(
        ValueError, match=r"^read_pth cannot read .*hostile.pth: it asks for _?io\.open"
    ):
        read_pth(path)
    assert not witness.exists()


@pytest.mark.parametrize(
    ("shape", "stride", "offset"),
    [((3, 2), (2, 1), 1), ((2, 4), (4, 1), 0), ((2, 2), (-1, 1), 3), ((2,), (1,), -1)],
)
def test_a_tensor_beyond_its_storage_is_refused(shape, stride, offset, tmp_path):
    """Strides decide which memory is read, and a file chooses them."""
    path = tmp_path / "x.pth"
    six = {"0": np.arange(6, dtype="f4").tobytes()}
    kept = parts.tensor((2, 2), (2, 1), 1, parts.storage(numel=6))
    path.write_bytes(parts.pth(parts.state(w=kept), six))
    np.testing.assert_array_equal(read_pth(path)["w"], [[1, 2], [3, 4]])
    beyond = parts.tensor(shape, stride, offset, parts.storage(numel=6))
    path.write_bytes(parts.pth(parts.state(w=beyond), six))
    with pytest.raises(ValueError, match="holds no tensor of shape|holds an array with a size"):
        read_pth(path)


@pytest.mark.parametrize("content", [[1, 2], {"w": 3}, {"a": {"b": 1}}])
def test_what_is_no_state_dict_is_refused(content, tmp_path):
    (tmp_path / "other.pth").write_bytes(parts.pth(pickle.dumps(content, protocol=2)))
    with pytest.raises(ValueError, match="no plain dictionary of tensors"):
        read_pth(tmp_path / "other.pth")


def test_a_file_that_is_no_pth_says_so(tmp_path):
    for content in (b"\x80\x02}q", b"", b"hello", b"PK\3\4"):
        (tmp_path / "short.pth").write_bytes(content)
        with pytest.raises(ValueError, match=r"^read_pth cannot read .*short\.pth: it[^\n]*$"):
            read_pth(tmp_path / "short.pth")
    with pytest.raises(FileNotFoundError):
        read_pth(tmp_path / "none.pth")


def test_any_byte_of_an_archive_that_is_another_is_noticed(tmp_path, rng):
    """Sizes, places and checksums: a changed file is refused, or nothing in it is another."""
    state = {"w": rng.random((2, 3)), "b": rng.random(4).astype(np.float32)}
    right, path = parts.right_pth(state), tmp_path / "x.pth"
    for place in range(len(right)):
        path.write_bytes(right[:place] + bytes([right[place] ^ 0x55]) + right[place + 1 :])
        try:
            came = read_pth(path)
        except ValueError as error:
            assert "x.pth: " in str(error)  # noqa: PT017, either outcome is right
        else:
            for name, array in came.items():
                np.testing.assert_array_equal(array, state[name], strict=True)


def test_a_compressed_archive_is_refused_before_it_is_read(tmp_path):
    pickled, storages = parts.described({"w": np.ones((2, 3))})
    packed = parts.pth(pickled, storages, compression=zipfile.ZIP_DEFLATED)
    (tmp_path / "x.pth").write_bytes(packed)
    with pytest.raises(ValueError, match="its member mine/data.pkl is compressed or encrypted"):
        read_pth(tmp_path / "x.pth")


class Nothing(Machine):
    """Admits no names."""


@pytest.mark.parametrize("machine", [Nothing, Description])
@given(st.integers(0, 1 << 64))
def test_a_machine_gives_a_value_or_refuses(machine, seed):
    """Any operations in any order, most of them senseless."""
    rng = random.Random(seed)
    program = b"\x80\x02" + b"".join(new_piece(rng) for _ in range(rng.randint(1, 30))) + b"."
    try:
        machine(io.BytesIO(program)).load()
    except Refused as refused:
        assert "\n" not in str(refused)  # noqa: PT017, either outcome is right


def test_functions_of_a_machine_carry_nothing_afterwards(tmp_path):
    """BUILD, the operation that sets attributes, sets none."""
    path = tmp_path / "x.pth"
    for asked in ("ctorch._utils\n_rebuild_tensor_v2\n", "ccollections\nOrderedDict\n"):
        state = b"}(" + parts.text("canary") + b"\x88ub"
        path.write_bytes(parts.pth(parts.state(w=asked.encode() + state)))
        with pytest.raises(ValueError, match="of type function where one of type dict belongs"):
            read_pth(path)
    functions = [value for value in Description.admitted.values() if callable(value)]
    assert len(functions) == len(Description.admitted) - len(STORAGES) == 3
    assert all(vars(function) == {} for function in functions)


# --- joblib's files ---


@pytest.mark.needs("pretrained")
def test_read_arrays_agrees_with_joblib(rng):
    import joblib

    arrays = [rng.random((3, 4)).astype(np.float32), np.asfortranarray(rng.random((2, 5, 3)))]
    arrays += [np.zeros((0, 3)), np.array(3.0), np.ones((3, 0, 2), np.float32), *[np.ones(3)] * 40]
    file = io.BytesIO()
    joblib.dump(arrays, file)
    for ours, theirs in zip(read_arrays(file.getvalue()), arrays, strict=True):
        np.testing.assert_array_equal(ours, theirs, strict=True)
    for other in ([np.ones(3, int)], [np.ones(2, ">f4")], [3], np.ones(3), [np.array([None, 1])]):
        file = io.BytesIO()
        joblib.dump(other, file)
        with pytest.raises(ValueError, match="^read_arrays cannot read this file of joblib: it"):
            read_arrays(file.getvalue())


def test_a_hostile_joblib_file_is_refused_by_name(tmp_path):
    witness = tmp_path / "was here"
    with pytest.raises(ValueError, match=r"_?io\.open"):
        read_arrays(pickle.dumps([Asks(io.open, str(witness), "w")]))
    assert not witness.exists()
