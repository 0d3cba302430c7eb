"""What a run will cost before it is run: jobs, core hours and memory, from measured runs of other sizes.

The time of a work item is a sum of declared terms of its sizes with coefficients that are not negative,

    seconds(sizes) = sum_k c_k term_k(sizes),      c_k >= 0,

e.g. steps * n_units**2 (products), steps * n_units (elementwise), steps (calls). Terms stand in a paper's room
(`cost.py`), by protocol or solver; coefficients are fitted to the measured jobs of the same experiment at the scales
that were run. Smoke and desk runs cannot tell all coefficients apart, so that the estimate is a range: the least and
the most that any coefficients say which agree with all measured jobs.

terms      formulas in the names of the sizes
work       the sizes of all work items of a task, counted
measured   what was measured: rows of config/costs.csv, or read from the records of a run
fitting    coefficients, ranges
model      the cost of every task of a paper at a scale
chunks     how long the jobs are, and the chunk that brings them to 10 to 60 minutes
precision  which claims the measured error bars would leave inconclusive
budget     the largest sizes that fit a time on some cores
sizes      the networks that bring every standard error to a third of its tolerance
"""
