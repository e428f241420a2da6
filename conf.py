"""Sphinx's configuration: values only. What they do is in ``_ext/`` and source/contributing/."""

import os
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.resolve()
SITE = "https://mltrack.readthedocs.io/"
PACKAGE = "https://github.com/EconoBen/mltrack"
sys.path.insert(0, str(ROOT))

from tools.notebooks.surroundings import REMOVED, variables  # noqa: E402

# The build imports mltrack and runs notebooks. Whatever they write to a home directory
# (model registry, user list, MLflow's settings) goes below _build, not to yours.
HOME = ROOT / "_build" / "home"
HOME.mkdir(parents=True, exist_ok=True)
os.environ |= variables(ROOT, HOME, Path(sys.executable), os.environ["PATH"])
for name in REMOVED:
    os.environ.pop(name, None)

# -- Project ---------------------------------------------------------------------------------

project = "MLTrack"
author = project_copyright = "MLTrack contributors"
release = version = os.environ.get("READTHEDOCS_VERSION_NAME", "dev")

OURS = sorted(path.stem for path in (ROOT / "_ext").iterdir() if not path.name.startswith("_"))
extensions = [
    "sphinx_click",  # first: sphinx-autodoc-typehints shadows a function that it imports
    "myst_nb", "sphinx_design", "sphinx_copybutton", "sphinx.ext.autodoc", "sphinx.ext.napoleon",
    "sphinx_autodoc_typehints", "sphinx.ext.intersphinx", "sphinx.ext.doctest",
    "sphinx.ext.viewcode", "sphinxcontrib.openapi", "notfound.extension",
    *(f"_ext.{name}" for name in OURS),
]  # fmt: skip
templates_path = ["_templates"]
nitpicky = True
needs_sphinx = "9.0"

# -- Pages -----------------------------------------------------------------------------------

myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3

nb_execution_mode = "cache"
nb_execution_cache_path = str(ROOT / "_build" / "notebooks")
nb_execution_in_temp = True
nb_execution_timeout = 300
nb_execution_show_tb = True  # with -W an error fails the build and the console shows why
nb_output_stderr = "remove"  # MLflow's progress and warnings differ from run to run
nb_merge_streams = True

# -- Truth -----------------------------------------------------------------------------------

DATA = ROOT / "source" / "_data"
claims_data = str(DATA)
recordings = str(ROOT / "_static" / "casts")
http_example_data = str(DATA / "http")
ledger_root = str(ROOT)
ledger_evidence = str(DATA / "evidence.yaml")
ledger_docstrings = str(DATA / "docstrings.yaml")
stored_outputs_root = str(ROOT)
limits_data = str(DATA / "limits.yaml")
limits_casts = recordings
limits_exchanges = http_example_data

# -- Reference -------------------------------------------------------------------------------

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # sphinx-autodoc-typehints writes them
maximum_signature_line_length = 80
always_document_param_types = True
always_use_bars_union = True
typehints_defaults = "comma"
typehints_document_rtype = False  # the signature has it; the field would be parsed apart
typehints_use_signature_return = True
napoleon_numpy_docstring = False

overlays_data = str(ROOT / "source" / "reference" / "python" / "overlays")
overlays_inventory = str(DATA / "inventory.json")
overlays_limits = limits_data
overlays_release = "0.2.0"
cli_explorer_data = str(DATA / "cli_explorer")
api_explorer_data = str(DATA)

nitpick_ignore_regex = [
    ("py:class", r"mltrack\.(core|llm)\.F"),  # the type of a decorated function
    ("py:exc", r"(botocore|pydantic_core)\..*"),  # they publish no objects.inv
    ("py:class", r"(pandas|numpy)\..*|mlflow\.tracking\.client\.MlflowClient"),
]

INVENTORIES = ROOT / "_inventories"
intersphinx_mapping = {
    "python": ("https://docs.python.org/3", str(INVENTORIES / "python.inv")),
    "mlflow": ("https://mlflow.org/docs/latest/api_reference", str(INVENTORIES / "mlflow.inv")),
    "sklearn": ("https://scikit-learn.org/stable", str(INVENTORIES / "sklearn.inv")),
}

doctest_test_doctest_blocks = ""  # >>> in the package's docstrings is the package's business
linkcheck_anchors_ignore_for_url = [r"https://github\.com/.*"]
linkcheck_timeout = 20

# -- HTML ------------------------------------------------------------------------------------

html_theme = "furo"
html_title = "MLTrack"
html_baseurl = os.environ.get("READTHEDOCS_CANONICAL_URL", SITE + "en/latest/")
html_static_path = ["_static"]
CSS = ("tokens", "base", "frame", "code", "components")  # in the order of the cascade
html_css_files = [f"css/{name}.css" for name in CSS]
FEATURES = sorted(f"css/{path.name}" for path in (ROOT / "_static" / "css").glob("*.css"))
FEW = "api-explorer cheat-sheet cli-explorer design-system landing price-table proof video"
ALONE = {*html_css_files, *(f"css/{name}.css" for name in FEW.split())}  # few pages have them
THEME = ["pygments.css", "styles/furo.css", "copybutton.css", "styles/furo-extensions.css"]
bundle_styles = {
    "css/design.css": ["sphinx-design.min.css"],
    "css/notebook.css": ["mystnb.*.css"],
    "css/theme.css": THEME,
    "css/site.css": [*html_css_files, *(path for path in FEATURES if path not in ALONE)],
}
bundle_unused = yaml.safe_load((DATA / "unused_styles.yaml").read_text("utf-8"))
html_js_files = [("js/frame.js", {"defer": "defer"})]
SPHINX_JS = ("documentation_options", "doctools", "scripts/furo")
COPY_JS = ("clipboard.min", "copybutton")
OUR_JS = ("js/code", "js/frame", "js/navigation", "js/page-markdown", "js/search", "js/versions")
bundle_scripts = {"js/site.js": [f"{name}.js" for name in (*SPHINX_JS, *COPY_JS, *OUR_JS)]}
html_context = {"package_source": PACKAGE}
structured_data_software = str(DATA / "software.yaml")
feed_id = "tag:mltrack.readthedocs.io,2026:changelog"
insights_issues = f"{PACKAGE}/issues/new"
diataxis_sections = ["get-started", "guides", "integrations", "deployment", "understand"]
navigation_sections = str(DATA / "sections.yaml")
redirects_data = str(DATA / "redirects.yaml")
related_apart = llms_optional = ["contributing"]
related_never = ["understand/glossary", "reference/cli/explorer"]
search_data = str(DATA / "search.yaml")
versions_from = "readthedocs" if "READTHEDOCS" in os.environ else ""
versions_stable = str(DATA / "stable.json")
html_theme_options = {"source_view_link": "", "top_of_page_buttons": []}
pygments_style, pygments_dark_style = "_ext.highlighting.Light", "_ext.highlighting.Dark"

copybutton_selector = "div.highlight pre"
copybutton_exclude = (
    ".linenos, .gp, .go, .gt, .mlt-sign, .mlt-diff__line--header, .mlt-diff__line--deleted"
)
notfound_urls_prefix = None if "READTHEDOCS" not in os.environ else f"/en/{release}/"
