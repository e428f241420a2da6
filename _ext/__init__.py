"""The extensions of this site, one feature a module.

================  ================================================================
``asciinema``     terminal recordings: a transcript in the page, replayed by a script
``cards``         feature cards from ``source/_data/features.yaml``
``claims``        numbers and facts in sentences, bound to the tests that compute them
``commands``      one heading a command page: drops the one that sphinx-click repeats
``console``       commands of a recording with their output
``coverage``      what the package has and the pages say, compared in both directions
``docstrings``    mends the markup of the package's docstrings before autodoc reads it
``http_example``  exchanges with a generated service: the request in tabs, its response
``lean``          leaves out style sheets and scripts that a page does not need
``ledger``        what stands behind each block of code, on it and summed up
``limits``        the page of known limits, from what is declared to fail and does
``navigation``    the sidebar, computed once for each directory depth
``not_found``     absolute links in the text of the 404 page
``openapi``       reference pages from an OpenAPI 3.1 document
``plots``         figures of notebooks as inline SVG that follows the theme
``sitemap``       ``sitemap.xml`` of all pages
``typehints``     the names of type variables, and quiet, for sphinx-autodoc-typehints
``video``         films of the interface, with a poster and a description in words
================  ================================================================

``_shared`` is the helper layer below them: it knows no feature.
"""
