// The page of a visit: put together here, each part in its own file. Without this script it is a plain form.
import { arrange, joinable } from "./children.js";
import { followTheClock, noteOwnLessons, quickDays, quickWords, takeBack } from "./chips.js";
import { confirmations } from "./confirm.js";
import { conflicts } from "./conflict.js";
import { cards, read, restore, snapshot } from "./content.js";
import { note, say } from "./notes.js";
import { photos } from "./photos.js";
import { addRows } from "./practice.js";
import { saving } from "./saving.js";
import { sending } from "./sending.js";
import { sent } from "./sent.js";
import { openStore } from "./store.js";
import { others } from "./waiting.js";

const page = JSON.parse(document.getElementById("page").textContent);
const form = document.querySelector("[data-log]");
const { visit, user } = form.dataset;
const state = { visit, base_version: page.base_version, sequence: page.sequence ?? 0, sending: false, receipt: null, missing: [], written_at: null };

const isSafe = window.isSecureContext && Boolean(crypto.subtle) && "indexedDB" in window;
const store = isSafe ? await openStore(user).catch(() => null) : null;
const changed = () => saver.changed();
const keep = store && ((id, blob) => store.keepPhoto(visit, id, blob));
const sorry = (words) => note("photo", words, { tone: "error" });

const pictures = photos({ form, children: page.children, keep, say: sorry, changed });
const words = confirmations({ form, keep, say: sorry, changed });
const written = (whole) =>
  read(form, { photos: [...pictures.list, ...words.photos(cards(form))], confirmations: words.list(cards(form), whole), whole });
const plain = () => written(false);
const content = () => ({ ...written(true), page: snapshot(form) });
const saver = saving({ form, store, state, content });
const lessons = () => followTheClock(form, page.lesson_minutes);

function added(card) {
  quickWords(card);
  if (store) words.add(card);
  lessons();
  pictures.offer();
}

// A content of the phone or of the server, with its pictures and signatures.
async function show(given) {
  const source = async (id) => {
    const blob = store ? await store.photo(visit, id) : null;
    return blob ? URL.createObjectURL(blob) : form.dataset.text.replace(/text\/$/, `photos/${id}/thumbnail/`);
  };
  const onPaper = new Set(given.confirmations.map((each) => each.photo).filter(Boolean));
  const shown = given.photos.filter((photo) => photo.kind === "photo" || photo.kind === "screenshot");
  await pictures.set(shown, (id) => (store ? store.photo(visit, id) : null));
  await words.set(cards(form), given.confirmations, given.photos.filter((photo) => onPaper.has(photo.id)), source);
}

// Rows for what these records practised, also where the plan has it no more.
function practices(records, words) {
  for (const card of cards(form)) addRows(card, records.find((each) => String(each.case) === card.dataset.child)?.practised, words);
}

async function restored(kept) {
  arrange(form, kept.content.page.cases, page.children, added);
  practices(kept.content.records);
  restore(form, kept.content.page);
  Object.assign(state, { base_version: kept.base_version, sequence: kept.sequence, written_at: kept.written_at, receipt: kept.receipt, missing: kept.missing });
  await show(kept.content);
  say(`已存在手机里 · 接着上次的写`);
}

async function take(current) {
  arrange(form, [...new Set([...cards(form).map((card) => card.dataset.child), ...current.content.records.map((each) => each.case)])], page.children, added);
  practices(current.content.records, current.objectives);
  state.base_version = current.version;
  const mine = pictures.list, given = words.list(cards(form)), known = new Set(mine.map((photo) => photo.id));
  const confirmed = new Set(given.map((each) => each.case));
  const papers = words.photos(cards(form));
  await show({
    photos: [...mine, ...papers, ...current.content.photos.filter((photo) => !known.has(photo.id))],
    confirmations: [...given, ...current.content.confirmations.filter((each) => !confirmed.has(each.case))],
  });
}

async function start() {
  for (const card of cards(form)) added(card);
  joinable(form, page.children, { added, changed });
  const kept = store ? await store.load(visit).catch(() => null) : null;
  const isKept = kept && (kept.receipt ? kept.missing.length > 0 : kept.sequence >= state.sequence);
  if (isKept) await restored(kept);
  else await begin();
  noteOwnLessons(form, page.lesson_minutes);
  lessons();
  quickDays(form, changed);
  takeBack(form, changed);
  pictures.offer();
  form.addEventListener("input", heard);
  if (store) await queue(isKept ? kept : null);
  else plainly();
  document.documentElement.dataset.ready = "";
}

// Without a key nothing is kept in the browser: the form is sent as it is, drafts go to the server alone.
function plainly() {
  document.documentElement.dataset.plain = "";
  note("plain", "这个网址没有加密（不是 https），手机里不能存草稿：请在有信号的地方填写，写完按“提交记录”。");
}

async function begin() {
  const typed = page.draft?.page; // also what counts for nothing just now
  if (typed?.fields) restore(form, typed);
  await show(page.content);
}

function heard(event) {
  if (event.target.closest("[data-photo-list]") || event.target.type === "file") return;
  if (event.target.matches("[data-lessons]")) noteOwnLessons(form, page.lesson_minutes);
  if (["start", "end_time"].includes(event.target.name)) lessons();
  if (event.target.matches("[data-absent]")) pictures.offer();
  changed();
}

// From here on the page sends by itself; and it goes on with what was under way.
async function queue(kept) {
  const leave = sent({ form, store, state, content });
  const show_conflict = conflicts({ form, take, changed });
  const send = sending({ form, state, content, plain, saver, conflict: show_conflict, sent: leave });
  form.addEventListener("input", named, { once: true });
  if (kept?.receipt) await leave(kept.content);
  else if (kept?.sending) send();
  await others({ store, form, visit });
}

// The address holds the visit's id from the first change on: opened again, it finds its draft.
function named() {
  const address = new URL(location.href);
  if (address.pathname !== form.dataset.add || address.searchParams.get("visit") === visit) return;
  address.searchParams.set("visit", visit);
  history.replaceState(null, "", address);
  navigator.storage?.persist?.();
}

start();
