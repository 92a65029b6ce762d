// Keeps a plan at every change: <form class="planning" data-address>. Without this script its buttons keep it.
import { put, Unreachable, wordsOf } from "../log/http.js";

const form = document.querySelector("form.planning");
const status = form.querySelector("[role=status]");
const WAIT = 400; // milliseconds after the last change
const AGAIN = 5000; // milliseconds until the next try without signal
let timer = 0;
let sending = false;
let again = false;
let kept = isTouched() ? "" : serialized(); // what was typed before this script came is not kept yet
let lost = null; // what was sent without an answer: the server may have it
let stopped = false; // somebody else wrote: from now on a person decides

function serialized() {
  const fields = {};
  for (const [name, value] of new FormData(form))
    if (!["csrfmiddlewaretoken", "edition"].includes(name)) (fields[name] ??= []).push(value);
  return JSON.stringify(fields);
}

function isTouched() {
  return [...form.elements].some((one) =>
    ["checkbox", "radio"].includes(one.type) ? one.checked !== one.defaultChecked : (one.defaultValue ?? one.value) !== one.value,
  );
}

const ask = (text) => put(form.dataset.address, { edition: Number(form.elements.edition.value), fields: JSON.parse(text) });

async function send(text) {
  if (lost && lost !== text) {
    const before = await ask(lost); // the same again changes nothing, and says which edition it is
    if (before.status === 200) form.elements.edition.value = before.data.edition;
  }
  lost = text;
  const answer = await ask(text);
  lost = null;
  if (answer.status === 200) {
    form.elements.edition.value = answer.data.edition;
    kept = text;
    return answer.data.gaps ? `已保存 · 还缺 ${answer.data.gaps} 处` : "已保存 · 齐了，可以提交";
  }
  if (answer.status === 409) {
    stopped = true;
    return `${answer.data.words}按“保存”看哪里不同，您写的都还在。`;
  }
  return wordsOf(answer);
}

async function save() {
  const text = serialized();
  if (stopped || text === kept) return;
  if (sending) {
    again = true;
    return;
  }
  sending = true;
  status.textContent = "正在保存";
  try {
    status.textContent = await send(text);
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    status.textContent = "没有信号，还没有保存，会再试";
    timer = setTimeout(save, AGAIN);
  } finally {
    sending = false;
  }
  if (again) {
    again = false;
    save();
  }
}

form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(save, WAIT);
});
form.addEventListener("submit", async (event) => {
  clearTimeout(timer);
  if (!sending) {
    kept = serialized();
    return;
  }
  // An answer is under way: the edition it brings must go with the form.
  event.preventDefault();
  while (sending) await new Promise((done) => setTimeout(done, 50));
  form.requestSubmit(event.submitter);
});
window.addEventListener("beforeunload", (event) => {
  if (serialized() !== kept) event.preventDefault();
});
save();
