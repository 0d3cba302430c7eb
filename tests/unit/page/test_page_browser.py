"""The site in a real headless Chromium, from disk: loads, moves, can be read by everyone, stays on a phone's screen."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import pytest
from page_browser import PATIENCE, NoBrowserError, chromium, opened
from page_corpus import ToyCorpus
from page_html import Page

pytestmark = pytest.mark.browser
FRONT, A = "index.html", "page/papers/toy-a.html"
FILES = (FRONT, A, "page/papers/toy-b.html", "page/ask.html", "page/cost.html", "page/determinism.html")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One Chromium for all tests of this module; without Playwright or Chromium they are skipped with the reason."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    try:
        program = chromium()
    except NoBrowserError as error:
        pytest.skip(str(error))
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(executable_path=program, args=["--no-sandbox"], timeout=PATIENCE)
        yield started
        started.close()


@pytest.fixture(scope="module")
def axe() -> str:
    """The source of axe-core, as the package axe-playwright-python ships it."""
    found = importlib.util.find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        pytest.skip("axe-playwright-python (with axe-core) is not installed")
    return (Path(found.origin).parent / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def here(toy: ToyCorpus, site: dict[str, Page]) -> Path:
    """The folder of the toy corpus' site."""
    assert set(site) == set(FILES)
    return toy.results


@pytest.mark.parametrize("file", FILES)
def test_page_loads_from_disk_without_error_or_request(browser: Any, here: Path, file: str) -> None:
    with opened(browser, here / file) as page:
        page.evaluate("document.querySelectorAll('main img').forEach(image => image.loading = 'eager')")
        page.wait_for_function("[...document.querySelectorAll('main img')].every(image => image.complete)")
        assert page.evaluate("[...document.querySelectorAll('main img')].every(image => image.naturalWidth > 0)")
        assert (page.seen.console, page.seen.outside, page.seen.missing, page.seen.dialogs) == ([], [], [], [])


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("width", [390, 320])
def test_phone_needs_no_horizontal_scrolling(browser: Any, here: Path, file: str, width: int) -> None:
    with opened(browser, here / file, width=width) as page:
        unpacked(page)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        page.wait_for_timeout(100)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("file", FILES)
def test_accessibility_checker_finds_nothing(browser: Any, here: Path, axe: str, file: str) -> None:
    with opened(browser, here / file) as page:
        unpacked(page)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        page.wait_for_timeout(100)
        page.add_script_tag(content=axe)
        found = page.evaluate("axe.run({resultTypes: ['violations']})")
        lines = [
            f"{each['id']}: {each['help']}: {each['nodes'][0]['html'][:200]} ({len(each['nodes'])})"
            for each in found["violations"]
        ]
        assert lines == []
        assert len(found["passes"]) > 10  # it did look


def unpacked(page: Any) -> None:
    """Wait until the script has put away all that is packed."""
    page.wait_for_function("!document.querySelector('script.packed')")


def status(page: Any) -> str:
    return str(page.locator("form.filter .status").inner_text())


def test_filter_by_verdict_paper_topic_and_words(browser: Any, here: Path) -> None:
    with opened(browser, here / FRONT) as page:
        assert status(page) == "6 of 6 claims and 4 of 4 figures shown"
        page.uncheck("[name=verdict][value=reproduced]")
        page.uncheck("[name=verdict][value=inconclusive]")
        assert status(page).startswith("2 of 6 claims and 0 of 4 figures")
        visible = page.locator("a.cell:visible").evaluate_all("cells => cells.map(cell => cell.hash.slice(1))")
        assert [claim for claim in visible if not claim.endswith("C2")] == []
        page.click("form.filter button[type=reset]")
        page.wait_for_function("document.querySelector('.status').textContent.startsWith('6 of 6')")
        page.select_option("[name=paper]", "toy-b")
        assert status(page) == "3 of 6 claims and 2 of 4 figures shown"
        assert page.locator("tr[data-row]:visible").count() == 1
        page.select_option("[name=topic]", "networks")  # the topic of the other paper
        assert status(page) == "0 of 6 claims and 0 of 4 figures shown"
        page.click("form.filter button[type=reset]")
        page.fill("[name=words]", "ENERGY stays")
        assert status(page).startswith("2 of 6 claims")
        page.fill("[name=words]", "energy toy")  # a word of the title counts for all its claims
        assert status(page).startswith("3 of 6 claims")


def test_sliders_move_curves_by_mouse_and_keyboard(browser: Any, here: Path) -> None:
    with opened(browser, here / "page/ask.html") as page:
        box = page.locator(".exploration").first
        slider, choice = box.locator("input[type=range]"), box.locator("select")
        choice.select_option(label="slow")
        curves, outputs = set(), []
        slider.focus()
        page.keyboard.press("Home")
        for _ in range(4):
            curves.add(box.locator("path.curve").get_attribute("d"))
            outputs.append(box.locator("output").inner_text())
            page.keyboard.press("ArrowRight")
        assert outputs == ["0.5", "1", "2", "4"]
        assert len(curves) == 4
        # theory at t = 0 is g: the curve begins on the marker of the simulation there, which is g too
        start = re.match(r"M([\d.]+) ([\d.]+)", box.locator("path.curve").get_attribute("d"))
        assert start is not None
        assert float(start[1]) == pytest.approx(float(box.locator("circle").get_attribute("cx")), abs=0.1)
        assert float(start[2]) == pytest.approx(float(box.locator("circle").get_attribute("cy")), abs=0.1)
        choice.select_option(label="fast")
        assert "not computed for this combination" in box.locator(".reading").inner_text()
        assert box.locator("path.curve").count() == 0
        slider.fill("1")
        assert "gain 1" in box.locator(".plot svg").get_attribute("aria-label")


def test_figure_grows_and_closes_by_keyboard(browser: Any, here: Path) -> None:
    with opened(browser, here / A) as page:
        link = page.locator("a.zoom").first
        link.focus()
        page.keyboard.press("Enter")
        dialog = page.locator("dialog[open]")
        assert dialog.locator("img").get_attribute("alt") == "F1: Energy against the gain."
        page.keyboard.press("Escape")
        assert page.locator("dialog[open]").count() == 0
        assert link.evaluate("link => link === document.activeElement")
        assert page.url.startswith("file:")
        assert page.url.endswith("toy-a.html")


def test_chain_unfolds_to_the_seeds(browser: Any, here: Path) -> None:
    with opened(browser, here / A) as page:
        unpacked(page)
        details = page.locator("figure").first.locator("details.provenance")
        details.locator("summary").first.focus()
        page.keyboard.press("Enter")
        for task in ("plot F1", "compare gain", "simulate scan"):
            job = details.locator(".chain details.job", has_text=task).last
            job.wait_for()
            job.locator("summary").first.click()
        assert details.get_by_text("toy-a/scan/0/couplings").first.is_visible()
        assert page.seen.console == []


def test_address_of_a_claim_or_job_leads_to_it(browser: Any, here: Path) -> None:
    with opened(browser, here / A, anchor="#toy-a.C10") as page:
        assert page.locator("[id='toy-a.C10']").evaluate("each => each.getBoundingClientRect().top") < 900
    with opened(browser, here / A, anchor="#j1") as page:  # which is packed
        unpacked(page)
        assert page.locator("#j1").evaluate("each => each.open && each.matches(':target')")
        assert 0 <= page.locator("#j1").evaluate("each => each.getBoundingClientRect().top") < 900


def test_browser_unpacks_what_was_packed(browser: Any, here: Path, site: dict[str, Page]) -> None:
    """The same tree as the tests' own reader makes of the same bytes: end tags, quotes, records in their places."""
    words = "['figure', 'article', '#job-records'].map(each => document.querySelector(each).textContent)"
    count = "['td', 'th', 'li', 'dd', 'details'].map(each => document.querySelectorAll(each).length)"
    with opened(browser, here / A) as page:
        unpacked(page)
        own = [*(next(site[A].all(each)) for each in ("figure", "article")), site[A].one(id="job-records")]
        assert [" ".join(each.split()) for each in page.evaluate(words)] == [each.text for each in own]
        assert page.evaluate(count) == [len(list(site[A].all(tag))) for tag in ("td", "th", "li", "dd", "details")]


def test_browser_that_cannot_unpack_says_where_the_records_are(browser: Any, here: Path) -> None:
    for file, note in ((A, "verdicts.json"), ("page/ask.html", "tables")):
        context = browser.new_context()
        context.add_init_script("delete window.DecompressionStream")
        page = context.new_page()
        page.goto((here / file).resolve().as_uri())
        unpacked(page)
        assert page.get_by_text(note).first.is_visible()
        context.close()


def test_downloads_lead_to_the_files(browser: Any, here: Path) -> None:
    """As the browser resolves them; from disk Chromium shows a file that it can show instead of saving it."""
    with opened(browser, here / A) as page:
        links = (
            page.locator("figure").first.locator("a[download]").evaluate_all("links => links.map(link => link.href)")
        )
        assert links == [
            (here / f"toy-a/figures/F1.{each}").resolve().as_uri() for each in ("svg", "pdf", "png", "csv")
        ]
        assert all(Path(unquote(urlparse(link).path)).is_file() for link in links)


def test_keyboard_reaches_the_content_first(browser: Any, here: Path) -> None:
    with opened(browser, here / FRONT) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"
        reached = set()
        for _ in range(40):
            page.keyboard.press("Tab")
            reached.add(page.evaluate("document.activeElement.name || (document.activeElement.hash || '').slice(1)"))
        assert {"verdict", "paper", "topic", "words", "toy-a.C1", "toy-b.C10"} <= reached


def test_print_leaves_out_what_paper_cannot_do(browser: Any, here: Path) -> None:
    with opened(browser, here / FRONT) as page:
        assert page.locator("form.filter").is_visible()
        page.emulate_media(media="print")
        assert not page.locator("form.filter").is_visible()
        assert page.locator("table.matrix").is_visible()


def test_without_javascript_the_pages_can_be_read(browser: Any, here: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((here / FRONT).resolve().as_uri())
    assert page.locator("a.cell:visible").count() == 6
    assert not page.locator("form.filter").is_visible()
    page.goto((here / A).resolve().as_uri())
    assert page.locator("table.checks").count() == 3
    assert page.locator("table.checks").first.is_visible()
    assert page.locator("summary").count() == 0  # nothing that would not open
    assert page.locator("noscript").inner_text().count("verdicts.json") == 1
    context.close()
