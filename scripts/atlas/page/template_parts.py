"""Parts of pages: a verdict, the picture of a check, a chain of jobs, a row of costs."""

PARTS = """\
{% macro said(verdict) %}<b class="{{ verdict }}">{{ symbol[verdict] }} {{ verdict }}</b>{% endmacro %}
{% macro check(each) %}
<tr{% if each.verdict != "reproduced" %} class="{{ each.verdict }}"{% endif %}><th>{{ each.name }}<b>{{ symbol[each.verdict] }} {{ each.verdict }}</b></th><td style="{{ each.picture.style }}"></td><td>{{ each.observed }}{% if each.unit %} {{ each.unit }}{% endif %}{% if each.half_width %}<i>± {{ each.half_width }} at 95&nbsp;%</i>{% endif %}{% if each.undecided %}<i>{{ each.undecided }}</i>{% endif %}</td><td>{{ each.allowed }}</td><td>{{ each.margin }}</td><td>{% for trial in each.trials %}{% if trial.kind != "control" %}{{ trial.kind }} {% endif %}{{ trial.observed }}<i>{{ trial.verdict }}</i>{% endfor %}</td></tr>
{% endmacro %}
{% macro links(jobs) %}{% for each in jobs %}<a href="#{{ each.anchor }}">{{ each.title }}</a>{{ "" if loop.last else ", " }}{% endfor %}{% endmacro %}
{% macro chain(thing, what) %}
{% if thing.chain %}
<p class="chain">{{ links(thing.chain) }}</p>
{% else %}
<p>The ledger knows no job that made this.</p>
{% endif %}
<p class="small">To make just this again, and to follow it down to seeds, functions and lines of the config:</p>
<pre tabindex="0" aria-label="Commands for {{ what }}">{{ thing.regenerate }}
{{ thing.explain }}</pre>
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
<p class="key"><span class="picture" style="--n:50;--w:110;--e:105;--h:80;--b:55;--d:112;--k:204"></span> <span>The band is what is allowed, its middle line what is expected, the dot with its bar what is observed with its 95&nbsp;% half-width, the cross the negative control (with an arrow when it lies beyond the axis). An observed value stands with its standard error. Margins are distances to the nearest end of the band, in units of the tolerance. Of each claim the negative control must come out refuted, and the witness reproduced; it is said where one did not.</span></p>
{% endmacro %}"""
