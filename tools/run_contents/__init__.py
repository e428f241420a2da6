"""What runs contain: MLTrack makes one of each kind, and what is in them is written down.

``worker`` makes the runs in a process, a home and a project of its own; ``__main__`` writes
``source/_data/run_contents.json`` or compares. For each kind of run, the file has the parameters,
metrics and tags with their values, and the files. Values that differ from machine to machine are
masked, and what MLflow's autologging adds is kept apart.
"""
