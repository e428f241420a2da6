"""``python3 -m tools.versions``: build every release and the branch into ``_build/versions``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from .refs import Ref, VersionsError, refs, stable
from .tree import assemble
from .work import Outcome, Plan, build

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
URL = "https://mltrack.readthedocs.io/en/"


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(prog="python -m tools.versions", description=__doc__)
    parser.add_argument("--root", type=Path, default=ROOT, help="the repository")
    parser.add_argument("--main", default="main", help="the branch that becomes the next release")
    parser.add_argument("--url", default=URL, help="the address below which the versions stand")
    parser.add_argument("--only", action="append", help="build this version; the others stay")
    parser.add_argument("--jobs", type=int, default=1, help="processes of one build (default: 1)")
    parser.add_argument("--wheels", type=Path, help="a directory of packages, without a network")
    parser.add_argument(
        "--environment", choices=("own", "current"), default="own",
        help="each version's own lock (default), or this interpreter for all",
    )  # fmt: skip
    return parser.parse_args(arguments)


def chosen(found: list[Ref], names: list[str] | None) -> list[Ref]:
    """Return the versions to build.

    Raises:
        VersionsError: there is none of a name.
    """
    known = {ref.name: ref for ref in found}
    if unknown := [name for name in names or () if name not in known]:
        raise VersionsError(f"there is no version {unknown[0]}; there are {', '.join(known)}")
    return [known[name] for name in names] if names else found


def earlier(found: list[Ref], outcomes: list[Outcome], plan: Plan) -> dict[Ref, Path]:
    """Return the pages of all versions that have some, whether of this run or an earlier one."""
    now = {outcome.ref: outcome.site for outcome in outcomes}
    places = {ref: now.get(ref, plan.work / "sites" / ref.name) for ref in found}
    return {ref: site for ref, site in places.items() if site and site.is_dir()}


def report(outcome: Outcome) -> None:
    """Say what became of a version."""
    text = f"{outcome.ref.name:<14}{outcome.ref.kind:<13}{outcome.state}"
    if outcome.state != "failed":
        print(f"{text}: {outcome.why}" if outcome.why else text, flush=True)
        return
    kept = "; what was built before stays" if outcome.site else ""
    print(f"{text}: {outcome.why}{kept}", file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit status: 1 if a version failed, also when the tree is there."""
    options = parse(arguments)
    root = options.root.resolve()
    tree = root / "_build" / "versions"
    url = options.url.rstrip("/") + "/"
    try:
        found = refs(root, options.main)
        plan = Plan(
            root, root / "_build" / "versions-work", url, stable(found), options.jobs,
            options.environment == "current", options.wheels and options.wheels.resolve(),
        )  # fmt: skip
        outcomes = []
        for ref in chosen(found, options.only):
            outcomes.append(build(ref, plan))
            report(outcomes[-1])
        sites = earlier(found, outcomes, plan)
        if not sites:
            raise VersionsError("no version could be built; the tree stays as it was")
        assemble(sites, tree, url)
    except VersionsError as error:
        print(f"versions: {error}", file=sys.stderr)
        return 1
    current = stable([*sites])
    print(f"\nstable is {current.name if current else 'no version: there is no release yet'}")
    print(f"Open {(tree / 'index.html').as_uri()}")
    return 1 if any(outcome.state == "failed" for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
