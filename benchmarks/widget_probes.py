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
BARE = """
import time, numpy as np
from coursekit import nn
from coursekit.widgets.training import model
def bare(network, seconds):
    rng = np.random.default_rng(0)
    net = model.NETWORKS[network](rng)
    sgd, loss = nn.SGD(net, 0.1, 0.9), nn.CrossEntropyLoss()
    data = model.digits()[0]
    states = nn.fit.steps(net, loss, sgd, data, epochs=50, batch_size=model.BATCH, rng=rng)
    start, n = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        next(states)
        n += 1
    return n / (time.perf_counter() - start)
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
COUNT_PICTURES = """() => {
  window.pictures = 0;
  const input = document.querySelector(".ck input[name=steps]");
  let last = input.value;
  const look = () => {
    if (input.value !== last) pictures++;
    last = input.value;
    requestAnimationFrame(look);
  };
  look();
}"""
