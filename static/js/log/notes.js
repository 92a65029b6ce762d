// What the page says: one quiet line of state at the top, and notes that want attention.
import { make } from "./make.js";
import { practisedField } from "./practice.js";

const clock = (moment) => moment.toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" });

export const now = () => clock(new Date());

export function say(words) {
  const line = document.querySelector("[data-status]");
  if (line.textContent.trim() !== words) line.textContent = words;
}

// One note of each kind: said again it replaces the first.
export function note(kind, words, { tone = "warning", link = null, actions = [] } = {}) {
  const box = document.querySelector("[data-notes]");
  const role = tone === "error" ? "alert" : "status";
  const text = make("p", {}, words, link ? " " : null, link ? make("a", { href: link.href }, link.words) : null);
  const row = make("div", { className: `message ${tone}`, role, data: { note: kind } }, text, ...actions);
  const old = box.querySelector(`[data-note="${kind}"]`);
  if (old) old.replaceWith(row);
  else box.append(row);
  return row;
}

export function unnote(kind) {
  document.querySelector(`[data-note="${kind}"]`)?.remove();
}

export function signIn(form) {
  const next = encodeURIComponent(location.pathname + location.search);
  note("session", "登录已过期。写的内容都还在手机里，登录后接着写。", { tone: "error", link: { href: `${form.dataset.login}?next=${next}`, words: "重新登录" } });
}

export function errors(form, found) {
  const box = document.querySelector("[data-errors]");
  const list = box.querySelector("ul");
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  list.replaceChildren(
    ...Object.entries(found).map(([path, words]) => {
      const field = fieldOf(form, path);
      if (!field) return make("li", {}, words);
      field.setAttribute("aria-invalid", "true");
      for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
      const link = make("a", { href: `#${field.id}` }, words);
      link.addEventListener("click", (event) => {
        event.preventDefault();
        field.focus();
      });
      return make("li", {}, link);
    }),
  );
  box.hidden = list.children.length === 0;
  if (!box.hidden) {
    box.scrollIntoView({ block: "center" });
    box.focus({ preventScroll: true });
  }
}

// `records.0.lessons` → the field of that name on the first child's card.
function fieldOf(form, path) {
  const [first, number, name, place, part] = path.split(".");
  const own = { end: "end_time", state: "missed" }[first] ?? first;
  if (number === undefined) {
    const field = form.elements[own];
    return field?.focus ? field : (field?.[0] ?? null);
  }
  const card = form.querySelectorAll("[data-child]")[number];
  if (first !== "records" || !card) return null;
  if (name === "practised") return practisedField(card, place, part);
  return card.querySelector(`[name="${name}-${card.dataset.child}"]`);
}
