// Somebody else wrote a newer version: both texts side by side, field by field; the person chooses, nothing is lost silently.
import { fieldsOf, restore, snapshot } from "./content.js";
import { button, make } from "./make.js";

const same = (one, other) => words(one) === words(other);
const words = (value) => (Array.isArray(value) ? value.filter(Boolean).sort().join("、") : String(value ?? "").trim());

function labelOf(form, name) {
  const field = form.querySelector(`[name="${CSS.escape(name)}"]`);
  const group = field?.closest("[data-label]:not([name])")?.dataset.label;
  const own = field?.dataset.label;
  const label = (own && field.closest("[data-objective]") ? `${group}：${own}` : (own ?? group)) ?? field?.closest("label")?.textContent.trim() ?? name;
  const child = field?.closest("[data-child]")?.querySelector("[data-name]").textContent;
  return child ? `${child} · ${label}` : label;
}

function spoken(form, name, value) {
  if (!Array.isArray(value)) return String(value ?? "").trim() || "（空）";
  const said = value.filter(Boolean).map((each) => {
    const field = form.querySelector(`[name="${CSS.escape(name)}"][value="${CSS.escape(each)}"]`);
    return field?.type === "checkbox" && field.value === "1" ? "是" : (field?.closest("label")?.textContent.trim() ?? each);
  });
  return said.join("、") || "（没有选）";
}

function choice(form, name, value, whose, number) {
  const field = make("input", { type: "radio", name: `choice-${number}`, value: whose, required: true });
  return make("label", { className: "side" }, field, make("strong", {}, whose), make("span", { className: "said" }, spoken(form, name, value)));
}

// `take(current)` brings their children, pictures and confirmations onto the page and the version to write on.
export function conflicts({ form, take, changed }) {
  const dialog = document.querySelector("[data-conflict]");

  return async function show({ current, words: said }, again) {
    const mine = snapshot(form).fields;
    const theirs = fieldsOf(form, current.content).fields;
    await take(current);
    restore(form, { fields: mine }); // cards that came with their version do not change what I wrote
    const differing = Object.keys(theirs).filter((name) => name in mine && !same(mine[name], theirs[name]));
    restore(form, { fields: Object.fromEntries(Object.entries(theirs).filter(([name]) => !(name in mine))) });
    const who = current.by ? `${current.by} 写的` : "对方写的";
    const rows = differing.map((name, number) =>
      make(
        "fieldset",
        { data: { field: name } },
        make("legend", {}, labelOf(form, name)),
        make("div", { className: "sides" }, choice(form, name, mine[name], "我写的", number), choice(form, name, theirs[name], who, number)),
      ),
    );
    const choose = make(
      "form",
      { method: "dialog" },
      make("h2", { id: "conflict-title" }, "别人也改了这条记录"),
      make("p", {}, said || "在您写的时候，这条记录有了新的版本。", rows.length ? " 请逐项选用哪一个，两边的照片都会留下。" : " 两边写的字一样，照片都会留下。"),
      ...rows,
      make("div", { className: "actions" }, make("button", { className: "btn", type: "submit" }, "按选好的再提交"), button("先不提交", () => dialog.close(), "btn ghost")),
    );
    choose.addEventListener("submit", () => {
      const taken = {};
      rows.forEach((row, number) => {
        if (new FormData(choose).get(`choice-${number}`) !== "我写的") taken[row.dataset.field] = theirs[row.dataset.field];
      });
      restore(form, { fields: taken });
      changed();
      again();
    });
    dialog.replaceChildren(choose);
    dialog.showModal();
  };
}
