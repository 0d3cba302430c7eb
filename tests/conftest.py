"""What all tests share: one thread per process, as jobs have; one profile of hypothesis, without deadlines and with the
same examples in every run.
"""

import os

from hypothesis import settings

from atlas.threads import THREAD_VARIABLES

for (
    variable
) in THREAD_VARIABLES:  # before numpy is imported: two test workers with two threads each get in each other's way
    os.environ.setdefault(variable, "1")

settings.register_profile("atlas", deadline=None, derandomize=True)
settings.load_profile("atlas")
