"""What is simulated for spiking-modes: one function per protocol, called per point and network.

A protocol gets the resolved parameters `p` and the random streams of its work item, and returns named values: plain
averages of this one network. Averages over networks, and every theory, come later and elsewhere.
Streams: TODO: the name of each stream and what it draws, as `couplings` draws J.
"""

from __future__ import annotations

from typing import Any

Values = dict[str, Any]


def measure(p: Any, streams: Any) -> Values:
    """TODO: the averages that it returns, each with its equation."""
    raise NotImplementedError("simulation.measure is not written: simulate one network with atlas.dynamics")
