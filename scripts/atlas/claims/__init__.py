"""Criteria, verdicts, negative controls and their power; import from the modules."""
