"""The front page: the corpus as a matrix, the filter, what changed, what did not hold, all claims, all figures."""

FRONT = """\
{% extends "layout" %}
{% from "parts" import lock, said with context %}
{% block head %}
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
<div><dt>Packages against the lock</dt><dd>{{ lock(corpus.packages) }}</dd></div>
<div><dt>Cost</dt><dd><a href="{{ site }}page/cost.html">{{ corpus.cost.jobs }} jobs, {{ corpus.cost.wall|seconds }} of job time</a></dd></div>
<div><dt>Against the committed expectation</dt><dd>{% if corpus.changes is none %}none is committed for this scale{% elif corpus.changes %}<a class="refuted" href="#changed">✗ {{ corpus.changes|length }} {{ "verdict differs" if corpus.changes|length == 1 else "verdicts differ" }}</a>{% else %}✓ all {{ corpus.expected }} verdicts as expected{% endif %}</dd></div>
</dl>
{% endblock %}
{% block content %}
<section aria-labelledby="claims-heading">
<h2 id="claims-heading">Papers and claims</h2>
<form class="filter" role="search" aria-label="Filter of claims and figures" hidden>
<fieldset><legend>Verdict</legend>
{% for verdict in corpus.counts %}
<label class="{{ verdict }}"><input type="checkbox" name="verdict" value="{{ verdict }}" checked> {{ symbol[verdict] }} {{ verdict }}</label>
{% endfor %}
</fieldset>
<label class="field"><span>Paper</span><select name="paper"><option value="">all</option>{% for paper in corpus.papers %}<option value="{{ paper.key }}" data-topic="{{ paper.meta.topic }}">{{ paper.meta.title }}</option>{% endfor %}</select></label>
<label class="field"><span>Topic</span><select name="topic"><option value="">all</option>{% for topic in corpus.topics %}<option>{{ topic }}</option>{% endfor %}</select></label>
<label class="field"><span>Words</span><input type="search" name="words" autocomplete="off"></label>
<button type="reset">Show all</button>
<p class="status" role="status"></p>
</form>
<table class="matrix">
<thead><tr><th scope="col">Paper</th><th scope="col">Claims</th><th scope="col" class="num">Figures</th><th scope="col" class="num">Job time</th><th scope="col">Last run</th><th scope="col">Lock</th></tr></thead>
{% for topic in corpus.topics %}
<tbody class="of-topic">
<tr class="topic"><th scope="rowgroup" colspan="6">{{ topic }}</th></tr>
{% for paper in corpus.papers if paper.meta.topic == topic %}
<tr data-row="{{ paper.key }}"><th scope="row"><a href="{{ site }}{{ paper.address }}">{{ paper.meta.title }}</a></th>
<td class="cells"><ul>{% for claim in paper.claims %}<li><a class="cell {{ claim.verdict }}" href="{{ site }}{{ paper.address }}#{{ claim.id }}">{{ symbol[claim.verdict] }} {{ claim.number }}<span class="sr"> of {{ paper.key }}: {{ claim.verdict }}</span></a></li>{% endfor %}</ul></td>
<td class="num" data-label="Figures">{{ paper.figures|length }}</td><td class="num" data-label="Job time">{{ paper.cost.wall|seconds }}</td><td data-label="Last run" class="when">{{ paper.last or "unknown" }}</td><td data-label="Lock">{% if paper.locked %}✓ locked{% else %}<span class="refuted">✗ {{ paper.packages[0][0] if paper.packages else "unknown" }}</span>{% endif %}</td></tr>
{% endfor %}
</tbody>
{% endfor %}
</table>
<p class="legend"><b class="reproduced">{{ symbol.reproduced }} reproduced</b>: the whole confidence interval (95&nbsp;%, one-sided) lies in the allowed one. <b class="refuted">{{ symbol.refuted }} refuted</b>: it lies outside. <b class="inconclusive">{{ symbol.inconclusive }} inconclusive</b>: the error bar is too wide to tell at this scale, or the criterion has no power, since it did not refuse its negative control.</p>
</section>
{% if corpus.changes %}
<section aria-labelledby="changed">
<h2 id="changed">What changed against the committed expectation</h2>
<div class="box" tabindex="0" role="group" aria-labelledby="changed">
<table><thead><tr><th scope="col">Claim</th><th scope="col">Expected</th><th scope="col">Now</th><th scope="col">The reason given for the expectation</th></tr></thead><tbody>
{% for change in corpus.changes %}
<tr><th scope="row">{{ change.claim }}</th><td>{% if change.expected %}{{ said(change.expected) }}{% else %}not in the table{% endif %}</td><td>{% if change.now %}{{ said(change.now) }}{% else %}not in this run{% endif %}</td><td>{{ change.why }}</td></tr>
{% endfor %}
</tbody></table>
</div>
<p class="small soft">The expectation stands in <code>config/verdicts.{{ corpus.scale }}.csv</code>; <code>make verdicts</code> fails while a difference is unexplained there.</p>
</section>
{% endif %}
{% if corpus.refuted %}
<section aria-labelledby="refuted-heading">
<h2 id="refuted-heading">What did not hold</h2>
<ul class="notes" data-kind="refuted">
{% for paper in corpus.papers %}
{% for claim in paper.refuted %}
<li class="item" data-paper="{{ paper.key }}"><a href="{{ site }}{{ paper.address }}#{{ claim.id }}">{{ claim.id }}</a> {{ claim.record.sentence }}<p class="small soft">{% if claim.record.cause %}Likely cause: {{ claim.record.cause }}{% else %}{{ claim.record.reason }}{% endif %}</p></li>
{% endfor %}
{% endfor %}
</ul>
</section>
{% endif %}
<section aria-labelledby="all-claims">
<h2 id="all-claims">All claims</h2>
{% for paper in corpus.papers %}
<div class="group" data-kind="claim" data-paper="{{ paper.key }}">
<h3><a href="{{ site }}{{ paper.address }}">{{ paper.meta.title }}</a></h3>
<ul class="claimlist">
{% for claim in paper.claims %}
<li class="item {{ claim.verdict }}"><b>{{ symbol[claim.verdict] }}<span class="sr"> {{ claim.verdict }}</span></b> <a href="{{ site }}{{ paper.address }}#{{ claim.id }}">{{ claim.number }}</a> {{ claim.record.sentence }}</li>
{% endfor %}
</ul>
</div>
{% endfor %}
</section>
<section aria-labelledby="figures">
<h2 id="figures">Figures</h2>
{% for paper in corpus.papers if paper.figures %}
<div class="group" data-kind="figure" data-paper="{{ paper.key }}">
<h3><a href="{{ site }}{{ paper.address }}">{{ paper.meta.title }}</a></h3>
<ul class="gallery">
{% for figure in paper.figures %}
<li class="item"><a href="{{ site }}{{ paper.address }}#{{ figure.anchor }}"><img src="{{ base }}{{ figure.source }}" alt="" loading="lazy"{% if figure.files.size %} width="{{ figure.files.size[0]|round|int }}" height="{{ figure.files.size[1]|round|int }}"{% endif %}><span>{{ figure.files.name }}: {{ figure.title }}</span></a></li>
{% endfor %}
</ul>
</div>
{% endfor %}
</section>
{% endblock %}"""
