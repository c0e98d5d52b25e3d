"""Sphinx's configuration of the site: ``make site`` lays the sources out and calls Sphinx with it."""

import re

from cmo_kit import __version__

project = "cmo_kit"
author = copyright = "The cmo_kit authors"
version = release = __version__
root_doc = "docs/index"
include_patterns = ["docs/**", "notebooks/**/*.ipynb", "notebooks/*.ipynb", "CHANGELOG.md", "CONTRIBUTING.md"]
extensions = ["myst_nb", "numpydoc", "sphinx.ext.autodoc", "sphinx.ext.viewcode", "sphinx-mathjax-offline"]

# Notebooks stand as they are stored. Live pictures are films here, so nothing of ipywidgets is loaded.
nb_execution_mode = "off"
nb_ipywidgets_js = {}
nb_mime_priority_overrides = [("html", "text/html", 5), ("html", "image/png", 6)]
myst_enable_extensions = ["amsmath", "dollarmath", "colon_fence", "deflist"]
myst_heading_anchors = 4

autodoc_typehints = "none"  # numpydoc's sections have them
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_xref_param_type = False
html_theme = "furo"
html_title = f"cmo_kit {__version__}"
html_favicon = "static/favicon.svg"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_copy_source = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#0b5394", "color-brand-content": "#0b5394"},
    "dark_css_variables": {"color-brand-primary": "#8ec5ff", "color-brand-content": "#8ec5ff"},
}
pygments_style, pygments_dark_style = "a11y-high-contrast-light", "a11y-high-contrast-dark"


def setup(app):
    """Sphinx calls this at first."""
    app.connect("html-page-context", name_levels, priority=900)  # after the theme
    app.connect("html-page-context", lead_back)


def name_levels(app, pagename, templatename, context, doctree):
    """The captions of the side bar are headings; readers that speak want to know of which level, and which language."""
    if pagename.startswith(("docs/ko", "notebooks/ko/")):
        context["language"] = "ko"
    tree = context.get("furo_navigation_tree", "")
    context["furo_navigation_tree"] = tree.replace('role="heading"', 'role="heading" aria-level="2"')


def lead_back(app, pagename, templatename, context, doctree):
    """A listing's links to the reference take all its names for those of one module; a name may stand in another."""
    known, rooms = app.env.domaindata["py"]["objects"], pagename.split("/")[1:]

    def place(found):
        names = found[1].split(".")
        ends = [".".join([*rooms[:k], *names[j:]]) for k in range(len(rooms), 0, -1) for j in range(len(names))]
        return f'#{next((known[end].node_id for end in (found[1], *ends) if end in known), found[1])}">'

    if pagename.startswith("_modules/"):
        context["body"] = re.sub(r'#(cmo_kit[\w.]*)">', place, context["body"])
