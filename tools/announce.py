"""Say where to open what was built."""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> None:
    """Print the address of the page named on the command line."""
    print(f"\nOpen {Path(sys.argv[1]).resolve().as_uri()}")


if __name__ == "__main__":
    main()
