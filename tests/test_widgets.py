"""Widgets without a browser: their state, their numbers, their still pictures, their errors."""

import base64
import gc
import io
import sys
import weakref

import numpy as np
import pytest
from PIL import Image

from coursekit import widgets
from coursekit.data import load_image
from coursekit.filters import convolve2d, gaussian_derivative_basis, steer
from coursekit.widgets import DescentWidget, SteeringWidget, catalogue
from coursekit.widgets.base import CourseWidget
from coursekit.widgets.descent import model as descent
from coursekit.widgets.steering import model as steering
from coursekit.widgets.traits import Number

WIDGETS = [entry.widget for entry in catalogue()]
pytestmark = pytest.mark.usefixtures("no_loop_around")


@pytest.fixture(params=WIDGETS, ids=lambda widget: widget.__name__)
def widget(request):
    made = request.param()
    yield made
    made.close()


def sent_by(widget):
    """A list that grows with every message to the page: (state without bytes, number of bytes)."""
    messages = []
    widget._send = lambda message, buffers=(): messages.append(
        (message["state"], sum(len(buffer) for buffer in buffers or ()))
    )
    return messages


def state_of(widget):
    return {name: getattr(widget, name) for name in widget.controls}


def complete(base):
    """The package's widgets that have a page: those that no other one stands on."""
    ours = [kind for kind in base.__subclasses__() if kind.__module__.startswith("coursekit.")]
    # traitlets makes a class of its own for a single widget, under the same name.
    below = [k for k in ours if getattr(sys.modules[k.__module__], k.__name__) is k]
    if below:
        return set().union(*map(complete, below))
    return {base} if base.title else set()


# What every widget must do.


def test_catalogue_is_complete():
    public = {getattr(widgets, name) for name in widgets.__all__} - {catalogue}
    assert {entry.widget for entry in catalogue()} == public == complete(CourseWidget)
    for entry in catalogue():
        assert entry.title and entry.topics and entry.question.endswith("?")  # noqa: PT018


def test_presets_work_fail_and_puzzle(widget):
    assert [preset.kind for preset in widget.presets] == ["works", "fails", "puzzles"]
    for preset in widget.presets:
        widget.preset(preset.kind)
        assert preset.state.items() <= state_of(widget).items()
        assert len(preset.sentence) <= 150
    with pytest.raises(ValueError, match="has the presets works, fails, puzzles; got 'breaks'"):
        widget.preset("breaks")


def test_a_preset_and_start_again_are_one_message_each(widget):
    start = state_of(widget)
    messages = sent_by(widget)
    widget.preset("fails")
    assert len(messages) == 1
    assert state_of(widget) != start
    widget.start_again()
    assert len(messages) == 2
    assert state_of(widget) == start


def test_page_needs_no_other_host_and_no_bundler(widget):
    source = widget._esm.replace("http://www.w3.org/2000/svg", "")  # a name, not an address
    assert "http" not in source + widget._css
    assert "import" not in source
    assert source.count("export default") == 1


def test_reader_without_kernel_gets_picture_and_words(widget):
    data, metadata = widget._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == widget.model_id
    picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    assert picture.height >= 256
    assert len(np.unique(np.asarray(picture.convert("RGB")).reshape(-1, 3), axis=0)) > 20
    assert data["text/plain"] == metadata["image/png"]["alt"] == widget.sentence()
    assert len(data["image/png"]) < 400_000


def test_still_and_words_follow_the_state(widget):
    seen = set()
    for preset in widget.presets:
        widget.preset(preset.kind)
        data, _ = widget._repr_mimebundle_()
        seen |= {data["image/png"], data["text/plain"]}
    assert len(seen) == 6


def test_wrong_value_from_the_page_is_told_there_and_taken_back(widget):
    before = state_of(widget)
    messages = sent_by(widget)
    name = next(name for name in widget.controls if isinstance(widget.traits()[name], Number))
    with pytest.raises(ValueError, match=f"{name} is a (whole )?number from .* got 10000000"):
        widget.set_state({name: 10**7})
    assert state_of(widget) == before
    assert "got 10000000" in widget._error
    assert messages[-1][0] == {name: before[name]}
    widget.set_state({name: before[name]})
    assert widget._error == ""


def test_error_in_a_callback_is_told_in_the_page(widget):
    def broken(_):
        raise RuntimeError("the callback is broken")

    start = state_of(widget)
    changes = [item for preset in widget.presets for item in preset.state.items()]
    name, value = next((name, value) for name, value in changes if start[name] != value)
    widget.observe(broken, name)
    with pytest.raises(RuntimeError):
        widget.set_state({name: value})
    assert widget._error == "RuntimeError: the callback is broken"


def test_closed_widgets_are_forgotten(widget):
    other = type(widget)()
    other._repr_mimebundle_()
    alive = weakref.ref(other)
    other.close()
    del other
    gc.collect()
    assert alive() is None


def test_state_is_a_line_that_makes_the_same_widget(widget):
    kind = type(widget)
    for preset in widget.presets:
        widget.preset(preset.kind)
        again = kind.from_state(widget.state)
        assert state_of(again) == state_of(widget)
        assert again.state == widget.state
        assert state_of(eval(f"kind({widget.state})")) == state_of(widget)
        assert len(widget.state) < 200
    assert kind.from_state(widget.state, large=True).large


@pytest.mark.parametrize(
    "text", ["lr=1) + f(2", "0.5", "**{}", "lr=open('x')", "lr", "lr=", "lr==1"]
)
def test_a_state_is_plain_values_and_nothing_else(text):
    with pytest.raises(ValueError, match="from_state expects the text of widget.state, name=value"):
        DescentWidget.from_state(text)


def test_unknown_names_are_refused():
    with pytest.raises(TypeError, match="takes lr, momentum, surface, .*, show, .*; got 'eta'"):
        DescentWidget(eta=0.1)
    with pytest.raises(TypeError, match="got 'eta'"):
        DescentWidget.from_state("eta=0.1")
    with pytest.raises(TypeError, match="from_state expects the text of widget.state; got 5"):
        DescentWidget.from_state(5)


@pytest.mark.parametrize(
    ("options", "hidden"),
    [
        ({}, []),
        ({"hide": "lr, presets"}, ["lr", "presets"]),
        ({"show": "lr"}, [*DescentWidget.controls[1:], "presets"]),
        ({"show": ""}, [*DescentWidget.controls, "presets"]),
        ({"hide": ""}, []),
    ],
)
def test_parts_are_left_out(options, hidden):
    assert DescentWidget(**options)._page["hidden"] == hidden


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"show": "lr", "hide": "momentum"}, ValueError, "expects show or hide; got both"),
        ({"hide": "eta"}, ValueError, "can hide lr, momentum, surface, .*, presets; got 'eta'"),
        ({"show": ["lr"]}, TypeError, r"expects show as text such as \"lr\"; got \['lr'\]"),
    ],
)
def test_parts_are_named(options, error, message):
    with pytest.raises(error, match=message):
        DescentWidget(**options)


# Steering.


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("order", "angle"), [(1, 60), (2, -75), (3, 180), (4, 33.3)])
def test_picture_is_the_librarys(rng, dtype, order, angle):
    image = rng.random((41, 53)).astype(dtype)
    widget = SteeringWidget(image=image, order=order, angle=angle)
    basis = gaussian_derivative_basis(order, steering.SIGMA)
    responses = np.stack([convolve2d(image, kernel) for kernel in basis])
    np.testing.assert_array_equal(widget.picture(), steer(responses, np.deg2rad(angle)))
    assert widget.picture().dtype == dtype
    widget.all_kernels = False
    responses[-1] = 0
    np.testing.assert_array_equal(widget.picture(), steer(responses, np.deg2rad(angle)))


def test_picture_follows_angle_order_and_image():
    widget = SteeringWidget()
    seen = [widget.picture()]
    for name, value in [("angle", 60), ("order", 2), ("all_kernels", False), ("image", "coins")]:
        setattr(widget, name, value)
        assert getattr(widget, name) == value
        seen.append(widget.picture())
        assert not np.array_equal(seen[-1], seen[-2])


@pytest.mark.parametrize("order", steering.ORDERS)
def test_profiles_sent_to_the_page_are_the_basis(order):
    kernels = [np.outer(column, row) for column, row in steering.separable_basis(order)]
    basis = steering.basis(order)
    np.testing.assert_allclose(kernels, basis, rtol=0, atol=1e-15 * abs(basis).max())


def test_turning_error_is_zero_with_all_kernels_only():
    for order in steering.ORDERS:
        assert steering.turning_error(order, 50, complete=True) == 0
        assert steering.turning_error(order, 50, complete=False) > 0.1
        assert steering.turning_error(order, 0, complete=False) == 0  # ∂x^N alone is enough
        assert steering.turning_error(order, 90, complete=False) == pytest.approx(1)


def test_moving_the_slider_sends_no_arrays():
    widget = SteeringWidget()
    messages = sent_by(widget)
    for angle in range(1, 30):
        widget.set_state({"angle": angle})
    widget.angle = 60
    widget.order = 3
    assert len(messages) >= 2
    assert {name for state, _ in messages for name in state} == {"angle", "order"}
    assert sum(n_bytes for _, n_bytes in messages) == 0


def test_another_photograph_is_sent_once():
    widget = SteeringWidget()
    messages = sent_by(widget)
    widget.set_state({"image": "coins"})
    photos = [(state["photo"], n) for state, n in messages if "photo" in state]
    assert [(photo["name"], photo["shape"], n) for photo, n in photos] == [
        ("coins", [303, 384], 303 * 384)
    ]


@pytest.mark.parametrize("name", ["camera", "cat"])  # 256 levels; grey made of colours
def test_message_carries_the_photograph(name):
    image = steering.photograph(name)
    message = steering.message(name, image)
    kind = {8: np.uint8, 32: "<f4"}[message["depth"]]
    received = np.frombuffer(message["data"], kind).reshape(message["shape"])
    np.testing.assert_allclose(received / (255 if message["depth"] == 8 else 1), image, atol=1e-7)
    assert message["depth"] == (8 if name == "camera" else 32)


def test_own_pictures_join_the_chooser(rng):
    widget = SteeringWidget()
    first, second = rng.random((40, 50)), rng.random((45, 60, 3))
    widget.image = first
    assert widget.image == "your own" == widget.photo["name"]
    assert "your own" in widget.images
    np.testing.assert_array_equal(widget.photograph(), first)
    widget.image = second
    assert widget.photo["shape"] == [45, 60]
    widget.image = "moon"
    np.testing.assert_array_equal(widget.photograph(), load_image("moon"))
    widget.image = "your own"
    assert widget.photograph().shape == (45, 60)


@pytest.mark.parametrize(
    ("name", "value", "error", "message"),
    [
        ("angle", np.nan, ValueError, "angle is a number from -180 to 180 degrees; got nan"),
        ("angle", 270, ValueError, "from -180 to 180 degrees; got 270"),
        ("angle", "60", TypeError, "from -180 to 180 degrees; got '60'"),
        ("order", 7, ValueError, "order is a whole number from 1 to 4; got 7"),
        ("order", 1.5, TypeError, "order is a whole number from 1 to 4; got 1.5"),
        ("all_kernels", "no", ValueError, "all_kernels is one of True, False; got 'no'"),
        ("image", "lena", ValueError, "image is an array or one of camera, .*; got 'lena'"),
        ("image", np.full((40, 50), np.nan), ValueError, "without NaN or infinity; got nan"),
        ("image", np.ones((12, 50)), ValueError, r"h and w from \d+ to 1024; got \(12, 50\)"),
        ("image", np.ones((40, 2000)), ValueError, r"h and w from \d+ to 1024; got \(40, 2000\)"),
        ("image", np.ones((40, 50, 4)), ValueError, r"\(h, w\) or \(h, w, 3\).* \(40, 50, 4\)"),
        ("image", np.full((40, 50), 9.0), ValueError, "values from 0 to 1; got 9 to 9"),
        ("image", None, TypeError, "image as real numbers; got object"),
    ],
)
def test_steering_refuses_and_says_why(name, value, error, message):
    widget = SteeringWidget(angle=30)
    before = state_of(widget)
    with pytest.raises(error, match=message):
        setattr(widget, name, value)
    assert state_of(widget) == before
    with pytest.raises(error, match=message):
        SteeringWidget(**{name: value})


# Descent.


def test_descent_is_the_decks(vectors):
    numbers = vectors["gd_x2"]
    widget = DescentWidget(lr=numbers["eta"])
    assert widget.path()[0] == numbers["x0"]
    np.testing.assert_allclose(widget.path()[: len(numbers["xs"]), 0], numbers["xs"], rtol=1e-14)
    np.testing.assert_allclose(widget.losses(), widget.path()[:, 0] ** 2)
    widget.lr = numbers["diverges_for_eta_gt"]
    assert widget.verdict() == "oscillating"
    widget.lr = numbers["diverges_for_eta_gt"] + 0.001
    assert widget.verdict() == "diverging"
    widget.lr = numbers["one_step_eta"]
    assert widget.path()[1] == 0


def test_momentum_is_the_decks():
    path = descent.walk("bowl", "gradient descent", descent.Settings(0.03, 0.7), n_steps=4)
    dw = np.zeros(2)
    for before, after in zip(path[:-1], path[1:], strict=True):
        dw = -np.array([before[0], 20 * before[1]]) + 0.7 * dw
        np.testing.assert_allclose(after, before + 0.03 * dw)


@pytest.mark.parametrize(
    ("surface", "lr", "momentum", "verdict"),
    [
        ("x²", 0.1, 0, "converged"),
        ("x²", 0.01, 0, "too slow"),
        ("x²", 0.9, 0, "converged, oscillating"),
        ("x²", 1, 0, "oscillating"),
        ("x²", 1.05, 0, "diverging"),
        ("x²", 2, 0.99, "diverging"),
        ("bowl", 0.03, 0, "too slow"),
        ("bowl", 0.03, 0.7, "converged"),
        ("bowl", 0.1, 0, "oscillating"),
        ("bowl", 0.12, 0, "diverging"),
        ("bowl", 0.03, 0.95, "oscillating"),
    ],
)
def test_verdicts(surface, lr, momentum, verdict):
    widget = DescentWidget(surface=surface, lr=lr, momentum=momentum)
    assert widget.verdict() == verdict
    assert widget.sentence().endswith(".")
    assert "{" not in widget.sentence()


def test_arrival_is_for_good():
    loss = np.array([1, 1e-5, 1e-3, 1e-5, 1e-6])
    assert descent.arrival(loss) == 3
    assert descent.arrival(np.ones(5)) == 5


@pytest.mark.parametrize(
    ("name", "value", "error", "message"),
    [
        ("lr", 0, ValueError, "lr is a number from 0.001 to 2; got 0"),
        ("lr", np.nan, ValueError, "got nan"),
        ("momentum", 1, ValueError, "momentum is a number from 0 to 0.99; got 1"),
        ("momentum", True, TypeError, "got True"),
        ("surface", "egg box", ValueError, "surface is one of 'x²', 'bowl', .*; got 'egg box'"),
    ],
)
def test_descent_refuses_and_says_why(name, value, error, message):
    with pytest.raises(error, match=message):
        DescentWidget(**{name: value})
