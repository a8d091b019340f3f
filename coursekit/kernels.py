"""Kernels in which no file beside a notebook hides a module of Python's or of the course's.

`python -m ipykernel_launcher` looks into the notebook's folder first, so a learner's `types.py`
keeps it from starting and a `numpy.py` is imported in NumPy's place. `python -P -m
coursekit.kernels` looks there last: a learner's own modules are found, and nothing is hidden.
"""

import sys

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager, KernelManager
from traitlets import default

USUAL = ["-m", "ipykernel_launcher"]
OURS = ["-P", "-m", "coursekit.kernels"]
NAME = "python3"
NAMES = {"python", NAME, f"python3.{sys.version_info[1]}"}  # which Jupyter takes for this Python


class Kernels(KernelSpecManager):
    """Jupyter's kernels; those of this Python start the way described above."""

    def get_kernel_spec(self, kernel_name):
        spec = super().get_kernel_spec(kernel_name)
        python, *words = spec.argv
        if words[:2] == USUAL and python in {sys.executable, *NAMES}:
            spec.argv = [sys.executable, *OURS, *words[2:]]
        return spec


class Kernel(KernelManager):
    """One such kernel, for a program that waits."""

    @default("kernel_spec_manager")
    def _ours(self):
        return Kernels(parent=self)


class AsyncKernel(AsyncKernelManager):
    """One such kernel, for nbclient."""

    @default("kernel_spec_manager")
    def _ours(self):
        return Kernels(parent=self)


def main():
    from ipykernel.kernelapp import launch_new_instance

    sys.path.append("")  # the folder that the kernel works in; IPython would put it further ahead
    launch_new_instance()


if __name__ == "__main__":
    main()
