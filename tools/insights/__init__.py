"""What readers find and miss: a small collector of events, and a report of them.

The site's script (``_static/insights/events.js``) sends events when ``conf.py`` names an endpoint.
Nothing here knows who a reader is: no address, cookie or id is stored, times are cut to the hour.

* ``events``: what may be sent, and nothing else;
* ``privacy``: free text without what could name or harm somebody;
* ``settings``: the collector's settings, from ``INSIGHTS_*`` variables;
* ``store``: tables, and transactions that last;
* ``writer``: one transaction for all that waits, acknowledged once it is on disk;
* ``limits``: requests in a minute, counted without addresses;
* ``app``: the ASGI application;
* ``readthedocs``: the CSV files of Read the Docs;
* ``figures``: what the report says, computed;
* ``report``: the report as JSON and as a page;
* ``load``: the proof that nothing acknowledged is lost;
* ``__main__``: the command line.
"""
