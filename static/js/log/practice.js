// The objectives of the plan on a child's card: rows like those the server draws, and what is said on them.
import { make } from "./make.js";

const RESULTS = ["level", "tries", "right", "note"];
const GONE = "计划里已没有的目标";

export const rows = (card) => [...card.querySelectorAll("[data-objective]")];

function named(row, card, name) {
  return row.querySelectorAll(`[name="practice_${name}-${card.dataset.child}-${CSS.escape(row.dataset.objective)}"]`);
}

function said(row, card, name) {
  const fields = [...named(row, card, name)];
  const field = fields[0]?.type === "radio" ? fields.find((each) => each.checked) : fields[0];
  return (field?.value ?? "").trim();
}

// What is said of each objective, in the order of the page; of which nothing is said was not practised.
const told = (card) =>
  rows(card)
    .map((row) => [row, Object.fromEntries(["plan", ...RESULTS].map((name) => [name, said(row, card, name)]))])
    .filter(([, line]) => RESULTS.some((name) => line[name] !== ""));

export const practised = (card) => told(card).map(([row, line]) => ({ objective: row.dataset.objective, ...line }));

// `records.0.practised.1.right`: the field it speaks of.
export function practisedField(card, place, name) {
  const row = told(card)[place]?.[0];
  return row ? (named(row, card, name || "level")[0] ?? null) : null;
}

function row(card, { plan, key, text }) {
  const box = document.createElement("template");
  const pattern = document.querySelector("[data-objective-pattern]").innerHTML;
  box.innerHTML = pattern.replaceAll("__case__", card.dataset.child).replaceAll("__objective__", key);
  const made = box.content.querySelector("[data-objective]");
  made.querySelector("[data-text]").textContent = text;
  made.dataset.label = text;
  named(made, card, "plan")[0].value = plan;
  return made;
}

// The plan of a child whose card was added here: its objectives and what to know of its health.
export function offer(card, plan) {
  if (!plan || rows(card).length) return;
  const last = new Set(plan.last), more = card.querySelector("[data-more]");
  let left = 0;
  for (const goal of plan.goals) {
    const [first, others] = [true, false].map((isFirst) => goal.objectives.filter((each) => last.has(each.key) === isFirst));
    card.querySelector("[data-objectives]").append(...first.map((each) => row(card, { ...each, plan: plan.plan })));
    if (!others.length) continue;
    more.append(make("p", { className: "goal" }, make("span", { className: "muted" }, goal.area), ` ${goal.text}`));
    more.append(...others.map((each) => row(card, { ...each, plan: plan.plan })));
    left += others.length;
  }
  more.hidden = left === 0;
  more.querySelector("[data-more-words]").textContent = `${last.size ? "更多目标" : "选练习的目标"}（${left} 个）`;
  card.querySelector("[data-practice]").hidden = rows(card).length === 0;
  health(card, plan.health);
}

function health(card, fields) {
  const box = card.querySelector("[data-health-first]");
  const strong = fields.filter((field) => field.code === "forbidden").map((field) => make("strong", {}, `${field.word}：${field.text}`));
  box.querySelector("summary").append(" ", ...strong);
  box.querySelector("dl").append(...fields.map((field) => make("div", {}, make("dt", {}, field.word), make("dd", {}, field.text))));
  box.hidden = fields.length === 0;
}

// Rows for what a kept or another's content practised and this page does not offer: an objective the plan has dropped since.
export function addRows(card, lines, words = {}) {
  const known = new Set(rows(card).map((each) => each.dataset.objective));
  for (const line of lines ?? []) {
    if (known.has(line.objective) || !/^[0-9a-f-]+$/.test(line.objective)) continue;
    card.querySelector("[data-objectives]").append(row(card, { plan: line.plan, key: line.objective, text: words[line.objective] ?? GONE }));
    card.querySelector("[data-practice]").hidden = false;
  }
}

// A record's lines in the form's own words; an objective it does not name has nothing said of it.
export function fieldsOfPractice(form, each) {
  const fields = {}, lines = new Map((each.practised ?? []).map((line) => [line.objective, line]));
  const keys = new Set([...form.querySelectorAll(`[data-child="${each.case}"] [data-objective]`)].map((row) => row.dataset.objective));
  for (const key of new Set([...keys, ...lines.keys()])) {
    const line = lines.get(key) ?? {};
    for (const name of RESULTS) {
      const value = String(line[name] ?? "");
      fields[`practice_${name}-${each.case}-${key}`] = name === "level" ? [value] : value;
    }
  }
  return fields;
}
