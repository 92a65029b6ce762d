// The cards of the children: one for each child of the visit, more for a group.
import { cards } from "./content.js";
import { offer } from "./practice.js";

export function addCard(form, child) {
  const pattern = document.querySelector("[data-child-pattern]");
  const box = document.createElement("template");
  box.innerHTML = pattern.innerHTML.replaceAll("__case__", child.case);
  const card = box.content.querySelector("[data-child]");
  card.querySelector("[data-name]").textContent = child.name;
  for (const [name, words] of [["signer", child.guardian], ["relation", child.relation]])
    card.querySelector(`[name=confirm_${name}-${CSS.escape(child.case)}]`).value = words ?? "";
  if (child.lesson) {
    const link = card.querySelector("[data-lesson-link]");
    [link.href, link.textContent] = [child.lesson.url, child.lesson.title || link.textContent];
    card.querySelector("[data-lesson]").hidden = false;
  }
  form.querySelector("[data-children]").append(card);
  offer(card, child.plan);
  return card;
}

// A chip for each child that may join: chosen it brings a card, chosen again it takes the card away, with what is typed on it
// kept for the case that the child comes back.
export function joinable(form, children, { added, changed }) {
  const of = new Map(children.map((child) => [String(child.case), child]));
  const aside = new Map();
  let wasHome = false;
  for (const chip of form.querySelectorAll("[data-add-child]")) {
    chip.checked = cards(form).some((card) => card.dataset.child === chip.value);
    chip.addEventListener("change", () => {
      const card = cards(form).find((each) => each.dataset.child === chip.value);
      if (chip.checked && aside.has(chip.value)) form.querySelector("[data-children]").append(aside.get(chip.value));
      else if (chip.checked && !card) added(addCard(form, of.get(chip.value)));
      if (!chip.checked && card) {
        aside.set(chip.value, card);
        card.remove();
      }
      const mode = form.elements.mode, isGroup = cards(form).length > 1;
      if (isGroup && mode.value === "home") [mode.value, wasHome] = ["centre", true];
      else if (!isGroup && wasHome && mode.value === "centre") [mode.value, wasHome] = ["home", false];
      changed();
    });
  }
}

// Exactly these children, as a kept form had them.
export function arrange(form, cases, children, added) {
  const of = new Map(children.map((child) => [String(child.case), child]));
  for (const card of cards(form)) if (!cases.includes(card.dataset.child)) card.remove();
  const shown = new Set(cards(form).map((card) => card.dataset.child));
  for (const each of cases) if (!shown.has(each) && of.has(each)) added(addCard(form, of.get(each)));
  for (const chip of form.querySelectorAll("[data-add-child]")) chip.checked = cases.includes(chip.value);
}
