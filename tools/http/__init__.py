"""HTTP transcripts: requests that are really sent to services that the package generated.

``tools/http/scripts/NAME.yaml`` says what to send; ``python -m tools.http NAME`` trains the
models of the recipe, starts the service, sends the requests over TCP and writes
``source/_data/http/NAME.json``; ``--check`` does it again and compares.

* ``script``: the YAML file, validated;
* ``models``: more models than the recipe has, run inside the recipe's project;
* ``services``: the services, written by the recipe and started by its last line;
* ``exchange``: one request and its response, held against the OpenAPI document, masked;
* ``recorder``: from a script to its file, and the difference between two files;
* ``__main__``: the command line.
"""
