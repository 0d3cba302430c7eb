#!/usr/bin/env bash
# What the tests of the marker `slurm` need: Slurm from Debian's packages. For CI and for a person; needs root. The daemons
# are not started here and never by the system: each test session starts its own, bound to this machine alone.
set -euo pipefail
missing=0
for each in slurmctld slurmd sbatch scontrol; do
    command -v "$each" >/dev/null || missing=1
done
if [ "$missing" = 0 ]; then
    exit 0
fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "install.sh: needs root and apt-get; without Slurm the tests of the marker slurm are skipped" >&2
    exit 0
fi
# Packages start their daemons when they are installed, unless this says no.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
    trap 'rm -f "$policy"' EXIT
fi
export DEBIAN_FRONTEND=noninteractive
if ! { apt-get update -qq && apt-get install -y -qq --no-install-recommends slurm-wlm >/dev/null; }; then
    echo "install.sh: slurm-wlm cannot be installed here; the tests of the marker slurm are skipped" >&2
fi
