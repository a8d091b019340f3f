"""The still picture of a graph."""

from PIL import Image, ImageDraw, ImageFont

from coursekit.widgets.still import BLUE, FONT, LINE, ORANGE
from coursekit.widgets.words import number

WIDTH, HEIGHT, RADIUS = 1000, 500, 24


def draw(nodes, known, slopes):
    """Nodes and edges with values above and slopes below; a PIL image."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    pen, font = ImageDraw.Draw(image), ImageFont.truetype(FONT, 18)
    places = [(60 + 880 * node.x, HEIGHT * node.y) for node in nodes]
    for node, place in zip(nodes, places, strict=True):
        for i in node.inputs:
            pen.line([places[i], place], fill=LINE, width=2)
    for i, (node, (x, y)) in enumerate(zip(nodes, places, strict=True)):
        pen.circle((x, y), RADIUS, fill="white", outline="black", width=2)
        label = node.name if node.op in ("input", "constant") else node.op
        pen.text((x, y), label, "black", font, anchor="mm")
        if known[i] and node.op != "constant":
            pen.text((x, y - 34), number(node.value), "black", font, anchor="mm")
        if slopes[i] is not None:
            colour = tuple(ORANGE if slopes[i] < 0 else BLUE)
            pen.text((x, y + 36), f"∂ {number(slopes[i])}", colour, font, anchor="mm")
    return image
