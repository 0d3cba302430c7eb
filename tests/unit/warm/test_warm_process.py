"""The warm process does a job as the caller would have done it, and nothing outlives who asked for it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from atlas.threads import THREAD_VARIABLES
from atlas.warm import VARIABLE, door
from atlas.warm.client import single_threaded
from atlas.warm.door import warm_process
from atlas.warm.server import SCRIPTS, file_stamp, fresh, packages_stamp

DEADLINE = 60.0  # seconds for something that takes one: the machine may be busy
BODY = """
import os, sys, time
from atlas.warm import VARIABLE
from atlas.warm.client import hand_over

def work():
    word = sys.argv[1]
    print("out", word, os.environ.get("MARK"), os.path.basename(os.getcwd()), "numpy" in sys.modules)
    print("err", word, file=sys.stderr)
    if word == "pid":
        open("pid", "w").write(str(os.getpid()))
        time.sleep(600)
    if word == "words":
        sys.exit("one line of reason")
    if word == "seven":
        sys.exit(7)
    if word == "raise":
        raise ValueError("what a job says when it breaks")
    if word == "kill":
        os.kill(os.getpid(), 9)

if VARIABLE in os.environ:
    code = hand_over(sys.argv)
    print("handed" if code is not None else "here", flush=True)
    if code is not None:
        sys.exit(code)
work()
"""


@pytest.fixture(scope="module")
def environment() -> Iterator[dict[str, str]]:
    """Of callers that have a warm process."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("ATLAS_")}
    with warm_process({**plain, "PYTHONPATH": str(SCRIPTS)}) as env:
        yield env


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "job.py"
    path.write_text(BODY, encoding="utf-8")
    return path


def call(script: Path, *words: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, script, *words],
        cwd=script.parent,
        env={**env, "MARK": "mine"},
        text=True,
        capture_output=True,
        timeout=DEADLINE,
        check=False,
    )


def gone(process: int) -> bool:
    """Whether a process ends within the deadline."""
    end = time.monotonic() + DEADLINE
    while psutil.pid_exists(process) and psutil.Process(process).status() != psutil.STATUS_ZOMBIE:
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def waiting_job(script: Path, env: dict[str, str]) -> tuple[subprocess.Popen[str], int]:
    """A caller whose job sleeps, and the process that sleeps."""
    pipe = subprocess.PIPE
    caller = subprocess.Popen(
        [sys.executable, script, "pid"], cwd=script.parent, env=env, stdout=pipe, stderr=pipe, text=True
    )
    file, end = script.parent / "pid", time.monotonic() + DEADLINE
    while not (file.exists() and file.read_text()) and time.monotonic() < end:
        time.sleep(0.05)
    return caller, int(file.read_text())


def test_job_has_the_files_folder_words_and_variables_of_its_caller(script: Path, environment: dict[str, str]) -> None:
    done = call(script, "fine", env=environment)
    assert done.returncode == 0
    assert done.stdout.splitlines() == [f"out fine mine {script.parent.name} True", "handed"]
    assert done.stderr == "err fine\n"


@pytest.mark.parametrize(("word", "code"), [("seven", 7), ("words", 1), ("raise", 1), ("kill", 137)])
def test_exit_code_and_last_words_come_back(script: Path, environment: dict[str, str], word: str, code: int) -> None:
    done = call(script, word, env=environment)
    assert done.returncode == code
    assert ("one line of reason" in done.stderr) == (word == "words")
    assert ("what a job says when it breaks" in done.stderr) == (word == "raise")


@pytest.mark.parametrize("name", ["OPENBLAS_CORETYPE", "NPY_DISABLE_CPU_FEATURES", "GLIBC_TUNABLES", "NUMBA_CPU_NAME"])
def test_other_switches_of_libraries_start_cold(script: Path, environment: dict[str, str], name: str) -> None:
    values = {"OPENBLAS_CORETYPE": "Haswell", "GLIBC_TUNABLES": "glibc.malloc.check=0"}
    done = call(script, "fine", env={**environment, name: values.get(name, "")})
    assert done.stdout.splitlines() == ["here", f"out fine mine {script.parent.name} False"]


def test_several_threads_start_cold(script: Path, environment: dict[str, str]) -> None:
    assert "handed" in call(script, "fine", "--threads", "1", env=environment).stdout
    assert "here" in call(script, "fine", "--threads", "2", env=environment).stdout
    assert not single_threaded(["job.py", "--threads", "2", "--name", "x"])


def test_address_without_a_process_starts_cold(script: Path, environment: dict[str, str]) -> None:
    assert "here" in call(script, "fine", env={**environment, VARIABLE: "/nowhere/socket"}).stdout


def test_code_of_the_atlas_is_read_anew_by_each_job(script: Path, environment: dict[str, str], tmp_path: Path) -> None:
    """A module beside the script that is called atlas.*: the second job sees what was written after the first."""
    package = tmp_path / "atlas"
    (package / "warm").mkdir(parents=True)
    for name in ("__init__.py", "warm/__init__.py", "warm/client.py"):
        (package / name).write_bytes((SCRIPTS / "atlas" / name).read_bytes())
    script.write_text(BODY.replace("def work():", "def work():\n    from atlas.new import said\n    print(said)"))
    for said in ("first", "second text"):
        (package / "new.py").write_text(f"said = {said!r}\n")
        assert said in call(script, "fine", env=environment).stdout


def test_own_code_that_was_loaded_is_read_anew_once_it_changed(tmp_path: Path, monkeypatch: Any) -> None:
    """A copy of the Atlas with its own warm process: loaded modules serve until one of their files is written."""
    scripts = tmp_path / "scripts"
    shutil.copytree(SCRIPTS / "atlas", scripts / "atlas", ignore=shutil.ignore_patterns("__pycache__", "papers"))
    monkeypatch.setattr(door, "SCRIPTS", scripts)
    script = scripts / "job.py"
    lines = (
        "def work():",
        "print('atlas.tables' in sys.modules)",
        "import atlas.tables",
        "print(vars(atlas.tables).get('NEW'))",
    )
    said = "\n    ".join(lines)
    script.write_text(BODY.replace("def work():", said), encoding="utf-8")
    plain = {name: value for name, value in os.environ.items() if not name.startswith("ATLAS_")}
    with warm_process({**plain, "PYTHONPATH": str(scripts)}) as env:
        assert call(script, "fine", env=env).stdout.splitlines()[:2] == ["True", "None"]
        with (scripts / "atlas" / "tables.py").open("a", encoding="utf-8") as file:
            file.write("NEW = 'written meanwhile'\n")
        assert call(script, "fine", env=env).stdout.splitlines()[:2] == ["False", "written meanwhile"]


def test_loaded_code_is_fresh_only_for_its_own_folder_and_while_no_file_changed(tmp_path: Path) -> None:
    module, script = tmp_path / "atlas.py", str(tmp_path / "job.py")
    module.write_text("one = 1\n")
    stamps = {str(module): file_stamp(str(module))}
    assert fresh(stamps, script)
    assert not fresh(stamps, str(tmp_path / "other" / "job.py"))
    replaced = tmp_path / "part"
    replaced.write_text("one = 2\n")  # as long as before
    os.utime(replaced, ns=(module.stat().st_mtime_ns, module.stat().st_mtime_ns))
    replaced.rename(module)
    assert not fresh(stamps, script)
    module.unlink()
    assert not fresh(stamps, script)


def test_packages_stamp_sees_another_version_and_no_compiled_module(tmp_path: Path, monkeypatch: Any) -> None:
    place = tmp_path / "site-packages"
    (place / "one-1.0.dist-info").mkdir(parents=True)
    monkeypatch.setattr(sys, "path", [str(place)])
    before = packages_stamp()
    (place / "__pycache__").mkdir()  # what the first import in a fresh environment makes
    assert packages_stamp() == before
    (place / "one-1.0.dist-info").rename(place / "one-1.1.dist-info")
    assert packages_stamp() != before


def test_job_ends_with_its_caller(script: Path, environment: dict[str, str]) -> None:
    caller, job = waiting_job(script, environment)
    assert psutil.Process(job).ppid() != caller.pid  # a fork of the warm process
    caller.kill()
    caller.communicate(timeout=DEADLINE)
    assert gone(job)
    assert call(script, "fine", env=environment).returncode == 0  # the others live on


def test_jobs_end_with_the_run_however_it_ends(script: Path) -> None:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("ATLAS_")}
    with warm_process({**plain, "PYTHONPATH": str(SCRIPTS)}) as env:
        caller, job = waiting_job(script, env)
        server = psutil.Process(job).ppid()
    assert gone(job)
    assert gone(server)
    caller.communicate(timeout=DEADLINE)
    assert caller.returncode == 137


def test_killed_warm_process_takes_its_jobs_along_and_the_caller_says_so(script: Path) -> None:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("ATLAS_")}
    with warm_process({**plain, "PYTHONPATH": str(SCRIPTS)}) as env:
        caller, job = waiting_job(script, env)
        os.kill(psutil.Process(job).ppid(), signal.SIGKILL)
        assert gone(job)
        _, err = caller.communicate(timeout=DEADLINE)
        assert caller.returncode == 1
        assert err.strip().splitlines()[-1] == "job: the run that started this job has ended"
        assert "here" in call(script, "fine", env=env).stdout


def test_thread_variables_are_one_for_every_library(environment: dict[str, str]) -> None:
    assert {environment[name] for name in THREAD_VARIABLES} == {"1"}
