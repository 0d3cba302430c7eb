"""Writing the expected verdicts of one paper leaves those of the others alone."""

from __future__ import annotations

import json
import sys

from workflow_sandbox import Sandbox

HEAD = "claim,verdict,why"


def test_a_paper_without_results_keeps_its_rows(sandbox: Sandbox) -> None:
    sandbox.add_paper("twin")
    file = sandbox.root / "config" / "verdicts.smoke.csv"
    file.write_text(
        f"{HEAD}\ngone.C1,reproduced,\ntoy.C1,refuted,once\ntoy.C9,refuted,dropped\ntwin.C1,refuted,small\n"
    )
    (sandbox.results() / "toy").mkdir(parents=True)
    claims = [{"id": "toy.C1", "verdict": "reproduced"}, {"id": "toy.C2", "verdict": "inconclusive"}]
    (sandbox.results() / "toy" / "verdicts.json").write_text(json.dumps({"claims": claims}))
    done = sandbox.call(sys.executable, "scripts/expect.py", "--write", "--scale", "smoke")
    assert done.returncode == 0, done.stderr
    rows = [HEAD, "toy.C1,reproduced,", "toy.C2,inconclusive,", "twin.C1,refuted,small"]
    assert file.read_text().splitlines() == rows
