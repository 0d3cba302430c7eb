"""Estimators of the claims of meta-predictive: from comparison tables to one number with its error."""

from __future__ import annotations

from atlas.claims.readings import COMMON

ESTIMATORS = dict(COMMON)
