// A light rendering of an effective spec. Schemas are drawn when they are opened, so large specs stay quick.
import { call, el, fill, inline, json, prose } from "./dom.js";

const METHODS = ["get", "put", "post", "delete", "patch", "head", "options", "trace"];
let spec;

function resolve(value) {
  let found = value;
  for (let steps = 0; found && typeof found.$ref === "string" && steps < 100; steps += 1) {
    found = found.$ref.replace(/^#\//, "").split("/").reduce((place, part) => place?.[part.replaceAll("~1", "/").replaceAll("~0", "~")], spec);
  }
  return found || {};
}

function typeName(raw) {
  const schema = resolve(raw);
  const named = raw.$ref ? raw.$ref.split("/").pop() : "";
  if (schema.oneOf || schema.anyOf) return named || (schema.oneOf || schema.anyOf).map(typeName).join(" or ");
  const types = [].concat(schema.type || (schema.properties || schema.allOf ? "object" : "any"));
  const text = types.map((type) => (type === "array" ? `array of ${typeName(schema.items || {})}` : type)).join(" or ");
  return named && types.includes("object") ? named : text + (schema.format ? ` (${schema.format})` : "");
}

function members(raw) {
  const schema = resolve(raw);
  const own = Object.entries(schema.properties || {}).map(([name, member]) => [name, member, (schema.required || []).includes(name)]);
  return [...(schema.allOf || []).flatMap(members), ...own];
}

function inner(raw) {
  const schema = resolve(raw);
  const types = [].concat(schema.type || []);
  return types.includes("array") && schema.items ? inner(schema.items) : raw;
}

function schemaView(raw, title) {
  const target = inner(raw);
  const choices = resolve(target).oneOf || resolve(target).anyOf;
  if (choices) return el("div", {}, choices.map((choice) => schemaView(choice, resolve(choice).title || typeName(choice))));
  if (!members(target).length) return el("p", { class: "type" }, title ? `${title}: ` : "", typeName(raw), " ", small(resolve(raw)));
  const box = el("details", { class: "schema" }, el("summary", {}, title ? `${title}: ` : "", typeName(raw)));
  box.addEventListener("toggle", () => { if (box.open && box.children.length === 1) box.append(memberList(target)); });
  return box;
}

function memberList(raw) {
  return el("dl", { class: "members" }, members(raw).map(([name, member, required]) => {
    const schema = resolve(member);
    const deeper = members(inner(member)).length || resolve(inner(member)).oneOf || resolve(inner(member)).anyOf;
    return [
      el("dt", {}, el("code", {}, name), required ? el("span", { class: "required" }, "required") : null, el("span", { class: "type" }, typeName(member))),
      el("dd", {}, prose(schema.description), small(schema), deeper ? schemaView(member) : null),
    ];
  }));
}

function small(schema) {
  const facts = [];
  if (schema.enum) facts.push(["one of", schema.enum.map(String).join(", ")]);
  if (schema.default !== undefined) facts.push(["default", JSON.stringify(schema.default)]);
  if (schema.examples?.length && typeof schema.examples[0] !== "object") facts.push(["example", JSON.stringify(schema.examples[0])]);
  if (schema.pattern) facts.push(["pattern", schema.pattern]);
  if (schema["x-confidence"]) facts.push(["confidence", schema["x-confidence"]]);
  return facts.length ? el("p", { class: "small" }, facts.map(([name, value]) => el("span", {}, `${name} `, el("code", {}, value), " "))) : null;
}

function content(media) {
  return Object.entries(media || {}).map(([type, value]) => el("div", {},
    el("p", { class: "muted" }, type),
    value.schema ? schemaView(value.schema) : null,
    Object.values(value.examples || {}).map((raw) => {
      const example = resolve(raw);
      return el("details", {}, el("summary", {}, example.summary || "Example"), json(example.value ?? null));
    })));
}

function parameters(list) {
  if (!list.length) return null;
  return el("section", {}, el("h4", {}, "Parameters"), el("dl", { class: "members" }, list.map(resolve).map((parameter) => [
    el("dt", {}, el("code", {}, parameter.name), el("span", { class: "muted" }, parameter.in), parameter.required ? el("span", { class: "required" }, "required") : null,
      el("span", { class: "type" }, typeName(parameter.schema || {}))),
    el("dd", {}, prose(parameter.description), small({ ...resolve(parameter.schema || {}), "x-confidence": parameter["x-confidence"] })),
  ])));
}

function sureness(operation) {
  const facts = operation["x-provenance"];
  if (!facts) return null;
  return el("p", { class: "small" }, `Method ${facts.method}, path ${facts.path}, confidence `,
    el("span", { class: `confidence ${facts.confidence}` }, facts.confidence), facts.reason ? ` - ${facts.reason}` : "");
}

function operationView(item, behaviour) {
  const { path, method, operation, shared } = item;
  const box = el("details", { class: "operation", id: operation.operationId },
    el("summary", {}, el("span", { class: `verb ${method}` }, method.toUpperCase()), el("code", { class: "path" }, path),
      el("span", { class: "summary" }, operation.summary || operation.operationId), el("span", { class: `behaviour ${behaviour}` }, behaviour)));
  box.addEventListener("toggle", () => {
    if (!box.open || box.children.length > 1) return;
    const request = resolve(operation.requestBody || {});
    box.append(el("div", { class: "inside" },
      el("p", { class: "muted" }, operation.operationId, operation.deprecated ? " · deprecated" : ""),
      prose(operation.description), sureness(operation),
      parameters([...shared, ...(operation.parameters || [])]),
      operation.requestBody ? el("section", {}, el("h4", {}, "Request body"), prose(request.description), content(request.content)) : null,
      el("section", {}, el("h4", {}, "Answers"), Object.entries(operation.responses || {}).map(([status, raw]) => {
        const response = resolve(raw);
        return el("details", { class: "answer", open: status.startsWith("2") }, el("summary", {}, el("strong", {}, status), " ", inline(String(response.description || "").split("\n")[0])),
          prose(String(response.description || "").split("\n").slice(1).join("\n")), content(response.content));
      }))));
  });
  return box;
}

function collect() {
  return Object.entries(spec.paths).flatMap(([path, item]) => METHODS.filter((method) => item[method]).map((method) => ({
    path, method, operation: item[method], shared: item.parameters || [], tag: (item[method].tags || ["other"])[0],
  })));
}

function draw(items, behaviours) {
  const tags = [...new Set([...(spec.tags || []).map((tag) => tag.name), ...items.map((item) => item.tag)])];
  const used = tags.map((tag) => [tag, items.filter((item) => item.tag === tag)]).filter(([, found]) => found.length);
  const described = new Map((spec.tags || []).map((tag) => [tag.name, tag.description]));
  fill(document.getElementById("contents"), used.map(([tag, found]) => el("div", {},
    el("h3", {}, tag),
    el("ul", {}, found.map((item) => el("li", { "data-words": `${item.operation.operationId} ${item.path} ${item.operation.summary}`.toLowerCase() },
      el("a", { href: `#${item.operation.operationId}` }, el("span", { class: `verb ${item.method}` }, item.method.toUpperCase()), " ", item.operation.operationId)))))));
  fill(document.getElementById("operations"),
    el("details", { class: "about", open: window.innerWidth > 800 }, el("summary", {}, "About this API"), prose(spec.info.description || spec.info.summary)),
    used.map(([tag, found]) => el("section", {}, el("h2", {}, tag), prose(described.get(tag)),
      found.map((item) => operationView(item, behaviours.get(item.operation.operationId) || "example")))));
}

function open() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target?.tagName === "DETAILS") {
    target.open = true;
    target.scrollIntoView({ block: "start" });
  }
}

function find(event) {
  const text = event.target.value.trim().toLowerCase();
  for (const item of document.querySelectorAll("#contents li")) {
    const hidden = !item.dataset.words.includes(text);
    item.hidden = hidden;
    const target = document.getElementById(item.querySelector("a").hash.slice(1));
    if (target) target.hidden = hidden;
  }
  for (const group of document.querySelectorAll("#contents > div, #operations > section")) {
    group.hidden = ![...group.querySelectorAll("li, details.operation")].some((each) => !each.hidden);
  }
}

async function start() {
  const slug = new URLSearchParams(location.search).get("vendor") || "";
  const [read, overview] = await Promise.all([call(`spec/${encodeURIComponent(slug)}`), call("overview")]);
  spec = read;
  const vendor = overview.vendors.find((each) => each.slug === slug);
  document.title = `${spec.info.title} - Loyalty sandbox`;
  document.getElementById("title").textContent = spec.info.title;
  draw(collect(), new Map(vendor.operations.map((operation) => [operation.id, operation.behaviour])));
  document.getElementById("find").addEventListener("input", find);
  window.addEventListener("hashchange", open);
  open();
}

start().catch((error) => fill(document.getElementById("operations"), el("p", { class: "error" }, error.message)));
