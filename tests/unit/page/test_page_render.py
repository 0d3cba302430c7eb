"""The page as a reader, a browser and an auditor meet it."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from page_corpus import NASTY, ToyCorpus
from page_html import Page, inflated, parse, unpacked

from atlas.page.corpus import natural
from atlas.page.reading import PageError, first_sentence, svg_size
from atlas.page.render import write_page
from atlas.page.site import site_files
from atlas.page.styles import STYLE
from atlas.provenance.closure import CodeGraph

SCRIPTS = Path(__file__).resolve().parents[3] / "scripts"
Edit = Callable[[dict[str, Any]], object]


def rendered(toy: ToyCorpus, folder: Path, edit: dict[str, Edit]) -> dict[str, Page]:
    """The site of a copy of the results in which some JSON files are changed."""
    results = Path(shutil.copytree(toy.results, folder / "smoke"))
    for name, change in edit.items():
        content = json.loads((results / name).read_text())
        change(content)
        (results / name).write_text(json.dumps(content))
    write_page(results, toy.papers, results / "index.html")
    places = [results / "index.html", *(results / "page").rglob("*.html")]
    return {place.relative_to(results).as_posix(): unpacked(parse(place.read_text())) for place in places}


A = "page/papers/toy-a.html"


def test_matrix_shows_every_verdict_with_its_symbol(page: Page) -> None:
    table = page.one("table", "matrix")
    heads = [head.text for head in next(table.all("thead")).all("th")]
    assert heads == ["Paper", "Claims", "Figures", "Job time", "Last run", "Lock"]
    rows = list(table.all("tr", data_row="toy-a"))
    assert len(rows) == 1
    cells = [(cell.text, cell.attributes["href"]) for cell in rows[0].all("a", "cell")]
    assert cells == [
        ("✓ C1 of toy-a: reproduced", f"{A}#toy-a.C1"),
        ("✗ C2 of toy-a: refuted", f"{A}#toy-a.C2"),
        ("? C10 of toy-a: inconclusive", f"{A}#toy-a.C10"),
    ]
    tally = [item.text for item in page.one("ul", "tally").all("li")]
    assert tally == ["✓ 2reproduced", "✗ 2refuted", "? 2inconclusive"]


def test_front_states_scale_time_lock_and_cost(page: Page) -> None:
    facts = {row.one("dt").text: row.one("dd").text for row in page.one("dl", "facts").all("div")}
    assert facts["Scale"] == "smoke"
    assert facts["Last job ended"] == "14 November 2023, 22:13 UTC"  # 1.7e9 + 2 seconds since 1970
    assert facts["Packages against the lock"].startswith("✓ locked (")
    assert facts["Cost"] == "16 jobs, 32 s of job time"  # eight jobs of two seconds in each of two papers


def checks(claim: Page) -> list[dict[str, str]]:
    """The table of checks of a claim: one row per check, head of the column → what stands there."""
    table = claim.one("table", "checks")
    heads = [head.text for head in table.one("thead").all("th")]
    rows = [[cell.text for cell in row.children if not isinstance(cell, str)] for row in table.one("tbody").all("tr")]
    return [dict(zip(heads, row, strict=True)) for row in rows]


def pictures(claim: Page) -> list[dict[str, str]]:
    """What the pictures of a claim's checks draw, by the names of their properties."""
    styles = [cell.attributes["style"] for cell in claim.all("td") if "style" in cell.attributes]
    return [dict(each.split(":") for each in style.split(";")) for style in styles]


def test_claim_shows_checks_tolerance_control_and_witness(paper: Page) -> None:
    claim = paper.one("article", id="toy-a.C2")
    assert "The energy stays below one tenth." in claim.text
    assert "Likely cause. The published curve shows another quantity." in claim.text
    (check,) = checks(claim)
    assert check["Check"] == "size✗ refuted"
    assert re.fullmatch(r"0\.400 ± 0\.010± 0\.01\d* at 95 %", check["Observed"])
    assert (check["Allowed"], check["Margin"]) == ("≤ 0.1", "−3")
    assert check["Control"] == "4.000 ± 0.010refutedwitness 0.000 ± 0.010reproduced"
    (reason,) = claim.one("ul", "about").all("li")
    assert reason.text == "size. Bound: rounding. Estimator: size(); control factor=10; witness factor=0"
    assert "Negative control: Ten times the energy." in claim.text
    assert "Witness: A network that is known to pass." in claim.text
    assert "It came out" not in claim.text
    (drawn,) = pictures(claim)
    assert drawn.keys() == {"--n", "--w", "--d", "--h", "--b", "--k", "--a"}
    assert drawn["--a"].endswith("›'")  # the control lies far to the right


def test_control_is_shown_only_at_the_checks_that_it_changes(paper: Page) -> None:
    claim = paper.one("article", id="toy-a.C1")
    assert [row["Control"] for row in checks(claim)] == ["0.500 ± 0.020refuted", "100refuted", ""]
    assert [row["Allowed"] for row in checks(claim)] == ["0 ± 0.1", "−1 … 1", "≥ 0.1"]
    assert ["--k" in each for each in pictures(claim)] == [True, True, False]
    assert ["--e" in each for each in pictures(claim)] == [True, False, False]  # only one says what is expected


def test_cause_is_shown_only_where_refuted_and_first_of_all(page: Page, paper: Page) -> None:
    shown = [cause.parent for cause in paper.all("p", "cause")]
    assert [each.attributes.get("id") for each in shown if each] == [None, "toy-a.C2"]  # its own section, the claim
    notes = [note.text for note in page.one("ul", "notes").all("li")]
    assert len(notes) == 2
    assert "another quantity" in notes[0]
    difference = paper.one("section", "differences")
    assert [cell.text for cell in difference.all("td")] == ["≤ 0.1", "0.400 ± 0.010"]
    assert next(paper.all("h2")).text == "Where we differ from the paper"


def test_undecided_check_says_how_many_samples_it_would_take(paper: Page) -> None:
    (check,) = checks(paper.one("article", id="toy-a.C10"))
    assert re.search(r"about [\d.·⁰¹²³⁴⁵⁶⁷⁸⁹]+ independent samples would decide; there are 10", check["Observed"])


def test_figure_has_caption_alt_downloads_and_mark(paper: Page) -> None:
    figure = paper.one("figure", id="toy-a/F2")
    image = figure.one("img")
    assert image.attributes["src"] == "../../toy-a/figures/F2.svg"
    assert image.attributes["alt"] == "F2: The line."
    assert (image.attributes["width"], image.attributes["height"]) == ("243", "170")
    assert figure.one("figcaption").text == "The line alone. Scale: smoke."
    downloads = [link.attributes["href"] for link in figure.one("p", "links").all("a")]
    assert downloads == [f"../../toy-a/figures/F2.{each}" for each in ("svg", "pdf", "png", "csv")]
    assert "reconstruction target" in figure.text
    assert "reconstruction target" not in paper.one("figure", id="toy-a/F1").text


def chain(paper: Page, start: Page) -> dict[str, list[str]]:
    """Task → tasks on whose outputs it stands, from the links of a figure or claim downwards."""
    waiting = [link.attributes["href"][1:] for link in start.one("p", "chain").all("a")]
    found: dict[str, list[str]] = {}
    while waiting:
        job = paper.one("details", id=waiting.pop())
        sources = [link for place in job.all("dd", "from") for link in place.all("a")]
        name = " ".join(job.one("summary").text.split()[:2])
        found[name] = [link.text for link in sources]
        waiting += [link.attributes["href"][1:] for link in sources]
    return found


def test_provenance_is_the_chain_of_the_ledger(paper: Page, toy: ToyCorpus) -> None:
    figure = paper.one("figure", id="toy-a/F1")
    scan = {"simulate scan": [], "theory curve": [], "compare gain": ["simulate scan", "theory curve"]}
    assert chain(paper, figure) == {**scan, "plot F1": ["compare gain"]}
    links = paper.one("article", id="toy-a.C2").one("p", "chain").text
    assert links == "judge, compare flat"  # not the tables of the other claims
    record = json.loads((toy.results / "toy-a/theory/curve.record.json").read_text())
    job = next(each for each in paper.all("details", "job") if each.text.startswith("theory curve")).text
    (output,) = record["outputs"].values()
    for digest in (record["config_digest"], record["code"]["digest"], output):
        assert digest[:10] in job
    job = next(each for each in paper.all("details", "job") if each.text.startswith("simulate scan")).text
    assert "root 7, 2 streams: toy-a/scan/0/couplings … toy-a/scan/1/couplings" in job


def test_commands_make_just_this_again(paper: Page, toy: ToyCorpus) -> None:
    target = "results/smoke/toy-a/figures/F1.svg"
    assert (toy.root / target).is_file()
    assert paper.one("figure", id="toy-a/F1").one("pre").text == (
        f"snakemake --cores all --force {target} --config scale=smoke"
        " python scripts/audit.py explain toy-a/F1 --scale smoke"
    )
    claim = paper.one("article", id="toy-a.C1").one("pre").text
    assert "results/smoke/toy-a/verdicts.json" in claim
    assert "explain toy-a.C1" in claim
    for job in paper.all("details", "job"):
        command = next(code.text for code in job.all("code") if code.text.startswith("snakemake"))
        for file in re.findall(r"results/\S+", command):
            assert (toy.root / file).is_file()


def test_equations_are_drawn_by_the_browser_itself(paper: Page) -> None:
    model, theory = paper.one("div", "equations").children_of("div")
    assert (model.one("h3").text, theory.one("h3").text) == ("Model", "Theory")
    assert len(list(model.all("math"))) == 1
    assert len(list(theory.all("math"))) == 2  # parted at the wide space, so that a narrow screen can wrap
    assert theory.one("mfrac").text == "12"


def test_cost_tables_sum_up(site: dict[str, Page]) -> None:
    table = site["page/cost.html"].one("table", "costs")
    rows = [[cell.text for cell in row.children if not isinstance(cell, str)] for row in table.all("tr")]
    assert rows[1][:5] == ["toy-a", "simulate", "2", "4.0", "1.0"]
    assert [row[1] for row in rows[1:6]] == ["simulate", "theory", "compare", "plot", "judge"]
    assert rows[-1][:5] == ["all papers", "all stages", "16", "32.0", "8.0"]
    assert sum(int(row[2]) for row in rows[1:-1]) == 16


def test_every_link_leads_somewhere_and_nothing_is_asked_of_the_network(site: dict[str, Page], toy: ToyCorpus) -> None:
    (toy.results / "ro-crate-metadata.json").touch()  # made by the job before the page
    ids = {
        file: [each.attributes["id"] for each in page.all() if "id" in each.attributes] for file, page in site.items()
    }
    for file, page in site.items():
        assert len(set(ids[file])) == len(ids[file]), file
        for element in page.all():
            for name in ("href", "src"):
                address = unquote(element.attributes.get(name, ""))
                path, _, anchor = address.partition("#")
                if not address or address == "data:,":
                    continue
                assert ":" not in path
                target = (toy.results / file).parent / path if path else toy.results / file
                assert target.is_file(), (file, address)
                if anchor:
                    assert anchor in ids[target.resolve().relative_to(toy.results.resolve()).as_posix()], (
                        file,
                        address,
                    )
            for name in ("aria-labelledby", "for"):
                assert element.attributes.get(name, ids[file][0]) in ids[file]
        packed = [inflated(script) for script in page.all("script", "packed")]
        for text in ((toy.results / file).read_text(), *packed):
            assert not re.search(r"https?:|url\(|@import", text)
    for file in ("atlas.css", "atlas.js"):
        text = (toy.results / "page" / file).read_text().replace("http://www.w3.org/2000/svg", "")  # the name of SVG
        assert not re.search(r"https?:|url\((?!#)|@import|fetch\(|XMLHttp|import\(", text.replace('url(#"', "url(#"))


def test_markup_in_texts_is_shown_as_text(toy: ToyCorpus, site: dict[str, Page], tmp_path: Path) -> None:
    other = site["page/papers/toy-b.html"]
    assert other.one("h1").text == NASTY
    for page in site.values():
        assert not [script for script in page.all("script") if "alert" in script.text]
    evil = "\"><img src=x onerror='alert(1)'></script>{{ 7 * 7 }}"

    def spoil(verdicts: dict[str, Any]) -> None:
        claim = verdicts["claims"][1]
        claim.update(sentence=evil, where=evil, reason=evil, cause=evil)
        claim["control"]["about"] = evil
        claim["checks"][0].update(name=evil, unit=evil, tolerance_reason=evil, arguments={"x": evil})

    spoiled = rendered(toy, tmp_path, {"toy-a/verdicts.json": spoil})
    for file, page in spoiled.items():
        assert len(list(page.all("img"))) == len(list(site[file].all("img")))
        assert len(list(page.all("script"))) == len(list(site[file].all("script")))
    claim = spoiled[A].one("article", id="toy-a.C2")
    assert claim.one("h3").text == evil
    assert (
        claim.text.count(evil) == 10
    )  # each of the nine texts, as it was written, the check's name in table and reasons
    assert spoiled["index.html"].text.count(evil) == 3  # in the list, in what did not hold with its cause


def test_data_of_a_plot_cannot_end_its_script(toy: ToyCorpus, tmp_path: Path) -> None:
    results = Path(shutil.copytree(toy.results, tmp_path / "smoke"))
    table = results / "toy-a/comparison/gain.csv"
    table.write_text(table.read_text().replace("slow", "</script><b>slow"))
    write_page(results, toy.papers, results / "index.html")
    page = parse((results / "page/ask.html").read_text())
    assert not list(page.all("b"))
    data = json.loads(inflated(page.one("script", "packed")))["toy-a.energy"]
    assert data["sliders"][1]["values"] == ["</script><b>slow", "fast"]


def test_headings_do_not_skip_a_level_and_landmarks_are_there(site: dict[str, Page]) -> None:
    for page in site.values():
        levels = [int(element.tag[1]) for element in page.all() if re.fullmatch(r"h[1-6]", element.tag)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels))
        for landmark in ("header", "main", "footer"):
            page.one(landmark)
        assert page.one("html").attributes["lang"] == "en"
        for image in page.all("img"):
            # a thumbnail's words stand beside it, in the same link
            assert image.attributes["alt"] or (image.parent and image.parent.one("span").text)


def test_without_javascript_no_dead_control_is_shown_and_what_is_packed_is_named(site: dict[str, Page]) -> None:
    for page in site.values():
        hidden = [element for element in page.all() if "hidden" in element.attributes]
        assert {element.tag for element in hidden} <= {"form"}
        for form in hidden:
            for control in form.all():
                if control.tag in ("input", "select"):
                    assert control.parent is not None
                    assert control.parent.tag == "label"  # every control has a name
        shown = [each for form in page.all("form") if form not in hidden for each in form.all("input")]
        assert shown == []
    for file, page in site.items():
        notes = [each.text for each in page.all("noscript")]
        assert len(notes) == len(list(page.all("script", "packed"))), file  # one for what is packed there
    links = [each.attributes["href"] for each in site[A].one("noscript").all("a")]
    assert links == ["../../toy-a/verdicts.json", "../../ledger.json"]  # that they are there: see the test of links


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb (WCAG 2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        ("ink", "paper"),
        ("soft", "paper"),
        ("soft", "wash"),
        ("link", "paper"),
        *((verdict, f"{verdict}-wash") for verdict in ("reproduced", "refuted", "inconclusive")),
        *((verdict, "wash") for verdict in ("reproduced", "refuted", "inconclusive")),
        ("soft", "refuted-wash"),
    ],
)
def test_contrast_is_at_least_that_of_wcag_aa(ink: str, ground: str) -> None:
    colours = dict(re.findall(r"--([a-z-]+):(#[0-9a-f]{3,6})\b", STYLE))
    full = {
        name: f"#{value[1] * 2}{value[2] * 2}{value[3] * 2}" if len(value) == 4 else value
        for name, value in colours.items()
    }
    one, other = sorted((luminance(full[ink]), luminance(full[ground])))
    assert (other + 0.05) / (one + 0.05) >= 4.5  # the limit for text of normal size


def everything(folder: Path) -> dict[str, str]:
    """Every file of a site as text."""
    files = [folder / "index.html", *(path for path in (folder / "page").rglob("*") if path.is_file())]
    return {file.relative_to(folder).as_posix(): file.read_text() for file in files}


def test_same_results_give_the_same_bytes(toy: ToyCorpus, site: dict[str, Page], tmp_path: Path) -> None:
    config = toy.root / "config"
    first = everything(toy.results)
    write_page(toy.results, toy.papers, toy.results / "index.html", config)
    assert everything(toy.results) == first
    assert sorted(first) == sorted(["index.html", *site_files(toy.papers)])

    def reverse(ledger: dict[str, Any]) -> None:
        ledger["records"].reverse()

    copy = tmp_path / "copy"
    rendered(toy, copy, {"ledger.json": reverse})
    assert everything(copy / "smoke")["page/papers/toy-a.html"] == first["page/papers/toy-a.html"]


def test_site_in_another_folder_still_finds_the_figures(toy: ToyCorpus) -> None:
    elsewhere = toy.root / "pages" / "index.html"
    write_page(toy.results, toy.papers, elsewhere)
    for file in (elsewhere, elsewhere.parent / A):
        page = parse(file.read_text())
        for element in [*page.all("img"), *page.all("a", "zoom")]:
            address = element.attributes.get("src") or element.attributes["href"]
            assert (file.parent / address).resolve().is_file()
        ledger = next(page.one("footer").all("a")).attributes["href"]
        assert (file.parent / ledger).resolve() == (toy.results / "ledger.json").resolve()


def test_drift_and_a_criterion_without_power_are_said(toy: ToyCorpus, tmp_path: Path) -> None:
    def drift(ledger: dict[str, Any]) -> None:
        ledger["records"][0]["packages"]["status"] = "drifted"

    def power(verdicts: dict[str, Any]) -> None:
        verdicts["claims"][0]["control"]["verdict"] = "reproduced"

    pages = rendered(toy, tmp_path, {"ledger.json": drift, "toy-a/verdicts.json": power})
    assert re.search(
        r"✓ locked \(\w+\), 15 jobs; ✗ drifted \(\w+\), 1 jobs", pages["index.html"].one("dl", "facts").text
    )
    assert "It came out reproduced, not refuted: the criterion has no power here." in pages[A].text


def test_values_that_are_not_numbers(toy: ToyCorpus, tmp_path: Path) -> None:
    def spoil(verdicts: dict[str, Any]) -> None:
        check = verdicts["claims"][2]["checks"][0]
        check.update(observed="nan", error="nan", half_width="nan", margin="nan", samples_to_decide="nan")
        check["reason"] = "observed value is nan"

    page = rendered(toy, tmp_path, {"toy-a/verdicts.json": spoil})
    (check,) = checks(page[A].one("article", id="toy-a.C10"))
    assert check["Observed"] == "not a numberobserved value is nan"


def test_jobs_missing_from_the_ledger_are_said(toy: ToyCorpus, tmp_path: Path) -> None:
    page = rendered(toy, tmp_path, {"ledger.json": lambda ledger: ledger.update(records=[])})
    assert "no job in the ledger" in page["index.html"].one("dl", "facts").text
    assert "The ledger knows no job that made this." in page[A].one("figure", id="toy-a/F1").text


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda here: (here / "ledger.json").unlink(), "ledger.json: cannot be read"),
        (lambda here: (here / "ledger.json").write_text("{"), "ledger.json: is not JSON"),
        (lambda here: (here / "ledger.json").write_text("[]"), "has no list of records"),
        (lambda here: (here / "toy-a/verdicts.json").unlink(), "verdicts.json: cannot be read"),
        (
            lambda here: (here / "toy-a/verdicts.json").write_text('{"claims": [{"id": "x", "verdict": "yes"}]}'),
            "x: got verdict 'yes'; allowed: reproduced, refuted, inconclusive",
        ),
        (lambda here: (here / "toy-a/figures/F1.svg").unlink(), "F1.svg: is missing"),
        (lambda here: (here / "toy-a/figures/F1.caption.txt").unlink(), "F1.caption.txt: cannot be read"),
    ],
)
def test_missing_results_are_one_clear_line(
    toy: ToyCorpus, tmp_path: Path, spoil: Callable[[Path], object], message: str
) -> None:
    results = Path(shutil.copytree(toy.results, tmp_path / "smoke"))
    spoil(results)
    (results / "index.html").unlink(missing_ok=True)
    with pytest.raises(PageError, match=re.escape(message)) as caught:
        write_page(results, toy.papers, results / "index.html")
    assert "\n" not in str(caught.value)
    assert not (results / "index.html").exists()


def test_script_refuses_a_wrong_config_in_one_line(tmp_path: Path) -> None:
    words = ["--results", "r", "--papers", "x", "--output", "o.html", "--config-dir", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, str(SCRIPTS / "page.py"), *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("page: ")
    assert done.stderr.count("\n") == 1


def test_size_allows_a_corpus_of_hundreds_of_claims(site: dict[str, Page], toy: ToyCorpus) -> None:
    sizes = {file: (toy.results / file).stat().st_size for file in site}
    per_item = sizes[A] / 5  # three claims and two figures, their jobs included
    assert per_item * 200 < 1e6  # 200 claims and figures stay below a megabyte


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("template_front", "Words"),
        ("template_paper", "Evidence"),
        ("template_parts", "Seeds"),
        ("template_pages", "Kernels"),
        ("styles", "serif"),
        ("behaviour", "Close"),
        ("behaviour_plot", "not computed"),
    ],
)
def test_edited_text_or_style_changes_the_code_digest_of_the_page(tmp_path: Path, name: str, word: str) -> None:
    copy = Path(shutil.copytree(SCRIPTS, tmp_path / "scripts", ignore=shutil.ignore_patterns("__pycache__")))
    before = CodeGraph.build(copy).closure("page", None).digest
    module = copy / "atlas" / "page" / f"{name}.py"
    module.write_text(module.read_text().replace(word, word.upper()))
    assert CodeGraph.build(copy).closure("page", None).digest != before


def test_first_sentence_of_a_caption() -> None:
    assert first_sentence("Energy at g = 1.5. Lines: theory.") == "Energy at g = 1.5."
    assert first_sentence("Up to e.g. ten. (a) left.") == "Up to e.g. ten."
    assert first_sentence("No stop") == "No stop"


def test_size_of_an_svg() -> None:
    assert svg_size('<?xml?><svg width="1pt" viewBox="0 0 243.8 170">') == (243.8, 170.0)
    for head in ("<svg>", '<svg viewBox="0 0 1">', '<svg viewBox="0 0 0 5">', '<svg viewBox="a b c d">', ""):
        assert svg_size(head) is None


def test_columns_are_in_natural_order() -> None:
    assert sorted(["C10", "C2", "C11b", "C1", "C11"], key=natural) == ["C1", "C2", "C10", "C11", "C11b"]
