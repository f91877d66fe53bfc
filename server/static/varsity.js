// Everything here improves a page that already works without it. No text lives here:
// what is said to people comes from data-text-* attributes, so that it can be translated.
(() => {
  "use strict";
  const all = (selector, scope = document) => [...scope.querySelectorAll(selector)];
  const root = document.documentElement;
  const { language, writeTimes } = window.varsity;

  // Theme: a choice equal to the system's preference is forgotten, so that it follows again.
  const themeToggle = (button) => {
    const system = matchMedia("(prefers-color-scheme: dark)");
    button.hidden = false;
    button.addEventListener("click", () => {
      const dark = root.dataset.theme ? root.dataset.theme === "dark" : system.matches;
      const next = dark ? "light" : "dark";
      root.dataset.theme = next;
      try {
        if ((next === "dark") === system.matches) localStorage.removeItem("varsity-theme");
        else localStorage.setItem("varsity-theme", next);
      } catch (refused) { /* the choice lasts for this page */ }
    });
  };

  const copyButton = (button) => {
    if (!navigator.clipboard) return;
    const label = button.querySelector("span") || button;
    const before = label.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const source = button.dataset.copy || button.parentElement.querySelector("code").textContent;
      await navigator.clipboard.writeText(source);
      label.textContent = document.body.dataset.textCopied;
      setTimeout(() => { label.textContent = before; }, 2000);
    });
  };

  const menu = (details) => {
    const close = () => { details.open = false; };
    document.addEventListener("click", (event) => { if (!details.contains(event.target)) close(); });
    details.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      close();
      details.querySelector("summary").focus();
    });
  };

  // Upload: drag and drop, a true progress bar, the server's own words when it refuses.
  const size = (bytes) => {
    const step = bytes < 1e3 ? ["byte", 1] : bytes < 1e6 ? ["kilobyte", 1e3] : ["megabyte", 1e6];
    return new Intl.NumberFormat(language, {
      style: "unit", unit: step[0], unitDisplay: bytes < 1e3 ? "long" : "short", maximumFractionDigits: 1,
    }).format(bytes / step[1]);
  };
  const problemOf = (request, otherwise) => {
    const type = request.getResponseHeader("Content-Type") || "";
    if (type.includes("json")) {
      try {
        const answer = JSON.parse(request.responseText);
        return answer.detail || answer.title || otherwise;
      } catch (broken) { return otherwise; }
    }
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const said = [".invalid-feedback", "main [role=alert]:not([hidden])", ".error-page .lead", ".error-page h1"]
      .map((selector) => page.querySelector(selector)).find(Boolean);
    return said ? said.textContent.trim() : otherwise;
  };
  const upload = (form) => {
    const input = form.querySelector("input[type=file]");
    const zone = form.querySelector("[data-drop]");
    const chosen = form.querySelector("[data-chosen]");
    const problem = form.querySelector("[data-problem]");
    const progress = form.querySelector("[data-progress]");
    const bar = progress.querySelector("progress");
    const status = progress.querySelector("[role=status]");
    const cancel = form.querySelector("[data-cancel]");
    const button = form.querySelector("[type=submit]");
    const busy = (sending) => {
      button.disabled = sending;
      cancel.hidden = progress.hidden = !sending;
    };
    const refuse = (text) => {
      busy(false);
      problem.querySelector("div").textContent = text;
      problem.hidden = false;
      input.focus();
    };
    const show = () => {
      const files = [...input.files];
      chosen.hidden = !files.length;
      chosen.textContent = files.map((file) => `${file.name} · ${size(file.size)}`).join(", ");
    };
    input.addEventListener("change", show);
    ["dragenter", "dragover"].forEach((name) => zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("is-over");
    }));
    ["dragleave", "drop"].forEach((name) => zone.addEventListener(name, () => zone.classList.remove("is-over")));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      if (!event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      show();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const request = new XMLHttpRequest();
      problem.hidden = true;
      bar.value = 0;
      busy(true);
      request.upload.addEventListener("progress", ({ loaded, total }) => {
        bar.value = (100 * loaded) / total;
        status.textContent = `${form.dataset.textSending} · ${size(loaded)} / ${size(total)}`;
      });
      request.upload.addEventListener("load", () => {
        bar.removeAttribute("value");
        status.textContent = form.dataset.textReceived;
      });
      request.addEventListener("load", () => {
        if (request.status >= 400) return refuse(problemOf(request, form.dataset.textLost));
        let next = request.responseURL;
        try { next = JSON.parse(request.responseText).location || next; } catch (page) { /* a redirect was followed */ }
        if (next === new URL(form.action).href) return refuse(problemOf(request, form.dataset.textLost));
        return location.assign(next);
      });
      request.addEventListener("error", () => refuse(form.dataset.textLost));
      request.addEventListener("abort", () => busy(false));
      cancel.onclick = () => request.abort();
      request.open("POST", form.action);
      request.setRequestHeader("X-CSRFToken", form.elements.csrf_token.value);
      request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
      request.send(new FormData(form));
    });
  };

  // News of the page that one looks at is read by that; the bell counts anew.
  const seen = async (address) => {
    const bell = document.querySelector(".bell");
    const token = document.querySelector(".menu-items [name=csrf_token]");
    try {
      const answer = await fetch(address, {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRFToken": token.value },
        body: new URLSearchParams({ link: location.pathname }),
        // Whoever leaves at once has seen it as well.
        keepalive: true,
      });
      if (answer.ok) bell.innerHTML = (await answer.json()).html;
    } catch (offline) { /* they stay in the list, unread */ }
  };

  // Live parts: ask until the state is final, more rarely as time passes, never while hidden.
  const live = (element) => {
    const final = element.dataset.until.split(",");
    const speaker = document.createElement("p");
    speaker.className = "visually-hidden";
    speaker.setAttribute("role", "status");
    element.after(speaker);
    let state = element.dataset.state;
    let wait = 1000;
    let timer = null;
    const ask = async () => {
      timer = null;
      try {
        const answer = await fetch(element.dataset.live, { headers: { Accept: "application/json" } });
        if (answer.status === 403 || answer.status === 404) return;
        if (answer.ok) {
          const { state: now, html } = await answer.json();
          if (now !== state) {
            state = now;
            wait = 1000;
            element.innerHTML = html;
            element.dataset.state = now;
            enhance(element);
            const words = element.querySelector("[data-announce], .state");
            speaker.textContent = words ? words.textContent.trim() : now;
            if (element.dataset.news && final.includes(now)) seen(element.dataset.news);
          }
        }
      } catch (offline) { wait = 5000; }
      plan();
    };
    const plan = () => {
      if (timer || document.hidden || final.includes(state)) return;
      timer = setTimeout(ask, wait);
      wait = Math.min(5000, wait * 1.25);
    };
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) { clearTimeout(timer); timer = null; } else { wait = 1000; plan(); }
    });
    if (element.dataset.news && final.includes(state) && document.querySelector(".bell-count")) {
      seen(element.dataset.news);
    }
    plan();
  };

  // A list that narrows while one types; without script the form asks the server.
  const filter = (form) => {
    const items = all("[data-words]", document.querySelector(form.dataset.filter));
    const words = form.querySelector("[data-filter-words]");
    const kind = form.querySelector("[data-filter-kind]");
    const count = document.querySelector("[data-filter-count]");
    const narrow = () => {
      const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      items.forEach((item) => {
        const fits = wanted.every((word) => item.dataset.words.includes(word))
          && (!kind.value || item.dataset.kinds.split(",").includes(kind.value));
        item.hidden = !fits;
        shown += fits ? 1 : 0;
      });
      all("section", document.querySelector(form.dataset.filter)).forEach((section) => {
        section.hidden = !section.querySelector("[data-words]:not([hidden])");
      });
      count.textContent = `${count.dataset.text} ${shown}`;
    };
    words.addEventListener("input", narrow);
    kind.addEventListener("change", narrow);
  };

  // What is being written, as it will look: the server renders it, as it does for readers.
  const preview = (part) => {
    const text = part.querySelector("textarea");
    const shown = part.querySelector("[data-previewed]");
    let timer = null;
    const ask = async () => {
      const body = new FormData();
      body.append("markdown", text.value);
      try {
        const answer = await fetch(part.dataset.preview, {
          method: "POST",
          headers: { Accept: "application/json", "X-CSRFToken": text.form.elements.csrf_token.value },
          body: new URLSearchParams(body),
        });
        if (!answer.ok) return;
        shown.innerHTML = (await answer.json()).html;
      } catch (offline) { /* the button asks again */ }
    };
    text.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 500); });
  };

  // Beside a moment that is typed in UTC: the same in the reader's own zone.
  const ownTime = (line) => {
    const input = document.getElementById(line.dataset.momentOf);
    const time = document.createElement("time");
    line.append(time);
    const say = () => {
      const moment = `${input.value}Z`;
      line.hidden = Number.isNaN(Date.parse(moment));
      if (line.hidden) return;
      time.dateTime = moment;
      time.dataset.local = "";
      delete time.dataset.written;
      writeTimes(line);
    };
    input.addEventListener("input", say);
    say();
  };

  const enhance = (scope) => {
    writeTimes(scope);
    all("pre, .prose table, .table-wrap, .faults", scope).forEach((part) => {
      if (part.scrollWidth > part.clientWidth) part.tabIndex = 0;
    });
    all("[data-copy]", scope).forEach(copyButton);
    all("form[data-confirm]", scope).forEach((form) => form.addEventListener("submit", (event) => {
      if (!confirm(form.dataset.confirm)) event.preventDefault();
    }));
    all("form[data-autosubmit]", scope).forEach((form) => form.addEventListener("change", () => form.requestSubmit()));
    // What a choice asks for is shown once it is made.
    all("input[data-opens]", scope).forEach((input) => input.addEventListener("change", () => {
      document.getElementById(input.dataset.opens).open = true;
    }));
    // What was found out stands in a field that nobody has touched.
    all("[data-fill]", scope).forEach(({ dataset }) => {
      const field = document.getElementsByName(dataset.fill)[0];
      if (field && field.value === field.defaultValue) field.value = dataset.value;
    });
    all("form[data-upload]", scope).forEach(upload);
    all("[data-live]", scope).forEach(live);
    all("form[data-filter]", scope).forEach(filter);
    all("[data-preview]", scope).forEach(preview);
    all("[data-moment-of]", scope).forEach(ownTime);
    all("input[data-own-zone]", scope).forEach((input) => { input.value = Intl.DateTimeFormat().resolvedOptions().timeZone || input.value; });
  };
  all("[data-theme-toggle]").forEach(themeToggle);
  all("details[data-menu]").forEach(menu);
  // On a narrow screen the tab in use may lie outside the strip.
  all(".tabs [aria-current]").forEach((tab) => {
    tab.closest(".tabs").scrollLeft = tab.offsetLeft - 60;
  });
  enhance(document);
  // A form that comes back says at a field what is wrong: where the top of the page does not, the
  // field is shown, which on a telephone is far below.
  const wrong = document.querySelector("main [aria-invalid=true]");
  if (wrong && !document.querySelector("main [role=alert]:not([hidden])")) wrong.focus();
  // Whoever waits for a deadline sees it come nearer.
  setInterval(() => { if (!document.hidden) writeTimes(document); }, 10000);
})();
