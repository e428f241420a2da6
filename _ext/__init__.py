"""The extensions of this site, one feature a module.

=============  ===================================================================
``cards``      feature cards from ``source/_data/features.yaml``
``asciinema``  terminal recordings: a transcript in the page, replayed by a module
``openapi``    reference pages from an OpenAPI 3.1 document
``commands``   one heading a command page: drops the one that sphinx-click repeats
``docstrings`` mends the markup of the package's docstrings before autodoc reads it
``lean``       leaves out style sheets and scripts that a page does not need
``navigation`` the sidebar, computed once for each directory depth
``plots``      figures of notebooks as inline SVG that follows the theme
``not_found``  absolute links in the text of the 404 page
``sitemap``    ``sitemap.xml`` of all pages
``typehints``  the names of type variables, and quiet, for sphinx-autodoc-typehints
=============  ===================================================================

``_shared`` is the helper layer below them: it knows no feature.
"""
