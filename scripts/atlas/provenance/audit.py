"""The audit's command line: explain, verify, diff, environment."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from atlas.provenance.chain import Chain
from atlas.provenance.closure import ClosureError, CodeGraph
from atlas.provenance.difference import DiffError, compare
from atlas.provenance.environment import LockError, compare_with_lock, environment
from atlas.provenance.explanation import ExplainError, explain
from atlas.provenance.record import LOCK, RecordError, read_record, record_files, relative_path
from atlas.provenance.verification import Report, VerifyError, verify

PIPE_WIDTH = 400
KNOWN_ERRORS = (ClosureError, DiffError, ExplainError, LockError, RecordError, VerifyError)


class AuditError(ValueError):
    """The audit was asked about something that is not there."""


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="audit.py", description="Where a figure or verdict comes from, and what no longer agrees."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("explain", help="the chain behind a file, a figure (paper/F2a) or a claim (paper.C1)")
    command.add_argument("what")
    command.add_argument("--full", action="store_true", help="every chunk, stream and module")
    _common(command)
    command = commands.add_parser(
        "verify", help="derive every digest again from disk; exit code 1 when a link is broken"
    )
    command.add_argument("paths", type=Path, nargs="*", help="results/<scale>, or files and folders in it")
    _common(command)
    command = commands.add_parser("diff", help="two runs (folders or ledgers) or two figures")
    command.add_argument("a", type=Path)
    command.add_argument("b", type=Path)
    command.add_argument("--json", action="store_true")
    command = commands.add_parser("environment", help="this environment against the lock; exit code 1 when it drifted")
    command.add_argument("--json", action="store_true")
    return parser.parse_args(argv)


def _common(command: argparse.ArgumentParser) -> None:
    command.add_argument("--scale", help="when it does not follow from the path; default: that of config/config.yaml")
    command.add_argument(
        "--root-seed", type=int, help="the run's root seed, when it was not that of config/config.yaml"
    )
    command.add_argument("--config-dir", type=Path, help="default: config")
    command.add_argument("--json", action="store_true")


def main(root: Path, argv: Sequence[str] | None = None) -> int:
    """Answer one question about the repository ``root``; 0 fine, 1 something differs, 2 no answer."""
    args = arguments(argv)
    from atlas.config import ConfigError

    try:
        return {"explain": _explain, "verify": _verify, "diff": _diff, "environment": _environment}[args.command](
            root, args
        )
    except (AuditError, ConfigError, *KNOWN_ERRORS) as error:
        print(f"audit: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        return 0


def _show(args: argparse.Namespace, plain: Mapping[str, Any], rendered: Any) -> None:
    if args.json:
        print(json.dumps(plain, indent=1, ensure_ascii=False))
    else:
        from rich.console import Console

        console = Console(highlight=False)
        if not console.is_terminal:  # a file or pipe: one line stays one line
            console = Console(highlight=False, width=PIPE_WIDTH)
        console.print(rendered)


def _results(root: Path, args: argparse.Namespace, paths: Sequence[Path]) -> Path:
    """results/<scale> of the given paths, of --scale, or of the config."""
    base = root / "results"
    scales = {
        path.resolve().relative_to(base).parts[0]
        for path in paths
        if path.resolve().is_relative_to(base) and path.resolve() != base
    }
    if len(scales) > 1:
        raise AuditError(f"got paths of several scales ({', '.join(sorted(scales))}); allowed: one at a time")
    scale = args.scale or next(iter(scales), None) or _scale_of_config(root, args)
    if not (base / scale).is_dir():
        raise AuditError(f"results/{scale}: does not exist; run the pipeline at this scale first")
    return base / scale


def _config_dir(root: Path, args: argparse.Namespace) -> Path:
    return args.config_dir or root / "config"


def _scale_of_config(root: Path, args: argparse.Namespace) -> str:
    import yaml

    try:
        text = (_config_dir(root, args) / "config.yaml").read_text(encoding="utf-8")
        return str(yaml.safe_load(text)["scale"])
    except (OSError, ValueError, yaml.YAMLError, KeyError, TypeError):
        raise AuditError("no scale in config/config.yaml; give one with --scale") from None


def _check(root: Path, results: Path, args: argparse.Namespace, code: CodeGraph, paths: Sequence[Path]) -> Report:
    from atlas.provenance.expectation import Expectation

    overrides = {} if args.root_seed is None else {"root_seed": args.root_seed}
    expected = Expectation.load(_config_dir(root, args), results.name, overrides)
    return verify(results, root, expected=expected, code=code, paths=paths)


def _verify(root: Path, args: argparse.Namespace) -> int:
    from atlas.provenance.rendering import render_report

    results = _results(root, args, args.paths)
    within = [path for path in args.paths if path.resolve() not in (results, root / "results")]
    report = _check(root, results, args, CodeGraph.build(root / "scripts"), within)
    _show(args, report.to_dict(), render_report(report))
    return 0 if report.sound else 1


def _explain(root: Path, args: argparse.Namespace) -> int:
    from rich.console import Group

    from atlas.provenance.rendering import render_explanation, render_report

    results = _results(root, args, [Path(args.what)])
    code = CodeGraph.build(root / "scripts")
    places = {relative_path(path, root): path for path in record_files(results)}
    chain = Chain.of({place: read_record(path) for place, path in places.items()}, root)
    answer = explain(args.what, chain, code)
    made = [root / answer["jobs"][name]["record"] for name in answer["roots"]]
    report = _check(root, results, args, code, made)
    answer["verify"] = report.to_dict()
    _show(args, answer, Group(render_explanation(answer, full=args.full), render_report(report)))
    return 0


def _diff(root: Path, args: argparse.Namespace) -> int:
    from atlas.provenance.rendering import render_difference

    found = compare(args.a, args.b)
    _show(args, found.to_dict(), render_difference(found))
    return 0 if found.verdict == "same" else 1


def _environment(root: Path, args: argparse.Namespace) -> int:
    import numpy as np  # noqa: F401  loaded so that BLAS and SIMD can be stated

    from atlas.provenance.rendering import render_environment

    facts, packages = environment(), compare_with_lock(root / LOCK)
    _show(args, {"environment": facts, "packages": packages}, render_environment(facts, packages))
    return 0 if packages["status"] == "locked" else 1
