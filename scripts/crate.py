"""crate: the records of a scale, to one ledger and one research object crate."""

import argparse
import json
from pathlib import Path

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, required=True)
    parser.add_argument("--papers", nargs="+", required=True)
    parser.add_argument("--ledger", type=Path, required=True)
    parser.add_argument("--crate", type=Path, required=True)
    args = parser.parse_args()

    from atlas.files import write_text
    from atlas.provenance.crate import build_crate
    from atlas.provenance.expectation import Expectation
    from atlas.provenance.ledger import collect

    jobs = Expectation.load(Path("config"), args.results.name, {"papers": args.papers}).places()
    ledger = collect(args.results, args.papers, jobs)
    write_text(args.ledger, json.dumps(ledger, indent=1, sort_keys=True) + "\n")
    crate = build_crate(args.results, ledger, Path(__file__).resolve().parents[1])
    write_text(args.crate, json.dumps(crate, indent=1, ensure_ascii=False) + "\n")
