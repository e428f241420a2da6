"""The generated services for the API explorer: made to run in the reader's browser.

``worker`` generates them and exports their models, in a process of its own; ``packages`` packs
the Python packages that they import; ``browser/`` holds what takes the place of MLflow and NumPy
there, and ``engine.py``, which asks an application. ``ask`` sends random requests to the real
services, for the test that compares; ``__main__`` writes the files or compares with them.
"""
