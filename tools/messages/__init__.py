"""The messages of reference/errors, provoked: what MLTrack and the packages below it really say.

``python -m tools.messages`` runs every trigger of ``commands``, ``calls``, ``storage`` and
``services`` in a process and a home of its own, and writes what each said to
``source/_data/messages.json``; ``--check`` compares. A trigger is registered under the message of
the inventory, with ``{}`` for what is only known when it runs. ``room`` is what triggers get: a
project, a store, commands, programs and an Amazon S3 that answer as the trigger says.
"""
