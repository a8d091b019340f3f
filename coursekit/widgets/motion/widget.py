"""MotionWidget: the state of the motion page, and the magnified clip for Python."""

from coursekit.widgets import still
from coursekit.widgets.base import Preset, front_end
from coursekit.widgets.live import StreamingWidget, packed
from coursekit.widgets.motion import model
from coursekit.widgets.traits import Choice, Number


class MotionWidget(StreamingWidget):
    """A clip that sways by less than a tenth of a pixel, beside the same with its motion magnified.

    alpha: 0 to 100; motions get 1 + alpha times as large. band: which tempi, "slow" (0.6 to 2
    hertz), "fast" (3 to 5) or "both". time: the frame that is shown, 0 to 63; the clip begins again
    after 16. Raises ValueError or TypeError for a state outside of these.
    """

    title = "Motion magnification"
    question = "Can a motion be seen that is smaller than a pixel?"
    topics = ("P11",)
    controls = ("alpha", "band", "time")
    presets = (
        Preset(
            "works",
            "slow and sideways",
            "Press play. The original seems to stand still; with every phase turned 13 times as "
            "far, the coins sway sideways.",
            {"alpha": 12.0, "band": "slow", "time": 4},
        ),
        Preset(
            "fails",
            "too far",
            "Phases that are turned too far point to the wrong wave: edges blur and ripple. Which "
            "α is the last that looks right?",
            {"alpha": 90.0, "band": "slow", "time": 4},
        ),
        Preset(
            "puzzles",
            "another tempo",
            "The same clip, another band: now the coins hop up and down, three times as often, "
            "and do not sway. How can the two be told apart?",
            {"alpha": 12.0, "band": "fast", "time": 4},
        ),
    )
    _esm = front_end("motion")

    alpha = Number(6.0, 0, 100).tag(sync=True)
    band = Choice("slow", model.BANDS).tag(sync=True)
    time = Number(4, 0, model.N_FRAMES - 1, whole=True).tag(sync=True)
    _moving: tuple[str, model.Moving] | None = None

    def facts(self):
        frames, fps = model.clip()
        clip = {"original": packed(model.bytes_of(frames)), "fps": fps}
        row = {"across": model.ROW, "along": model.COLUMNS}
        column = {"across": model.COLUMN, "along": model.ROWS}
        lines = {band: column if band == "fast" else row for band in model.BANDS}
        return clip | {"lines": lines, "n_frames": model.N_FRAMES}

    def _asked(self):
        return {"alpha": self.alpha, "band": self.band}  # all frames are sent, whatever the time

    def moving(self):
        """What moves in the present band."""
        if self._moving is None or self._moving[0] != self.band:
            self._moving = self.band, model.Moving(self.band)
        return self._moving[1]

    def clip(self):
        """One period of the original, (16, 96, 128)."""
        return model.clip()[0]

    def magnified(self):
        """The same with its motion 1 + alpha times as large; it may leave [0, 1] a little."""
        return self.moving().magnified(self.alpha)

    def compute(self):
        words = model.words(self.alpha, self.band, *self.moving().reach())
        return {"magnified": model.bytes_of(self.magnified()), "words": words}

    def close(self):
        self._moving = None
        super().close()

    def still(self):
        pictures = []
        for frames in (self.clip(), self.magnified()):
            across = still.grey(model.line(frames, self.band))
            pictures += [still.grey(frames[self.time % model.PERIOD]), across]
        return still.row(pictures, height=256)

    def sentence(self):
        words = " ".join(self.frame["words"])
        return f"Original and magnified clip, each with one line of it over time. {words}"
