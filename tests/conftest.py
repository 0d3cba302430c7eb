"""What all tests share: one profile of hypothesis, without deadlines and with the same examples in every run."""

from hypothesis import settings

settings.register_profile("atlas", deadline=None, derandomize=True)
settings.load_profile("atlas")
