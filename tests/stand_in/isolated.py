"""python -I -S isolated.py SCRIPT ...: runs coursekit's script, and stands in for macOS."""

import os
import runpy
import sys

sys.argv.pop(0)
package = os.path.dirname(os.path.dirname(sys.argv[0]))
added = [os.path.dirname(os.path.abspath(__file__)), os.path.dirname(package)]
sys.path += added
import macos  # noqa: E402

macos.become()
sys.path[:] = [path for path in sys.path if path not in added]
runpy.run_path(sys.argv[0], run_name="__main__")
