"""Numbers in words, exactly as the pages write them (page.js, `number`)."""

import math
from decimal import ROUND_HALF_UP, Context

THREE_DIGITS = Context(prec=3, rounding=ROUND_HALF_UP)
RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def number(value):
    """Three digits with a true minus, and a power of ten when the value is far from one."""
    if not math.isfinite(value):
        return "no number" if math.isnan(value) else "∞" if value > 0 else "−∞"
    rounded = THREE_DIGITS.create_decimal(float(value)).normalize(THREE_DIGITS)
    exponent = rounded.adjusted()
    if not rounded or -4 < exponent < 5:
        return f"{rounded:f}".replace("-0", "0" if not rounded else "-0").replace("-", "−")
    digits = f"{rounded.scaleb(-exponent).normalize():f}"
    factor = {"1": "", "-1": "-"}.get(digits, f"{digits}·")
    return f"{factor}10".replace("-", "−") + str(exponent).translate(RAISED)
