"""Lighthouse on the built site: one page of each type against the goals of the design.

``python -m tools.lighthouse`` serves ``_build/html`` on a free port of 127.0.0.1, compressed and
with the site's policy, runs Lighthouse's mobile preset (simulated slow 4G) several times on each
page, prints medians and ends with status 1 when one misses its goal. Reports stay in
``_build/lighthouse``.
"""
