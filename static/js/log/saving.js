// Every change is kept within a second: sealed on the phone, and as a draft on the server when there is one to be reached.
import { Unreachable, put } from "./http.js";
import { now, say, signIn, unnote } from "./notes.js";

const PHONE_MS = 120, SERVER_MS = 600;

export function saving({ form, store, state, content }) {
  let phone = null, server = null, queue = Promise.resolve(), busy = null, isNewer = false;

  function keep() {
    clearTimeout(phone);
    phone = null;
    if (!store) return queue;
    const { visit, ...open } = state;
    const row = { ...open, content: content() };
    // One after another, so that an older text never lands on a newer one.
    queue = queue.then(() => store.save(visit, row)).catch(() => say("手机里没有地方了，请先在有信号时提交。"));
    return queue;
  }

  // Once 提交记录 is pressed the text itself is on its way: a draft that arrived after it would outlive the receipt.
  function upload() {
    server = null;
    isNewer = Boolean(busy);
    if (busy || state.receipt || state.sending) return;
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), 20000);
    busy = { stop, over: draft(stop.signal) };
    busy.over.finally(() => {
      clearTimeout(timer);
      busy = null;
      if (isNewer) server ??= setTimeout(upload, SERVER_MS);
    });
  }

  async function draft(signal) {
    const sequence = state.sequence;
    try {
      const body = { base_version: state.base_version, sequence, content: content() };
      const { status, data } = await put(form.dataset.draft, body, { signal });
      if (status === 401) signIn(form);
      else if (status === 200) {
        unnote("session");
        if (data.sequence > sequence) overtake(data.sequence);
        else if (!store) say(`已存到服务器 ${now()}`);
      }
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      if (!state.sending) say(store ? `已存在手机里 ${now()} · 现在没有信号，不要紧` : "现在没有信号，先不要关这一页");
    }
  }

  // The server holds a later count, from another device: what is typed here is later still.
  function overtake(sequence) {
    state.sequence = Math.max(state.sequence, sequence) + 1;
    isNewer = true;
  }

  function changed() {
    if (state.receipt) return;
    state.sequence += 1;
    state.written_at = new Date().toISOString();
    phone ??= setTimeout(() => keep().then(() => store && !state.sending && !state.receipt && say(`已存在手机里 ${now()} · 不必担心断网`)), PHONE_MS);
    server ??= setTimeout(upload, SERVER_MS);
  }

  function leaving() {
    if (phone) keep();
    if (server && !state.receipt && !state.sending) {
      clearTimeout(server);
      server = null;
      put(form.dataset.draft, { base_version: state.base_version, sequence: state.sequence, content: content() }, { keepalive: true }).catch(() => null);
    }
  }
  addEventListener("pagehide", leaving);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && leaving());

  return {
    changed,
    keep,
    // Nothing more goes to the draft; what is under way gets three seconds. True when it was cut off, and may arrive yet.
    async stop() {
      clearTimeout(server);
      server = null;
      isNewer = false;
      if (!busy) return false;
      const { stop, over } = busy;
      const late = new Promise((resolve) => setTimeout(resolve, 3000, true));
      const isCut = Boolean(await Promise.race([over, late]));
      if (isCut) stop.abort();
      return isCut;
    },
    resume() {
      server ??= setTimeout(upload, SERVER_MS);
    },
  };
}
