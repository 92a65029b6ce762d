// Keeps an assessment at every tap: <form class="scoring" data-address data-count>. Without this script its button keeps it.
import { put, Unreachable, wordsOf } from "../log/http.js";

const form = document.querySelector("form.scoring");
const status = form.querySelector("[role=status]");
const WAIT = 300; // milliseconds after the last tap
let timer = 0;
let sending = false;
let again = false;
let lost = ""; // what was sent without an answer: the server may have it

const fields = () => [...form.elements].filter((field) => field.name.startsWith("score-") && (field.type !== "radio" || field.checked));

function content() {
  const scores = Object.fromEntries(fields().map((field) => [field.name.slice("score-".length), field.value]));
  return { version: Number(form.elements.version.value), scores, note: form.elements.note.value };
}

const say = (words) => {
  const count = fields().filter((field) => field.value !== "").length;
  status.textContent = `已评 ${count} / ${form.dataset.count} · ${words}`;
};

const said = ({ scores, note }) => JSON.stringify([Object.entries(scores).map(([code, points]) => [code, Number(points)]).sort(), note.trim()]);

// Whether what stands on the server is what this page sent before the answer got lost.
function isOwn(current) {
  if (!lost || said(current) !== lost) return false;
  form.elements.version.value = current.version;
  return true;
}

async function send() {
  const sent = content();
  const answer = await put(form.dataset.address, sent).catch((error) => {
    lost = said(sent);
    throw error;
  });
  if (answer.status === 409 && isOwn(answer.data.current)) {
    lost = "";
    return send();
  }
  lost = "";
  if (answer.status === 200) form.elements.version.value = answer.data.version;
  return answer.status === 200 ? "已保存" : wordsOf(answer);
}

async function save() {
  if (sending) {
    again = true;
    return;
  }
  sending = true;
  say("正在保存");
  try {
    say(await send());
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    say("没有信号，还没有保存，会再试");
    timer = setTimeout(save, 5000);
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
form.addEventListener("submit", () => clearTimeout(timer));
