"""Widgets that compute in Python: answers, runs that go on by themselves, what ends them."""

import asyncio
import gc
import weakref

import numpy as np
import pytest
from needs import needs
from PIL import Image

from conftest import in_a_loop
from coursekit import nn
from coursekit.data import load_digits28, load_network
from coursekit.unitviz import maximize_unit, saliency
from coursekit.widgets import TrainingWidget, UnitImageWidget
from coursekit.widgets.live import LiveWidget, StreamingWidget, signed_bytes
from coursekit.widgets.training import model as training
from coursekit.widgets.traits import Number
from coursekit.widgets.unit_images import model as unit_images

pytestmark = pytest.mark.usefixtures("no_loop_around")


class Doubling(StreamingWidget):
    """Answers with twice a number."""

    _esm = "export default {}"
    controls = ("low", "high")
    low = Number(1, 0, 10).tag(sync=True)
    high = Number(2, 0, 10).tag(sync=True)

    def compute(self):
        self.n_computed = getattr(self, "n_computed", 0) + 1
        return {
            "doubled": np.array([[2 * self.low, 2 * self.high]]),
            "bytes": np.eye(2, dtype="u1"),
        }


class Walk(LiveWidget):
    """A random walk, whose speed can be changed on the way."""

    _esm = "export default {}"
    title = "Walk"
    controls = ("speed", "seed", "steps")
    speed = Number(1.0, 0, 10).tag(sync=True)
    longest = 10**9
    n_begun = 0

    def begin(self):
        self.n_begun += 1
        self.rng, self.place = np.random.default_rng(self.seed), 0.0

    def advance(self):
        self.place += self.speed * self.rng.random()
        if self.place > 1000:
            raise FloatingPointError("too far")
        return self.done + 1 < self.longest

    def compute(self):
        return {"place": self.place}

    def still(self):
        return Image.new("L", (8, 8))

    def sentence(self):
        return f"At {self.place}."


def wish(widget, **state):
    """What the page does when a hand moves something."""
    widget.set_state(state)


def run(coroutine):
    """Run a test in an event loop, as a notebook's code is."""
    return in_a_loop(asyncio.wait_for(coroutine, timeout=60))


async def until(condition):
    while not condition():
        await asyncio.sleep(0.001)


def messages_of(widget):
    sent = []
    widget._send = lambda message, buffers=(): sent.append(message["state"])
    return sent


# Answers to a state.


def test_first_answer_is_there_and_follows_the_state():
    widget = Doubling(low=3)
    assert widget.frame["of"] == {"low": 3, "high": 2}
    widget.high = 5
    doubled = widget.frame["doubled"]
    assert (doubled["shape"], doubled["depth"]) == ([1, 2], 32)
    np.testing.assert_array_equal(np.frombuffer(doubled["data"], "<f4"), [6, 10])
    assert widget.frame["bytes"] == {"shape": [2, 2], "depth": 8, "data": b"\1\0\0\1"}


def test_signed_numbers_travel_as_bytes(rng):
    values = rng.normal(size=(7, 11)).astype(np.float32)
    data, strength = signed_bytes(values)
    assert data.dtype == np.uint8
    assert strength == abs(values).max()
    back = (data.astype(float) - 128) * strength / 127
    np.testing.assert_allclose(back, values, atol=0.51 * strength / 127)
    assert (signed_bytes(np.zeros((2, 3)))[0] == 128).all()


def test_one_answer_however_many_controls_move():
    widget = Doubling()
    before, sent = widget.n_computed, messages_of(widget)
    wish(widget, low=4, high=5)
    assert widget.n_computed == before + 1
    assert [state for state in sent if "frame" in state][0]["frame"]["of"] == {"low": 4, "high": 5}
    widget._move({"low": 6, "high": 7})
    assert widget.n_computed == before + 2
    wish(widget, low=6)  # as it is
    assert widget.n_computed == before + 2


# Runs in plain Python.


def test_steps_are_taken_at_once_in_python():
    widget = Walk(speed=2, steps=5)
    assert widget.done == widget.frame["step"] == 5
    expected = np.random.default_rng(0).random(9)
    assert widget.frame["place"] == pytest.approx(2 * expected[:5].sum())
    widget.speed = 1  # on the way
    widget.step(4)
    assert (widget.steps, widget.done, widget.n_begun) == (9, 9, 1)
    assert widget.place == pytest.approx(2 * expected[:5].sum() + expected[5:].sum())


def test_fewer_steps_another_seed_and_start_again_begin_anew():
    widget = Walk(steps=3)
    first = widget.place
    widget.step(4)
    widget.steps = 3
    assert (widget.n_begun, widget.place) == (2, first)
    widget.seed = 7
    assert (widget.n_begun, widget.done) == (3, 3)
    assert widget.place != first
    widget.start_again()
    assert (widget.n_begun, widget.place, widget.seed) == (4, first, 0)
    widget.speed = 5  # needs no new run
    widget.start_again()  # does, although the number of steps is the same
    assert (widget.n_begun, widget.place) == (5, first)


def test_a_run_that_has_ended_takes_no_more_steps():
    widget = Walk()
    widget.longest = 6
    widget.step(10)
    assert widget.done == 6
    place = widget.place
    widget.step(3)
    assert (widget.done, widget.place, widget.frame["step"]) == (6, place, 6)


def test_playing_needs_an_event_loop_and_says_so():
    widget = Walk()
    with pytest.raises(
        RuntimeError, match=r"Walk plays where Python has an event loop.* step\(n\)"
    ):
        widget.playing = True
    assert not widget.playing


def test_error_in_a_step_reaches_who_asked_for_it():
    widget = Walk(speed=10)
    with pytest.raises(FloatingPointError, match="too far"):
        widget.step(1000)


# Runs in an event loop.


def test_playing_goes_on_while_the_hand_moves_and_pauses_where_it_is():
    async def play():
        widget = Walk(speed=0)
        wish(widget, playing=True)
        await until(lambda: widget.done > 20 and widget.steps > 0)
        assert widget.place == 0
        wish(widget, speed=0.001)
        await until(lambda: widget.place > 0)
        wish(widget, playing=False)
        stopped = widget.done
        assert (widget.steps, widget.frame["step"], widget.n_begun) == (stopped, stopped, 1)
        await asyncio.sleep(0.03)
        assert widget.done == stopped
        assert not widget._working

    run(play())


def test_steps_asked_for_on_the_page_are_taken_in_slices():
    async def play():
        widget = Walk(speed=0)
        wish(widget, steps=30_000)
        assert widget.done == 0  # the page is answered first
        assert widget.playing
        await until(lambda: not widget.playing)
        assert (widget.done, widget.steps) == (30_000, 30_000)
        widget._handle_custom_msg({"step": 1}, [])
        await until(lambda: widget.done == 30_001)
        wish(widget, steps=12)
        await until(lambda: not widget.playing)
        assert (widget.done, widget.n_begun) == (12, 2)

    run(play())


def test_new_weights_while_playing_play_on_and_start_again_does_not():
    async def play():
        widget = Walk(speed=0)
        wish(widget, playing=True)
        await until(lambda: widget.steps > 5)
        wish(widget, seed=1, steps=0)
        assert widget.n_begun == 2
        await until(lambda: widget.steps > 5)
        wish(widget, **widget._page["start"], _run=1)
        await asyncio.sleep(0.03)
        assert (widget.n_begun, widget.done, widget.steps, widget.playing) == (3, 0, 0, False)
        assert widget.frame["of"] == {
            "speed": 0,
            "seed": 0,
            "steps": 0,
            "playing": False,
            "_run": 1,
        }

    run(play())


def test_going_to_a_step_ends_where_that_step_is_no_longer_wanted():
    async def play():
        widget = Walk(speed=0)
        for others in ({"seed": 1, "steps": 0}, {"steps": 0}):  # new weights, then another wish
            wish(widget, steps=5000)
            wish(widget, **others)
            assert (widget.playing, widget.frame["of"]["playing"]) == (False, False)
            await asyncio.sleep(0.03)
            assert (widget.done, widget.steps, widget.n_begun) == (0, 0, 2)
        wish(widget, steps=5000)
        wish(widget, steps=40, _run=1)
        await until(lambda: not widget.playing)
        assert (widget.done, widget.n_begun) == (40, 3)
        wish(widget, steps=5000)
        widget.seed = 2  # in Python, where steps are taken at once
        assert (widget.playing, widget.done, widget.n_begun) == (False, 5000, 4)

    run(play())


def test_pictures_are_sent_no_faster_than_they_are_looked_at(monkeypatch):
    async def play():
        widget, clock = Walk(speed=0), [0.0]
        monkeypatch.setattr("coursekit.widgets.live.time.perf_counter", lambda: clock[0])
        sent = messages_of(widget)
        plain = widget.advance

        def advance():
            clock[0] += 0.003  # a step takes 3 milliseconds
            return plain()

        widget.advance = advance
        wish(widget, steps=1000)  # 3 seconds
        await until(lambda: not widget.playing)
        shown = [state["frame"]["step"] for state in sent if "frame" in state]
        assert 60 <= len(shown) <= 78
        assert shown[-1] == 1000
        assert shown == sorted(shown)

    run(play())


def test_error_in_a_task_is_told_and_ends_it():
    async def play():
        widget = Walk(speed=10)
        wish(widget, playing=True)
        await until(lambda: not widget.playing)
        assert widget._error == "FloatingPointError: too far"
        assert not widget._working
        wish(widget, speed=1)
        assert widget._error == ""

    run(play())


def test_error_in_a_callback_of_a_run_is_told_and_ends_it_and_close_closes():
    def broken(_):
        raise RuntimeError("the callback is broken")

    async def play():
        widget = Walk(speed=0)
        widget.observe(broken, "steps")
        wish(widget, playing=True)
        await until(lambda: not widget._working)
        assert (widget.playing, widget._error) == (False, "RuntimeError: the callback is broken")
        with pytest.raises(RuntimeError):
            wish(widget, steps=10**5)
        with pytest.raises(RuntimeError):
            widget.close()
        assert not widget.playing
        assert widget.comm is None

    run(play())


def test_closing_ends_the_task_and_forgets_the_widget():
    async def play():
        widget = Walk(speed=0)
        wish(widget, playing=True)
        await asyncio.sleep(0.03)
        widget.close()
        await asyncio.sleep(0.03)
        assert not widget._working
        alive = weakref.ref(widget)
        del widget
        gc.collect()
        assert alive() is None

    run(play())


# Training.


def bare(network, seed, n_steps, **settings):
    """The same run without a widget."""
    rng = np.random.default_rng(seed)
    model = training.NETWORKS[network](rng)
    data, _ = load_digits28()
    optimizer = nn.SGD(model, **settings)
    states = nn.fit.steps(
        model, nn.CrossEntropyLoss(), optimizer, data, epochs=1, batch_size=32, rng=rng
    )
    return model, [next(states).loss for _ in range(n_steps)], optimizer, states


@pytest.mark.parametrize(("network", "n_steps"), [("MLP", 43), ("LeNet-5", 3)])
def test_training_is_fit(network, n_steps):
    settings = {"lr": 0.07, "momentum": 0.8, "weight_decay": 0.01}
    widget = TrainingWidget(network=network, seed=3, steps=n_steps, **settings)
    model, losses, _, _ = bare(network, 3, n_steps, **settings)
    assert list(widget.run.losses) == losses
    for (name, module, key), (_, other, _) in zip(
        widget.run.model.named_parameters(), model.named_parameters(), strict=True
    ):
        np.testing.assert_array_equal(module.params[key], other.params[key], err_msg=name)


def test_settings_are_in_force_from_the_next_step_on():
    widget = TrainingWidget(lr=0.1, momentum=0.5, steps=7)
    widget.lr, widget.momentum, widget.weight_decay = 0.01, 0.9, 0.02
    widget.step(5)
    _, _, optimizer, states = bare("MLP", 0, 7, lr=0.1, momentum=0.5)
    optimizer.lr, optimizer.momentum, optimizer.weight_decay = 0.01, 0.9, 0.02
    assert list(widget.run.losses[7:]) == [next(states).loss for _ in range(5)]
    assert widget.run.row()[:6] == ["MLP", "0.1 → 0.01", "0.5 → 0.9", "0 → 0.02", "0", "12"]


def test_table_keeps_the_runs_that_learnt_something():
    widget = TrainingWidget(steps=2)
    widget.seed = 5
    widget.steps = 0  # another run, which learns nothing
    widget.start_again()
    assert [row[4:6] for row in widget.frame["runs"]] == [["0", "2"], ["5", "2"], ["0", "2"]]
    for seed in range(10, 20):
        widget.seed = seed
    assert [row[4] for row in widget.frame["runs"]] == ["15", "16", "17", "18", "19"]


def test_misread_digits_are_misread():
    widget = TrainingWidget(steps=100)
    _, (x, y) = load_digits28()
    pictures, labels, read = widget.run.misread()
    assert 0 < len(labels) <= training.N_MISREAD
    for picture, label, answer in zip(pictures, labels, read, strict=True):
        place = np.flatnonzero((x[:, 0] == picture).all(axis=(1, 2)))[0]
        assert (label, answer) == (y[place], widget.run.model.forward(x[[place]]).argmax())
        assert label != answer
    right = nn.accuracy(widget.run.model.forward(x[:200]), y[:200])
    assert widget.run.marks[-1].validation_accuracy == right


@pytest.mark.parametrize(
    ("network", "unit", "place"), [("MLP", 8, (31, 61)), ("LeNet-5", 4, (8, 8))]
)
def test_filters_are_the_weights(network, unit, place):
    widget = TrainingWidget(network=network)
    name, (_, h, w), _ = training.FIRST[network]
    weight = widget.run.model.layers[name].params["weight"][unit].reshape(h, w)
    y, x = place
    np.testing.assert_array_equal(widget.run.filters()[y : y + h, x : x + w], weight)


def test_curves_are_thinned_and_true():
    widget = TrainingWidget(steps=500)
    curve = widget.run.curve()
    assert len(curve) <= training.MOST_POINTS
    np.testing.assert_allclose(curve[0], [2, np.mean(widget.run.losses[:3])])
    marks = training.thinned([(step,) * 5 for step in range(1000)])
    assert len(marks) <= training.MOST_POINTS
    assert marks[-1, 0] == 999


def test_diverging_run_ends_and_says_why():
    widget = TrainingWidget()
    widget.run.model.layers["output"].params["weight"][:] = np.nan
    widget.step(5)
    assert (widget.done, widget.frame["step"]) == (1, 1)
    words = "Ended after step 0. The loss is nan at step 1, before anything was learnt"
    assert widget.sentence().startswith(words)


def test_presets_of_training_keep_their_word():
    widget = TrainingWidget()
    widget.preset("works")
    assert widget.run.marks[-1].validation_accuracy >= 0.85
    widget.preset("fails")
    assert len(set(widget.run.read)) == 1
    hidden = widget.run.model.layers["hidden"].forward(widget.run.validation[0].reshape(200, -1))
    assert (hidden <= 0).all()
    widget.preset("puzzles")
    with_decay = widget.run.marks[-1]
    without = TrainingWidget(momentum=0.0, steps=300).run.marks[-1]
    assert with_decay.loss > 1.2 * without.loss
    assert with_decay.validation_loss > 1.2 * without.validation_loss
    assert abs(with_decay.validation_accuracy - without.validation_accuracy) <= 0.03


# Unit images.


@pytest.mark.parametrize(
    ("network", "place", "layer", "unit"),
    [
        ("digits", "classes", None, 7),
        ("digits", "middle", "conv2", 11),
        ("textures", "first", "conv1", 4),
    ],
)
def test_image_is_that_of_unitviz(network, place, layer, unit):
    widget = UnitImageWidget(network=network, layer=place, unit=unit, lr=0.2, seed=5, steps=4)
    model, rng = load_network(network), np.random.default_rng(5)
    states = maximize_unit.steps(model, unit, layer, steps=unit_images.N_STEPS, lr=0.2, rng=rng)
    steps = [next(states) for _ in range(4)]
    np.testing.assert_array_equal(widget.ascent.image, steps[-1].image)
    assert widget.ascent.activations == [step.activation for step in steps]
    x = model.prepare(steps[-1].image)
    np.testing.assert_allclose(
        widget.ascent.saliency(), saliency(model, x, unit, layer)[0, 0], rtol=1e-5
    )


def test_unit_beyond_the_last_is_the_last():
    last = UnitImageWidget(layer="first", unit=5, steps=2)
    beyond = UnitImageWidget(layer="first", unit=100, steps=2)
    assert beyond.frame["units"] == 6
    np.testing.assert_array_equal(beyond.ascent.image, last.ascent.image)


@pytest.mark.parametrize("start", unit_images.STARTS)
@pytest.mark.parametrize("network", ["digits", "textures", "faces"])
def test_every_start_climbs(network, start):
    if network == "faces":
        needs("pretrained")
    widget = UnitImageWidget(network=network, start=start, unit=1)
    first = widget.ascent.image
    assert first.shape == load_network(network).image_shape
    widget.step(6)
    activations = widget.ascent.activations
    assert activations[-1] > activations[0]
    assert np.abs(widget.ascent.image - first).max() > 0.02


@pytest.mark.parametrize("regulariser", unit_images.REGULARISERS)
def test_regularisers_make_different_images(regulariser):
    widget = UnitImageWidget(regulariser=regulariser, steps=6)
    plain = UnitImageWidget(regulariser="none", steps=6)
    same = np.array_equal(widget.ascent.image, plain.ascent.image)
    assert same == (regulariser == "none")
    words = {"all": "penalties and random views", "none": "nothing"}
    kept = words.get(regulariser, f"only {regulariser}")
    assert f"with {kept} to keep it natural" in widget.sentence()


def test_an_ascent_ends():
    widget = UnitImageWidget(layer="first", steps=unit_images.N_STEPS)
    assert widget.done == unit_images.N_STEPS
    widget._handle_custom_msg({"step": 1}, [])  # a button has no more to do
    assert widget.done == unit_images.N_STEPS
    with pytest.raises(ValueError, match="steps is a whole number from 0 to 128; got 129"):
        widget.step(1)


def test_presets_of_unit_images_keep_their_word():
    widget = UnitImageWidget()
    roughness = []
    for kind in ("works", "fails"):
        widget.preset(kind)
        image = widget.ascent.image
        assert widget.ascent.reading()[0] == "3"
        assert widget.ascent.reading()[1] > 0.99
        roughness.append(np.abs(np.diff(image, axis=0)).mean() / image.std())
    assert roughness[1] > 1.3 * roughness[0]
    widget.preset("puzzles")
    assert widget.ascent.reading()[0] == "9"
    widget.steps = 0
    assert widget.ascent.reading()[0] == "4"
