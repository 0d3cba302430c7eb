"""Estimators of the claims of toy."""

from __future__ import annotations

from atlas.claims.readings import COMMON

ESTIMATORS = dict(COMMON)
