"""Records of the built site for Algolia DocSearch, and their way there.

``python -m tools.docsearch`` writes one record a line; ``--upload`` sends them. What searches them
is ``_static/search/docsearch.js``. ``source/contributing/docsearch.md`` says when this is worth it.

===========  ==============================================================
``records``  pages of HTML into records with levels, places and facets
``client``   Algolia's HTTP interface for writing
===========  ==============================================================
"""
