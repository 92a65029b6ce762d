// The pictures of the visit: chosen, shrunk, kept sealed on the phone, each with its words and its children.
import { cards } from "./content.js";
import { button, make } from "./make.js";
import { takenAt } from "./exif.js";
import { digestOf, shrink } from "./shrink.js";

const NOT_AGREED = "家长还没有同意拍照，所以不能加照片。可以先在学生的页面登记家长的同意。";
const UNSEEN = "现在不能显示";
const NOBODY_YET = "先选学生，再加照片。";

export async function prepared(file, kind) {
  const taken_at = await takenAt(file);
  const blob = await shrink(file);
  return { blob, photo: { id: crypto.randomUUID(), digest: await digestOf(blob), size: blob.size, kind, caption: "", taken_at, cases: [] } };
}

// `keep` is none where the phone may keep nothing: then the plain field stays.
export function photos({ form, children, keep, say, changed }) {
  const list = form.querySelector("[data-photo-list]");
  const input = form.querySelector("[data-photo-input]");
  const mayBe = new Map(children.map((child) => [String(child.case), child]));
  const allowed = () => cards(form).map((card) => mayBe.get(card.dataset.child)).filter((child) => child?.may_photograph);
  const address = (id) => form.dataset.text.replace(/text\/$/, `photos/${id}/thumbnail/`);
  let held = [];

  function offer() {
    const none = allowed().length === 0;
    input.disabled = none;
    form.querySelector("[data-photo-add]").classList.toggle("off", none);
    form.querySelector("[data-no-photos]").textContent = cards(form).length === 0 ? NOBODY_YET : none ? NOT_AGREED : "";
    for (const row of list.children) who(row);
  }

  function who(row) {
    const photo = held.find((each) => each.id === row.dataset.photo);
    const box = row.querySelector("[data-who]");
    const may = allowed();
    box.replaceChildren(
      ...(may.length > 1 ? may : []).map((child) => {
        const field = make("input", { type: "checkbox", checked: photo.cases.includes(String(child.case)) });
        field.addEventListener("change", () => {
          photo.cases = may.map((each) => String(each.case)).filter((of) => (of === String(child.case) ? field.checked : photo.cases.includes(of)));
          changed();
        });
        return make("label", { className: "chip" }, field, make("span", {}, child.name));
      }),
    );
  }

  function show(photo, source) {
    const caption = make("input", { value: photo.caption, maxLength: 200, placeholder: "这张照片在做什么", data: { label: "照片说明" }, aria: { label: "照片说明" } });
    caption.addEventListener("input", () => {
      photo.caption = caption.value;
      changed();
    });
    const time = photo.taken_at ? `拍于 ${photo.taken_at.slice(5, 16).replace("T", " ")}` : "照片没有写拍摄时间";
    const isOtherDay = photo.taken_at && photo.taken_at.slice(0, 10) !== form.elements.on.value;
    const image = make("img", { src: source, alt: photo.caption || "刚加的照片", width: 88, height: 88 });
    image.addEventListener("error", () => image.replaceWith(make("span", { className: "hint" }, UNSEEN)), { once: true });
    const row = make(
      "li",
      { className: "photo", data: { photo: photo.id } },
      image,
      make("div", {}, caption, make("div", { className: "chips", data: { who: "" } }), make("p", { className: "hint" }, isOtherDay ? `${time}，不是送教当天` : time), button("不要这张", () => remove(photo))),
    );
    list.append(row);
    who(row);
  }

  function remove(photo) {
    held = held.filter((each) => each !== photo);
    list.querySelector(`[data-photo="${photo.id}"]`)?.remove();
    changed();
  }

  async function add(files) {
    for (const file of files) {
      try {
        const { blob, photo } = await prepared(file, form.elements.mode.value === "remote" ? "screenshot" : "photo");
        photo.cases = allowed().map((child) => String(child.case));
        if (held.some((each) => each.digest === photo.digest)) continue;
        await keep(photo.id, blob);
        held.push(photo);
        show(photo, URL.createObjectURL(blob));
        changed();
      } catch (error) {
        say(`${error.message || "这张照片读不出来。"} 其他照片不受影响。`);
      }
    }
  }

  function chosen() {
    const files = [...input.files];
    input.value = "";
    add(files);
  }
  if (keep) input.addEventListener("change", chosen); // else the form itself sends the files

  return {
    offer,
    get list() {
      return held.map((photo) => ({ ...photo, cases: photo.cases.filter((of) => cards(form).some((card) => card.dataset.child === of)) }));
    },
    // What a kept content or the server names: pictures of the phone first, of the server otherwise.
    async set(given, blobOf) {
      held = given.map((photo) => ({ ...photo, cases: photo.cases.map(String) }));
      list.replaceChildren();
      for (const photo of held) {
        const blob = await blobOf(photo.id);
        show(photo, blob ? URL.createObjectURL(blob) : address(photo.id));
      }
      offer();
    },
  };
}
