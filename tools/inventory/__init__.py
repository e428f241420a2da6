"""The inventory: all public names of the installed package, exported for the build to compare.

``python -m tools.inventory`` writes ``source/_data/inventory.json``, ``--check`` compares. The
file has one line for each item, sorted, below the kind of the item:

==============  ===============================  ==============================================
kind            name                             facts
==============  ===============================  ==============================================
``package``     ``name``, ``version``            of the distribution
``module``      ``mltrack.core``                 none
``python``      ``mltrack.core.track``           ``kind``, ``parameters``, ``also`` (other names)
``command``     ``mltrack run``                  none
``option``      ``mltrack run --name``           ``flag``: it takes no value
``argument``    ``mltrack run command``          none
``setting``     ``tracking_uri``                 ``type``, ``default``
``variable``    ``MLTRACK_API_KEY``              ``read`` and ``set``: the modules that do
``service``     ``classification``               ``kind``: ``project`` or ``container``
``endpoint``    ``classification GET /health``   none
``schema``      ``classification ModelInfo``     none
``message``     ``Model '{}' not found``         ``as``: exceptions, ``log``, ``terminal``,
                                                 ``warning``; ``in``: the modules
``tag``         ``mltrack.has_lineage``          none: dotted strings that are no Python names
==============  ===============================  ==============================================

``worker`` imports the package in a process of its own; ``scan`` reads its source;
``rest`` reads the OpenAPI documents that ``tools.openapi`` exported.
"""
