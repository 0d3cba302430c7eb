"""The texts of the site as jinja2 templates: one layout, the pages that fill it, and the parts they are made of."""

from __future__ import annotations

from atlas.page.template_front import FRONT
from atlas.page.template_pages import ASK, BENCH, COST, DETERMINISM
from atlas.page.template_paper import PAPER, RECORDS
from atlas.page.template_parts import PARTS

LAYOUT = """\
{% from "parts" import said with context %}
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{% block title %}Neural Physics Atlas: {{ corpus.scale }} scale{% endblock %}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{{ site }}page/atlas.css">
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="top">
<nav aria-label="Site"><a class="home" href="{{ site }}index.html"{% if here == "front" %} aria-current="page"{% endif %}>Neural Physics Atlas</a>
<ul><li><a href="{{ site }}index.html#figures">Figures</a></li>{% for name, words in (("ask", "Ask a theory"), ("cost", "Cost"), ("determinism", "Determinism")) %}<li><a href="{{ site }}page/{{ name }}.html"{% if here == name %} aria-current="page"{% endif %}>{{ words }}</a></li>{% endfor %}</ul></nav>
{% block head %}{% endblock %}
</header>
<main id="content" tabindex="-1">
{% block content %}{% endblock %}
</main>
<footer><p>Scale {{ corpus.scale }}. Made from the ledger of {{ corpus.cost.jobs }} jobs; the same results give the same pages, byte by byte. <code>make audit</code> derives every digest again from disk. Records: <a href="{{ base }}ledger.json">ledger</a>, <a href="{{ base }}ro-crate-metadata.json">provenance crate</a>.</p></footer>
<script src="{{ site }}page/atlas.js"></script>
</body>
</html>"""

TEMPLATES = {
    "layout": LAYOUT,
    "front": FRONT,
    "paper": PAPER,
    "records": RECORDS,
    "parts": PARTS,
    "ask": ASK,
    "cost": COST,
    "bench": BENCH,
    "determinism": DETERMINISM,
}
