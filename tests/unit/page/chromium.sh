#!/bin/sh
# Debian's Chromium, for the tests of the page in a real browser. Needs root; changes nothing where it is there.
set -eu
command -v chromium >/dev/null && exit 0
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -qq --yes --no-install-recommends chromium >/dev/null
