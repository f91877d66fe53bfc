// Runs before the first paint, so that nothing flashes or moves: the theme that was chosen, and
// times in the reader's own zone, written while the page is still being read.
(function () {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");
  if (navigator.clipboard) root.classList.add("can-copy");
  try {
    const theme = localStorage.getItem("varsity-theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  } catch (refused) {
    // Storage is blocked: the system's preference stands.
  }

  // The server writes UTC, the reader sees their own zone, named.
  const language = root.lang === "en" || !root.lang ? "en-GB" : root.lang;
  const clock = new Intl.DateTimeFormat(language, {
    day: "numeric", month: "short", year: "numeric",
    hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short",
    // Of an account that chose a zone; otherwise the device's own.
    timeZone: root.dataset.timeZone || undefined,
  });
  const day = new Intl.DateTimeFormat(language, {
    day: "numeric", month: "short", year: "numeric", timeZone: root.dataset.timeZone || undefined,
  });
  const distance = new Intl.RelativeTimeFormat(language, { numeric: "always" });
  const now = new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(0, "second");
  const units = [["year", 31557600], ["month", 2629800], ["day", 86400],
    ["hour", 3600], ["minute", 60], ["second", 1]];
  const fromNow = (moment) => {
    const seconds = (moment - Date.now()) / 1000;
    const found = units.find(([, length]) => Math.abs(seconds) >= 1.2 * length);
    return found ? distance.format(Math.round(seconds / found[1]), found[0]) : now;
  };
  const write = (element) => {
    const moment = new Date(element.dateTime);
    if ("relative" in element.dataset) {
      element.title = clock.format(moment);
      element.textContent = fromNow(moment);
    } else if ("local" in element.dataset && !("written" in element.dataset)) {
      element.title = element.textContent.trim();
      element.textContent = clock.format(moment);
      element.dataset.written = "";
    } else if ("day" in element.dataset) {
      element.textContent = day.format(moment);
    }
  };

  // An element is whole when something follows it; what the parser adds later must not be lost.
  const times = document.getElementsByTagName("time");
  const isWhole = (element) => element.nextSibling || (element.parentNode && element.parentNode.nextSibling);
  let next = 0;
  const pass = (ended) => {
    while (next < times.length && (ended || next < times.length - 1 || isWhole(times[next]))) {
      write(times[next]);
      next += 1;
    }
  };
  const observer = new MutationObserver(() => pass(false));
  observer.observe(root, { childList: true, subtree: true });
  document.addEventListener("DOMContentLoaded", () => {
    observer.disconnect();
    pass(true);
  });
  window.varsity = { language, writeTimes: (scope) => scope.querySelectorAll("time").forEach(write) };
})();
