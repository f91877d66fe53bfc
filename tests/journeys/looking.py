"""What a page looks like to those who measure it: axe-core, the ruler, the scales."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

# WCAG 2.2 A and AA, and what axe-core calls best practice.
AXE = """async (only) => {
  const options = only ? {runOnly: {type: "rule", values: only}} : {runOnly: {type: "tag", values:
    ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}};
  const found = await axe.run(document, {...options, resultTypes: ["violations"]});
  return found.violations.map((v) => ({rule: v.id, help: v.help,
    nodes: v.nodes.slice(0, 4).map((n) => n.target.join(" ") + " | " + n.html.slice(0, 120))}));
}"""
TOO_WIDE = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  return [...document.querySelectorAll("main *, header *, footer *")]
    .filter((e) => e.getBoundingClientRect().right > wide + 1)
    .map((e) => `${e.tagName.toLowerCase()}.${e.className}`).slice(0, 5);
}"""
# Layout shift as the browser counts it, and what the page itself and its parts weighed.
WATCH_SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""
WEIGH = """() => {
  const page = performance.getEntriesByType("navigation")[0];
  const parts = performance.getEntriesByType("resource");
  const sent = (e) => e.encodedBodySize || 0;
  return {
    page: sent(page), parts: parts.reduce((sum, e) => sum + sent(e), 0),
    first_byte: page.responseStart - page.requestStart, shifted: window.shifted || 0,
  };
}"""
SETTLE = (
    "() => document.fonts.ready.then(() => new Promise((r) => requestAnimationFrame(() => r())))"
)


@dataclass
class Looked:
    """What was found on a page; milliseconds and bytes."""

    page_bytes: int = 0
    part_bytes: int = 0
    first_byte: float = 0.0
    shifted: float = 0.0
    faults: list[str] = field(default_factory=list)


@cache
def axe_source() -> str:
    """Return the program of axe-core."""
    folder = Path(axe_playwright_python.__file__).parent
    return (folder / "axe.min.js").read_text(encoding="utf-8")


def faults_of(page: Page, *, modes: tuple[str, ...] = ("light", "dark")) -> list[str]:
    """Return what axe-core finds on the page that is open: all in the first mode, colours in each.

    Raises playwright's TimeoutError where the page does not come to rest.
    """
    page.evaluate(axe_source())
    found = []
    for mode in modes:
        page.emulate_media(color_scheme=mode, reduced_motion="reduce")  # type: ignore[arg-type]
        page.evaluate(SETTLE)
        only = None if mode == modes[0] else ["color-contrast", "link-in-text-block"]
        found += [_told(mode, each) for each in page.evaluate(AXE, only)]
    page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    return found


def _told(mode: str, violation: dict[str, Any]) -> str:
    nodes = "\n    ".join(violation["nodes"])
    return f"{mode}: {violation['rule']}: {violation['help']}\n    {nodes}"


def look(page: Page, *, axe: bool = True) -> Looked:
    """Measure the page that is open, whose context ran WATCH_SHIFTS from the start."""
    said = page.evaluate(WEIGH)
    return Looked(
        page_bytes=int(said["page"]),
        part_bytes=int(said["parts"]),
        first_byte=float(said["first_byte"]),
        shifted=float(said["shifted"]),
        faults=faults_of(page) if axe else [],
    )
