"use strict";
// The page is drawn by the server. This script sends what a person does and swaps in the parts that changed.

const body = document.body;
const me = body.dataset.as;
const place = body.dataset.place;
const threadTs = body.dataset.thread;
const modal = document.getElementById("modal");
const confirmBox = document.getElementById("confirm");
const touched = new Map(); // what was entered here since the modal was drawn: block and action -> value
let version = Number(body.dataset.version);
let busy = 0;
const drawn = new Map();

// ---- talking to the server

async function send(path, init) {
  busy += 1;
  try {
    const response = await fetch(path, { method: "POST", ...init, headers: { "X-Simslack": "1", ...(init.headers || {}) } });
    if (!response.ok) return { error: await response.text() };
    return await response.json();
  } catch {
    return { error: "The simulated Slack does not answer. Is it still running?" };
  } finally {
    busy -= 1;
  }
}

async function act(what) {
  const result = await send("/page/act", { headers: { "Content-Type": "application/json" }, body: JSON.stringify({ as: me, ...what }) });
  if (result.error && !result.errors) toast(result.error);
  await refresh();
  return result;
}

let toastTimer = 0;
function toast(text) {
  const box = document.getElementById("toast");
  box.textContent = text;
  box.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { box.hidden = true; }, 9000);
}

async function refresh() {
  const query = new URLSearchParams({ as: me, channel: place });
  if (threadTs) query.set("thread", threadTs);
  const response = await fetch(`/page/parts?${query}`);
  if (!response.ok) return;
  const answer = await response.json();
  const asDrawn = drawn.size === 0 && answer.version === version; // the page itself shows this already
  version = answer.version;
  for (const [name, html] of Object.entries(answer.parts)) swap(name, html, asDrawn);
  markUnread(answer.latest);
}

function markUnread(latest) {
  const key = `simslack_seen_${me}`;
  const seen = JSON.parse(localStorage.getItem(key) || "{}");
  for (const link of document.querySelectorAll("[data-channel]")) {
    const newest = latest[link.dataset.channel];
    const here = link.hasAttribute("aria-current");
    if (here && newest) seen[link.dataset.channel] = newest;
    const unread = Boolean(newest) && !here && newest > (seen[link.dataset.channel] || "");
    link.classList.toggle("unread", unread);
    link.querySelector(".new")?.remove();
    if (unread) link.insertAdjacentHTML("beforeend", '<span class="new">new</span>');
  }
  localStorage.setItem(key, JSON.stringify(seen));
}

async function watch() {
  try {
    if (!document.hidden && busy === 0) {
      const response = await fetch("/page/version");
      const now = (await response.json()).version;
      if (now !== version && busy === 0) await refresh();
    }
  } catch { /* the server is restarting; the next look will tell */ }
  setTimeout(watch, 700);
}

// ---- swapping parts in

// whoever reads the newest goes on reading it, also when a picture above takes its place late; `load` and `scroll` do not bubble
const atTheEnd = new WeakSet();
const isAtEnd = (scroller) => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 120;
document.addEventListener("scroll", (event) => {
  if (!event.target.classList?.contains("scroller")) return;
  if (isAtEnd(event.target)) atTheEnd.add(event.target);
  else atTheEnd.delete(event.target);
}, true);
document.addEventListener("load", (event) => {
  const scroller = event.target.closest?.(".scroller");
  if (scroller && place !== "home" && atTheEnd.has(scroller)) scroller.scrollTop = scroller.scrollHeight;
}, true);

function swap(name, html, asDrawn) {
  if (drawn.get(name) === html) return;
  drawn.set(name, html);
  if (asDrawn) return;
  if (name === "modal") {
    swapModal(html);
    return;
  }
  const target = document.getElementById(name);
  if (!target) return;
  const scroller = target.closest(".scroller");
  const atEnd = scroller && (atTheEnd.has(scroller) || isAtEnd(scroller));
  const focused = target.contains(document.activeElement) ? pathOf(document.activeElement) : null;
  const open = [...target.querySelectorAll("details[open][id]")].map((menu) => menu.id);
  target.innerHTML = html;
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (focused) target.querySelector(focused)?.focus();
  enliven(target);
  if (scroller && atEnd && place !== "home") {
    atTheEnd.add(scroller);
    scroller.scrollTop = scroller.scrollHeight;
  }
}

function swapModal(html) {
  const before = modal.querySelector("form.view");
  const beforeSurface = before?.dataset.surface;
  const focused = modal.contains(document.activeElement) ? pathOf(document.activeElement) : null;
  const scrolled = modal.querySelector(".view-blocks")?.scrollTop || 0;
  if (!html.trim()) {
    touched.clear();
    modal.innerHTML = "";
    if (modal.open) modal.close();
    return;
  }
  modal.innerHTML = html;
  const now = modal.querySelector("form.view");
  if (now.dataset.surface !== beforeSurface) touched.clear();
  enliven(modal);
  for (const [key, value] of touched) {
    const [block, action] = JSON.parse(key);
    const control = controlOf(now, block, action);
    if (control) writeValue(control, value);
  }
  if (!modal.open) modal.showModal();
  const same = now.dataset.surface === beforeSurface;
  if (same) modal.querySelector(".view-blocks").scrollTop = scrolled;
  const wanted = same && focused ? modal.querySelector(focused) : modal.querySelector("[data-focus], .view-blocks input:not([type=hidden]), .view-blocks select, .view-blocks textarea, .view-blocks button");
  (wanted || modal.querySelector(".view-blocks")).focus({ preventScroll: same });
}

function pathOf(node) {
  if (node.id) return `#${CSS.escape(node.id)}`;
  const menu = node.closest("details[id]");
  if (menu) return `#${CSS.escape(menu.id)} ${node.dataset.callback ? `[data-callback="${CSS.escape(node.dataset.callback)}"]` : "summary"}`;
  const marked = node.closest("[data-action]");
  if (!marked) return null;
  const surface = node.closest("[data-surface]");
  const inside = `[data-block="${CSS.escape(marked.dataset.block)}"][data-action="${CSS.escape(marked.dataset.action)}"]`;
  return surface ? `[data-surface="${CSS.escape(surface.dataset.surface)}"] ${inside}` : inside;
}

function controlOf(root, block, action) {
  return root.querySelector(`[data-block="${CSS.escape(block)}"][data-action="${CSS.escape(action)}"]`);
}

// ---- reading and writing fields

function readValue(control) {
  switch (control.dataset.type) {
    case "checkboxes": return [...control.querySelectorAll("input:checked")].map((box) => box.value);
    case "radio_buttons": return control.querySelector("input:checked")?.value ?? null;
    case "file_input": return JSON.parse(control.dataset.files);
    default:
      if (control.classList.contains("picker")) return pickers.get(control)?.value() ?? null;
      return control.value === "" ? null : control.value;
  }
}

function writeValue(control, value) {
  const kind = control.dataset.type;
  if (kind === "checkboxes" || kind === "radio_buttons") {
    const chosen = [value].flat();
    control.querySelectorAll("input").forEach((box) => { box.checked = chosen.includes(box.value); });
  } else if (kind === "file_input") {
    control.dataset.files = JSON.stringify(value || []);
    showFiles(control);
  } else if (control.classList.contains("picker")) {
    pickers.get(control)?.write(value);
  } else {
    control.value = value ?? "";
  }
}

function valuesOf(surface) {
  const values = {};
  for (const control of surface.querySelectorAll("[data-action]")) {
    const kind = control.dataset.type;
    if (kind === "button" || kind === "overflow") continue;
    (values[control.dataset.block] ||= {})[control.dataset.action] = readValue(control);
  }
  return values;
}

function remember(control) {
  if (!control.closest("form.view")) return;
  clearErrors(control.closest("[data-input]"), ".error"); // what was wrong with the value before says nothing of this one
  const picker = pickers.get(control);
  touched.set(JSON.stringify([control.dataset.block, control.dataset.action]), picker ? picker.chosen() : readValue(control));
}

// ---- clicking

function asked(control) {
  if (!control.dataset.confirm) return Promise.resolve(true);
  const wanted = JSON.parse(control.dataset.confirm);
  confirmBox.replaceChildren();
  const title = document.createElement("h2");
  title.id = "confirm-title";
  title.textContent = wanted.title.text;
  const text = document.createElement("p");
  text.id = "confirm-text";
  text.textContent = wanted.text.text.replace(/[*_]/g, "").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
  const row = document.createElement("footer");
  const no = document.createElement("button");
  no.type = "button";
  no.textContent = wanted.deny.text;
  const yes = document.createElement("button");
  yes.type = "button";
  yes.className = wanted.style || "primary";
  yes.textContent = wanted.confirm.text;
  row.append(no, yes);
  confirmBox.append(title, text, row);
  confirmBox.showModal();
  yes.focus();
  return new Promise((resolve) => {
    const done = (answer) => { confirmBox.onclose = null; confirmBox.close(); resolve(answer); };
    yes.onclick = () => done(true);
    no.onclick = () => done(false);
    confirmBox.onclose = () => resolve(false);
  });
}

async function press(control, value) {
  const surface = control.closest("[data-surface]");
  if (!surface || control.getAttribute("aria-busy") === "true") return;
  if (!(await asked(control))) return;
  control.setAttribute("aria-busy", "true");
  const result = await act({
    do: "click", surface: surface.dataset.surface, block: control.dataset.block, action: control.dataset.action,
    value, values: surface.dataset.surface.startsWith("view:") || control.dataset.type === "button" ? valuesOf(surface) : {},
  });
  control.removeAttribute("aria-busy");
  if (result.error) flash(surface, result.error);
}

function flash(surface, text) {
  const trouble = surface.querySelector(".trouble");
  if (!trouble) return;
  trouble.textContent = text;
  trouble.hidden = false;
}

document.addEventListener("click", (event) => {
  const burger = event.target.closest(".burger");
  if (burger) {
    const open = body.classList.toggle("show-sidebar");
    burger.setAttribute("aria-expanded", String(open));
    return;
  }
  if (body.classList.contains("show-sidebar") && !event.target.closest(".sidebar")) body.classList.remove("show-sidebar");
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  const fault = event.target.closest("[data-fault]");
  if (fault) return void act({ do: "switch", fault: fault.dataset.fault });
  const sample = event.target.closest("[data-sample]");
  if (sample) return void takeSample(sample);
  const doing = event.target.closest("[data-do]");
  if (doing) return void run(doing);
  const control = event.target.closest("button[data-action], a[data-action]");
  if (!control) return;
  if (control.dataset.type === "overflow") {
    control.closest("details").open = false;
    if (control.dataset.url) window.open(control.dataset.url, "_blank", "noopener");
    press(control, control.dataset.value);
  } else {
    press(control, null); // a link button opens its page as well
  }
});

function closeMenu(menu) {
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
}

function run(doing) {
  closeMenu(doing.closest("details.menu"));
  const surface = doing.closest("[data-surface]");
  act({ do: doing.dataset.do, callback: doing.dataset.callback, surface: surface?.dataset.surface });
}

document.addEventListener("change", async (event) => {
  const target = event.target;
  if (target.id === "act-as") {
    const query = new URLSearchParams({ as: target.value, channel: place });
    location.href = `/?${query}`;
    return;
  }
  if (target.dataset.switch) return void act({ do: "switch", [target.dataset.switch]: target.checked });
  if (target.type === "file") return void attach(target);
  if (target.closest(".picker")) return;
  const control = target.closest("[data-action]");
  if (!control) return;
  remember(control);
  if (control.dataset.live && !isTyped(control)) press(control, readValue(control));
});

function isTyped(control) {
  return ["plain_text_input", "number_input", "email_text_input", "url_text_input"].includes(control.dataset.type);
}

let typing = 0;
document.addEventListener("input", (event) => {
  if (event.target.matches(".composer textarea")) grow(event.target);
  const control = event.target.closest("[data-action]");
  if (!control || control.classList.contains("picker")) return;
  remember(control);
  if (control.dataset.live === "typing" && isTyped(control)) {
    clearTimeout(typing);
    typing = setTimeout(() => press(control, readValue(control)), 350);
  }
});

// a menu at the edge is brought into view; `toggle` does not bubble
document.addEventListener("toggle", (event) => {
  if (event.target.matches("details.menu[open]")) event.target.querySelector(".menu-items").scrollIntoView({ block: "nearest" });
}, true);

// a menu: Escape closes it, the arrows walk through it
document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.menu[open]");
  if (!menu) return;
  const stops = [menu.querySelector("summary"), ...menu.querySelectorAll(".menu-items button")];
  const at = stops.indexOf(document.activeElement);
  if (event.key === "Escape") {
    menu.open = false;
    stops[0].focus();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    stops[(at + (event.key === "ArrowDown" ? 1 : stops.length - 1)) % stops.length].focus();
  } else return;
  event.preventDefault();
  event.stopPropagation();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing) return;
  const target = event.target;
  if (target.matches(".composer textarea") && !event.shiftKey) {
    event.preventDefault();
    target.form.requestSubmit();
  } else if (target.matches("input[data-action]") && isTyped(target)) {
    event.preventDefault();
    if (target.dataset.live) press(target, readValue(target));
  }
});

// ---- modals

modal.addEventListener("cancel", (event) => {
  event.preventDefault();
  act({ do: "close" });
});

modal.addEventListener("submit", async (event) => {
  event.preventDefault();
  const view = event.target;
  const button = view.querySelector("[type=submit]");
  if (button.disabled) return;
  clearErrors(view);
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  const result = await act({ do: "submit", surface: view.dataset.surface, values: valuesOf(view) });
  const now = modal.querySelector("form.view");
  if (!now) return;
  const again = now.querySelector("[type=submit]");
  if (again && now === view) { again.disabled = false; again.removeAttribute("aria-busy"); }
  if (now.dataset.surface === view.dataset.surface) showErrors(now, result);
});

function clearErrors(within, lines = ".error, .trouble") {
  if (!within) return;
  within.querySelectorAll(lines).forEach((line) => { line.hidden = true; line.textContent = ""; });
  within.querySelectorAll("[aria-invalid]").forEach((control) => control.removeAttribute("aria-invalid"));
}

function showErrors(view, result) {
  let first = null;
  for (const [block, text] of Object.entries(result.errors || {})) {
    const holder = view.querySelector(`[data-input="${CSS.escape(block)}"]`);
    if (!holder) continue;
    const line = holder.querySelector(".error");
    line.textContent = text;
    line.hidden = false;
    const control = holder.querySelector("input, select, textarea, button");
    control?.setAttribute("aria-invalid", "true");
    first ||= control;
  }
  if (result.error) flash(view, result.error);
  first?.focus();
}

// ---- typing and files

const staged = new WeakMap(); // files that wait beside a composer until they are sent
const mostFiles = 10;

for (const form of document.querySelectorAll(".composer")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const box = form.querySelector("textarea");
    const text = box.value.trim();
    const files = staged.get(form) || [];
    if (!text && !files.length) return;
    box.value = "";
    grow(box);
    if (files.length) {
      stage(form, []);
      const result = await uploaded(files, { channel: place, thread: form.dataset.thread, text });
      if (result.error) stage(form, files);
      await refresh();
    } else {
      await act({ do: "type", text, channel: place, thread: form.dataset.thread });
    }
    scrollDown(form);
    if (!modal.open) box.focus();
  });
}

function stage(form, files) {
  if (files.length > mostFiles) toast(`A message takes up to ${mostFiles} files.`);
  const kept = files.slice(0, mostFiles);
  staged.set(form, kept);
  form.querySelector(".chips").replaceChildren(...kept.map((file) => chip(file.name, () => stage(form, kept.filter((other) => other !== file)))));
}

function scrollDown(form) {
  const scroller = form.parentElement.querySelector(".scroller");
  if (scroller) scroller.scrollTop = scroller.scrollHeight;
}

function grow(box) {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 160)}px`;
}

async function uploaded(files, fields) {
  const data = new FormData();
  data.set("as", me);
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  for (const file of files) data.append("file", file, file.name);
  const result = await send("/page/upload", { body: data });
  if (result.error) toast(result.error);
  return result;
}

async function takeSample(button) {
  const form = button.closest(".composer");
  closeMenu(button.closest("details.menu"));
  const response = await fetch(`/page/sample/${encodeURIComponent(button.dataset.sample)}`);
  if (!response.ok) return void toast("This document could not be made.");
  const content = await response.blob();
  stage(form, [...(staged.get(form) || []), new File([content], button.dataset.sample, { type: content.type })]);
  form.querySelector("textarea").focus();
}

async function attach(input) {
  const control = input.closest("[data-type=file_input]");
  const files = [...input.files];
  input.value = "";
  if (!control) {
    const form = input.closest(".composer");
    stage(form, [...(staged.get(form) || []), ...files]);
    form.querySelector("textarea").focus();
    return;
  }
  const result = await uploaded(files, {});
  if (!result.files) return;
  control.dataset.files = JSON.stringify([...JSON.parse(control.dataset.files), ...result.files]);
  showFiles(control);
  remember(control);
}

function showFiles(control) {
  const list = control.querySelector(".chips");
  const files = JSON.parse(control.dataset.files);
  list.replaceChildren(...files.map((file, index) => chip(file.name, () => {
    files.splice(index, 1);
    control.dataset.files = JSON.stringify(files);
    showFiles(control);
    remember(control);
  })));
}

for (const part of document.querySelectorAll(".main, .thread")) {
  const form = part.querySelector(".composer");
  part.addEventListener("dragover", (event) => {
    if (!form || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    part.classList.add("dropping");
  });
  part.addEventListener("dragleave", (event) => { if (!part.contains(event.relatedTarget)) part.classList.remove("dropping"); });
  part.addEventListener("drop", (event) => {
    event.preventDefault();
    part.classList.remove("dropping");
    if (!form) return;
    stage(form, [...(staged.get(form) || []), ...event.dataTransfer.files]);
    form.querySelector("textarea").focus();
  });
}

// ---- pickers: search as you type, one or many

const pickers = new WeakMap();

function chip(text, remove) {
  const item = document.createElement("li");
  const label = document.createElement("bdi");
  label.textContent = text;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain";
  button.textContent = "×";
  button.setAttribute("aria-label", `Remove ${text}`);
  button.onclick = remove;
  item.append(label, button);
  return item;
}

function enliven(root) {
  root.querySelectorAll(".picker").forEach((node) => { if (!pickers.has(node)) pickers.set(node, picker(node)); });
  root.querySelectorAll("[data-type=file_input]").forEach(showFiles);
}

function picker(node) {
  const input = node.querySelector("input");
  const list = node.querySelector("[role=listbox]");
  const chips = node.querySelector(".chips");
  const isMany = node.dataset.many === "yes";
  const here = JSON.parse(node.dataset.options);
  let chosen = JSON.parse(node.dataset.chosen);
  let offered = [];
  let active = -1;
  let timer = 0;
  let asking = 0;

  const value = () => (isMany ? chosen.map((option) => option.value) : chosen[0]?.value ?? null);

  function draw() {
    if (isMany) {
      chips.replaceChildren(...chosen.map((option) => chip(option.text, () => change(chosen.filter((other) => other !== option)))));
    } else if (document.activeElement !== input) {
      input.value = chosen[0]?.text || "";
    }
  }

  function change(options) {
    chosen = options;
    draw();
    remember(node);
    if (node.dataset.live) press(node, value());
  }

  function show(options, note) {
    offered = options;
    active = options.length ? 0 : -1;
    list.replaceChildren();
    let group = "";
    options.forEach((option, index) => {
      if (option.group && option.group !== group) {
        group = option.group;
        const line = document.createElement("li");
        line.className = "group";
        line.setAttribute("role", "presentation");
        line.textContent = group;
        list.append(line);
      }
      const line = document.createElement("li");
      line.id = `${list.id}-${index}`;
      line.setAttribute("role", "option");
      line.textContent = option.text;
      line.onmousedown = (event) => { event.preventDefault(); take(index); };
      list.append(line);
    });
    if (note) {
      const line = document.createElement("li");
      line.className = "group";
      line.setAttribute("role", "presentation");
      line.textContent = note;
      list.append(line);
    }
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    mark();
  }

  function mark() {
    list.querySelectorAll("[role=option]").forEach((line, index) => line.setAttribute("aria-selected", String(index === active)));
    if (active >= 0) {
      input.setAttribute("aria-activedescendant", `${list.id}-${active}`);
      document.getElementById(`${list.id}-${active}`)?.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }

  function hide() {
    clearTimeout(timer);
    asking += 1; // what is on its way comes too late
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    active = -1;
  }

  function take(index) {
    const option = offered[index];
    if (!option) return;
    hide();
    if (isMany) {
      input.value = "";
      if (chosen.length >= Number(node.dataset.most)) return void toast(`No more than ${node.dataset.most} can be chosen.`);
      if (!chosen.some((other) => other.value === option.value)) change([...chosen, option]);
    } else {
      input.value = option.text;
      change([option]);
    }
  }

  async function search() {
    const query = input.value === chosen[0]?.text && !isMany ? "" : input.value.trim();
    if (node.dataset.source !== "external") {
      const words = query.toLowerCase();
      show(here.filter((option) => option.text.toLowerCase().includes(words) && !(isMany && chosen.some((other) => other.value === option.value))), "");
      return;
    }
    if (query.length < Number(node.dataset.least)) {
      show([], `Type at least ${node.dataset.least} characters`);
      return;
    }
    const mine = ++asking;
    show([], "Searching…");
    const surface = node.closest("[data-surface]");
    const result = await send("/page/act", {
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ as: me, do: "options", surface: surface.dataset.surface, block: node.dataset.block, action: node.dataset.action, query }),
    });
    if (mine !== asking || document.activeElement !== input) return;
    if (result.error) show([], `Could not load options: ${result.error}`);
    else show(result.options, result.options.length ? "" : "Nothing found");
  }

  input.addEventListener("focus", () => input.select());
  input.addEventListener("click", () => { if (list.hidden) search(); });
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(search, node.dataset.source === "external" ? 200 : 0); });
  input.addEventListener("blur", () => {
    hide();
    if (!isMany && input.value.trim() === "" && chosen.length) change([]);
    else if (!isMany) input.value = chosen[0]?.text || "";
    else input.value = "";
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) return void search();
      if (offered.length) active = (active + (event.key === "ArrowDown" ? 1 : offered.length - 1)) % offered.length;
      mark();
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (!list.hidden) take(active);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      hide();
    } else if (event.key === "Backspace" && isMany && input.value === "" && chosen.length) change(chosen.slice(0, -1));
  });
  draw();
  return { value, chosen: () => chosen, write(options) { chosen = Array.isArray(options) ? options : []; draw(); input.value = isMany ? "" : chosen[0]?.text || ""; } };
}

// ---- the start

const tip = document.getElementById("tip");
if (tip) {
  tip.hidden = localStorage.getItem("simslack_tip") === "off";
  document.getElementById("tip-close").onclick = () => { tip.hidden = true; localStorage.setItem("simslack_tip", "off"); };
}

enliven(document);
if (modal.querySelector("form.view")) modal.showModal();
for (const scroller of document.querySelectorAll(".scroller")) if (place !== "home" && !location.hash) {
  atTheEnd.add(scroller);
  scroller.scrollTop = scroller.scrollHeight;
}
if (location.hash.startsWith("#m-")) {
  const wanted = document.getElementById(location.hash.slice(1));
  wanted?.classList.add("wanted");
  wanted?.scrollIntoView({ block: "center" });
}
refresh().then(watch);
