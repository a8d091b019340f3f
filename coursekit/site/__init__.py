"""The course as a folder of pages that need no Python: `coursekit site`.

`build.py` makes the folder and swaps it in. What goes into it: `lectures.py` runs the notebooks,
`pages.py` writes the pages around them, `conf.py` and `static/` say how they look.
"""

from coursekit.site.build import SiteError, build_site

__all__ = ["SiteError", "build_site"]
