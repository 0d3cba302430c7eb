"""The Atlas: simulation, theory, comparison, figures and verdicts for papers on the statistical physics of networks."""
