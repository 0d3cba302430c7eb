"""What is switched: where and how a run runs (D0: bitwise), and which kernels the machine offers (D2, D3).

Kernel switches stand in for other machines: OpenBLAS takes the kernels of an older processor, NumPy leaves out SIMD
code, the C library its FMA variants. The jobs see them as environment variables.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from atlas.determinism.probe import dispatched_features

# Kernels of x86 processors from old to new; those that this machine cannot run are left out by the probe.
CORETYPES = ("Prescott", "Sandybridge", "Haswell", "SkylakeX")
# The names since glibc 2.33; unknown names are ignored by it.
LIBC_WITHOUT_FMA = "glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4"
STAGES = ("simulate", "theory", "compare", "plot", "judge")


@dataclass(frozen=True)
class Switch:
    """One thing that is switched against the reference run (one core, one thread, the machine's own kernels).

    ``bitwise``: promised to change no bit. ``env``: for the jobs. ``cores``: of the run. ``change``: of the config.
    ``reverse``: start with the jobs that the reference starts last.
    """

    name: str
    about: str
    bitwise: bool = False
    env: dict[str, str] = field(default_factory=dict)
    cores: str = "all"
    change: Callable[[dict[str, Any], str], None] | None = None
    reverse: bool = False


def halve_chunks(config: dict[str, Any], scale: str) -> None:
    """Chunks of half the size: the same work items in other jobs."""
    for name in config.get("experiments", {}):
        block = config["sizes"][scale][name]
        block["chunk"] = max(1, int(block.get("chunk", 2)) // 2)


def two_threads(config: dict[str, Any], scale: str) -> None:
    """Two threads of BLAS and numba in every job."""
    resources = config.setdefault("resources", {})
    for stage in STAGES:
        resources[stage] = {**(resources.get(stage) or {}), "threads": 2}


def all_switches() -> list[Switch]:
    """The switches of this machine; kernels that it cannot run are still among them."""
    switches = [
        Switch("cores", "2 cores instead of 1", bitwise=True, cores="2"),
        Switch("order", "jobs in another order", bitwise=True, cores="1", reverse=True),
        Switch("chunks", "chunks of half the size", bitwise=True, change=halve_chunks),
        Switch("threads", "2 threads of BLAS instead of 1", cores="2", change=two_threads),
    ]
    for kernels in CORETYPES:
        env = {"OPENBLAS_CORETYPE": kernels}
        switches.append(Switch(f"blas-{kernels.lower()}", f"OpenBLAS kernels of {kernels}", env=env))
    features = " ".join(dispatched_features())
    if features:
        env = {"NPY_DISABLE_CPU_FEATURES": features}
        switches.append(Switch("numpy-simd", f"NumPy without {features}", env=env))
    switches.append(Switch("libc", "C library without AVX2 and FMA", env={"GLIBC_TUNABLES": LIBC_WITHOUT_FMA}))
    return switches
