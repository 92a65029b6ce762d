// What the phone keeps until the server's receipt: sealed for one person with a key that never leaves this browser.
// Outside the seal stand only ids, numbers and times. Another person's records are neither opened nor touched.
const NAME = "songjiao-log";

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

function open() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    const database = request.result;
    database.createObjectStore("keys", { keyPath: "user" });
    database.createObjectStore("visits", { keyPath: ["user", "visit"] });
    database.createObjectStore("photos", { keyPath: ["user", "visit", "id"] });
  };
  return done(request);
}

async function keyOf(database, user) {
  const read = () => done(database.transaction("keys").objectStore("keys").get(user));
  const found = await read();
  if (found) return found.key;
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  // Two windows may start at once: `add` lets the first key stand, and both read it.
  await done(database.transaction("keys", "readwrite").objectStore("keys").add({ user, key })).catch(() => null);
  return (await read()).key;
}

async function seal(key, bytes) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, sealed: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, bytes) };
}

const unseal = (key, { iv, sealed }) => crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, sealed);

export async function openStore(user) {
  const database = await open();
  const key = await keyOf(database, user);
  const all = (name, first, last) =>
    done(database.transaction(name).objectStore(name).getAll(IDBKeyRange.bound([user, ...first], [user, ...last])));
  const write = (name, work) => done(work(database.transaction(name, "readwrite", { durability: "strict" }).objectStore(name)));
  const plain = async (row) => JSON.parse(new TextDecoder().decode(await unseal(key, row)));

  return {
    async save(visit, { content, ...open }) {
      const sealed = await seal(key, new TextEncoder().encode(JSON.stringify(content)));
      await write("visits", (rows) => rows.put({ ...open, user, visit, saved_at: Date.now(), ...sealed }));
    },
    async load(visit) {
      const row = await done(database.transaction("visits").objectStore("visits").get([user, visit]));
      if (!row) return null;
      const { iv, sealed, ...open } = row;
      return { ...open, content: await plain({ iv, sealed }) };
    },
    async list() {
      return (await all("visits", [""], ["\uffff"])).map(({ iv, sealed, ...open }) => open);
    },
    async drop(visit) {
      for (const { id } of await all("photos", [visit, ""], [visit, "\uffff"])) await this.dropPhoto(visit, id);
      await write("visits", (rows) => rows.delete([user, visit]));
    },
    async keepPhoto(visit, id, blob) {
      const sealed = await seal(key, await blob.arrayBuffer());
      await write("photos", (rows) => rows.put({ user, visit, id, type: blob.type, ...sealed }));
    },
    async photo(visit, id) {
      const row = await done(database.transaction("photos").objectStore("photos").get([user, visit, id]));
      return row ? new Blob([await unseal(key, row)], { type: row.type }) : null;
    },
    dropPhoto: (visit, id) => write("photos", (rows) => rows.delete([user, visit, id])),
  };
}
