"""Records, ledger and the environment they state."""

from __future__ import annotations

import getpass
import hashlib
import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from provenance_corpus import Corpus

from atlas.provenance import environment as room
from atlas.provenance.digests import sha256_file, sha256_json
from atlas.provenance.environment import LockError, compare_with_lock, environment, read_lock
from atlas.provenance.ledger import collect, job_name, job_of
from atlas.provenance.record import RecordError, own_digest, read_record, read_records, write_record

REPOSITORY = Path(__file__).resolve().parents[3]


def test_digests_are_sha256_of_bytes_and_of_values(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    assert sha256_file(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2
    assert sha256_json({"b": 1, "a": [1.5, None]}) == hashlib.sha256(b'{"a":[1.5,null],"b":1}').hexdigest()
    with pytest.raises(ValueError, match="Out of range"):
        sha256_json({"a": float("nan")})


def test_config_digest_agrees_with_that_of_the_config_room() -> None:
    from atlas.config import slice_digest

    data = {"g": [1.5, 2.0], "name": "Γ", "n": None}
    assert sha256_json(data) == slice_digest(data)


def test_record_states_the_job_with_paths_relative_to_the_repository(corpus: Corpus) -> None:
    record = corpus.record("comparison/gain.record.json")
    here = "results/smoke/toy-paper"
    assert record["inputs"] == {
        f"{here}/{name}": hashlib.sha256((corpus.paper / name).read_bytes()).hexdigest()
        for name in ("simulation/scan/0.npz", "simulation/scan/1.npz", "theory/dmft.npz")
    }
    assert list(record["outputs"]) == [f"{here}/comparison/gain.csv"]
    assert record["started"] == "2023-11-14T22:13:20.000+00:00"  # 1.7e9 s after 1970
    assert record["code"]["modules"].keys() >= {"scripts.compare", "atlas.papers.toy_paper.comparison"}
    assert record["packages"]["status"] == "locked"
    assert record["peak_memory_mb"] > 1
    assert record["record_digest"] == own_digest(record)
    assert job_name(job_of(record)) == "compare toy-paper/gain"


def test_record_names_no_user_and_no_path_of_the_machine(corpus: Corpus) -> None:
    text = (corpus.paper / "comparison/gain.record.json").read_text()
    user = getpass.getuser()
    assert str(Path.home()) not in text
    assert sys.prefix not in text
    assert str(corpus.root) not in text
    assert f'"{user}"' not in text


def test_record_refuses_paths_outside_missing_files_and_naive_times(corpus: Corpus, tmp_path: Path) -> None:
    record = corpus.record("theory/dmft.record.json")
    common = {
        "stage": "theory",
        "scale": "smoke",
        "paper": "toy-paper",
        "name": "x",
        "chunk": None,
        "config": record["config"],
        "config_digest": record["config_digest"],
        "root_seed": 1,
        "seed_keys": [],
        "code": corpus.code.closure("theory", "toy_paper"),
        "kernel_seconds": 0.0,
        "root": corpus.root,
    }
    outside = tmp_path.parent / "elsewhere.npz"
    with pytest.raises(RecordError, match="outside the repository"):
        write_record(corpus.paper / "x.record.json", **common, inputs=[], outputs=[outside], started=0.0, ended=1.0)
    missing = [corpus.paper / "no.npz"]
    with pytest.raises(FileNotFoundError):
        write_record(corpus.paper / "x.record.json", **common, inputs=missing, outputs=[], started=0.0, ended=1.0)
    naive = datetime(2024, 1, 1)
    with pytest.raises(RecordError, match="no time zone"):
        write_record(corpus.paper / "x.record.json", **common, inputs=[], outputs=[], started=naive, ended=naive)
    assert not (corpus.paper / "x.record.json").exists()
    aware = datetime(2024, 1, 1, tzinfo=UTC)
    written = write_record(corpus.paper / "x.record.json", **common, inputs=[], outputs=[], started=aware, ended=aware)
    assert read_record(corpus.paper / "x.record.json") == json.loads(json.dumps(written))


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"stage": "plot"}', "\x00"])
def test_record_unreadable_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.record.json"
    path.write_text(text)
    with pytest.raises(RecordError) as caught:
        read_records(tmp_path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_ledger_digest_ignores_when_and_where_but_nothing_else(corpus: Corpus, tmp_path: Path) -> None:
    before = collect(corpus.results)
    assert (before["jobs"], before["scale"], before["kernel_seconds"]) == (8, "smoke", 4.0)
    assert before["records"] == sorted(before["records"], key=job_of)
    again = collect(Corpus(tmp_path / "again").run().results)
    assert again["ledger_digest"] == before["ledger_digest"]
    other_seed = collect(Corpus(tmp_path / "other", root_seed=2).run().results)
    assert other_seed["ledger_digest"] != before["ledger_digest"]
    path = corpus.paper / "theory/dmft.record.json"
    record = corpus.record("theory/dmft.record.json")
    record |= {
        "started": "2001-01-01T00:00:00+00:00",
        "environment": {"host": "elsewhere"},
        "peak_memory_mb": 1,
    }
    path.write_text(json.dumps(record))
    assert collect(corpus.results)["ledger_digest"] == before["ledger_digest"]
    record["outputs"] = dict.fromkeys(record["outputs"], "0" * 64)
    path.write_text(json.dumps(record))
    assert collect(corpus.results)["ledger_digest"] != before["ledger_digest"]


def test_ledger_can_be_of_some_papers(corpus: Corpus) -> None:
    assert collect(corpus.results, ["toy-paper"])["jobs"] == 8
    assert collect(corpus.results, ["other"])["jobs"] == 0


def test_environment_states_what_the_standard_library_and_numpy_say() -> None:
    facts = environment()
    assert facts["python"] == {
        "implementation": platform.python_implementation(),
        "version": platform.python_version(),
    }
    assert facts["numpy"]["version"] == np.__version__
    assert facts["manager"] in {"venv", "conda", "system"}
    assert facts["processor"]["count"] >= 1
    assert facts["host"] == platform.node()
    assert all(set(pool) <= KNOWN_OF_POOLS for pool in facts["threadpools"])
    assert json.loads(json.dumps(facts, allow_nan=False)) == facts
    if platform.machine() == "x86_64" and sys.platform == "linux":
        # Independent source: NumPy's own run-time detection against the level read from /proc/cpuinfo.
        level = facts["processor"]["class"]
        assert (level in {"x86-64-v3", "x86-64-v4"}) == ({"AVX2", "FMA3", "BMI2"} <= set(facts["numpy"]["simd"]))


KNOWN_OF_POOLS = {"user_api", "internal_api", "version", "num_threads", "threading_layer", "architecture"}


def test_environment_states_threads_blas_and_kernels_of_its_process() -> None:
    code = (
        "import json, numpy, atlas.provenance.environment as e; "
        "numpy.ones((2, 2)) @ numpy.ones((2, 2)); print(json.dumps(e.environment()))"
    )
    chosen = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "NPY_DISABLE_CPU_FEATURES": ""}
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=REPOSITORY / "scripts",
        env={**os.environ, **chosen},
        capture_output=True,
        text=True,
        check=True,
    )
    facts = json.loads(run.stdout)
    assert facts["threads"].items() >= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}.items()
    blas = [pool for pool in facts["threadpools"] if pool["user_api"] == "blas"]
    assert blas
    assert all(pool["num_threads"] == 1 for pool in blas)
    assert facts["kernels"]["NPY_DISABLE_CPU_FEATURES"] == ""


def test_environment_leaves_out_what_was_not_loaded() -> None:
    code = "import json, atlas.provenance.environment as e; print(json.dumps(e.environment()))"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY / "scripts", capture_output=True, text=True, check=True
    )
    facts = json.loads(run.stdout)
    assert "numpy" not in facts
    assert "threadpools" not in facts
    assert None not in facts.values()


def test_installed_packages_agree_with_the_metadata() -> None:
    import importlib.metadata

    found = room.installed_packages()
    for name in ("numpy", "scipy", "pydantic", "snakemake"):
        assert found[name] == importlib.metadata.version(name)


LOCK = """\
numpy=={numpy} \\
    --hash=sha256:00 \\
    --hash=sha256:11
    # via scipy
# a comment
scipy==0.1 ; python_version >= '3' \\
    --hash=sha256:22
absent-here==2.0
colorama==0.4 ; sys_platform == 'nowhere'
--index-url https://example.org
"""


def test_lock_differences_name_package_and_both_versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "runtime.lock"
    path.write_text(LOCK.format(numpy=np.__version__))
    monkeypatch.setattr(room, "manager", lambda: "venv")
    found = compare_with_lock(path)
    assert found["status"] == "drifted"
    assert found["lock"] == sha256_file(path)
    scipy = room.installed_packages()["scipy"]
    assert found["differences"] == [
        {"package": "absent-here", "locked": "2.0", "live": None},
        {"package": "scipy", "locked": "0.1", "live": scipy},
    ]
    monkeypatch.setattr(room, "manager", lambda: "conda")  # holds only what its stage needs
    assert [item["package"] for item in compare_with_lock(path)["differences"]] == ["scipy"]
    path.write_text(f"numpy=={np.__version__}\n")
    assert compare_with_lock(path)["status"] == "locked"


def test_lock_of_the_repository_is_read_whole() -> None:
    path = REPOSITORY / "requirements" / "runtime.lock"
    names = {line.split("==")[0] for line in path.read_text().splitlines() if "==" in line and line[0].isalpha()}
    pins = read_lock(path)
    assert {"numpy", "scipy", "snakemake"} <= set(pins)
    # Names differ only by those whose marker does not hold here.
    assert len(names) - 3 <= len(pins) <= len(names)


@pytest.mark.parametrize("text", ["numpy>=1\n", "numpy==1.*\n", "num py\n", "numpy\n"])
def test_lock_without_exact_versions_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "runtime.lock"
    path.write_text(text)
    with pytest.raises(LockError, match="allowed"):
        read_lock(path)


def test_lock_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LockError, match="cannot be read"):
        compare_with_lock(tmp_path / "none.lock")
