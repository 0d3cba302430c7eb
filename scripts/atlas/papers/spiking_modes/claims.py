"""Estimators of the claims of spiking-modes: from comparison tables to one number with its error."""

from __future__ import annotations

from atlas.claims.readings import COMMON

ESTIMATORS = dict(COMMON)
