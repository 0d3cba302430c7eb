"""The text of the page as jinja2 templates: ``page`` and the parts it is made of."""

PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Neural Physics Atlas: {{ corpus.scale }} scale</title>
<link rel="icon" href="data:,">
<style>{{ style }}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the claims</a>
<header class="top">
<h1>Neural Physics Atlas</h1>
<p class="lead">Every figure and every claim of {{ corpus.papers|length }} {{ "paper" if corpus.papers|length == 1 else "papers" }} on the statistical physics of neural networks, computed anew from raw configs by theory and by simulation, and judged against stated tolerances.</p>
<ul class="tally" aria-label="Verdicts">
{% for verdict, count in corpus.counts.items() %}
<li class="{{ verdict }}"><b>{{ symbol[verdict] }} {{ count }}</b><span>{{ verdict }}</span></li>
{% endfor %}
</ul>
<dl class="facts">
<div><dt>Scale</dt><dd>{{ corpus.scale }}</dd></div>
<div><dt>Last job ended</dt><dd>{{ corpus.last or "no job in the ledger" }}</dd></div>
<div><dt>Packages against the lock</dt><dd>{% for state, manager, count in corpus.packages %}<span{% if state != "locked" %} class="refuted"{% endif %}>{{ "✓" if state == "locked" else "✗" }} {{ state }} ({{ manager }}), {{ count }} jobs</span>{{ "" if loop.last else "; " }}{% else %}unknown{% endfor %}</dd></div>
<div><dt>Cost</dt><dd>{{ corpus.cost.jobs }} jobs, {{ corpus.cost.wall|seconds }} of job time</dd></div>
<div><dt>Records</dt><dd><a href="{{ files.ledger }}">ledger</a>, <a href="{{ files.crate }}">provenance crate</a></dd></div>
</dl>
</header>
<main id="content">
{% include "front" %}
{% for paper in corpus.papers %}
{% include "paper" %}
{% endfor %}
{% include "cost" %}
</main>
<footer><p>Made from the ledger of {{ corpus.cost.jobs }} jobs; the same results give the same page, byte by byte. <code>python scripts/audit.py verify results/{{ corpus.scale }}</code> derives every digest again from disk.</p></footer>
<script>{{ script }}</script>
</body>
</html>"""

FRONT = """\
<section aria-labelledby="claims-heading">
<h2 id="claims-heading">Papers and claims</h2>
<form class="filter" aria-label="Filter of claims and figures" hidden>
<fieldset><legend>Verdict</legend>
{% for verdict in corpus.counts %}
<label class="{{ verdict }}"><input type="checkbox" name="verdict" value="{{ verdict }}" checked> {{ symbol[verdict] }} {{ verdict }}</label>
{% endfor %}
</fieldset>
<label class="field"><span>Paper</span><select name="paper"><option value="">all</option>{% for paper in corpus.papers %}<option value="{{ paper.key }}">{{ paper.meta.title }}</option>{% endfor %}</select></label>
<label class="field"><span>Topic</span><select name="topic"><option value="">all</option>{% for topic in corpus.topics %}<option>{{ topic }}</option>{% endfor %}</select></label>
<label class="field"><span>Words</span><input type="search" name="words" autocomplete="off"></label>
<button type="reset">Show all</button>
<p class="status" role="status"></p>
</form>
<div class="box" tabindex="0" role="region" aria-label="Matrix of papers and claims">
<table class="matrix">
<thead><tr><th scope="col">Paper</th>{% for column in corpus.columns %}<th scope="col" class="c">{{ column }}</th>{% endfor %}<th scope="col" class="num">Figures</th><th scope="col" class="num">Job time</th></tr></thead>
{% for topic in corpus.topics %}
<tbody class="of-topic">
<tr class="topic"><th scope="rowgroup" colspan="{{ corpus.columns|length + 3 }}">{{ topic }}</th></tr>
{% for paper in corpus.papers if paper.meta.topic == topic %}
<tr data-row="{{ paper.key }}"><th scope="row"><a href="#{{ paper.key }}">{{ paper.meta.title }}</a></th>
{% for column in corpus.columns %}{% set claim = paper.claim(column) %}<td class="c">{% if claim %}<a class="cell {{ claim.verdict }}" href="#{{ claim.id }}" title="{{ column }} {{ claim.verdict }}: {{ claim.record.sentence }}"><span aria-hidden="true">{{ symbol[claim.verdict] }}</span><span class="sr">{{ claim.id }} {{ claim.verdict }}</span></a>{% endif %}</td>{% endfor %}
<td class="num">{{ paper.figures|length }}</td><td class="num">{{ paper.cost.wall|seconds }}</td></tr>
{% endfor %}
</tbody>
{% endfor %}
</table>
</div>
<div class="legend">
<p><b class="reproduced">{{ symbol.reproduced }} reproduced</b>: the whole confidence interval (95&nbsp;%, one-sided) lies in the allowed one. <b class="refuted">{{ symbol.refuted }} refuted</b>: it lies outside. <b class="inconclusive">{{ symbol.inconclusive }} inconclusive</b>: the error bar is too wide to tell at this scale, or the criterion has no power, since it did not refuse its negative control.</p>
<p class="key"><svg class="i reproduced" viewBox="0 0 240 30" aria-hidden="true"><path class="n" d="M50 5h110v20h-110z"/><path class="h" d="M80 15H125"/><circle cx="102" cy="15" r="4.5"/><path class="k" d="M200 11l8 8m0-8l-8 8"/></svg> <span>In the pictures: the band is what is allowed, the dot with its bar what is observed with its 95&nbsp;% half-width, the cross the negative control (with an arrow when it lies beyond the axis). Margins are distances to the nearest end of the band, in units of the tolerance.</span></p>
</div>
</section>
{% if corpus.refuted %}
<section aria-labelledby="refuted-heading">
<h2 id="refuted-heading">What did not hold</h2>
<ul class="notes">
{% for claim in corpus.refuted %}
<li><a href="#{{ claim.id }}">{{ claim.id }}</a> {{ claim.record.sentence }}<p class="small soft">{% if claim.record.cause %}Likely cause: {{ claim.record.cause }}{% else %}{{ claim.record.reason }}{% endif %}</p></li>
{% endfor %}
</ul>
</section>
{% endif %}"""

PAPER = """\
{% from "parts" import said, provenance, jobtable, check %}
<section class="paper" id="{{ paper.key }}" data-topic="{{ paper.meta.topic }}" aria-labelledby="{{ paper.key }}-heading">
<div class="about-paper">
<h2 id="{{ paper.key }}-heading">{{ paper.meta.title }}</h2>
<p class="by">{{ paper.meta.authors }}<br><span class="soft">{{ paper.meta.source }} · {{ paper.meta.topic }}</span></p>
<p class="summary">{{ paper.meta.summary }}</p>
<p class="small">{% for verdict, count in paper.counts.items() %}<span class="{{ verdict }}">{{ symbol[verdict] }} {{ count }} {{ verdict }}</span>{{ "" if loop.last else " · " }}{% endfor %} · {{ paper.figures|length }} figures · {{ paper.cost.jobs }} jobs, {{ paper.cost.wall|seconds }}</p>
</div>
{% if paper.figures %}
<div class="group">
<h3>Figures</h3>
<div class="figures">
{% for figure in paper.figures %}
<figure class="item{% if figure.wide %} wide{% endif %}" data-kind="figure" id="{{ figure.anchor }}">
<h4>Figure {{ figure.files.name }}{% if figure.files.reconstruction %} <span class="mark">reconstruction target</span>{% endif %}</h4>
<a href="{{ figure.source }}"><img src="{{ figure.source }}" alt="{{ figure.alt }}" loading="lazy"{% if figure.files.size %} width="{{ figure.files.size[0]|round|int }}" height="{{ figure.files.size[1]|round|int }}"{% endif %}></a>
<figcaption>{{ figure.files.caption }}</figcaption>
<p class="links">{% for name, address in figure.downloads %}<a href="{{ address }}" download>{{ figure.files.name }}.{{ name }}</a> {% endfor %}</p>
{{ provenance(figure, figure.regenerate) }}
</figure>
{% endfor %}
</div>
</div>
{% endif %}
{% if paper.claims %}
<div class="group">
<h3>Claims</h3>
{% for claim in paper.claims %}
<article class="item claim {{ claim.verdict }}" data-kind="claim" data-verdict="{{ claim.verdict }}" id="{{ claim.id }}" aria-label="{{ claim.id }}">
<p class="head"><span class="badge">{{ said(claim.verdict) }}</span> {{ claim.id }} · {{ claim.record.where }}</p>
<h4>{{ claim.record.sentence }}</h4>
<p class="why">{{ claim.record.reason }}</p>
{% if claim.record.cause %}
<p class="cause"><b>Likely cause.</b> {{ claim.record.cause }}</p>
{% endif %}
{% for each in claim.checks %}
{{ check(each) }}
{% endfor %}
<p class="trial"><b>Negative control:</b> {{ claim.record.control.about }} {{ "It is refuted, as it must be." if claim.record.control.verdict == "refuted" else "It came out " ~ claim.record.control.verdict ~ ", not refuted: the criterion has no power here." }}</p>
{% if claim.record.witness %}
<p class="trial"><b>Witness:</b> {{ claim.record.witness.about }} {{ "It is reproduced, as it must be." if claim.record.witness.verdict == "reproduced" else "It came out " ~ claim.record.witness.verdict ~ ", not reproduced: the criterion cannot be passed here." }}</p>
{% endif %}
{% if claim.evidence %}
<p class="trial"><b>Evidence:</b> {% for name, address in claim.evidence %}<a href="{{ address }}">{{ name }}</a>{{ "" if loop.last else ", " }}{% endfor %}</p>
{% endif %}
{{ provenance(claim, paper.regenerate) }}
</article>
{% endfor %}
</div>
{% endif %}
<details class="alljobs"><summary>All jobs of this paper</summary>
{{ jobtable(paper) }}
</details>
</section>"""

PARTS = """\
{% macro said(verdict) %}<b class="{{ verdict }}">{{ symbol[verdict] }} {{ verdict }}</b>{% endmacro %}
{% macro provenance(thing, command) %}
<details><summary>Provenance</summary>
{% if thing.jobs %}
<p class="joblist">{% for job in thing.jobs %}<a href="#{{ job.anchor }}">{{ job.title }}</a> {% endfor %}</p>
{% else %}
<p>The ledger knows no job that made this.</p>
{% endif %}
<pre tabindex="0">{{ command }}
{{ thing.explain }}</pre>
</details>
{% endmacro %}
{% macro digests(some) %}<td>{{ some.first }}{% if some.others %} +{{ some.others }}{% endif %}</td>{% endmacro %}
{% macro jobtable(paper) %}
<div class="box" tabindex="0" role="region" aria-label="Jobs of {{ paper.key }}">
<table class="jobs">
<thead><tr><th scope="col">Job</th><th scope="col">Chunks</th><th scope="col">Config</th><th scope="col">Code</th><th scope="col">Outputs</th><th scope="col">Root seed</th><th scope="col">Packages</th><th scope="col">Time</th></tr></thead>
<tbody>
{% for job in paper.jobs %}
<tr id="{{ job.anchor }}"><td>{{ job.title }}</td><td>{{ job.chunks or "" }}</td>{{ digests(job.config) }}{{ digests(job.code) }}{{ digests(job.outputs) }}<td>{% if job.streams %}{{ job.root_seeds }}, {{ job.streams }} {{ "stream" if job.streams == 1 else "streams" }}{% else %}no randomness{% endif %}</td><td>{{ job.packages }}</td><td>{{ job.wall|seconds }}</td></tr>
{% endfor %}
</tbody>
</table>
</div>
{% endmacro %}
{% macro check(each) %}
<div class="check">
<p class="name">{{ each.name }}<br>{{ said(each.verdict) }}</p>
{% set p = each.picture %}
<svg class="i {{ each.verdict }}" viewBox="0 0 240 30" aria-hidden="true"><path class="n" d="M{{ p.band[0] }} 5h{{ p.band[1] }}v20h-{{ p.band[1] }}z"/>{% if p.bar %}<path class="h" d="M{{ p.bar[0] }} 15H{{ p.bar[1] }}"/>{% endif %}{% if p.dot is not none %}<circle cx="{{ p.dot }}" cy="15" r="4.5"/>{% endif %}{% if p.cross is not none %}<path class="k" d="M{{ p.cross - 4 }} 11l8 8m0-8l-8 8"/>{% elif p.arrow %}<path class="k" d="{{ "M220 11l8 8m0-8l-8 8m12-8l5 4-5 4" if p.arrow > 0 else "M12 11l8 8m0-8l-8 8m-4-8l-5 4 5 4" }}"/>{% endif %}</svg>
<dl>
<dt>observed</dt><dd>{{ each.observed }}{% if each.unit %} {{ each.unit }}{% endif %}{% if each.half_width %} <i>(95&nbsp;% half-width {{ each.half_width }})</i>{% endif %}</dd>
<dt>allowed</dt><dd>{{ each.allowed }} <i>(margin {{ each.margin }})</i></dd>
{% for trial in each.trials %}
<dt>{{ trial.kind }}</dt><dd>{{ trial.observed }}: {{ trial.verdict }} <code>{{ trial.question }}</code></dd>
{% endfor %}
{% if each.undecided %}
<dt>why</dt><dd>{{ each.undecided }}</dd>
{% endif %}
</dl>
<p class="about">{{ each.tolerance_reason }} <code>{{ each.question }}</code></p>
</div>
{% endmacro %}"""

COST = """\
<section aria-labelledby="cost-heading">
<h2 id="cost-heading">Cost</h2>
<div class="box" tabindex="0" role="region" aria-label="Cost by paper and stage">
<table>
<thead><tr><th scope="col">Paper</th><th scope="col">Stage</th><th scope="col" class="num">Jobs</th><th scope="col" class="num">Wall s</th><th scope="col" class="num">Kernel s</th><th scope="col" class="num">Peak MB</th></tr></thead>
{% macro row(label, stage, cost) %}<tr><th scope="row">{{ label }}</th><td>{{ stage }}</td><td class="num">{{ cost.jobs }}</td><td class="num">{{ "%.1f"|format(cost.wall) }}</td><td class="num">{{ "%.1f"|format(cost.kernel) }}</td><td class="num">{{ "" if cost.peak is none else "%.0f"|format(cost.peak) }}</td></tr>{% endmacro %}
{% for paper in corpus.papers %}
<tbody>{% for stage, cost in paper.stages %}{{ row(paper.key, stage, cost) }}{% endfor %}</tbody>
{% endfor %}
<tfoot>{{ row("all papers", "all stages", corpus.cost) }}</tfoot>
</table>
</div>
</section>"""

TEMPLATES = {"page": PAGE, "front": FRONT, "paper": PAPER, "parts": PARTS, "cost": COST}
