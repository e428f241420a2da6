"""How well readers find things: queries with their answers, asked of three engines.

``python -m tools.search_eval`` drives the palette of the built site in Chromium with every query of
``queries.toml``, and beside it Sphinx's own search and Pagefind. It writes
``source/_data/search_eval.json``, which ``source/trust/search.md`` shows. ``--check`` asks the
palette alone and compares it with that file.

================  ==========================================================
``queries``       the queries and what answers them
``measures``      success, reciprocal rank, latency: plain computation
``engines``       one class for each engine: what it answers, and how fast
``pagefind``      the index that Pagefind makes of the site
``result``        the file
================  ==========================================================
"""
