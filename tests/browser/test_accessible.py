"""Widgets for everyone: axe-core finds nothing serious; colours have contrast and stay apart."""

import re

import numpy as np
import pytest
from bare_page import known, rendered
from jupyter_page import next_frame
from npm import unpacked
from skimage.color import rgb2lab

from coursekit.widgets import catalogue
from coursekit.widgets.base import style_sheet
from coursekit.widgets.still import BLUE, ORANGE, PALE, signed

AXE = "4.14.1"
SERIOUS = """async () => {
  const { violations } = await axe.run(".ck");
  const bad = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
  return bad.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160))}`);
}"""


@pytest.fixture(scope="module")
def axe(tmp_path_factory):
    return unpacked("axe-core", AXE, tmp_path_factory.mktemp("npm")) / "axe.min.js"


@pytest.mark.parametrize("entry", catalogue(), ids=lambda entry: entry.title)
def test_axe_finds_nothing_serious(browser, axe, entry):
    page = rendered(browser, entry.widget())
    page.add_script_tag(path=axe)
    assert page.evaluate(SERIOUS) == []
    for preset in entry.widget.presets:
        page.evaluate("(state) => move(state)", known(entry.widget(**preset.state)))
        next_frame(page)
        assert page.evaluate(SERIOUS) == []
    page.close()


def test_axe_would_find_something(browser, axe):
    page = rendered(browser, catalogue()[0].widget())
    page.add_script_tag(path=axe)
    page.evaluate("document.querySelector('.ck select').closest('label').outerHTML = '<select>'")
    assert [found.split(":")[0] for found in page.evaluate(SERIOUS)] == ["select-name"]
    page.close()


def colour(name):
    """A colour of the style sheet's light theme in 0…1."""
    digits = re.search(rf"--ck-{name}: (?:var\([^#]*)?#(\w{{6}})", style_sheet()).group(1)
    return np.array([int(digits[i : i + 2], 16) for i in (0, 2, 4)]) / 255


def luminance(rgb):
    """Relative luminance, WCAG 2.2."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(one, other):
    dark, light = sorted([luminance(np.array(one)), luminance(np.array(other))])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("ink", "paper", "least"),
    [
        ("text", "paper", 7),
        ("quiet", "paper", 4.5),  # captions
        ("paper", "blue", 4.5),  # the chosen button
        ("blue", "paper", 3),  # lines, dots, frames
        ("orange", "paper", 3),
    ],
)
def test_colour_pairs_have_contrast(ink, paper, least):
    assert contrast(colour(ink), colour(paper)) >= least


def test_numbers_are_read_on_every_cell():
    ink = np.array([0x1F, 0x1F, 0x1F]) / 255
    cells = signed(np.linspace(-1, 1, 101)[None], PALE)[0] / 255  # the colours of numbered cells
    assert min(contrast(ink, cell) for cell in cells) >= 4.5


# What those see who lack a kind of cone, in linear RGB: Machado, Oliveira and Fernandes, "A
# physiologically-based model for simulation of color vision deficiency", 2009, severity 1.
BLINDNESS = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def seen(rgb, kind):
    """An sRGB colour as it is seen with that kind of blindness."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.array(BLINDNESS[kind]) @ linear, 0, 1)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


@pytest.mark.parametrize("kind", BLINDNESS)
@pytest.mark.parametrize("strength", [1, 0.5])
def test_positive_and_negative_stay_apart(kind, strength):
    """20 steps of CIELAB are far more than the one that can just be told."""
    blue, orange = (rgb2lab(seen(c, kind)) for c in shades(strength))
    white = rgb2lab(seen(np.ones(3), kind))
    distances = [np.linalg.norm(a - b) for a, b in [(blue, orange), (blue, white), (orange, white)]]
    assert min(distances) >= 20


def shades(strength):
    return (1 + strength * (np.array(end) / 255 - 1) for end in (BLUE, ORANGE))


def test_python_and_the_page_use_the_same_colours():
    for name, python in {"blue": BLUE, "orange": ORANGE}.items():
        np.testing.assert_array_equal(np.rint(255 * colour(name)), python)
