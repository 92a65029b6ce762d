// The guardian's word for each child: a signature drawn here, or a picture of a thumb-print or of paper.
import { value } from "./content.js";
import { make } from "./make.js";
import { pad } from "./strokes.js";
import { prepared } from "./photos.js";

const ON_PAPER = ["thumbprint", "paper"];

export function confirmations({ form, keep, say, changed }) {
  const held = new Map(); // case → {id, pad, photo}

  function add(card) {
    const of = card.dataset.child;
    const one = { id: crypto.randomUUID(), photo: null, of };
    one.pad = pad(card.querySelector("[data-pad]"), {
      changed() {
        words(card, one);
        one.id = crypto.randomUUID(); // another signature is another confirmation
        changed();
      },
    });
    held.set(of, one);
    card.querySelector("[data-pad-box]").hidden = false;
    card.querySelector("[data-pad-clear]").addEventListener("click", () => one.pad.clear());
    card.querySelector("[data-confirm-file]").addEventListener("change", (event) => taken(card, one, event.target));
    words(card, one);
  }

  function words(card, one) {
    card.querySelector("[data-pad-words]").textContent = one.pad.strokes.length ? "已签" : "请家长在框里用手指签名";
  }

  async function taken(card, one, input) {
    const [file] = input.files;
    input.value = "";
    if (!file) return;
    try {
      const { blob, photo } = await prepared(file, value(form, `confirm_kind-${one.of}`));
      await keep(photo.id, blob);
      one.photo = { ...photo, cases: [one.of] };
      one.id = crypto.randomUUID();
      show(card, URL.createObjectURL(blob));
      changed();
    } catch (error) {
      say(error.message);
    }
  }

  function show(card, source) {
    card.querySelector("[data-confirm-photo]").replaceChildren(make("img", { src: source, alt: "手印或纸质签字", width: 88, height: 88 }));
    card.querySelector("[data-confirm-file-words]").textContent = "重拍";
  }

  function one(card, whole) {
    const of = card.dataset.child;
    const mine = held.get(of);
    const kind = value(form, `confirm_kind-${of}`);
    const drawn = ["signature", "proxy"].includes(kind) && mine.pad.strokes.length ? mine.pad.strokes : null;
    const photo = ON_PAPER.includes(kind) ? mine.photo : null;
    const signer = value(form, `confirm_signer-${of}`), witness = kind === "proxy" ? value(form, `confirm_witness-${of}`) : "";
    const isEmpty = ON_PAPER.includes(kind) ? !photo : kind === "signature" ? !drawn : kind === "proxy" ? !drawn && !witness : !kind;
    if (isEmpty && !whole) return null;
    const given = { id: mine.id, case: of, kind, signer, relation: value(form, `confirm_relation-${of}`), witness, strokes: drawn };
    return { ...given, photo: photo?.id ?? null };
  }

  return {
    add,
    // `whole` also names what is only begun, for a draft.
    list: (cards, whole = false) =>
      cards
        .filter((card) => held.has(card.dataset.child))
        .filter((card) => whole || !form.elements[`absent-${card.dataset.child}`].checked)
        .map((card) => one(card, whole))
        .filter(Boolean),
    photos: (cards) =>
      cards
        .filter((card) => held.has(card.dataset.child))
        .filter((card) => ON_PAPER.includes(value(form, `confirm_kind-${card.dataset.child}`)))
        .map((card) => ({ ...held.get(card.dataset.child).photo, kind: value(form, `confirm_kind-${card.dataset.child}`) }))
        .filter((photo) => photo.id),
    async set(cards, given, photos, source) {
      for (const each of given) {
        const card = cards.find((found) => found.dataset.child === String(each.case));
        if (!card || !held.has(card.dataset.child)) continue;
        const mine = held.get(card.dataset.child);
        mine.id = each.id;
        mine.pad.set(each.strokes ?? []);
        mine.photo = photos.find((photo) => photo.id === each.photo) ?? null;
        if (mine.photo) show(card, await source(mine.photo.id));
        words(card, mine);
      }
    },
  };
}
