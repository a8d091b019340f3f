"""What every plotting function returns: a drawn figure together with its words."""

import base64
import html
import io


class Picture:
    """A figure that shows itself in a notebook with alternative text and a caption.

    alt: what there is to see, for a reader who does not see it. caption: what to look at, shown
    below the picture. Raises ValueError when either is empty.

    JupyterLab and nbconvert give an ordinary matplotlib output no alternative text, so this one
    shows itself as HTML; a reader with plain text only gets both sentences.
    """

    def __init__(self, figure, *, alt, caption):
        for name, words in (("alt", alt), ("caption", caption)):
            if not isinstance(words, str) or not words.strip():
                raise ValueError(f"a picture needs words in {name}; got {words!r}")
        self.alt = alt
        self.caption = caption
        self.width = round(figure.get_figwidth() * 96)  # CSS pixels
        file = io.BytesIO()
        figure.savefig(file, format="png")
        self.png = file.getvalue()

    def _repr_mimebundle_(self, include=None, exclude=None):
        """The forms that Jupyter may choose from: a <figure>, or words."""
        source = "data:image/png;base64," + base64.b64encode(self.png).decode("ascii")
        return {
            "text/html": (
                '<figure style="margin: 0.5em 0">'
                f'<img src="{source}" alt="{html.escape(self.alt)}" width="{self.width}"'
                ' style="max-width: 100%; height: auto">'
                f"<figcaption>{html.escape(self.caption)}</figcaption></figure>"
            ),
            "text/plain": f"[Picture: {self.alt}]\n{self.caption}",
        }
