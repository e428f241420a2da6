"""The ledger of every address that the site ever published: pages, their sections, and a few files.

``site`` reads what a built site has, ``ledger`` keeps what it ever had, ``check`` compares the two.
``make addresses`` adds what is new and never removes; ``make addresses-check`` fails when something
is gone and nothing leads on from it.
"""
