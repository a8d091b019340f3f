"""The still picture of the boxes: what is known after a step."""

from PIL import Image, ImageDraw, ImageFont

from coursekit.widgets.layers import model
from coursekit.widgets.still import BLUE, FONT, LINE, ORANGE
from coursekit.widgets.words import number

PLACES = {"x0": 60, "w0": 190, "x1": 320, "f": 440, "x2": 560, "w1": 690, "x3": 810, "loss": 940}
ORDER = [result for _, result, _, _ in model.STEPS]


def draw(name, step, eta):
    """Boxes with weights above, values between and slopes below; a PIL image."""
    image = Image.new("RGB", (1000, 420), "white")
    pen, font = ImageDraw.Draw(image), ImageFont.truetype(FONT, 17)
    known = set(ORDER[1 : step + 1])
    new = model.updated(name, eta) if step >= model.LAST - 1 else {}
    pen.line([(60, 200), (940, 200)], fill=LINE, width=2)
    for key, x in PLACES.items():
        if key in ("w0", "f", "w1", "loss"):
            pen.rectangle([x - 46, 175, x + 46, 225], "white", "black", 2)
            word = {"f": model.EXAMPLES[name].function, "loss": "½ (·)²"}.get(key, key.upper())
            pen.text((x, 200), word, "black", font, anchor="mm")
        if key in ("w0", "w1"):
            matrix(pen, font, (x, 100), new.get(key, model.matrix(name, key)))
        elif key == "x0" or key in known:
            after = {"x3": new["x3"], "loss": [[new["loss"]]]} if step == model.LAST else {}
            y = 120 if key == "loss" else 200
            matrix(pen, font, (x, y), after.get(key, model.matrix(name, key)))
        if f"d{key}" in known:
            y = 360 if key in ("w0", "w1") else 285
            matrix(pen, font, (x, y), model.matrix(name, f"d{key}"), coloured=True)
    return image


def matrix(pen, font, centre, rows, coloured=False):
    """Numbers in rows around a centre."""
    x, y = centre
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            place = (x + 62 * (j - (len(row) - 1) / 2), y + 26 * (i - (len(rows) - 1) / 2))
            colour = tuple(ORANGE if value < 0 else BLUE) if coloured else "black"
            box = pen.textbbox(place, number(value), font, anchor="mm")
            pen.rectangle(box, "white")
            pen.text(place, number(value), colour, font, anchor="mm")
