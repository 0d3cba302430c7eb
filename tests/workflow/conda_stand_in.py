"""A stand-in for the `conda` command over py-rattler: solves and installs for real, from a channel on disk.

It knows what Snakemake and `make conda-pins` ask of conda. Every channel of an environment file stands for the one
that ATLAS_TEST_CHANNEL names. Run by a Python that has rattler and yaml.

    index CHANNEL | info | --version | config | env create --file F --prefix P | list --explicit --prefix P
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path


def option(words: list[str], name: str) -> str:
    """The word behind an option."""
    return words[words.index(name) + 1]


def dependencies(file: Path) -> list[str]:
    """The specs of an environment file: `  - name ==version` below `dependencies:`."""
    text = file.read_text(encoding="utf-8").partition("dependencies:")[2]
    return [line.strip().removeprefix("- ") for line in text.splitlines() if line.strip()]


async def create(file: Path, prefix: Path) -> None:
    """Solve and install."""
    from rattler import install, solve

    channel = os.environ["ATLAS_TEST_CHANNEL"]
    platforms = ["linux-64", "noarch"]
    records = await solve([Path(channel).as_uri()], dependencies(file), platforms=platforms)  # type: ignore[list-item,arg-type]
    cache = Path(os.environ["ATLAS_TEST_CACHE"])
    await install(records, target_prefix=prefix, cache_dir=cache, show_progress=False)


async def index(channel: Path) -> None:
    """Write the channel's repodata."""
    from rattler.index import index_fs

    await index_fs(channel, write_zst=False, write_shards=False)


def explicit(prefix: Path) -> str:
    """The list of `conda list --explicit --md5`."""
    records = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((prefix / "conda-meta").glob("*.json"))]
    return "\n".join(["@EXPLICIT", *(f"{each['url']}#{each.get('md5', '')}" for each in records)])


def main(words: list[str]) -> int:
    """Exit code; what fails says why."""
    if words[0] == "info":
        print(json.dumps({"conda_prefix": os.environ["ATLAS_TEST_CONDA"], "platform": "linux-64"}))
    elif words[0] == "--version":
        print("conda 24.7.1")
    elif words[0] == "config":
        print(json.dumps({"get": {"channel_priority": "strict"}}))
    elif words[0] == "index":
        asyncio.run(index(Path(words[1])))
    elif words[0] == "clean":
        pass  # the cache is thrown away with the test
    elif words[:2] == ["env", "create"]:
        asyncio.run(create(Path(option(words, "--file")), Path(option(words, "--prefix"))))
    elif words[0] == "list":
        print(explicit(Path(option(words, "--prefix"))))
    else:
        print(f"conda stand-in: unknown: {' '.join(words)}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    try:
        code = main(sys.argv[1:])
    except Exception as error:
        print(error, file=sys.stderr)
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # threads of rattler may still be at work, which a finalising Python does not survive
