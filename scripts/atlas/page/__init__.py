"""The corpus at a glance: one static site that opens from disk.

``site``        which files it has
``reading``     what it shows, read from the results of one scale; ``stored``: from what the other doors wrote
``exploring``   curves that a reader moves through, from the tables of comparisons
``numbers``     numbers as a reader expects them; ``mathml``: equations
``interval``    the picture of one check: observed value, allowed interval, control
``checks``      one check in words; ``jobs``: the jobs behind a figure or claim, and what they cost
``views``       what the templates show, as plain data; ``corpus`` puts it together
``templates``   the pages' texts; ``styles`` and ``behaviour`` their looks and what moves
``packing``     the same pages in fewer bytes: what few readers open is compressed, the script inflates it
``render``      the site itself

Texts and styles are Python constants, so that the code digest of the page covers them.
"""
