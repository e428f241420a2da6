"""The REST reference's data: what the package's own generators write, and what it answers.

``services`` says which services there are and which requests they get, ``worker`` generates
them, imports them and asks them, in a process of its own; ``__main__`` writes the answers to
``source/_data/`` or compares.
"""
