// Small conveniences of the form: today or yesterday in one tap, lessons from the minutes, areas and words put into a text.
const day = (back) => new Date(Date.now() - back * 86400000).toLocaleDateString("sv-SE", { timeZone: "Asia/Shanghai" });
const OPTIONAL = /^(mood|participation|last_homework|channel|absent_reason|missed_reason|practice_level)/;

export const minutes = (form) => {
  const [start, end] = ["start", "end_time"].map((name) => /^(\d\d):(\d\d)/.exec(form.elements[name].value));
  return start && end ? (end[1] - start[1]) * 60 + (end[2] - start[2]) : 0;
};

export const lessonsOf = (many, each) => (each && many > 0 ? Math.floor((2 * many) / each) / 2 : 0);

// The lessons of a child follow the clock until somebody writes another number.
export function followTheClock(form, lessonMinutes) {
  const many = minutes(form);
  const lessons = lessonsOf(many, lessonMinutes);
  const length = many > 0 ? `${Math.floor(many / 60)} 小时 ${many % 60} 分`.replace(/^0 小时 /, "").replace(/ 0 分$/, "") : "";
  form.querySelector("[data-length]").textContent = many > 0 ? (lessonMinutes ? `${length} · ${lessons} 课时` : length) : "结束要晚于开始";
  for (const field of form.querySelectorAll("[data-lessons]")) {
    if (!("own" in field.dataset)) field.value = lessonMinutes && many > 0 ? String(lessons) : field.value;
  }
}

export function noteOwnLessons(form, lessonMinutes) {
  const usual = lessonsOf(minutes(form), lessonMinutes);
  for (const field of form.querySelectorAll("[data-lessons]")) {
    if (field.value.trim() !== "" && Number(field.value) !== usual) field.dataset.own = "";
    else delete field.dataset.own;
  }
}

export function quickDays(form, changed) {
  const box = form.querySelector("[data-days]");
  ["今天", "昨天", "前天"].forEach((word, back) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "chip" });
    button.append(Object.assign(document.createElement("span"), { textContent: word }));
    button.addEventListener("click", () => {
      form.elements.on.value = day(back);
      mark();
      changed();
    });
    box.append(button);
  });
  const mark = () => [...box.children].forEach((button, back) => button.setAttribute("aria-pressed", String(form.elements.on.value === day(back))));
  form.elements.on.addEventListener("input", mark);
  mark();
  box.hidden = false;
  return mark;
}

function put(field, text) {
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

export function quickWords(card) {
  const teaching = card.querySelector("[name^=teaching-]");
  const health = card.querySelector("[name^=health-]");
  for (const button of card.querySelectorAll("[data-area]"))
    button.addEventListener("click", () => {
      const text = teaching.value.trimEnd();
      put(teaching, `${text}${text ? "\n" : ""}${button.dataset.area}：`);
      teaching.focus();
    });
  for (const button of card.querySelectorAll("[data-word]"))
    button.addEventListener("click", () => put(health, [...health.value.split("，").filter(Boolean), button.dataset.word].join("，")));
  for (const box of card.querySelectorAll(".quick")) box.hidden = false;
}

// A chip that need not be chosen is taken back by choosing it again.
export function takeBack(root, changed) {
  let was = null;
  const radio = (event) => event.target.closest?.(".chip")?.querySelector("input[type=radio]");
  root.addEventListener("pointerdown", (event) => {
    const field = radio(event);
    was = field?.checked && OPTIONAL.test(field.name) ? field : null;
  });
  root.addEventListener("click", (event) => {
    if (event.target !== was) return;
    was.checked = false;
    was = null;
    changed();
  });
}
