"""What a widget's maker may write: the parts to show or hide, and a state as one line of text."""

import ast


def left_out(owner, parts, show, hide):
    """The names among `parts` that are not shown: all but those of `show`, or those of `hide`.

    show, hide: names with spaces or commas between them, one of the two or neither. Raises
    ValueError for an unknown name and TypeError for anything but text.
    """
    if show is not None and hide is not None:
        raise ValueError(f"{owner} expects show or hide; got both")
    word, text = ("hide", hide) if show is None else ("show", show)
    if text is None:
        return []
    if not isinstance(text, str):
        raise TypeError(f'{owner} expects {word} as text such as "{parts[0]}"; got {text!r}')
    names = text.replace(",", " ").split()
    unknown = [name for name in names if name not in parts]
    if unknown:
        raise ValueError(f"{owner} can {word} {', '.join(parts)}; got {unknown[0]!r}")
    return [part for part in parts if (part in names) == (word == "hide")]


def write_state(widget, names):
    """A state as it stands in the brackets of a call: "lr=0.1, surface='x²'"."""
    return ", ".join(f"{name}={getattr(widget, name)!r}" for name in names)


def read_state(owner, text):
    """The {name: value} of such a text, in which nothing but plain values is understood.

    Raises ValueError for any other text and TypeError for what is no text.
    """
    if not isinstance(text, str):
        raise TypeError(f"{owner}.from_state expects the text of widget.state; got {text!r}")
    try:
        call = ast.parse(f"state({text})", mode="eval").body
        if not isinstance(call, ast.Call) or call.args or not all(w.arg for w in call.keywords):
            raise ValueError
        return {word.arg: ast.literal_eval(word.value) for word in call.keywords}
    except (SyntaxError, ValueError):
        wanted = f"{owner}.from_state expects the text of widget.state, name=value, …"
        raise ValueError(f"{wanted}; got {text!r}") from None
