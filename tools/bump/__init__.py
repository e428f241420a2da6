"""A new release of the package, in one command: ``make bump VERSION=…``.

``plan`` pins the release and says which commands make every artefact again; ``snapshot`` reads
what a reader sees, before and after; ``changes`` writes the difference as a draft for the
changelog. ``__main__`` runs all of it. Nothing is committed: the author looks at the difference.
"""
