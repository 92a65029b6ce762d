// A signature drawn here: <form class="signing">. Without this script the paper way stays. What was drawn is never lost to a bad signal.
import { pad } from "../log/strokes.js";

const form = document.querySelector("form.signing");
const alert = form.querySelector("[role=alert]");
const words = form.querySelector("[data-pad-words]");
const button = form.querySelector("[type=submit]");

const drawn = () => {
  try {
    return JSON.parse(form.elements.strokes.value || "[]") ?? [];
  } catch {
    return [];
  }
};

const board = pad(form.querySelector("[data-pad]"), {
  strokes: drawn(),
  changed() {
    form.elements.strokes.value = board.strokes.length ? JSON.stringify(board.strokes) : "";
    words.textContent = board.strokes.length ? "已签" : "请在框里用手指签名";
  },
});

function say(text) {
  alert.textContent = text;
  alert.hidden = false;
  alert.scrollIntoView({ block: "center" });
}

async function send() {
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form) }).catch(() => null);
  if (answer === null) return say("没有信号，还没有登记。签字还在这一页上，有信号时再按一次“登记签字”。");
  const path = new URL(answer.url).pathname;
  if (answer.redirected && path !== new URL(form.action).pathname) return say("登录已经结束。请在另一个窗口登录，再回来按一次“登记签字”。");
  if (answer.redirected) return location.assign(answer.url);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  say(page.querySelector("form.signing [role=alert]")?.textContent.trim() || page.querySelector("h1")?.textContent.trim() || "没有登记成，请再试一次。");
}

form.querySelector("[data-pad-box]").hidden = false;
form.querySelector("[data-pad-clear]").addEventListener("click", () => board.clear());
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  button.disabled = true;
  await send().finally(() => (button.disabled = false));
});
