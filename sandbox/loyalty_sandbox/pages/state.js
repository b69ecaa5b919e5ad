// The state of a vendor, collection by collection, with secrets masked by the server.
import { call, el, fill, json, options } from "./dom.js";

const vendor = document.getElementById("state-vendor");
const kind = document.getElementById("state-kind");

async function kinds() {
  const answer = await call(`state/${encodeURIComponent(vendor.value)}`);
  options(kind, answer.kinds.map((each) => [each.kind, `${each.kind} (${each.count})`]));
  await documents();
}

async function documents() {
  const place = document.getElementById("documents");
  if (!kind.value) {
    fill(place);
    return;
  }
  const answer = await call(`state/${encodeURIComponent(vendor.value)}/${encodeURIComponent(kind.value)}`);
  const shown = answer.documents.length;
  document.getElementById("state-count").textContent = shown === answer.count ? `${shown} in all` : `the newest ${shown} of ${answer.count}`;
  fill(place, answer.documents.reverse().map((document) => json(document)));
  if (!shown) fill(place, el("p", { class: "muted" }, "empty"));
}

export function startState(vendors) {
  options(vendor, vendors);
  vendor.addEventListener("input", kinds);
  kind.addEventListener("input", documents);
  document.getElementById("state-refresh").addEventListener("click", kinds);
  document.addEventListener("view", (event) => { if (event.detail === "state") kinds(); });
}
