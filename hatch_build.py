"""What hatchling runs before it packs: it writes the commit into the package, where it is known."""

import runpy
from pathlib import Path
from tempfile import TemporaryDirectory

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CommitHook(BuildHookInterface):
    """Replaces coursekit/commit.txt in wheels and sdists; see coursekit/commit.py."""

    place = None

    def initialize(self, version, build_data):
        """Called before an sdist or a wheel is packed; version is "standard" or "editable"."""
        if version == "editable":
            return  # an editable install stays a checkout, whose commit changes
        known = runpy.run_path(str(Path(self.root, "coursekit", "commit.py")))
        if commit := known["commit"]():
            self.place = TemporaryDirectory()
            packed = Path(self.place.name, known["PACKED"])
            packed.write_text(f"{commit}\n", encoding="utf-8", newline="\n")
            build_data["force_include"][str(packed)] = f"coursekit/{known['PACKED']}"

    def finalize(self, version, build_data, artifact_path):
        """Called when it is packed."""
        if self.place:
            self.place.cleanup()
