"""Terminal recordings: real sessions in a pseudo-terminal, written as asciicasts.

``tools/casts/NAME.toml`` says what to type; ``python -m tools.record NAME`` types it and writes
``_static/casts/NAME.cast``, the same bytes each time; ``--check`` types it again and compares.

* ``scenario``: the TOML file, validated;
* ``session``: the shell in its pseudo-terminal and the directory it runs in;
* ``mask``: values that differ from run to run, replaced visibly;
* ``drift``: two casts compared, and the date of the last run that changed anything;
* ``cast``: events with made-up, repeatable times, and the transcript for people;
* ``__main__``: the command line.
"""
