"""Pictures (and later digits, clips, networks) that the course uses; `SOURCES.md` says whose they are."""

from coursekit.data.pictures import PICTURES, load_image

__all__ = ["PICTURES", "load_image"]
