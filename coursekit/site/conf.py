"""Sphinx's settings: no file from another host, no cell run again, docstrings as they are."""

import re

import coursekit

project, author, copyright = "coursekit", "The coursekit authors", "The coursekit authors"
version = release = coursekit.__version__
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.mathjax"]
html_theme = "pydata_sphinx_theme"
html_title = html_short_title = "coursekit"
html_css_files = ["site.css"]
html_copy_source = html_show_sourcelink = html_show_copyright = html_show_sphinx = False
html_theme_options = {
    "navbar_end": ["theme-switcher"],
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": [],
    "footer_end": [],
    "show_prev_next": True,
    "navigation_with_keys": False,  # arrow keys belong to the widgets
}
html_context = {"default_mode": "auto"}
html_favicon = "static/icon.svg"
# Pages with nothing below them.
html_sidebars = dict.fromkeys(["index", "exercises", "widgets", "coverage", "search"], [])
mathjax_path = "mathjax/tex-chtml.js"
mathjax3_config = {"options": {"enableMenu": False}}
exclude_patterns = ["_extra", "_static"]
nb_execution_mode = "off"
nb_ipywidgets_js = {}
nb_output_stderr = "remove"
nb_merge_streams = True
myst_enable_extensions = ["dollarmath"]
suppress_warnings = ["myst.header"]
add_module_names = False
autodoc_typehints = "none"
autodoc_preserve_defaults = True


def plain(text):
    """A line of a docstring as reStructuredText: `names` as code or links, all else as it is."""
    parts = text.split("`")
    parts[::2] = [re.sub(r"([*_|\\])", r"\\\1", part) for part in parts[::2]]
    names = [f":py:obj:`{n}`" if n.isidentifier() else f"``{n}``" for n in parts[1::2]]
    parts[1::2] = names
    return "".join(parts)


def docstring(app, what, name, obj, options, lines):
    """Keep what is set in as it is written; the rest are paragraphs."""
    written, inside = [], False
    for line in lines:
        set_in = line.startswith("  ")
        if set_in and not inside:
            written += ["", "::", ""]
        elif inside and line and not set_in:
            written.append("")
        inside = set_in or (inside and not line)
        written.append(line if set_in else plain(line))
    lines[:] = written


def setup(app):
    app.connect("autodoc-process-docstring", docstring)
