"""The extensions of this site, one feature a module.

================  ================================================================
``accessibility`` names and keyboard access for what themes and extensions leave without
``api_explorer``  requests to the generated services, edited and sent in the page
``asciinema``     terminal recordings: a transcript in the page, replayed by a script
``bundle``        two style sheets for all pages, and scripts that wait
``cards``         feature cards from ``source/_data/features.yaml``
``cheat_sheet``   a page that prints on one sheet of paper
``claims``        numbers and facts in sentences, bound to the tests that compute them
``cli_explorer``  a form that writes command lines, and all options as text
``code_links``    names of MLTrack and MLflow in code lead to their reference
``commands``      command pages: sphinx-click's, with types, defaults and other names
``compatibility`` with which Python and MLflow the package works, from running it
``components``    blocks of the design system: lists, figures, comparisons, bands, specimens
``console``       commands of a recording with their output
``coverage``      what the package has and the pages say, compared in both directions
``diataxis``      what a page is for, and a shape that keeps to it
``diff``          differences of two versions, coloured, without signs in a copy
``docstrings``    mends the markup of the package's docstrings before autodoc reads it
``feed``          ``feed.xml``: the changelog for feed readers, with times from Git
``figure_from``   a notebook's figure, shown again on another page
``highlighting``  code blocks: colours, lines, and what is not for copying
``http_example``  exchanges with a generated service: the request in tabs, its response
``icons``         icons in a sentence, and the list of all of them
``insights``      the line for feedback, and events if an adapter is set; by default none
``lean``          leaves out style sheets and scripts that a page does not need
``ledger``        what stands behind each block of code, on it and summed up
``limits``        the page of known limits, from what is declared to fail and does
``llms``          ``llms.txt`` and the whole text, for language models
``module_sources``  the package's source as pages, valid and with links back
``navigation``    the sidebar, the page before and after, shortcuts of the keyboard
``not_found``     absolute links on the 404 page, and suggestions from the address
``openapi``       reference pages from an OpenAPI 3.1 document
``outcomes``      exit statuses and errors of a command, from command lines that were run
``overlays``      what the package's docstrings leave out or get wrong
``page_markdown``  each page as Markdown, with the outputs of its code
``plots``         figures of notebooks as inline SVG that follows the theme
``price_table``   the package's prices of language models, in tables and a search
``proof``         the first page's strip of figures, counted by the build
``redirects``     old addresses lead to new ones, sections too
``related``       what to read after a page and what to read first, with the reason
``rest_faults``   what property-based tests find in the generated services
``run_contents``  what runs contain, from runs that were made
``search``        one index of the whole site, its palette and its page
``search_eval``   how well readers find things, with this search and with two others
``sitemap``       ``sitemap.xml`` of all pages, and ``robots.txt``
``social``        cards, tags and icons for those who share a page
``stored_outputs``  outputs of notebooks that need packages the build has not
``structured_data``  what a page is, for search engines, as JSON-LD
``tokens``        the design tokens, drawn with their values and contrast
``typehints``     the names of type variables, and quiet, for sphinx-autodoc-typehints
``versions``      other versions: what their selector needs, and the canonical address
``video``         films of the interface, with a poster and a description in words
================  ================================================================

``_shared`` is the helper layer below them: it knows no feature.
"""
