"""Random streams keyed by names: the same item and stream name give the same numbers on any machine, in any
order.

    stream = Philox(SeedSequence(root_seed, spawn_key=w)),
    w = the 8 big-endian 32-bit words of SHA-256("scope/name")

`scope` is an item's `seed_scope` ("paper/experiment/axis=value,…/replica", see `atlas.config.grid`), `name`
the purpose in the simulation ("couplings", "starts", "noise"). Nothing enters by position, so that adding a
point or a network, another chunk size, order or a retry changes no number. Different names give independent
streams.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # numpy takes longer to import than a whole config to load
    import numpy as np

DIGEST_WORDS = 8


def spawn_key(key: str) -> tuple[int, ...]:
    """The 8 big-endian 32-bit words of SHA-256 of the UTF-8 text."""
    digest = hashlib.sha256(key.encode("utf-8")).digest()
    return tuple(int.from_bytes(digest[4 * word : 4 * word + 4], "big") for word in range(DIGEST_WORDS))


class Streams:
    """The random streams of one work item: `streams("couplings")` is a numpy Generator.

    The same name gives the same stream from its beginning each time it is asked for; ask for one generator
    per purpose. `keys` lists what was asked for, in order, for the record of the job. Raises ValueError for
    a negative or non-integer seed, an empty scope, and a name that is empty or contains "/".
    """

    def __init__(self, root_seed: int, scope: str) -> None:
        if isinstance(root_seed, bool) or not isinstance(root_seed, int) or root_seed < 0:
            raise ValueError(f"root_seed: got {root_seed!r}; allowed: whole number ≥ 0")
        if not scope:
            raise ValueError("scope: got an empty text; allowed: the seed scope of a work item")
        self.root_seed = root_seed
        self.scope = scope
        self.keys: list[str] = []

    def __call__(self, name: str) -> np.random.Generator:
        """A Generator at the beginning of the stream of this name."""
        import numpy as np

        if not isinstance(name, str) or not name or "/" in name:
            raise ValueError(f"name of a random stream: got {name!r}; allowed: a text without '/'")
        key = f"{self.scope}/{name}"
        if key not in self.keys:
            self.keys.append(key)
        return np.random.Generator(np.random.Philox(np.random.SeedSequence(self.root_seed, spawn_key=spawn_key(key))))
