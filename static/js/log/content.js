// The form as the content of a visit, and a kept form back onto the page.
import { fieldsOfPractice, practised } from "./practice.js";

const SKIP = new Set(["csrfmiddlewaretoken", "end", "photos", "visit", "base_version"]);
const RECORD = ["teaching", "rehabilitation", "family", "mood", "participation", "health", "homework", "last_homework", "next_time", "guardian_words"];

export const value = (form, name) => {
  const field = form.elements[name];
  return (field?.value ?? "").trim();
};

const chosen = (form, name) => [...form.querySelectorAll(`input[name="${name}"]:checked`)].map((field) => field.value);

export const cards = (form) => [...form.querySelectorAll("[data-child]")];

// `whole`: a draft keeps what is typed under a switch that hides it; what is sent leaves that out.
export function read(form, { photos, confirmations, whole = false }) {
  const missed = form.elements.missed.checked;
  return {
    on: value(form, "on"),
    start: value(form, "start"),
    end: value(form, "end_time"),
    mode: value(form, "mode"),
    purpose: value(form, "purpose") || "teaching",
    place: value(form, "place"),
    channel: whole || value(form, "mode") === "remote" ? value(form, "channel") : "",
    state: missed ? "missed" : "done",
    missed_reason: whole || missed ? value(form, "missed_reason") : "",
    reason_text: whole || missed ? value(form, "reason_text") : "",
    people: chosen(form, "people"),
    companions: value(form, "companions").split(/[、,，;；\s]+/).filter(Boolean),
    records: cards(form).map((card) => record(form, card, { missed: missed && !whole, whole })),
    photos,
    confirmations: missed && !whole ? [] : confirmations,
  };
}

function record(form, card, { missed, whole }) {
  const of = card.dataset.child;
  const absent = form.elements[`absent-${of}`].checked;
  const present = !missed && !absent;
  const written = Object.fromEntries(RECORD.map((name) => [name, present || whole ? value(form, `${name}-${of}`) : ""]));
  return {
    case: of,
    present,
    absent_reason: absent && !missed ? value(form, `absent_reason-${of}`) : "",
    reason_text: absent && !missed ? value(form, `reason_text-${of}`) : "",
    lessons: present || whole ? value(form, `lessons-${of}`) : "0",
    ...written,
    practised: present || whole ? practised(card) : [],
  };
}

// Every field as it stands, also what counts for nothing now (a text under a switch that hides it): typed is typed.
export function snapshot(form) {
  const fields = {};
  for (const field of form.elements) {
    if (!field.name || SKIP.has(field.name) || field.type === "file" || field.dataset.addChild !== undefined) continue;
    if (field.type === "radio" || field.type === "checkbox") {
      fields[field.name] ??= [];
      if (field.checked) fields[field.name].push(field.value);
    } else if (field.name !== "cases") fields[field.name] = field.value;
  }
  return { fields, cases: cards(form).map((card) => card.dataset.child) };
}

export function restore(form, { fields }) {
  for (const field of form.elements) {
    const kept = fields[field.name];
    if (kept === undefined || SKIP.has(field.name) || field.type === "file") continue;
    if (field.type === "radio" || field.type === "checkbox") field.checked = kept.includes(field.value);
    else field.value = kept;
  }
}

// A content put into the form's own words: what `snapshot` would have said of it.
export function fieldsOf(form, content) {
  const fields = {
    on: content.on,
    start: content.start,
    end_time: content.end,
    mode: [content.mode],
    purpose: [content.purpose],
    place: content.place,
    channel: [content.channel],
    missed: content.state === "missed" ? ["1"] : [],
    missed_reason: [content.missed_reason],
    reason_text: content.reason_text,
    people: content.people.map(String),
    companions: content.companions.join("、"),
  };
  for (const each of content.records) {
    for (const name of RECORD) fields[`${name}-${each.case}`] = ["mood", "participation", "last_homework"].includes(name) ? [each[name]] : each[name];
    fields[`lessons-${each.case}`] = String(each.lessons ?? "");
    fields[`reason_text-${each.case}`] = each.reason_text;
    fields[`absent-${each.case}`] = each.present || content.state === "missed" ? [] : ["1"];
    fields[`absent_reason-${each.case}`] = [each.absent_reason];
    Object.assign(fields, fieldsOfPractice(form, each));
  }
  return { fields, cases: content.records.map((each) => each.case) };
}
