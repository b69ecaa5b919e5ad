"use strict";
(() => {
  const field = document.getElementById("search");
  const found = document.getElementById("found");
  const nothing = document.getElementById("nothing");
  const entries = [...document.querySelectorAll(".entry")];
  const sections = [...document.querySelectorAll("main > section")];
  const filters = [...document.querySelectorAll("[data-filter]")];
  const links = new Map([...document.querySelectorAll("nav a")].map((link) => [link.hash.slice(1), link]));
  const total = document.querySelectorAll(".operation").length;
  let texts = null; // read when the first search needs it

  const fits = (entry, index, words, filter) => {
    const kinds = [entry.dataset.grade, ...(entry.dataset.kinds || "").split(" ")];
    const wanted = filter === "changed" ? ["changed", "new", "breaks"] : [filter];
    if (filter && !wanted.some((word) => kinds.includes(word))) return false;
    if (!words.length) return true;
    texts ??= entries.map((item) => item.textContent.toLowerCase());
    return words.every((word) => texts[index].includes(word));
  };

  const apply = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    const filter = filters.find((button) => button.getAttribute("aria-pressed") === "true")?.dataset.filter;
    let shown = 0;
    entries.forEach((entry, index) => {
      entry.hidden = !fits(entry, index, words, filter);
      if (!entry.hidden && entry.matches(".operation")) shown += 1;
      const id = entry.id || entry.querySelector(".body").id;
      const line = links.get(id)?.closest("li");
      if (line) line.hidden = entry.hidden;
    });
    for (const section of sections) section.hidden = !section.querySelector(".entry:not([hidden])");
    for (const group of document.querySelectorAll("nav details")) group.hidden = !group.querySelector("li:not([hidden])");
    nothing.hidden = entries.some((entry) => !entry.hidden);
    found.textContent = words.length || filter ? `${shown} of ${total} operations` : `${total} operations`;
  };

  const clear = () => {
    field.value = "";
    for (const button of filters) button.setAttribute("aria-pressed", "false");
    apply();
  };

  const open = () => {
    const name = decodeURIComponent(location.hash.slice(1));
    const target = name && document.getElementById(name);
    if (!target) return;
    if (target.closest("[hidden]")) clear();
    for (let node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
    target.scrollIntoView();
    mark(name);
  };

  let marked = null;
  const mark = (id) => {
    const link = links.get(id);
    if (!link || link === marked) return;
    marked?.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
    marked = link;
    const side = document.querySelector(".side");
    const box = link.getBoundingClientRect(), frame = side.getBoundingClientRect();
    if (side.scrollHeight > side.clientHeight && (box.top < frame.top + 60 || box.bottom > frame.bottom - 60)) {
      side.scrollTop += box.top - frame.top - frame.height / 2;
    }
  };

  // The address follows the reader: what is at the top of the window can be shared as it stands in the address bar.
  let waiting = 0;
  addEventListener("scroll", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const x = document.getElementById("content").getBoundingClientRect().left + 40;
      const entry = document.elementFromPoint(x, 90)?.closest(".operation");
      if (!entry) return;
      mark(entry.id);
      if (location.hash !== `#${entry.id}`) history.replaceState(null, "", `#${entry.id}`);
    }, 150);
  }, { passive: true });

  document.getElementById("content").addEventListener("click", (event) => {
    const copy = event.target.closest(".copy");
    if (!copy) return;
    navigator.clipboard?.writeText(copy.closest("figure").querySelector("pre").textContent)
      .then(() => { copy.textContent = "Copied"; setTimeout(() => { copy.textContent = "Copy"; }, 1500); });
  });

  for (const button of filters) {
    button.addEventListener("click", () => {
      const on = button.getAttribute("aria-pressed") !== "true";
      for (const other of filters) other.setAttribute("aria-pressed", "false");
      button.setAttribute("aria-pressed", String(on));
      apply();
    });
  }
  field.addEventListener("input", apply);
  addEventListener("hashchange", open);
  addEventListener("beforeprint", () => { for (const node of document.querySelectorAll("main details")) node.open = true; });
  document.querySelector(".search").hidden = false;
  if (navigator.clipboard) for (const button of document.querySelectorAll(".copy")) button.hidden = false;
  if (matchMedia("(max-width: 60rem)").matches) document.querySelector(".contents").open = false;
  apply();
  open();
})();
