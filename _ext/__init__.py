"""The extensions of this site, one feature a module.

================  ================================================================
``accessibility`` names and keyboard access for what themes and extensions leave without
``asciinema``     terminal recordings: a transcript in the page, replayed by a script
``bundle``        two style sheets for all pages, and scripts that wait
``cards``         feature cards from ``source/_data/features.yaml``
``claims``        numbers and facts in sentences, bound to the tests that compute them
``commands``      one heading a command page: drops the one that sphinx-click repeats
``components``    blocks of the design system: lists, figures, comparisons, bands, specimens
``console``       commands of a recording with their output
``coverage``      what the package has and the pages say, compared in both directions
``diataxis``      what a page is for, and a shape that keeps to it
``diff``          differences of two versions, coloured, without signs in a copy
``docstrings``    mends the markup of the package's docstrings before autodoc reads it
``figure_from``   a notebook's figure, shown again on another page
``highlighting``  code blocks: colours, lines, and what is not for copying
``http_example``  exchanges with a generated service: the request in tabs, its response
``icons``         icons in a sentence, and the list of all of them
``lean``          leaves out style sheets and scripts that a page does not need
``ledger``        what stands behind each block of code, on it and summed up
``limits``        the page of known limits, from what is declared to fail and does
``navigation``    the sidebar, computed once for each directory depth
``not_found``     absolute links in the text of the 404 page
``openapi``       reference pages from an OpenAPI 3.1 document
``plots``         figures of notebooks as inline SVG that follows the theme
``proof``         the first page's strip of figures, counted by the build
``sitemap``       ``sitemap.xml`` of all pages
``social``        cards, tags and icons for those who share a page
``stored_outputs``  outputs of notebooks that need packages the build has not
``tokens``        the design tokens, drawn with their values and contrast
``typehints``     the names of type variables, and quiet, for sphinx-autodoc-typehints
``video``         films of the interface, with a poster and a description in words
================  ================================================================

``_shared`` is the helper layer below them: it knows no feature.
"""
