// Pictures go out one by one; one that is refused or waits never holds back the rest. What is received leaves the phone.
import { Unreachable, put, wordsOf } from "./http.js";
import { patience } from "./patience.js";

export const OVER = Symbol("the session is over");

// `shown(id, state, words)` with states kept, sending, received, refused. Returns OVER or the ids that were refused.
export async function sendPhotos({ store, visit, photos, address, shown }) {
  const waiting = patience();
  const refused = [];
  let pending = [...photos];
  while (pending.length) {
    const again = [];
    for (const photo of pending) {
      const outcome = await sendOne({ store, visit, photo, address, shown });
      if (outcome === OVER) return OVER;
      if (outcome === "again") again.push(photo);
      if (outcome === "refused") refused.push(photo.id);
    }
    pending = again;
    if (pending.length) await waiting.wait();
  }
  return refused;
}

async function sendOne({ store, visit, photo, address, shown }) {
  const blob = await store.photo(visit, photo.id);
  if (!blob) {
    shown(photo.id, "refused", "这张照片不在这台设备里，请在拍照的手机上打开这条记录。");
    return "refused";
  }
  shown(photo.id, "sending", "");
  let answer;
  try {
    answer = await put(address(photo.id), blob, { seconds: 120 });
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    shown(photo.id, "kept", "等待信号");
    return "again";
  }
  const { status, data } = answer;
  if (status === 401) {
    shown(photo.id, "kept", "等您重新登录");
    return OVER;
  }
  if ((status === 200 || status === 201) && data.receipt && data.digest === photo.digest) {
    shown(photo.id, "received", data.receipt);
    await store.dropPhoto(visit, photo.id);
    return "received";
  }
  if (status >= 500 || status === 429 || status < 400) {
    shown(photo.id, "kept", wordsOf(answer));
    return "again";
  }
  shown(photo.id, "refused", wordsOf(answer));
  return "refused";
}
