// What else of this person the phone still holds: named by its time alone, with the way back to it.
import { make } from "./make.js";
import { note } from "./notes.js";

const DAY = 86400000;
const LATE = 5 * DAY; // some browsers erase what lies seven days

export async function others({ store, form, visit }) {
  const held = (await store.list()).filter((row) => row.visit !== visit);
  if (!held.length) return;
  const links = held.map((row) => {
    const when = new Date(row.saved_at).toLocaleString("zh-CN", { month: "long", day: "numeric", hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" });
    const path = row.base_version ? form.dataset.add.replace(/add\/$/, `${row.visit}/edit/`) : `${form.dataset.add}?visit=${row.visit}`;
    return make("a", { href: path }, row.receipt ? `${when} 的照片` : `${when} 写的`);
  });
  const isOld = held.some((row) => Date.now() - row.saved_at > LATE);
  const words = `手机里还有 ${held.length} 条没有传完的记录。${isOld ? "有的已经放了五天以上，请尽快打开提交。" : ""}`;
  note("waiting", words, { actions: [make("p", { className: "links" }, ...links)] });
}
