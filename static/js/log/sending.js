// 提交记录: the text first, then the pictures. Nothing kept here is forgotten before its receipt; two taps send once.
import { Unreachable, put, wordsOf } from "./http.js";
import { errors, note, say, signIn, unnote } from "./notes.js";
import { patience } from "./patience.js";

export function sending({ form, state, content, plain, saver, conflict, sent }) {
  const button = form.querySelector("[data-send]");
  const usual = button.textContent;
  let under_way = null;

  function mark(words) {
    button.textContent = words ?? usual;
    button.setAttribute("aria-disabled", String(Boolean(words)));
  }

  const send = () =>
    (under_way ??= run().finally(() => {
      under_way = null;
      mark(null);
    }));

  async function run() {
    errors(form, {});
    state.sending = true;
    state.written_at ??= new Date().toISOString();
    mark("上传中…");
    say("上传中");
    await saver.keep();
    const isCut = await saver.stop();
    const answer = await delivered();
    if ((answer.status === 200 || answer.status === 201) && answer.data.receipt) return received(answer.data, isCut);
    state.sending = answer.status === 401; // after signing in it goes on by itself
    await saver.keep();
    if (!state.sending) saver.resume();
    say("已存在手机里，还没有提交");
    if (answer.status === 401) return signIn(form);
    if (answer.status === 409 && answer.data.current) return conflict(answer.data, send);
    if (answer.status === 422) return errors(form, answer.data.errors ?? { "": wordsOf(answer) });
    note("refused", wordsOf(answer), { tone: "error" });
  }

  // Tries until an answer of ours comes; each time with what the page says then.
  async function delivered() {
    const waiting = patience();
    for (;;) {
      try {
        const device = { at: state.written_at, sent_at: new Date().toISOString(), sequence: state.sequence };
        const body = { base_version: state.base_version, content: plain(), device, reason: form.elements.reason?.value ?? "" };
        const answer = await put(form.dataset.text, body, { seconds: 30 });
        const isReceipt = answer.status < 400 && answer.data.receipt;
        if (isReceipt || (answer.status >= 400 && answer.status < 500 && answer.status !== 429)) {
          unnote("network");
          return answer;
        }
        note("network", `${wordsOf(answer)} 记录已存在手机里，会自动再传。`);
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
        note("network", "现在没有信号。记录已存在手机里，有信号时自动上传；也可以先关掉，下次打开接着传。");
      }
      mark("等待信号…");
      say("已存在手机里 · 等待信号");
      await waiting.wait();
      mark("上传中…");
    }
  }

  async function received(data, isCut) {
    const kept = content();
    if (isCut) put(form.dataset.draft, {}, { method: "DELETE" }).catch(() => null);
    Object.assign(state, { receipt: data.receipt, missing: (data.missing ?? []).map(String), sending: false });
    unnote("refused");
    unnote("session");
    await saver.keep();
    await sent(kept, data.questions ?? []);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  return send;
}
