// What the pages need beyond htmx. Everything is wired by data- attributes; every page works without this file.
"use strict";

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const say = (text) => { const region = $("#announce"); if (region) region.textContent = text; };
const adrift = () => !document.activeElement || document.activeElement === document.body;

document.documentElement.classList.add("js");

// ---- focus: a swap must not lose it -------------------------------------------------------------------------

let held = null;

function hold(source) {
  const active = adrift() ? source : document.activeElement;
  held = null;
  if (active === source && source.matches("form")) return;
  const row = active.closest?.("tr[id]");
  held = { id: active.id, form: active.form?.getAttribute("action"), row: row?.id, next: (row?.nextElementSibling || row?.previousElementSibling)?.id };
}

function regain() {
  if (!held || !adrift()) return;
  const row = held.row && document.getElementById(held.row);
  const target = (held.id && document.getElementById(held.id)) || opener(row) || opener(document.getElementById(held.next)) || again(held.form);
  if (target) target.focus();
  else $("main h1")?.focus({ preventScroll: true });
}

// The first field of the form that now stands where the one was that was sent.
const again = (action) => action && $(`form[action="${CSS.escape(action)}"] :is(textarea, select, input:not([type=hidden]))`);

const opener = (row) => row && ($("td a", row));

document.addEventListener("htmx:config:request", ({ detail }) => {
  if (detail.ctx.sourceEvent?.type !== "every") hold(detail.ctx.sourceElement);
});

document.addEventListener("htmx:finally:request", ({ detail }) => {
  detail.ctx.target?.removeAttribute?.("aria-busy");
  if (detail.ctx.sourceEvent?.type !== "every") setTimeout(regain, 20);
});

document.addEventListener("htmx:before:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.sourceEvent?.type === "every" && document.hidden) return event.preventDefault();
  if (ctx.sourceEvent?.type !== "every") ctx.target?.setAttribute?.("aria-busy", "true");
});

// ---- a save that waited behind another of its form goes on from the version that one saved -------------------

let saver = null;

document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (ctx.request.form) saver = ctx.response.status < 400 ? ctx.request.form : null;
});

document.addEventListener("htmx:before:request", ({ detail: { ctx: { request: { form, body } } } }) => {
  if (form && form === saver && body?.has("version")) body.set("version", form.elements.version.value);
});

// ---- failures: one bar, never a swallowed click -------------------------------------------------------------

const REASONS = {
  400: "The page was open for too long. Reload it and try again.",
  401: "Your session has ended. Sign in again in another tab, then try again: what you typed stays here.",
  403: "You may not do this.",
  404: "It is no longer there.",
  413: "That is too large.",
  429: "Too many tries. Wait a minute.",
};

function complain(text, ctx) {
  const bar = $("#alert");
  if (!bar) return;
  const id = ctx?.response?.headers?.get("X-Request-Id");
  bar.replaceChildren(text + (id ? ` Request ${id}.` : ""));
  const again = document.createElement("button");
  again.type = "button";
  again.textContent = "Try again";
  again.addEventListener("click", () => { bar.replaceChildren(); repeat(ctx?.sourceElement, ctx?.request?.submitter); });
  bar.append(again);
}

function repeat(source, submitter) {
  if (!source?.isConnected) return location.reload();
  if (source.matches("form")) return source.requestSubmit(submitter || undefined);
  source.matches("button, a") ? source.click() : location.reload();
}

document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  const { status } = ctx.response;
  if (status === 422 || status === 409 || ctx.hx?.redirect) return;
  complain(REASONS[status] || (status >= 500 ? "That did not work; nothing was lost." : `Refused (${status}).`), ctx);
});
document.addEventListener("htmx:error", ({ detail }) => complain("The server cannot be reached.", detail.ctx));
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (ctx.response.status < 400) $("#alert")?.replaceChildren();
});

// ---- forms: no empty filters in the address; filters apply themselves even without htmx ----------------------

document.addEventListener("formdata", ({ target, formData }) => {
  if (target.method !== "get") return;
  for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
});

document.addEventListener("change", ({ target }) => {
  if (!window.htmx && target.form?.matches("[data-auto]")) target.form.requestSubmit();
  if (target.matches("[data-theme]")) document.documentElement.className = `js theme-${target.value}`;
});

// ---- picking rows --------------------------------------------------------------------------------------------

let anchor = null;

function recount() {
  const picked = $$("[name=todo]:checked").length;
  for (const place of $$("[data-picked]")) place.textContent = picked;
  const all = $("[data-pick-all]");
  if (all) { all.checked = picked > 0 && picked === $$("[name=todo]").length; all.indeterminate = picked > 0 && !all.checked; }
  const beyond = $("[data-pick-matching]");
  if (beyond && !picked) beyond.checked = false;
}

function range(to) {
  const boxes = $$("[name=todo]");
  const [from, until] = [boxes.indexOf(anchor), boxes.indexOf(to)].sort((a, b) => a - b);
  if (from >= 0) for (const box of boxes.slice(from, until + 1)) box.checked = true;
}

document.addEventListener("click", ({ target, shiftKey }) => {
  if (target.matches("[name=todo]")) {
    if (shiftKey && target.checked) range(target);
    anchor = target;
    recount();
  } else if (target.matches("[data-pick-all]")) {
    for (const box of $$("[name=todo]")) box.checked = target.checked;
    recount();
  } else if (target.matches("[data-pick-none]")) {
    for (const box of $$("[name=todo]")) box.checked = false;
    recount();
  }
});

// ---- copy ----------------------------------------------------------------------------------------------------

document.addEventListener("click", async ({ target }) => {
  const source = target.closest("[data-copy], .npi");
  if (!source || source.textContent === "N/A" || !navigator.clipboard || String(getSelection())) return;
  await navigator.clipboard.writeText(source.textContent.trim());
  say(`${source.textContent.trim()} copied`);
});

// ---- keys: data-key names the key of a control, data-go the letter after g ------------------------------------

const KEYS = [
  ["j k", "next, previous row"], ["Enter", "open"], ["x", "select"], ["Shift+x", "select up to here"], ["c", "claim"],
  ["a", "assign"], ["e", "done"], ["n", "claim next"], ["f", "filters"], ["/", "search"], ["[ ]", "newer, older page"],
  ["m", "note"], ["v", "open document"], ["Ctrl+Enter", "save"], ["Ctrl+K", "go to"], ["?", "this list"],
];

const typing = (element) => element.matches("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])");
const currentRow = () => document.activeElement?.closest("tbody tr");
let chord = -Infinity;

function move(step) {
  const rows = $$("tbody tr").filter(opener);
  const link = $(`[data-key="${step > 0 ? "j" : "k"}"]`);
  if (link) return link.click();
  const at = rows.indexOf(currentRow());
  opener(rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.max(0, Math.min(rows.length - 1, at + step))])?.focus();
}

function pick(box, upTo) {
  if (!box) return;
  if (upTo && anchor?.isConnected) range(box); else box.checked = !box.checked;
  anchor = box;
  recount();
}

function press(key) {
  const row = currentRow();
  if (key === "a" && row && !$("[name=todo]:checked")) pick($("[name=todo]", row));
  const control = (row && $(`[data-key="${key}"]`, row)) || $$(`[data-key="${key}"]`).find((one) => !one.closest("tbody tr") && one.checkVisibility());
  if (control) return control.matches("input, select, textarea") ? control.focus() : control.click();
  if (key === "e" && row) location.assign(`${opener(row).href}#done`);
}

function go(letter) {
  const link = $(`[data-go="${letter}"]`);
  if (link) location.assign(link.href);
}

function help() {
  const dialog = $("#keys") || document.body.appendChild(Object.assign(document.createElement("dialog"), { id: "keys" }));
  const places = $$("[data-go]").map((link) => [`g ${link.dataset.go}`, link.firstChild.textContent.trim().toLowerCase()]);
  const title = Object.assign(document.createElement("h2"), { textContent: "Keys" });
  const list = document.createElement("dl");
  for (const [key, means] of [...KEYS, ...places]) {
    const line = list.appendChild(document.createElement("div"));
    const term = line.appendChild(document.createElement("dt"));
    term.appendChild(document.createElement("kbd")).textContent = key;
    line.appendChild(document.createElement("dd")).textContent = means;
  }
  const close = Object.assign(document.createElement("button"), { textContent: "Close", type: "button" });
  close.addEventListener("click", () => dialog.close());
  dialog.setAttribute("aria-label", "Keys");
  dialog.replaceChildren(title, list, close);
  dialog.showModal();
}

const PLAIN = {
  j: () => move(1),
  k: () => move(-1),
  x: () => pick($("[name=todo]", currentRow() || document.createElement("i"))),
  X: () => pick($("[name=todo]", currentRow() || document.createElement("i")), true),
  "/": () => $("[data-search]")?.focus(),
  g: ({ timeStamp }) => { chord = timeStamp; },
  "?": help,
};

function withControl(event) {
  const form = event.target.closest("form");
  if (event.key === "k" && $("[data-goto]")) { event.preventDefault(); $("[data-goto]").select(); }
  if (event.key === "Enter" && form?.method === "post") { event.preventDefault(); form.requestSubmit(); }
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey) return withControl(event);
  if (event.key === "Escape" && typing(event.target)) return event.target.blur();
  if (event.altKey || document.body.dataset.keys !== "on" || typing(event.target) || $("dialog[open]")) return;
  if (event.timeStamp - chord < 1500) { chord = -Infinity; return go(event.key); }
  const act = PLAIN[event.key] || (/^[a-z[\]]$/.test(event.key) ? () => press(event.key) : null);
  if (act) { if (event.key !== "g") event.preventDefault(); act(event); }
});

document.addEventListener("htmx:after:swap", recount);
recount();
