"""The corpus at a glance: one static page that opens from disk.

``reading``    what the page shows, read from the results of one scale
``numbers``    numbers as a reader expects them
``interval``   the picture of one check: observed value, allowed interval, control
``jobs``       the jobs behind a figure or claim, and what they cost
``corpus``     everything put together for the template
``templates``  the page's text; ``styles`` and ``behaviour`` its looks and its filter
``render``     the page itself

Texts and styles are Python constants, so that the code digest of the page covers them.
"""
