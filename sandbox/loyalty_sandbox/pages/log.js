// The request log: asks once a second for what is new, and shows an entry's details when it is opened.
import { call, el, fill, json } from "./dom.js";

const LARGEST = 500;
const list = document.getElementById("log");
const controls = Object.fromEntries(["text", "vendor", "status", "pause", "clear"].map((name) => [name, document.getElementById(name)]));
let entries = [];
let last = 0;
let paused = false;

function fits(entry) {
  const text = controls.text.value.trim().toLowerCase();
  const words = `${entry.method} ${entry.path} ${entry.operation || ""} ${entry.status} ${entry.behaviour} ${entry.fault}`.toLowerCase();
  return (!controls.vendor.value || entry.vendor === controls.vendor.value)
    && (!controls.status.value || String(entry.status || "").startsWith(controls.status.value))
    && (!text || words.includes(text));
}

function row(entry) {
  const kind = entry.violations.length ? "bad" : entry.status == null ? "bad" : `s${Math.floor(entry.status / 100)}`;
  const details = el("details", { "data-number": entry.number },
    el("summary", {},
      el("span", { class: `status ${kind}` }, entry.status == null ? "reset" : String(entry.status)),
      el("span", { class: "method" }, entry.method),
      el("span", { class: "path", title: entry.path }, entry.path + search(entry.query)),
      el("span", { class: "operation" }, `${entry.vendor}${entry.operation ? ` · ${entry.operation}` : ""}`),
      el("span", { class: `behaviour ${entry.behaviour}` }, entry.fault ? `${entry.behaviour} · ${entry.fault}` : entry.behaviour),
      el("span", { class: "time" }, `${entry.at.slice(11, 19)} · ${entry.ms} ms`)));
  details.addEventListener("toggle", () => { if (details.open && details.children.length === 1) details.append(body(entry)); });
  return el("li", { hidden: !fits(entry) }, details);
}

function search(query) {
  return query.length ? `?${query.map(([name, value]) => `${name}=${value}`).join("&")}` : "";
}

function body(entry) {
  return el("div", { class: "exchange" },
    entry.violations.length ? el("div", { class: "error" }, el("strong", {}, "Breaks the effective spec"), el("ul", {}, entry.violations.map((text) => el("li", {}, text)))) : null,
    part("Request", entry.request_headers, entry.request_body, entry.query),
    part("Answer", entry.response_headers, entry.response_body, []));
}

function part(title, headers, content, query) {
  return el("section", {}, el("h3", {}, title),
    query.length ? pairs(query, "Query") : null,
    content == null ? el("p", { class: "muted" }, "no body") : json(content),
    el("details", {}, el("summary", {}, `${headers.length} headers`), pairs(headers)));
}

function pairs(items, title) {
  return el("table", { class: "pairs" }, title ? el("caption", {}, title) : null,
    el("tbody", {}, items.map(([name, value]) => el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, value)))));
}

function count() {
  document.getElementById("count").textContent = String(entries.length);
  document.getElementById("nothing").hidden = entries.length > 0;
}

function filter() {
  [...list.children].forEach((item, index) => { item.hidden = !fits(entries[entries.length - 1 - index]); });
}

function add(fresh) {
  for (const entry of fresh) {
    entries.push(entry);
    list.prepend(row(entry));
  }
  while (entries.length > LARGEST) {
    entries.shift();
    list.lastElementChild.remove();
  }
  if (fresh.length) count();
}

function forget() {
  entries = [];
  fill(list);
  count();
}

function say(text, good) {
  const live = document.getElementById("live");
  live.textContent = text;
  live.classList.toggle("good", good);
}

async function poll() {
  try {
    if (!paused && !document.hidden) {
      const answer = await call(`log?after=${last}`);
      if (answer.last < last) {
        forget();
        last = 0;
      } else {
        add(answer.entries);
        last = answer.last;
      }
      const clock = await call("clock");
      document.getElementById("clock").textContent = `${clock.now}${clock.stopped ? " (stopped)" : ""}`;
      document.getElementById("clock-now").textContent = document.getElementById("clock").textContent;
      say("live", true);
    }
  } catch {
    say("not reachable", false);
  }
  setTimeout(poll, 1000);
}

export function startLog() {
  for (const name of ["text", "vendor", "status"]) controls[name].addEventListener("input", filter);
  document.getElementById("filters").addEventListener("submit", (event) => event.preventDefault());
  controls.pause.addEventListener("click", () => {
    paused = !paused;
    controls.pause.setAttribute("aria-pressed", String(paused));
    controls.pause.textContent = paused ? "Go on" : "Pause";
    if (paused) say("paused", false);
  });
  controls.clear.addEventListener("click", async () => {
    await call("log", { method: "DELETE" });
    forget();
  });
  poll();
}
