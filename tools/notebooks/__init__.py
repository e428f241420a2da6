"""Notebooks with environments of their own: run them apart from the build, keep their outputs.

A notebook that says ``environment: torch`` needs packages that ``.venv`` has not. ``groups`` makes
``.venvs/torch`` on top of ``.venv``, ``run`` executes the notebook in it under the same
``surroundings`` as in the build, and ``__main__`` stores the outputs in ``notebooks/_outputs``,
where ``_ext/stored_outputs`` finds them.
"""
