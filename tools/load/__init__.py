"""How many requests a service answers: Locust's users ask it, one number of users after the other.

``python -m tools.load`` starts the service of the recipe, lets Locust run the page's
``locustfile.py`` against it and writes ``source/_data/load/service.csv``. Service and users
share the machine's processors.

* ``measure``: one measurement, and Locust's statistics as a row;
* ``__main__``: all measurements, and the file.
"""
