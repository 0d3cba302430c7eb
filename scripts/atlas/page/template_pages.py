"""The pages besides the front and the papers: ask a theory, cost and benchmark, determinism and stability.

The tables of the benchmark are a piece that the page's script puts where it belongs.
"""

ASK = """\
{% extends "layout" %}
{% block title %}Ask a theory · Neural Physics Atlas{% endblock %}
{% block head %}
<h1>Ask a theory</h1>
<p class="lead">Move a parameter and see the theory move: curves that the last run computed, over the values of the config. Where a table holds simulations too, markers with error bars show them.</p>
{% if corpus.explorations %}<noscript><p>The curves are drawn by script. Their numbers are the tables that each of them names.</p></noscript>{% endif %}
{% endblock %}
{% block content %}
{% for paper in corpus.papers if paper.explorations %}
<section aria-labelledby="{{ paper.key }}">
<h2 id="{{ paper.key }}"><a href="{{ site }}{{ paper.address }}">{{ paper.meta.title }}</a></h2>
<div class="explorations">
{% for each in paper.explorations %}
<div class="exploration" id="{{ each.anchor }}" role="group" aria-labelledby="{{ each.anchor }}-heading">
<h3 id="{{ each.anchor }}-heading">{{ each.title }}</h3>
<div class="plot"></div>
<div class="sliders"></div>
<p class="reading" role="status"></p>
<p class="small">{{ each.about }} Numbers: <a href="{{ base }}{{ each.table[1] }}">{{ each.table[0] }}</a>.</p>
</div>
{% endfor %}
</div>
</section>
{% else %}
<p>No config of these papers names an exploration.</p>
{% endfor %}
{% if curves %}
<script type="text/plain" class="packed" id="curves">{{ curves }}</script>
{% endif %}
<section aria-labelledby="solve-heading">
<h2 id="solve-heading">Any other value</h2>
<p>The solvers answer directly: quantities, a residual, and the seconds it took.</p>
<pre tabindex="0" aria-label="Commands">.venv/bin/python scripts/solve.py --list
.venv/bin/python scripts/solve.py kinetic-energy dmft g=1.5,2</pre>
</section>
{% endblock %}"""

COST = """\
{% extends "layout" %}
{% from "parts" import costs with context %}
{% block title %}Cost · Neural Physics Atlas{% endblock %}
{% block head %}
<h1>Cost</h1>
<p class="lead">What the {{ corpus.scale }} run took, by paper and stage: {{ corpus.cost.jobs }} jobs, {{ corpus.cost.wall|seconds }} of job time{% if corpus.cost.peak is not none %}, at most {{ "%.0f"|format(corpus.cost.peak) }} MB in one job{% endif %}.</p>
{% endblock %}
{% block content %}
{% macro bar(part, whole) %}<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect width="{{ "%.1f"|format(100 * part / whole if whole else 0) }}" height="8"/></svg>{% endmacro %}
{% set largest = corpus.papers|map(attribute="cost")|map(attribute="wall")|max if corpus.papers else 0 %}
<section aria-labelledby="by-paper">
<h2 id="by-paper">By paper</h2>
<div class="box" tabindex="0" role="group" aria-labelledby="by-paper">
<table><thead><tr><th scope="col">Paper</th><th scope="col" class="num">Jobs</th><th scope="col" class="num">Job time</th><th scope="col"><span class="sr">Share</span></th></tr></thead><tbody>
{% for paper in corpus.papers %}
<tr><th scope="row"><a href="{{ site }}{{ paper.address }}">{{ paper.key }}</a></th><td class="num">{{ paper.cost.jobs }}</td><td class="num">{{ paper.cost.wall|seconds }}</td><td>{{ bar(paper.cost.wall, largest) }}</td></tr>
{% endfor %}
</tbody></table>
</div>
</section>
<section aria-labelledby="by-stage">
<h2 id="by-stage">By paper and stage</h2>
<p class="small">Wall: from the start to the end of each job, added up. Kernel: the part of it inside simulations and solvers. Peak: the largest memory of one job.</p>
<div class="box" tabindex="0" role="group" aria-labelledby="by-stage">
<table class="costs">
<thead><tr><th scope="col">Paper</th><th scope="col">Stage</th><th scope="col" class="num">Jobs</th><th scope="col" class="num">Wall s</th><th scope="col" class="num">Kernel s</th><th scope="col" class="num">Peak MB</th></tr></thead>
{% for paper in corpus.papers %}
<tbody id="cost-{{ paper.key }}">{% for stage, cost in paper.stages %}{{ costs(paper.key, stage, cost) }}{% endfor %}</tbody>
{% endfor %}
<tfoot>{{ costs("all papers", "all stages", corpus.cost) }}</tfoot>
</table>
</div>
</section>
<section aria-labelledby="benchmark">
<h2 id="benchmark">Benchmark</h2>
{% if corpus.bench %}
{% set of = corpus.bench %}
<p>One thread of {{ of.machine.cpu }}, {{ of.machine.cpus }} CPUs, load {{ of.machine.load }} when it began; {{ of.machine.blas }}. Its limits, measured: product {{ "%.1f"|format(of.limits.gemm_float32) }} GF/s in float32 and {{ "%.1f"|format(of.limits.gemm_float64) }} in float64, memory {{ "%.1f"|format(of.limits.bandwidth) }} GB/s.</p>
<noscript><p>The tables of kernels, solvers and growth are packed here and unfold by script. The same numbers are a file: <a href="{{ base }}../bench.json">bench.json</a>.</p></noscript>
<div id="bench-tables"></div>
<script type="text/plain" class="packed" id="records">{{ bench }}</script>
{% else %}
<p>No benchmark of this machine is stored. <code>make bench</code> measures one; <code>make page</code> then shows it here.</p>
{% endif %}
</section>
{% endblock %}"""

BENCH = """\
{% set bench = corpus.bench %}
<div data-for="bench-tables">
<h3>Kernels</h3>
<p class="small">Of its limit: time of the bare products, or of the least pass over the same memory, over the kernel's; ✓ and ✗: above and below the share that is asked for. Of all parts: with tanh, normal numbers and the slower transposed product. Allocated: by one step, in units of the state's size.</p>
<div class="box" tabindex="0" role="group" aria-label="Kernels">
<table><thead><tr><th scope="col">Kernel</th><th scope="col" class="num">N</th><th scope="col" class="num">States</th><th scope="col">Type</th><th scope="col" class="num">µs per step</th><th scope="col" class="num">Rate</th><th scope="col" class="num">Of its limit</th><th scope="col" class="num">Of all parts</th><th scope="col" class="num">Over plain numpy</th><th scope="col" class="num">Allocated</th></tr></thead><tbody>
{% for row in bench.kernels %}
<tr><th scope="row">{{ row.kernel }}</th><td class="num">{{ row.n_units }}</td><td class="num">{{ row.n_states }}</td><td>{{ row.dtype }}</td><td class="num">{{ "%.0f"|format(row.step_us) }}</td><td class="num">{{ "%.1f"|format(row.rate) }} {{ row.unit }}</td><td class="num">{{ "%.0f"|format(100 * row.limit_share) }} %{% if row.bar is not none %} {{ "✓" if row.limit_share >= row.bar else "✗" }}{% endif %}</td><td class="num">{{ "%.0f"|format(100 * row.parts_share) }} %</td><td class="num">{{ "%.2f"|format(row.numpy_ratio) }}</td><td class="num">{{ "%.2g"|format(row.allocated) }}</td></tr>
{% endfor %}
</tbody></table>
</div>
<h3>Solvers</h3>
<p class="small">Mtanh: the same time in millions of this machine's tanh. Error: largest relative deviation from the same solver at twice its resolution, or what stands beside it.</p>
<div class="box" tabindex="0" role="group" aria-label="Solvers">
<table><thead><tr><th scope="col">Paper</th><th scope="col">Solver</th><th scope="col">At</th><th scope="col" class="num">ms</th><th scope="col" class="num">Should stay below</th><th scope="col" class="num">Mtanh</th><th scope="col" class="num">Error</th><th scope="col">Against</th></tr></thead><tbody>
{% for row in bench.theory %}
<tr><th scope="row">{{ row.room }}</th><td>{{ row.solver }}</td><td>{{ row.given }}</td><td class="num">{{ "%.3g"|format(row.milliseconds) }}</td><td class="num">{% if row.bar is not none %}{{ row.bar }} {{ "✓" if row.milliseconds <= row.bar else "✗" }}{% endif %}</td><td class="num">{{ "%.2g"|format(row.mega_tanh) }}</td><td class="num">{% if row.error is not none %}{{ "%.1g"|format(row.error) }}{% endif %}</td><td>{{ row.against }}</td></tr>
{% endfor %}
</tbody></table>
</div>
<h3>Growth</h3>
<div class="box" tabindex="0" role="group" aria-label="Growth">
<table><thead><tr><th scope="col">Cost of</th><th scope="col">Grows with</th><th scope="col" class="num">Fitted exponent</th><th scope="col" class="num">Expected</th></tr></thead><tbody>
{% for row in bench.growth %}
<tr><th scope="row">{{ row.what }}</th><td>{{ row.variable }}</td><td class="num">{{ "%.2f"|format(row.exponent) }}</td><td class="num">{{ "%g"|format(row.expected) }}</td></tr>
{% endfor %}
</tbody></table>
</div>
</div>"""

DETERMINISM = """\
{% extends "layout" %}
{% from "parts" import said with context %}
{% block title %}Determinism · Neural Physics Atlas{% endblock %}
{% block head %}
<h1>Determinism and stability</h1>
<p class="lead">The same environment gives the same bits, whatever the number of cores, the order of jobs or the chunks. Another kernel or processor may move last digits, never a verdict. Here is what moved when it was tried.</p>
{% endblock %}
{% block content %}
{% for answer in corpus.determinism %}
<section aria-labelledby="d{{ loop.index }}">
<h2 id="d{{ loop.index }}">{{ answer.paper }} at {{ answer.scale }} scale</h2>
<div class="box" tabindex="0" role="group" aria-labelledby="d{{ loop.index }}">
<table><thead><tr><th scope="col">Switch</th><th scope="col">What it changes</th>{% for stage in stages %}<th scope="col">{{ stage }}</th>{% endfor %}<th scope="col">Promise</th></tr></thead><tbody>
{% for row in answer.rows %}
<tr><th scope="row">{{ row.switch }}</th><td>{{ row.about }}{% if row.effect %}<br><span class="soft">changed: {{ row.effect }}</span>{% endif %}</td>
{% if row.failure %}<td colspan="{{ stages|length }}">{{ row.failure }}</td>{% else %}{% for stage in stages %}<td>{{ row.cells.get(stage, "") }}</td>{% endfor %}{% endif %}
<td>{% if row.promise.endswith("BROKEN") %}<b class="refuted">✗ {{ row.promise }}</b>{% else %}{{ row.promise }}{% endif %}</td></tr>
{% endfor %}
</tbody></table>
</div>
</section>
{% else %}
<p>No comparison of runs is stored. <code>make determinism PAPER=…</code> makes one; <code>make page</code> then shows it here.</p>
{% endfor %}
<section aria-labelledby="seeds-heading">
<h2 id="seeds-heading">Verdicts over root seeds</h2>
{% set rows = corpus.papers|map(attribute="claims")|sum(start=[])|selectattr("stability")|list %}
{% if rows %}
<div class="box" tabindex="0" role="group" aria-labelledby="seeds-heading">
<table><thead><tr><th scope="col">Claim</th><th scope="col">In this run</th><th scope="col">Over seeds</th></tr></thead><tbody>
{% for claim in rows %}
<tr><th scope="row">{{ claim.id }}</th><td>{{ said(claim.verdict) }}</td><td>{{ claim.stability }}</td></tr>
{% endfor %}
</tbody></table>
</div>
{% else %}
<p>No count over seeds is stored. <code>make stability PAPER=… SEEDS=5</code> makes one; <code>make page</code> then shows it here.</p>
{% endif %}
</section>
{% endblock %}"""
