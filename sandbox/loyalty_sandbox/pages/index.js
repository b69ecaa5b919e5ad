import { call, copyable, el, fill, options } from "./dom.js";
import { startControls } from "./controls.js";
import { startLog } from "./log.js";
import { startState } from "./state.js";

const views = ["vendors", "requests", "state", "controls"];

function show() {
  const wanted = views.includes(location.hash.slice(1)) ? location.hash.slice(1) : "vendors";
  for (const name of views) {
    document.getElementById(name).hidden = name !== wanted;
    const link = document.querySelector(`header a[href="#${name}"]`);
    if (name === wanted) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  window.scrollTo(0, 0);
  document.dispatchEvent(new CustomEvent("view", { detail: wanted }));
}

function card(vendor) {
  const stateful = vendor.operations.filter((operation) => operation.behaviour === "stateful").length;
  const share = Math.floor((100 * stateful) / vendor.operations.length);
  return el("article", { class: "card", id: `vendor-${vendor.slug}` },
    el("h2", {}, vendor.title),
    el("p", { class: "address" }, el("code", {}, vendor.base_url), copyable(vendor.base_url)),
    el("p", {}, `${stateful} of ${vendor.operations.length} operations with state `,
      el("meter", { min: 0, max: 100, value: share, title: `${share} %` }, `${share} %`)),
    el("p", {}, el("a", { href: `/pages/docs.html?vendor=${encodeURIComponent(vendor.slug)}`, class: "action" }, "API documentation")),
    el("h3", {}, "Credentials"),
    credentials(vendor.credentials.slice(0, 1)),
    vendor.credentials.length > 1
      ? el("details", {}, el("summary", {}, `${vendor.credentials.length - 1} more`), credentials(vendor.credentials.slice(1)))
      : null,
    sample("curl", vendor.curl), sample("Python", vendor.python));
}

function credentials(list) {
  return el("dl", {}, list.map((credential) => [
    el("dt", {}, credential.label),
    Object.entries(credential.arguments).map(([name, value]) =>
      el("dd", {}, el("span", { class: "muted" }, `${name} `), el("code", {}, value), copyable(value))),
  ]));
}

function sample(title, text) {
  if (!text) return null;
  return el("details", { open: title === "curl" }, el("summary", {}, title), el("pre", { tabindex: "0" }, text), copyable(text));
}

async function start() {
  const overview = await call("overview");
  fill(document.getElementById("cards"), overview.vendors.map(card));
  const vendors = overview.vendors.map((vendor) => [vendor.slug, vendor.title]);
  options(document.getElementById("vendor"), [["", "all"], ...vendors]);
  startLog();
  startState(vendors);
  startControls(overview);
  window.addEventListener("hashchange", show);
  show();
}

start().catch((error) => {
  fill(document.getElementById("cards"), el("p", { class: "error" }, `The sandbox does not answer: ${error.message}`));
});
