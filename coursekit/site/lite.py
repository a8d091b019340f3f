"""The course in JupyterLite: lectures and exercises with a kernel inside the browser.

A static folder for any web server. Python there is Pyodide, CPython for WebAssembly; it comes
from the address that JupyterLite's kernel has built in, or from a folder of the site itself. Work
stays in the learner's browser, beside the files of the site: a rebuilt site never overwrites it.
"""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from coursekit import systems
from coursekit.lab import PARTS, SETTINGS, course_part
from coursekit.site.build import SiteError
from coursekit.site.wheels import lock_entry, pure_wheel

# Of JupyterLab's installed extensions those that the course needs: its kernel, its widgets.
FRONT_ENDS = (
    "@jupyterlite/pyodide-kernel-extension",
    "@jupyter-widgets/jupyterlab-manager",
    "anywidget",
)
KERNEL = Path("extensions/@jupyterlite/pyodide-kernel-extension/static/pypi")
KERNEL_SETTINGS = "@jupyterlite/pyodide-kernel-extension:kernel"
# What the course needs in a browser and Pyodide's distribution lacks.
BUNDLED = ("coursekit", "anywidget", "comm", "ipywidgets", "pooch", "psygnal")
# What the kernel starts with; named here, so that it asks no package index for it.
STARTS_WITH = ("micropip", "piplite", "ipykernel", "comm", "pyodide-kernel", "jedi", "ipython")
# Of the shipped pages: settings of their build, and fonts for browsers of before 2016.
NEEDLESS = ("rspack.config*", "package.json", "doc", "build/fa-*.eot", "build/fa-*.svg",
            "build/fa-*.ttf")  # fmt: skip
NOT_RUN = shutil.ignore_patterns("*.map", "*.d.ts", "*.html", "*-tests.zip")
OURS = "static/coursekit"


def build_lite(folder, *, pyodide=None):
    """Write the JupyterLite site into folder: lectures, exercises, the kit, and its own Python.

    folder: made, or replaced when it holds a JupyterLite site. pyodide: a folder with a Pyodide
    distribution of the kernel's version, copied into the site; without it the kernel loads Pyodide
    from its maintainers' CDN, the only request that leaves the site. Raises SiteError.
    """
    folder = Path(folder)
    _check(folder, pyodide)
    front_ends = [str(_front_end(name)) for name in FRONT_ENDS]
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".lite-", dir=folder.parent) as workshop:
        site = Path(workshop) / "site"
        _run_jupyterlite(Path(workshop), site, front_ends)
        for pattern in NEEDLESS:
            for path in site.glob(pattern):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        _add_python(site, pyodide)
        if folder.exists():
            shutil.rmtree(folder)
        os.replace(site, folder)


def _check(folder, pyodide):
    if folder.exists() and not (folder.is_dir() and _ours_to_replace(folder)):
        raise SiteError(f"{folder} holds something else than a JupyterLite site; name another")
    if pyodide is not None:
        _check_pyodide(Path(pyodide))


def _ours_to_replace(folder):
    return (folder / "jupyter-lite.json").exists() or not any(folder.iterdir())


def _check_pyodide(folder):
    for name in ("pyodide.mjs", "pyodide-lock.json"):
        if not (folder / name).is_file():
            raise SiteError(f"{folder} is no Pyodide distribution: it has no {name}")
    try:
        lock = json.loads((folder / "pyodide-lock.json").read_text(encoding="utf-8"))
        python = str(lock["info"]["python"])
    except (ValueError, KeyError, TypeError) as error:
        raise SiteError(f"{folder} is no Pyodide distribution: broken pyodide-lock.json") from error
    from jupyterlite_pyodide_kernel.constants import PYODIDE_PYTHON_VERSION, PYODIDE_VERSION

    if not python.startswith(f"{PYODIDE_PYTHON_VERSION}."):
        found = f"{folder} has Python {python}"
        raise SiteError(f"{found}; JupyterLite's kernel wants Pyodide {PYODIDE_VERSION}")


def _run_jupyterlite(workshop, site, front_ends):
    for part in PARTS:
        shutil.copytree(
            course_part(part),
            workshop / "contents" / part,
            ignore=lambda _, names: [name for name in names if not name.endswith(".ipynb")],
        )
    settings = {
        "apps": ["lab"],
        "contents": ["contents"],
        "output_dir": str(site),
        "cache_dir": str(workshop / "cache"),
        "no_sourcemaps": True,
        "no_unused_shared_packages": True,
        "ignore_sys_prefix": ["federated_extensions"],  # only those that the course needs
        "federated_extensions": front_ends,
        "settings_overrides": [str(SETTINGS / "overrides.json")],
    }
    config = json.dumps({"LiteBuildConfig": settings})
    (workshop / "jupyter_lite_config.json").write_text(config, encoding="utf-8")
    built = subprocess.run(
        systems.module("jupyterlite_core", "build"),
        cwd=workshop,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )
    if built.returncode or not (site / "jupyter-lite.json").exists():
        last = (built.stderr or built.stdout).strip().splitlines()[-1:]
        raise SiteError(f"jupyter lite build failed: {' '.join(last)}")


def _front_end(name):
    """Folder of an installed extension of JupyterLab."""
    from jupyter_core.paths import jupyter_path

    for place in jupyter_path("labextensions"):
        if (Path(place) / name / "package.json").is_file():
            return Path(place) / name
    packages = ("jupyterlite-pyodide-kernel", "ipywidgets", "anywidget")
    install = systems.pip_install("--force-reinstall", *packages)
    raise SiteError(f"{name} is not installed; run: {install}")


def _add_python(site, pyodide):
    """Wheels, the real Pyodide's address, and the small module that brings them together."""
    ours = site / OURS
    ours.mkdir(parents=True)
    shutil.copy(Path(__file__).parent / "lite_files" / "pyodide.mjs", ours)
    for name in BUNDLED:
        pure_wheel(name, ours)
    built_in = sorted((site / KERNEL).glob("*.whl"))  # of two versions the later one comes last
    entries = [lock_entry(path, ours) for path in [*sorted(ours.glob("*.whl")), *built_in]]
    course = {"pyodide": _address(site, pyodide), "wheels": {e["name"]: e for e in entries}}
    (ours / "course.json").write_text(json.dumps(course, indent=1), encoding="utf-8")
    config = json.loads((site / "jupyter-lite.json").read_text(encoding="utf-8"))
    plugins = config["jupyter-config-data"].setdefault("litePluginSettings", {})
    plugins.setdefault(KERNEL_SETTINGS, {}).update(
        pyodideUrl=f"./{OURS}/pyodide.mjs", loadPyodideOptions={"packages": STARTS_WITH}
    )
    (site / "jupyter-lite.json").write_text(json.dumps(config, indent=1), encoding="utf-8")


def _address(site, pyodide):
    """Where the real Pyodide is, seen from our module; a folder of it is copied into the site."""
    from jupyterlite_pyodide_kernel.constants import PYODIDE_CDN_URL, PYODIDE_MJS

    if pyodide is None:
        return f"{PYODIDE_CDN_URL}/{PYODIDE_MJS}"
    shutil.copytree(pyodide, site / "static" / "pyodide", ignore=NOT_RUN)
    return f"../pyodide/{PYODIDE_MJS}"
