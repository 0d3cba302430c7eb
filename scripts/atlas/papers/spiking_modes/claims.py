"""Estimators of the claims of spiking-modes: they read one number off a comparison table."""

from __future__ import annotations

from atlas.claims.readings import COMMON

ESTIMATORS = COMMON
