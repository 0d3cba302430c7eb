"""A real Slurm of one node for a test session: its own two daemons, bound to this machine, ended with the session.

    with slurm(folder) as cluster:
        cluster.kill_controller()        as a power cut does
        cluster.start_controller()
        cluster.jobs()                   all that Slurm knows: number, state, partition, memory, comment

No accounting and no munge: two daemons, about a second to start. The configuration must lie at /etc/slurm/slurm.conf,
since jobs within jobs do not inherit SLURM_CONF; a machine that has another one there is left alone.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

CONFIG = Path("/etc/slurm/slurm.conf")
MARK = "# Written by the tests of the neural-physics-atlas."
PLUGIN = "snakemake_executor_plugin_slurm"
HOST = socket.gethostname().split(".")[0]
PATIENCE = 60.0  # seconds for a daemon to come up or a queue to empty; far above what it takes
JOBS_OF_A_START = 1000  # more than any test submits
TEXT = """{mark}
ClusterName=atlas-test
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/none
CredType=cred/none
SlurmctldPort=16817
SlurmdPort=16818
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
# Memory is looked at every second; what takes more than it asked for is killed.
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=1
JobAcctGatherParams=OverMemoryKill
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,bf_interval=1
MpiDefault=none
SwitchType=switch/none
ReturnToService=2
KillWait=2
# Ended jobs are remembered, so that tests can ask about them.
MinJobAge=7200
PropagateResourceLimits=NONE
AccountingStorageType=accounting_storage/none
SlurmdParameters=config_overrides
# The numbers of a controller that has lost its notes; a node refuses one that it has had.
FirstJobId={first_job}
DebugFlags=NO_CONF_HASH
NodeName={host} NodeAddr=127.0.0.1 CPUs=4 Boards=1 SocketsPerBoard=1 CoresPerSocket=4 ThreadsPerCore=1 RealMemory=20000
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE DefMemPerCPU=500 State=UP
PartitionName=short Nodes=ALL MaxTime=20 DefMemPerCPU=500 State=UP
"""


def lacking() -> str | None:
    """Why there can be no Slurm of our own here, in one line; None where there can."""
    if os.geteuid() != 0:
        return "a Slurm of one's own needs root"
    missing = [name for name in ("slurmctld", "slurmd", "sbatch", "squeue", "scontrol") if shutil.which(name) is None]
    if missing:
        return f"no {missing[0]} here: run tests/scheduler/install.sh as root"
    if importlib.util.find_spec(PLUGIN) is None:
        return f"the environment lacks {PLUGIN}: it is older than the lock"
    if CONFIG.exists() and not CONFIG.read_text(encoding="utf-8").startswith(MARK):
        return f"{CONFIG} is there already: this machine belongs to a cluster"
    return None


def daemons() -> list[psutil.Process]:
    """Every live process of a Slurm on this machine."""
    found = []
    for process in psutil.process_iter(["name", "status"]):
        alive = process.info["status"] != psutil.STATUS_ZOMBIE
        if alive and process.info["name"] in ("slurmctld", "slurmd", "slurmstepd"):
            found.append(process)
    return found


def dies_with_parent() -> None:
    """In a child: be killed when the tests are."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def wait_until(condition: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Poll a condition; TimeoutError in the end."""
    end = time.monotonic() + patience
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.1)


class Cluster:
    """The two daemons and what can be asked of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.starts = 0
        self.controller: subprocess.Popen[bytes] | None = None
        self.node: subprocess.Popen[bytes] | None = None

    @staticmethod
    def spawn(*words: str) -> subprocess.Popen[bytes]:
        """A daemon in the foreground, our child."""
        silent = subprocess.DEVNULL
        return subprocess.Popen(
            words, stdin=silent, stdout=silent, stderr=silent, start_new_session=True, preexec_fn=dies_with_parent
        )

    def start(self) -> None:
        """Both daemons; returns when the node takes jobs."""
        self.start_controller(fresh=True)
        self.start_node()

    def start_node(self, *, hidden: Path | None = None) -> None:
        """The node's daemon; returns when it takes jobs. ``hidden``: a folder that it shall not see."""
        words = ["slurmd", "-D"]
        if hidden is not None:
            words = ["unshare", "--mount", "sh", "-c", f"mount -t tmpfs none '{hidden}' && exec slurmd -D"]
        self.node = self.spawn(*words)
        wait_until(lambda: self.state() == {"idle"}, f"no idle node, see {self.folder}")

    def stop_node(self) -> None:
        """End the node's daemon; returns when the controller has noticed."""
        assert self.node is not None
        self.node.terminate()
        self.node.wait(PATIENCE)
        self.ask("scontrol", "update", f"NodeName={HOST}", "State=DOWN", "Reason=test")

    def state(self) -> set[str]:
        """What the controller thinks of the node."""
        return set(self.ask("sinfo", "-h", "-o", "%T").split())

    def start_controller(self, *, fresh: bool = False) -> None:
        """The controller, with the state it left behind unless ``fresh``; returns when it answers."""
        self.starts += 1
        first = JOBS_OF_A_START * self.starts
        CONFIG.write_text(TEXT.format(mark=MARK, host=HOST, folder=self.folder, first_job=first))
        self.controller = self.spawn("slurmctld", "-D", *(["-c"] if fresh else []))
        wait_until(lambda: "UP" in self.ask("scontrol", "ping"), f"no controller, see {self.folder}")

    def save(self) -> None:
        """Wait until the controller has written down what it knows now: what it has not, dies with it.

        A job on hold, cancelled with the others in the end, makes it write.
        """
        known, now = self.folder / "state" / "job_state", time.time()
        self.ask("sbatch", "--hold", "--chdir", str(self.folder), "--output", "/dev/null", "--wrap", "true")
        wait_until(lambda: known.exists() and known.stat().st_mtime > now, "the controller saves nothing")

    def kill_controller(self) -> None:
        """As a power cut does."""
        assert self.controller is not None
        self.controller.kill()
        self.controller.wait()

    def take_back_node(self) -> None:
        """As an administrator does after a power cut: Slurm drains a node to which it has sent a job twice."""
        self.ask("scontrol", "update", f"NodeName={HOST}", "State=RESUME")
        wait_until(lambda: not any(each.startswith("drain") for each in self.state()), "the node stays drained")

    @staticmethod
    def ask(*words: str) -> str:
        """Standard output of a command of Slurm, whatever its exit code."""
        return subprocess.run(words, text=True, capture_output=True, check=False, timeout=PATIENCE).stdout

    def jobs(self) -> list[dict[str, str]]:
        """Every job that Slurm remembers, of all runs; ended ones for two hours."""
        fields = ("number", "state", "partition", "memory", "cores", "limit", "folder", "comment")
        lines = self.ask("squeue", "--states=all", "--noheader", "--format", "%i|%T|%P|%m|%C|%l|%Z|%k").splitlines()
        return [dict(zip(fields, line.strip().split("|"), strict=True)) for line in lines]

    def at_work(self) -> list[str]:
        """Numbers of the jobs that wait or run."""
        return self.ask("squeue", "--noheader", "--format", "%i").split()

    def empty(self) -> None:
        """Cancel what is there and wait until it has gone."""
        if numbers := self.at_work():
            self.ask("scancel", *numbers)
            wait_until(lambda: not self.at_work(), "the queue does not empty")

    def stop(self) -> None:
        """End the jobs, then both daemons."""
        if self.controller is not None and self.controller.poll() is None:
            self.empty()
        for daemon in (self.node, self.controller):
            if daemon is not None and daemon.poll() is None:
                daemon.terminate()
                daemon.wait(PATIENCE)


@contextmanager
def slurm(folder: Path) -> Iterator[Cluster]:
    """A Slurm for as long as the context lasts; nothing of it is left behind."""
    for name in ("state", "spool"):
        (folder / name).mkdir(parents=True)
    CONFIG.parent.mkdir(exist_ok=True)
    cluster = Cluster(folder)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
        CONFIG.unlink(missing_ok=True)
