"""Pictures and videos of recordings, in ``_static/media``: posters, animations, GIF, MP4, WebM.

``python -m tools.media [NAME…]`` makes what ``media.yaml`` declares; ``--check`` needs neither
ffmpeg nor a browser and says what is missing, too large, out of date or declared by nobody.

* ``plan``: the YAML file and the budgets;
* ``terminal``: a cast as a still or animated SVG;
* ``stage``: that SVG, photographed in Chromium moment by moment;
* ``web``: MLflow's interface, filmed in Chromium while a run logs;
* ``film``: frames with their times;
* ``encode``: ffmpeg, and what to install when it is missing;
* ``ledger``: ``media.json``, and the comparison with what is there;
* ``maker``: from a declaration to its files;
* ``__main__``: the command line.

The SVG is written here, from the site's own reading of a cast (rich for colours, pyte for the
cursor). Others were tried: svg-term-cli is no longer maintained, needs Node and knows nothing of
reduced motion; termtosvg animates by script, which stands still in ``<img>``; rich's own export
is a still that names fonts of another host. GIFs and videos are photographs of the same SVG: agg
leaves out colour emoji, which MLTrack's output is full of.
"""
