"""Estimators with error bars; import from the modules: a change in one then reruns only what uses it."""
