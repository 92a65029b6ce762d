// After the receipt of the text: the receipt's number, and each picture on its way.
import { OVER, sendPhotos } from "./pictures_out.js";
import { button, make } from "./make.js";
import { say, signIn } from "./notes.js";

const TONES = { kept: ["plan", "已存在手机里"], sending: ["plan", "上传中"], received: ["good", "已收到"], refused: ["late", "没有收下"] };

export function sent({ form, store, state, content }) {
  const panel = document.querySelector("[data-sent]");
  const list = panel.querySelector("[data-sent-photos]");
  const visit = panel.querySelector("[data-sent-visit]");
  visit.href = visit.dataset.sentVisit;
  const address = (id) => form.dataset.text.replace(/text\/$/, `photos/${id}/`);
  let photos = [];

  function row(photo, number) {
    const words = make("span", { className: "hint", data: { words: "" } });
    return make("li", { data: { photo: photo.id } }, make("span", {}, photo.caption || `第 ${number + 1} 张照片`), make("span", { className: "state" }), words, make("span", { className: "choices" }));
  }

  function shown(id, kind, words) {
    const line = list.querySelector(`[data-photo="${id}"]`);
    const [tone, word] = TONES[kind];
    const mark = line.querySelector(".state");
    mark.className = `state ${tone}`;
    mark.textContent = word;
    line.querySelector("[data-words]").textContent = kind === "received" ? `回执号 ${words}` : words;
    const photo = photos.find((each) => each.id === id);
    const choices = kind === "refused" ? [button("再试一次", () => go([photo])), button("不传这张了", () => giveUp(photo))] : [];
    line.querySelector(".choices").replaceChildren(...choices);
  }

  async function go(some) {
    say(some.length ? "照片上传中，可以先去做别的" : `已收到（回执号 ${state.receipt}）`);
    const refused = await sendPhotos({ store, visit: state.visit, photos: some, address, shown });
    if (refused === OVER) signIn(form);
    else await settle();
  }

  async function giveUp(photo) {
    await store.dropPhoto(state.visit, photo.id);
    photos = photos.filter((each) => each !== photo);
    list.querySelector(`[data-photo="${photo.id}"]`).remove();
    state.missing = state.missing.filter((id) => id !== photo.id);
    await settle();
  }

  // The phone forgets when everything has its receipt, not before.
  async function settle() {
    const left = [...list.querySelectorAll("li")].filter((line) => !line.querySelector(".state.good"));
    if (left.length === 0) {
      await store.drop(state.visit);
      say(`已收到（回执号 ${state.receipt}）`);
      return;
    }
    state.missing = left.map((line) => line.dataset.photo);
    await store.save(state.visit, { ...state, content: content() });
    say(`文字已收到（回执号 ${state.receipt}），有 ${left.length} 张照片没有收下`);
  }

  return async function show(kept, questions = []) {
    photos = kept.photos.filter((photo) => state.missing.includes(photo.id));
    list.replaceChildren(...photos.map(row));
    panel.querySelector("h2").textContent = "已收到";
    const words = panel.querySelector("[data-sent-words]");
    words.replaceChildren("回执号 ", make("strong", { data: { receipt: "" } }, state.receipt));
    if (questions.length) words.after(make("ul", { className: "questions" }, ...questions.map((each) => make("li", {}, each.words ?? String(each)))));
    for (const photo of photos) shown(photo.id, "kept", "");
    document.querySelector("[data-errors]").hidden = true;
    form.hidden = true;
    panel.hidden = false;
    panel.focus();
    await go(photos);
  };
}
