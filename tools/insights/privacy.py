"""Free text of readers, without what could name or harm somebody.

``_static/insights/events.js`` has the same patterns, so that such text is not even sent; the tests
give both the same examples.
"""

from __future__ import annotations

import re

PATTERNS = (
    r"[^\s@]+@[^\s@]+\.[^\s@]+",  # e-mail addresses
    r"\b\d{1,3}(?:\.\d{1,3}){3}\b",  # IPv4
    r"\b(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}",  # IPv6
    r"\b(?:[0-9a-f]{1,4}:)+:[0-9a-f]{1,4}",
    r"\b(?:sk|pk|rk|ghp|gho|ghs|github_pat|glpat|hf|xox[abprs])[-_][\w-]{6,}",  # keys by prefix
    r"\b(?:AKIA|ASIA|AIza|eyJ)[\w-]{8,}",
    r"\b(?:password|passwd|secret|token|api[-_ ]?key|bearer)\b\s*[=:]?\s*\S*\d\S*",
    r"(?=[\w+-]*\d)(?=[\w+-]*[a-z])[\w+-]{24,}",  # long and mixed: a key, a hash, an id
    r"(?:\d[ ()./-]{0,2}){9,}",  # telephone and card numbers
    r"/(?:home|Users)/[^\s/]+",
    r"\\Users\\[^\s\\]+",
    r"://[^\s/@]+@",  # a password in an address
)
PRIVATE = re.compile("|".join(PATTERNS), re.IGNORECASE | re.ASCII)
REMOVED = "[removed]"


def is_private(text: str) -> bool:
    """Tell whether a text looks as if it named a person or held a secret."""
    return bool(PRIVATE.search(text))


def scrub(text: str) -> str:
    """Return a text with such parts replaced."""
    return PRIVATE.sub(REMOVED, text)
