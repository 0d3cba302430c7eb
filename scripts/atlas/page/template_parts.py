"""Parts of pages: a verdict, the picture of a check, a chain of jobs, a row of costs."""

PARTS = """\
{% macro said(verdict) %}<b class="{{ verdict }}">{{ symbol[verdict] }} {{ verdict }}</b>{% endmacro %}
{% macro picture(each) %}
{% set p = each.picture %}
<svg class="i {{ each.verdict }}" viewBox="0 0 240 30" aria-hidden="true"><path class="n" d="M{{ p.band[0] }} 5h{{ p.band[1] }}v20h-{{ p.band[1] }}z"/>{% if p.mark is not none %}<path class="e" d="M{{ p.mark }} 5v20"/>{% endif %}{% if p.bar %}<path class="h" d="M{{ p.bar[0] }} 15H{{ p.bar[1] }}"/>{% endif %}{% if p.dot is not none %}<circle cx="{{ p.dot }}" cy="15" r="4.5"/>{% endif %}{% if p.cross is not none %}<path class="k" d="M{{ p.cross - 4 }} 11l8 8m0-8l-8 8"/>{% elif p.arrow %}<path class="k" d="{{ "M220 11l8 8m0-8l-8 8m12-8l5 4-5 4" if p.arrow > 0 else "M12 11l8 8m0-8l-8 8m-4-8l-5 4 5 4" }}"/>{% endif %}</svg>
{% endmacro %}
{% macro links(jobs) %}{% for each in jobs %}<a href="#{{ each.anchor }}">{{ each.title }}</a>{{ "" if loop.last else ", " }}{% endfor %}{% endmacro %}
{% macro provenance(thing, what) %}
<details class="provenance"><summary>Provenance <span class="sr">of {{ what }}</span></summary>
{% if thing.chain %}
<p class="chain">{{ links(thing.chain) }}</p>
{% else %}
<p>The ledger knows no job that made this.</p>
{% endif %}
<p class="small">To make just this again, and to follow it down to seeds, functions and lines of the config:</p>
<pre tabindex="0" aria-label="Commands for {{ what }}">{{ thing.regenerate }}
{{ thing.explain }}</pre>
</details>
{% endmacro %}
{% macro digests(some) %}<code>{{ some.first }}</code>{% if some.others %} and {{ some.others }} more{% endif %}{% endmacro %}
{% macro job(each, sources, machine) %}
<details class="job" id="{{ each.anchor }}"><summary>{{ each.title }} <span class="soft">{% if each.chunks > 1 %}{{ each.chunks }} chunks, {% endif %}{{ each.wall|seconds }}</span></summary>
<dl>
<dt>Made</dt><dd>{% for name, digest in each.files %}{{ name }} <code>{{ digest }}</code>{{ "" if loop.last else ", " }}{% endfor %}{% if each.outputs.others >= each.files|length %} and more{% endif %}</dd>
<dt>Config</dt><dd>{{ digests(each.config) }}</dd>
<dt>Code</dt><dd><a href="#code-{{ each.code.first }}">{{ digests(each.code) }}</a></dd>
<dt>Seeds</dt><dd>{% if each.streams %}root {{ each.root_seeds }}, {{ each.streams }} {{ "stream" if each.streams == 1 else "streams" }}: <code>{{ each.seeds }}</code>{% else %}no randomness{% endif %}</dd>
<dt>Ran</dt><dd>{{ each.started }} UTC, {{ each.wall|seconds }}{% if each.peak is not none %}, at most {{ "%.0f"|format(each.peak) }} MB{% endif %}{% if not machine %}; packages {{ each.packages }}{% if each.machine %}; {{ each.machine }}{% endif %}{% endif %}</dd>
<dt>Again</dt><dd><code>{{ each.command }}</code></dd>
{% if sources %}<dt>Stands on</dt><dd class="from">{{ links(sources) }}</dd>{% endif %}
</dl>
</details>
{% endmacro %}
{% macro costs(label, stage, cost) %}<tr><th scope="row">{{ label }}</th><td>{{ stage }}</td><td class="num">{{ cost.jobs }}</td><td class="num">{{ "%.1f"|format(cost.wall) }}</td><td class="num">{{ "%.1f"|format(cost.kernel) }}</td><td class="num">{{ "" if cost.peak is none else "%.0f"|format(cost.peak) }}</td></tr>{% endmacro %}
{% macro lock(packages) %}{% for state, manager, count in packages %}<span{% if state != "locked" %} class="refuted"{% endif %}>{{ "✓" if state == "locked" else "✗" }} {{ state }} ({{ manager }}), {{ count }} jobs</span>{{ "" if loop.last else "; " }}{% else %}unknown{% endfor %}{% endmacro %}
{% macro picture_key() %}
<p class="key"><svg class="i reproduced" viewBox="0 0 240 30" aria-hidden="true"><path class="n" d="M50 5h110v20h-110z"/><path class="e" d="M105 5v20"/><path class="h" d="M80 15H135"/><circle cx="112" cy="15" r="4.5"/><path class="k" d="M200 11l8 8m0-8l-8 8"/></svg> <span>The band is what is allowed, its middle line what is expected, the dot with its bar what is observed with its 95&nbsp;% half-width, the cross the negative control (with an arrow when it lies beyond the axis). Margins are distances to the nearest end of the band, in units of the tolerance.</span></p>
{% endmacro %}"""
