"""A run that is asked to stop ends whole: its Snakemake and its jobs first, then the run, in one line."""

from __future__ import annotations

import signal
import subprocess
import time

import psutil
import pytest
from workflow_sandbox import TIMEOUT, Sandbox


def workers(sandbox: Sandbox) -> list[int]:
    """Live processes that work in the sandbox."""
    found = []
    for process in psutil.process_iter(["pid", "cwd", "status"]):
        if process.info["cwd"] == str(sandbox.root) and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(process.info["pid"])
    return found


@pytest.mark.slow
@pytest.mark.parametrize("deaf", [False, True], ids=["interactive", "background"])
def test_run_that_is_asked_to_stop_leaves_no_process_and_no_half_output(sandbox: Sandbox, deaf: bool) -> None:
    """The signal reaches run.py alone, as from a batch system; background jobs of a script ignore interrupts."""
    told = signal.SIGTERM if deaf else signal.SIGINT
    start = "    run = gradient.Langevin("
    sandbox.edit("scripts/atlas/papers/toy/simulation.py", start, f"    import time\n\n    time.sleep(600)\n{start}")
    words = sandbox.run_words("results/smoke/toy/simulation/descent/0.npz")
    env = sandbox.environment()
    pipe = subprocess.PIPE
    heed = signal.SIG_IGN if deaf else signal.SIG_DFL  # a shell could not: what it was born deaf to it stays deaf to

    def listen() -> None:
        signal.signal(signal.SIGINT, heed)

    with subprocess.Popen(
        words, cwd=sandbox.root, env=env, stdout=pipe, stderr=pipe, text=True, preexec_fn=listen
    ) as run:
        log = sandbox.results() / "logs" / "simulate" / "toy" / "descent.0.log"
        deadline = time.monotonic() + TIMEOUT
        while not log.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        run.send_signal(told)
        _, err = run.communicate(timeout=TIMEOUT)
    assert run.returncode == 130
    assert err.strip() == "run: interrupted; the same command continues"
    assert workers(sandbox) == []
    assert not list((sandbox.results() / "toy").rglob("*.npz"))
    sandbox.edit("scripts/atlas/papers/toy/simulation.py", "    time.sleep(600)\n", "")
    done = sandbox.run("results/smoke/toy/simulation/descent/0.npz")
    assert done.returncode == 0, done.stderr
