"""What benchmarks.widgets runs in the page and in the kernel."""

# Calls window.mark() soon after a change, when it is painted; the times are in window.painted.
WATCH = """() => {
  window.painted = [];
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => painted.push(performance.now());
  window.mark = () => requestAnimationFrame(() => port2.postMessage(0));
  const put = CanvasRenderingContext2D.prototype.putImageData;
  CanvasRenderingContext2D.prototype.putImageData = function (...all) {
    put.apply(this, all);
    if (this.canvas.width === 512) mark();
  };
  addEventListener("keydown", (event) => (window.pressed = event.timeStamp), true);
  document.addEventListener("load", (event) => event.target.tagName === "IMG" && mark(), true);
}"""

STEERING = "from coursekit.widgets import SteeringWidget\nSteeringWidget(image='camera')"
INTERACT = """%matplotlib inline
import matplotlib.pyplot as plt
from ipywidgets import FloatSlider, interact
from coursekit.widgets.steering import model
responses = model.responses(model.photograph("camera"), 1)
strength = model.strength(responses)
def show(angle):
    plt.imshow(model.turned(responses, angle), cmap="gray", vmin=-strength, vmax=strength)
    plt.show()
interact(show, angle=FloatSlider(min=-180, max=180, step=1, continuous_update=True));"""
TRAINING = "from coursekit.widgets import TrainingWidget\nw = TrainingWidget()\nw"
# Steps per second of the bare fit and of the widget that plays, a second each in turn: on a
# machine that others use, too, only what lies so close together can be compared.
IN_TURN = """
import asyncio, time, numpy as np
from coursekit import nn
from coursekit.widgets.training import model
async def in_turn(network, rounds):
    rng = np.random.default_rng(0)
    net = model.NETWORKS[network](rng)
    sgd, loss = nn.SGD(net, 0.1, 0.9), nn.CrossEntropyLoss()
    data = model.digits()[0]
    states = nn.fit.steps(net, loss, sgd, data, epochs=10**4, batch_size=model.BATCH, rng=rng)
    w.start_again()
    w.network = network
    steps, passed = np.zeros(2), np.zeros(2)
    for _ in range(rounds):
        start = time.perf_counter()
        while time.perf_counter() - start < 1:
            next(states)
            steps[0] += 1
        passed[0] += time.perf_counter() - start
        await asyncio.sleep(0.1)
        before, start = w.done, time.perf_counter()
        w.playing = True
        await asyncio.sleep(1)
        steps[1] += w.done - before
        passed[1] += time.perf_counter() - start
        w.playing = False
        await asyncio.sleep(0.3)
    return *(steps / passed), passed[1]
"""
# Move a slider to a value; the milliseconds until the words name it.
ANSWER = """async ([name, value, words]) => {
  const slider = document.querySelector(`.ck input[name=${name}]`);
  const start = performance.now();
  slider.value = value;
  slider.dispatchEvent(new Event("input"));
  const status = document.querySelector(".ck-status");
  while (!status.textContent.includes(words)) {
    if (performance.now() - start > 10000) throw new Error(`no answer with ${words}`);
    await new Promise((done) => setTimeout(done, 1));
  }
  return performance.now() - start;
}"""
# A hand that moves through 60 values in half a second; the milliseconds from its last move.
SWEEP = """async ([name, values, words]) => {
  const slider = document.querySelector(`.ck input[name=${name}]`);
  for (const value of values) {
    slider.value = value;
    slider.dispatchEvent(new Event("input"));
    await new Promise((done) => setTimeout(done, 8));
  }
  const start = performance.now();
  const status = document.querySelector(".ck-status");
  while (!status.textContent.includes(words)) {
    if (performance.now() - start > 10000) throw new Error(`no answer with ${words}`);
    await new Promise((done) => setTimeout(done, 1));
  }
  return performance.now() - start;
}"""
# A drawing happens just before a frame is painted, and rewrites the words.
COUNT_PICTURES = """() => {
  window.pictures = 0;
  const count = new MutationObserver(() => pictures++);
  count.observe(document.querySelector(".ck-status"), { childList: true });
}"""
