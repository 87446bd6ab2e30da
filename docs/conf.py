"""Sphinx settings: Markdown pages, warnings are errors (`make docs`)."""

from importlib import metadata

project = "gwplan"
version = release = metadata.version("gwplan")
author = "gwplan contributors"
copyright = "gwplan contributors"  # noqa: A001 - Sphinx's own name
extensions = ["myst_parser"]
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3
source_suffix = {".md": "markdown"}
html_theme = "alabaster"
html_show_sourcelink = False
exclude_patterns = ["_build"]
