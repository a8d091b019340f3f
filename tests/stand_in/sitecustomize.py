"""Read by every Python that starts with this folder on PYTHONPATH: which system it stands in for.

    PYTHONPATH=tests/stand_in COURSEKIT_STAND_IN=windows coursekit doctor

Kernels and servers that such a command starts are stand-ins, too.
"""

import os

WHICH = os.environ.get("COURSEKIT_STAND_IN")
if WHICH == "windows":
    import windows

    windows.become()
elif WHICH == "macos":
    import macos

    macos.become()
