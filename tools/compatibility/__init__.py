"""Which Python and which MLflow MLTrack works with, found out by running it.

``python -m tools.compatibility`` makes an environment for each combination of ``matrix``, runs
``checks`` in it, and writes ``source/_data/compatibility.json``, which reference/compatibility
shows. ``--check`` runs all of it again and compares. It needs uv, which it installs for itself,
and the interpreters: ``pythonX.Y`` on the path, or those of pyenv. A combination whose interpreter
is not there is noted as not run.
"""
