"""Years and what happened in them."""

from coursekit.plots.picture import Picture
from coursekit.plots.style import BLUE, GREY, WIDTH, course_style, new_figure


def show_timeline(events, *, alt, caption):
    """Draw dated events under each other, their years to scale along a line on the left.

    events: (year, words) in the order of their years; words fit on one line of about 80 letters.
    Events of neighbouring years are moved apart, and a thin line leads from each to its year.
    Raises ValueError for no events or years that fall.
    """
    years = [year for year, _ in events]
    if not years or years != sorted(years):
        raise ValueError(f"show_timeline expects events in the order of their years; got {years}")
    span = max(years[-1] - years[0], 1)
    with course_style():
        figure = new_figure(WIDTH, 0.7 + 0.42 * len(events))
        axes = figure.subplots()
        axes.set(xlim=(-0.2, 10), ylim=(len(events) - 0.5, -0.5))
        axes.axis("off")
        axes.axvline(0, color=GREY, linewidth=2)
        for row, (year, words) in enumerate(events):
            place = (year - years[0]) / span * (len(events) - 1)  # of the year, in rows
            axes.plot([0, 0.5], [place, row], color=GREY, linewidth=1)
            axes.plot(0, place, "o", color=BLUE)
            axes.text(0.6, row, f"{year}", size=13, weight="bold", va="center")
            axes.text(1.4, row, words, size=13, va="center")
        return Picture(figure, alt=alt, caption=caption)
