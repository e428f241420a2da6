"""``limits``: the page of known limits, from what was declared to fail and does.

``{limits}`` writes a section for each entry of ``source/_data/limits.yaml``: what happens, the
recorded failure, what to do instead, and the recorded workaround. Once all pages are read, the
entries are compared with the declarations: an entry that nothing shows, a failure that no entry
describes, or a limit without a workaround that runs is a warning.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes

from _ext._shared.inputs import FeatureDirective, load_yaml
from _ext._shared.records import add_listing, note, noted
from _ext._shared.report import InputError, warn
from _ext._shared.tables import page_link
from _ext.ledger.collect import KIND as LEDGER

from .model import Limits, Shown, from_casts, from_exchanges, markdown

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

    from _ext._shared.inputs import Data
    from _ext.ledger.model import Block

KIND = "limits"


class limit_cells(nodes.General, nodes.Element):  # noqa: N801 - docutils names nodes in lower case
    """Placeholder: links to the pages that show a limit, or work around it."""


class LimitsDirective(FeatureDirective):
    """``{limits}``: a section for each known limit."""

    feature = "limits"

    def build(self) -> list[nodes.Node]:
        """Return the sections.

        Raises:
            InputError: the data file is wrong.
        """
        data = _data(self.config)
        self.env.note_dependency(data.path)
        shown = _shown(self.config)
        for each in shown:
            self.env.note_dependency(each.path)
        note(self.env, KIND, True)
        text = "\n".join(
            markdown(name, limit, [each for each in shown if each.limit == name])
            for name, limit in data.value.items()
        )
        return self.parse_text_to_nodes(text, allow_section_headings=True)


class LimitCells(FeatureDirective):
    """``{limit-cells} ID``: written by ``{limits}``, not by authors."""

    feature = "limits"
    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {"state": str}

    def build(self) -> list[nodes.Node]:
        """Return the placeholder."""
        return [limit_cells(limit=self.arguments[0], state=self.options["state"])]


def _show_cells(env: BuildEnvironment, node: nodes.Element) -> list[nodes.Node]:
    """Return a line for each other page that shows the limit."""
    found: list[nodes.Node] = []
    for page, reason in _cells(env, node["limit"], node["state"]):
        if page == env.docname:
            continue
        begin = "Shown in " if node["state"] == "fails" else "How to do it is run in "
        line = nodes.paragraph("", begin, page_link(page), nodes.Text(": " if reason else "."))
        if reason:
            line += [nodes.literal("", reason), nodes.Text(".")]
        found.append(line)
    return found


def _cells(env: BuildEnvironment, limit: str, state: str) -> list[tuple[str, str]]:
    """Return pages and errors of the blocks that belong to a limit, each once."""
    blocks: list[Block] = [block for _, block in noted(env, LEDGER)]
    return sorted(
        {
            (block.page, block.reason if state == "fails" else "")
            for block in blocks
            if (block.limit, block.state) == (limit, state)
        }
    )


def _data(config: Config) -> Data[Limits]:
    path = Path(config.limits_data)
    if not path.is_file():
        raise InputError("file", f"there is no file {path.name!r} in {path.parent}")
    return load_yaml(path, Limits)


def _shown(config: Config) -> list[Shown]:
    found: list[Shown] = []
    if config.limits_casts:
        found += from_casts(Path(config.limits_casts))
    if config.limits_exchanges:
        found += from_exchanges(Path(config.limits_exchanges))
    return found


def _compare(app: Sphinx, env: BuildEnvironment) -> None:
    """Warn about limits that nothing shows, and failures that no limit describes."""
    if not noted(env, KIND):
        return
    try:
        data = _data(app.config)
    except InputError:
        return  # reported where the directive stands
    for error in _faults(env, data, _shown(app.config)):
        warn("limits", error.subtype, error.message, error.location)


def _faults(env: BuildEnvironment, data: Data[Limits], shown: list[Shown]) -> list[InputError]:
    faults: list[InputError] = []
    for name, limit in data.value.items():
        mine = [each for each in shown if each.limit == name]
        place = data.place(name)
        if all(each.works for each in mine) and not _cells(env, name, "fails"):
            message = (
                f"nothing shows the limit {name!r}: declare a cell or a recording's step to fail "
                "with it, or remove the entry"
            )
            faults.append(InputError("unshown", message, place))
        works = any(each.works for each in mine) or _cells(env, name, "executed")
        if not works and not limit.no_workaround:
            message = (
                f"nothing runs the workaround of {name!r}: give a cell or a step 'workaround: "
                f"{name}', or say in no_workaround why there is none"
            )
            faults.append(InputError("workaround", message, place))
    for each in shown:
        if each.limit not in data.value:
            faults.append(_undescribed(each.limit, data, f"{each.path}:1"))
    for page, block in noted(env, LEDGER):
        if block.limit and block.limit not in data.value:
            place = f"{env.doc2path(page)}:{block.line}"
            faults.append(_undescribed(block.limit, data, place))
    return faults


def _undescribed(name: str, data: Data[Limits], place: str) -> InputError:
    message = f"there is no limit {name!r} in {data.path.name}: describe it there"
    return InputError("unknown", message, place)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directives, the settings and the comparison."""
    for name in ("limits_data", "limits_casts", "limits_exchanges"):
        app.add_config_value(name, "", "env", types=(str,))
    app.add_directive("limits", LimitsDirective)
    app.add_directive("limit-cells", LimitCells)
    add_listing(app, limit_cells, _show_cells)
    app.connect("env-check-consistency", _compare)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
