// Clock, snapshots, limits, faults and hooks: the admin calls as forms.
import { call, el, fill, options } from "./dom.js";

const said = document.getElementById("said");
let hooks = [];

function form(id, act) {
  const element = document.getElementById(id);
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(() => act(Object.fromEntries(new FormData(element))));
  });
}

async function attempt(act) {
  try {
    said.textContent = (await act()) || "";
    said.classList.remove("error");
  } catch (error) {
    said.textContent = error.message;
    said.classList.add("error");
  }
  await refresh();
}

async function refresh() {
  const [snapshots, limits, faults, clock] = await Promise.all([call("snapshots"), call("limits"), call("faults"), call("clock")]);
  options(document.querySelector("#restore select"), snapshots.snapshots.map((name) => [name, name]));
  document.querySelector("#restore button").disabled = !snapshots.snapshots.length;
  document.getElementById("limits").textContent = limits.enabled ? "Switch off" : "Switch on";
  document.getElementById("clock-stop").textContent = clock.stopped ? "Go on" : "Stop";
  fill(document.getElementById("faults"), faults.faults.map((fault) => el("li", {},
    `${fault.vendor} ${fault.operation}: `, el("code", {}, fault.fault), fault.times ? ` (${fault.times} times) ` : " ",
    el("button", { type: "button", onclick: () => attempt(async () => { await call(`faults?number=${fault.number}`, { method: "DELETE" }); return "Fault removed."; }) }, "Remove"))));
}

function startFaults(overview) {
  const vendor = document.querySelector("#fault select[name=vendor]");
  const operation = document.querySelector("#fault select[name=operation]");
  const list = () => {
    const found = overview.vendors.find((each) => each.slug === vendor.value);
    options(operation, [["*", "all"], ...found.operations.map((each) => [each.id, each.id])], "*");
  };
  options(vendor, overview.vendors.map((each) => [each.slug, each.title]));
  vendor.addEventListener("input", list);
  list();
  form("fault", async ({ times, ...body }) => {
    await call("faults", { method: "POST", body: times ? { ...body, times: Number(times) } : body });
    return "Fault set.";
  });
}

async function startHooks(overview) {
  const select = document.querySelector("#hook select");
  const body = document.querySelector("#hook textarea");
  for (const vendor of overview.vendors) {
    const answer = await call(`hooks/${encodeURIComponent(vendor.slug)}`);
    hooks.push(...answer.hooks.map((hook) => ({ ...hook, vendor: vendor.slug })));
  }
  options(select, hooks.map((hook, index) => [String(index), `${hook.vendor}: ${hook.name}`]));
  const choose = () => {
    const hook = hooks[Number(select.value)];
    if (!hook) return;
    document.getElementById("hook-help").textContent = `${hook.description} Members: ${Object.keys(hook.schema.properties || {}).join(", ")}`;
    body.value = JSON.stringify(Object.fromEntries((hook.schema.required || []).map((name) => [name, ""])), null, 2);
  };
  select.addEventListener("input", choose);
  choose();
  form("hook", async (values) => {
    const hook = hooks[Number(values.hook)];
    let parsed;
    try {
      parsed = JSON.parse(values.body);
    } catch {
      throw new Error("The body is not JSON.");
    }
    const made = await call(`hooks/${encodeURIComponent(hook.vendor)}/${encodeURIComponent(hook.name)}`, { method: "POST", body: parsed });
    return `Done: ${JSON.stringify(made)}`;
  });
}

export function startControls(overview) {
  const reset = document.querySelector("#reset select");
  options(reset, [["", "all vendors"], ...overview.vendors.map((vendor) => [vendor.slug, vendor.title])]);
  for (const button of document.querySelectorAll("[data-advance]")) {
    button.addEventListener("click", () => attempt(async () => `It is ${(await call("clock", { method: "POST", body: { advance: Number(button.dataset.advance) } })).now} now.`));
  }
  document.getElementById("clock-stop").addEventListener("click", () => attempt(async () => {
    const clock = await call("clock");
    await call("clock", { method: "POST", body: { stopped: !clock.stopped } });
    return clock.stopped ? "The clock goes on." : "The clock stands still.";
  }));
  document.getElementById("limits").addEventListener("click", () => attempt(async () => {
    const limits = await call("limits");
    await call("limits", { method: "POST", body: { enabled: !limits.enabled } });
    return limits.enabled ? "Rate limits are off." : "Rate limits are on.";
  }));
  form("clock-set", async (values) => `It is ${(await call("clock", { method: "POST", body: { now: values.now } })).now} now.`);
  form("snapshot", async (values) => { await call("snapshots", { method: "POST", body: values }); return `Snapshot ${values.name} taken.`; });
  form("restore", async (values) => { await call("restore", { method: "POST", body: values }); return `Snapshot ${values.name} restored.`; });
  form("reset", async (values) => { await call("reset", { method: "POST", body: values.vendor ? values : {} }); return "Back to the seed."; });
  startFaults(overview);
  startHooks(overview);
  document.addEventListener("view", (event) => { if (event.detail === "controls") refresh(); });
}
