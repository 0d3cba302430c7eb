"""The typed definition of the configs: loading and checking them, grids, chunks, seeds, slices.

atlas = load_atlas(Path("config"), {"scale": "smoke"})
task = atlas.papers["kinetic-energy"].experiment("gain-scan", atlas.scale)
for item in task.chunk(0): ...
"""

from atlas.config.definition import SCALES, STAGES
from atlas.config.errors import ConfigError
from atlas.config.grid import Item, Setting, Task
from atlas.config.load import Atlas, PaperConfig, load_atlas, room_of
from atlas.config.parameters import Axis, ExperimentSizes, Numerics, Physics, Protocol, TheorySizes, parameter
from atlas.config.seeds import Streams
from atlas.config.slices import slice_digest

__all__ = [
    "SCALES",
    "STAGES",
    "Atlas",
    "Axis",
    "ConfigError",
    "ExperimentSizes",
    "Item",
    "Numerics",
    "PaperConfig",
    "Physics",
    "Protocol",
    "Setting",
    "Streams",
    "Task",
    "TheorySizes",
    "load_atlas",
    "parameter",
    "room_of",
    "slice_digest",
]
