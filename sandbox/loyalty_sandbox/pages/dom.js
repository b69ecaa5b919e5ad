// Elements and admin calls. Text only ever enters the page as text nodes: entries of the log are hostile input.

export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, String(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child != null));
  return element;
}

export function fill(parent, ...children) {
  parent.replaceChildren(...children.flat(Infinity).filter((child) => child != null));
}

export async function call(path, { method = "GET", body } = {}) {
  const answer = await fetch(`/_sandbox/${path}`, {
    method,
    headers: body ? { "Content-Type": "application/json" } : {},
    body: body ? JSON.stringify(body) : undefined,
  });
  const read = await answer.json();
  if (!answer.ok) throw new Error(read.sandbox || `status ${answer.status}`);
  return read;
}

export function copyable(text, label = "Copy") {
  const button = el("button", { type: "button", class: "copy", onclick: copy }, label);
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Select it by hand";
    }
    setTimeout(() => { button.textContent = label; }, 1500);
  }
  return button;
}

// A sentence with `code` in it.
export function inline(text) {
  return String(text).split(/(`[^`]+`)/).map((part) => (part.startsWith("`") && part.length > 2 ? el("code", {}, part.slice(1, -1)) : part));
}

// Sentences, one paragraph per line.
export function prose(text) {
  const lines = String(text || "").split("\n").filter((line) => line.trim());
  return el("div", { class: "prose" }, lines.map((line) => el("p", {}, inline(line))));
}

export function json(value) {
  return el("pre", { tabindex: "0" }, typeof value === "string" ? value : JSON.stringify(value, null, 2));
}

export function options(select, values, chosen = select.value) {
  fill(select, values.map(([value, text]) => el("option", { value, selected: value === chosen }, text)));
}
