"""The page of one paper: what it says, where we differ, equations, figures, claims; and its records, which are packed.

The records are pieces that the page's script puts at the end of the element that each names.
"""

PAPER = """\
{% extends "layout" %}
{% from "parts" import said, check, picture_key, lock with context %}
{% block title %}{{ paper.meta.title }} · Neural Physics Atlas{% endblock %}
{% block head %}
<h1 class="of-paper">{{ paper.meta.title }}</h1>
<p class="by">{{ paper.meta.authors }}<br><span class="soft">{{ paper.meta.source }} · {{ paper.meta.topic }}</span></p>
<p class="lead">{{ paper.meta.summary }}</p>
<p class="counts">{% for verdict, count in paper.counts.items() %}<span class="{{ verdict }}">{{ symbol[verdict] }} {{ count }} {{ verdict }}</span>{{ "" if loop.last else " · " }}{% endfor %}</p>
<p class="small soft">{{ corpus.scale }} scale · {{ paper.cost.jobs }} jobs, {{ paper.cost.wall|seconds }} · last job {{ paper.last or "unknown" }} · packages {{ lock(paper.packages) }}</p>
<nav class="contents" aria-label="On this page"><ul>
{% if paper.refuted %}<li><a href="#differences">Where we differ</a></li>{% endif %}
{% if paper.equations %}<li><a href="#equations">Equations</a></li>{% endif %}
{% if paper.figures %}<li><a href="#figures">Figures</a></li>{% endif %}
{% if paper.claims %}<li><a href="#claims">Claims</a></li>{% endif %}
<li><a href="#jobs">Jobs</a></li><li><a href="{{ site }}page/cost.html#cost-{{ paper.key }}">Cost</a></li>
{% if paper.explorations %}<li><a href="{{ site }}page/ask.html#{{ paper.key }}">Ask its theory</a></li>{% endif %}
</ul></nav>
{% endblock %}
{% block content %}
{% if paper.refuted %}
<section class="differences" aria-labelledby="differences">
<h2 id="differences">Where we differ from the paper</h2>
{% for claim in paper.refuted %}
<div class="difference">
<p><a href="#{{ claim.id }}">{{ claim.number }}</a> {{ claim.record.sentence }}</p>
<div class="box" tabindex="0" role="group" aria-label="Numbers of {{ claim.number }}"><table><thead><tr><th scope="col">Check</th><th scope="col">The claim needs</th><th scope="col">Observed</th></tr></thead><tbody>
{% for each in claim.checks if each.verdict == "refuted" %}
<tr><th scope="row">{{ each.name }}</th><td>{{ each.allowed }}{% if each.unit %} {{ each.unit }}{% endif %}</td><td><b>{{ each.observed }}</b>{% if each.unit %} {{ each.unit }}{% endif %}</td></tr>
{% endfor %}
</tbody></table></div>
{% if claim.record.cause %}<p class="cause"><b>Likely cause.</b> {{ claim.record.cause }}</p>{% endif %}
</div>
{% endfor %}
</section>
{% endif %}
{% if paper.equations %}
<section aria-labelledby="equations">
<h2 id="equations">Equations</h2>
<div class="equations">
{% for kind, heading in (("model", "Model"), ("theory", "Theory")) %}
{% set own = paper.equations|selectattr("kind", "equalto", kind)|list %}
{% if own %}
<div><h3>{{ heading }}</h3>
{% for each in own %}
<div class="equation"><p>{{ each.about }}</p><div class="math" tabindex="0" role="group" aria-label="Equation of the {{ kind }}">{{ each.markup|markup }}</div></div>
{% endfor %}
</div>
{% endif %}
{% endfor %}
</div>
</section>
{% endif %}
{% if paper.figures %}
<section aria-labelledby="figures">
<h2 id="figures">Figures</h2>
<p class="small">As a rule lines are theory and markers with error bars are simulation; each caption says what they are. Follow a figure to see it large.</p>
<div class="figures">
{% for figure in paper.figures %}
<figure{% if figure.wide %} class="wide"{% endif %} id="{{ figure.anchor }}">
<h3>{{ figure.files.name }}. {{ figure.title }}{% if figure.files.reconstruction %} <span class="mark">reconstruction target</span>{% endif %}</h3>
<a class="zoom" href="{{ base }}{{ figure.source }}"><img src="{{ base }}{{ figure.source }}" alt="{{ figure.alt }}" loading="lazy"{% if figure.files.size %} width="{{ figure.files.size[0]|round|int }}" height="{{ figure.files.size[1]|round|int }}"{% endif %}></a>
<figcaption><p>{{ figure.caption.said or figure.title }}</p>
{% if figure.caption.theory or figure.caption.simulation %}
<ul class="means">{% if figure.caption.theory %}<li class="lines"><b>Theory:</b> {{ figure.caption.theory }}</li>{% endif %}{% if figure.caption.simulation %}<li class="markers"><b>Simulation:</b> {{ figure.caption.simulation }}</li>{% endif %}</ul>
{% endif %}
{% if figure.caption.small %}<p class="small soft">{{ figure.caption.small }}</p>{% endif %}
</figcaption>
<p class="links">Download {% for name, address in figure.downloads %}<a href="{{ base }}{{ address }}" download>{{ figure.files.name }}.{{ name }}</a> {% endfor %}</p>
</figure>
{% endfor %}
</div>
</section>
{% endif %}
{% if paper.claims %}
<section aria-labelledby="claims">
<h2 id="claims">Claims</h2>
{{ picture_key() }}
{% for claim in paper.claims %}
<article class="claim {{ claim.verdict }}" id="{{ claim.id }}">
<p class="head"><b class="badge">{{ symbol[claim.verdict] }} {{ claim.verdict }}</b> {{ claim.id }} · {{ claim.record.where }}</p>
<h3>{{ claim.record.sentence }}</h3>
<p class="why">{{ claim.record.reason }}</p>
{% if claim.record.cause %}
<p class="cause"><b>Likely cause.</b> {{ claim.record.cause }}</p>
{% elif claim.why %}
<p class="cause"><b>As expected.</b> {{ claim.why }}</p>
{% endif %}
<table class="checks"><thead><tr><th>Check</th><th>Picture</th><th>Observed</th><th>Allowed</th><th>Margin</th><th>Control</th></tr></thead><tbody>
{% for each in claim.checks %}
{{ check(each) }}
{%- endfor %}
</tbody></table>
<p class="trial"><b>Negative control:</b> {{ claim.record.control.about }}{% if claim.record.control.verdict != "refuted" %} It came out {{ claim.record.control.verdict }}, not refuted: the criterion has no power here.{% endif %}</p>
{% if claim.record.witness %}
<p class="trial"><b>Witness:</b> {{ claim.record.witness.about }}{% if claim.record.witness.verdict != "reproduced" %} It came out {{ claim.record.witness.verdict }}, not reproduced: the criterion cannot be passed here.{% endif %}</p>
{% endif %}
{% if claim.stability %}
<p class="trial"><b>Over seeds:</b> {{ claim.stability }}</p>
{% endif %}
{% if claim.evidence %}
<p class="trial"><b>Evidence:</b> {% for name, address in claim.evidence %}<a href="{{ base }}{{ address }}">{{ name }}</a>{{ "" if loop.last else ", " }}{% endfor %}</p>
{% endif %}
</article>
{% endfor %}
</section>
{% endif %}
<section aria-labelledby="jobs">
<h2 id="jobs">Jobs</h2>
<p class="small">Every task behind this page: what it made, from which slice of the config, by which code, with which seeds and packages, and the command that makes exactly it again.</p>
{% if paper.machine %}<p class="small soft">All ran with {{ paper.machine }}.</p>{% endif %}
<noscript><p>The chain of each figure and claim, with tolerances' reasons and estimators, and the jobs are packed here and unfold by script. The same facts are files: <a href="{{ base }}{{ paper.verdicts }}">verdicts.json</a> of this paper, the <a href="{{ base }}ledger.json">ledger</a> of all jobs.</p></noscript>
<div id="job-records"></div>
<script type="text/plain" class="packed" id="records">{{ records }}</script>
</section>
{% endblock %}"""

RECORDS = """\
{% from "parts" import chain, job with context %}
{% for figure in paper.figures %}
<div data-for="{{ figure.anchor }}"><details class="provenance"><summary>Provenance <span class="sr">of figure {{ figure.files.name }}</span></summary>
{{ chain(figure, "figure " ~ figure.files.name) }}
</details></div>
{% endfor %}
{% for claim in paper.claims %}
<div data-for="{{ claim.id }}"><details class="provenance"><summary>Tolerances, estimators and provenance <span class="sr">of {{ claim.id }}</span></summary>
<ul class="about">
{% for each in claim.checks %}
<li><b>{{ each.name }}.</b> {{ each.tolerance_reason }} Estimator: <code>{{ each.question }}</code>{% for trial in each.trials %}; {{ trial.kind }} <code>{{ trial.question }}</code>{% endfor %}</li>
{% endfor %}
</ul>
{{ chain(claim, claim.id) }}
</details></div>
{% endfor %}
<div data-for="job-records">
{% for each, sources in paper.jobs %}
{{ job(each, sources, paper.machine) }}
{% else %}
<p>The ledger knows no job of this paper.</p>
{% endfor %}
{% if paper.codes %}
<h3>Code</h3>
<p class="small">The modules that a job can reach, by the digest of their statements. Plumbing is configuration, files, records and the start of jobs.</p>
<ul class="small codes">
{% for each in paper.codes %}
<li id="code-{{ each.digest }}"><code>{{ each.digest }}</code> {{ each.stages|join(", ") }}: {% if each.modules %}{{ each.modules|join(", ") }}, {% endif %}{{ each.plumbing }} modules of plumbing</li>
{% endfor %}
</ul>
{% endif %}
</div>"""
