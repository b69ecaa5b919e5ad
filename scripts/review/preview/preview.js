"use strict";
(() => {
  const field = document.getElementById("search");
  const found = document.getElementById("found");
  const entries = [...document.querySelectorAll("main > .entry")];
  const headings = [...document.querySelectorAll("main > h2")];
  const buttons = [...document.querySelectorAll("[data-filter]")];
  const operations = entries.filter((entry) => entry.dataset.kind === "operation").length;
  const selectors = {
    new: ".chip.new", changed: ".chip.changed, .chip.gone", corrected: "summary .chip.corrected",
    inferred: "summary .grade.inferred", partial: "summary .grade.partial", stated: "summary .grade.stated",
  };
  let texts = null; // read when the first search needs it

  const matches = (entry, index, words, filter) => {
    if (filter && !(entry.matches(`.${filter}`) || entry.querySelector(selectors[filter]))) return false;
    if (!words.length) return true;
    texts ??= entries.map((item) => item.textContent.toLowerCase());
    return words.every((word) => texts[index].includes(word));
  };

  const apply = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    const pressed = buttons.find((button) => button.getAttribute("aria-pressed") === "true");
    const filter = pressed ? pressed.dataset.filter : "";
    let shown = 0;
    entries.forEach((entry, index) => {
      entry.hidden = !matches(entry, index, words, filter);
      if (!entry.hidden && entry.dataset.kind === "operation") shown += 1;
    });
    headings.forEach((heading) => {
      let node = heading.nextElementSibling, some = false, about = [];
      while (node && node.tagName !== "H2") {
        if (node.classList.contains("entry")) some = some || !node.hidden; else about.push(node);
        node = node.nextElementSibling;
      }
      heading.hidden = !some;
      about.forEach((item) => { item.hidden = !some; });
    });
    found.textContent = words.length || filter ? `${shown} of ${operations} operations` : `${operations} operations`;
  };

  const open = () => {
    const name = decodeURIComponent(location.hash.slice(1));
    if (name.startsWith("q=")) { field.value = name.slice(2); apply(); return; }
    const target = name && document.getElementById(name);
    if (!target) return;
    if (target.hidden) { field.value = ""; buttons.forEach((button) => button.setAttribute("aria-pressed", "false")); apply(); }
    if (target.tagName === "DETAILS") target.open = true;
    target.scrollIntoView();
  };

  // A link to a schema inside an entry can be opened in place: the second click goes there.
  const unfold = (event) => {
    const link = event.target.closest("a.ref");
    if (!link || event.ctrlKey || event.metaKey || link.dataset.opened) return;
    const schema = document.getElementById(link.getAttribute("href").slice(1));
    const line = link.closest(".member, .body > div, .body");
    if (!schema || !line || schema.contains(link)) return;
    event.preventDefault();
    const copy = document.createElement("div");
    copy.className = "opened";
    copy.append(...[...schema.querySelector(".body").childNodes].map((node) => node.cloneNode(true)));
    copy.querySelectorAll("[id]").forEach((node) => node.removeAttribute("id"));
    copy.querySelectorAll("a.ref").forEach((node) => delete node.dataset.opened);
    link.dataset.opened = "yes";
    link.title = "Click again to go there";
    (link.closest("p, .line") ?? link).after(copy);
  };

  buttons.forEach((button) => button.addEventListener("click", () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    buttons.forEach((other) => other.setAttribute("aria-pressed", "false"));
    button.setAttribute("aria-pressed", String(on));
    apply();
  }));
  field.addEventListener("input", apply);
  addEventListener("hashchange", open);
  document.querySelector("main").addEventListener("click", unfold);
  if (matchMedia("(max-width: 800px)").matches) document.querySelector(".contents").open = false;
  open();
})();
