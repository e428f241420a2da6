"""How long the tutorial of the first service takes: its copy buttons, pressed by a program.

``buttons`` reads from the built page what its copy buttons copy; it knows no process. ``replay``
does it in an empty directory with a home of its own, and counts the seconds. ``result`` is the
committed file of what was measured.
"""
