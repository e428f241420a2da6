"""The style of the pages' prose, checked: words, names, spelling, reading grade, terms.

``extract`` takes the running text out of a page; ``lint`` gives it to textlint and cspell;
``measure`` computes its reading grade; ``terms`` looks for words that nobody explained. The style
itself is committed in ``style/``.
"""
