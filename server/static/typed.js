// What was typed is not lost where the answer is none to it: one was signed out meanwhile, the
// form had grown old, the server could not do it now. It is put back where it was typed: kept in
// this tab alone, for an hour, without passwords and files, for whoever typed it.
(() => {
  "use strict";
  const KEPT = "varsity-typed";
  const HOUR = 3600e3;
  const FIELDS = "textarea, select, input:not([type=hidden], [type=password], [type=file], [type=submit])";
  const main = document.getElementById("content");
  const account = document.querySelector(".menu-items a");
  const who = account ? account.pathname : "";
  // A page between: signing in, a refusal, a fault.
  const between = main.querySelector("[data-between]") !== null;

  const store = (typed) => {
    try {
      if (typed) sessionStorage.setItem(KEPT, JSON.stringify(typed));
      else sessionStorage.removeItem(KEPT);
    } catch (refused) { /* nothing is kept, as before */ }
  };
  const stored = () => {
    try { return JSON.parse(sessionStorage.getItem(KEPT)); } catch (refused) { return null; }
  };
  const path = (form) => new URL(form.action).pathname;
  const alike = (action) => [...main.querySelectorAll("form[method=post]")].filter((form) => path(form) === action);
  const fields = (form) => [...form.querySelectorAll(FIELDS)].filter((field) => field.name);
  const choice = (field) => field.type === "checkbox" || field.type === "radio";
  const said = (field) => (choice(field) ? field.checked : field.value);

  const putBack = (form, values) => {
    let changed = false;
    fields(form).forEach((field, number) => {
      const [name, value] = values[number] || [];
      if (name !== field.name || value === said(field)) return;
      changed = true;
      if (choice(field)) field.checked = value;
      else field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    if (!changed) return;
    for (let part = form.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
    const notice = document.createElement("p");
    notice.className = "notice notice-info";
    notice.setAttribute("role", "status");
    notice.textContent = document.body.dataset.textTyped;
    form.prepend(notice);
    notice.scrollIntoView({ block: "center" });
  };

  const typed = stored();
  if (typed) {
    const form = alike(typed.action)[typed.number];
    if (Date.now() - typed.at > HOUR || (who && who !== typed.who)) store(null);
    else if (between) store({ ...typed, lost: true });
    else if (!typed.lost) store(null);
    else if (form && who === typed.who) {
      putBack(form, typed.values);
      store(null);
    }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const sends = !event.defaultPrevented || form.matches("[data-upload]");
    if (between || !sends || form.method !== "post" || !main.contains(form)) return;
    const values = fields(form).map((field) => [field.name, said(field)]);
    const action = path(form);
    const number = alike(action).indexOf(form);
    if (values.length) store({ action, number, values, who, at: Date.now() });
  });
})();
