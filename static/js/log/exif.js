// The camera's own time of a JPEG, as "2026-10-28T14:20:00+08:00", or "" where the picture does not say.
// Position and everything else in the picture is never looked at; what is sent is drawn anew and carries none of it.
const DATE_TAKEN = 0x9003, OFFSET_TAKEN = 0x9011, DETAILS = 0x8769, TEXT = 2;

export async function takenAt(file) {
  const view = new DataView(await file.slice(0, 256 * 1024).arrayBuffer());
  try {
    return read(view);
  } catch {
    return ""; // cut off or malformed: as if it said nothing
  }
}

function read(view) {
  if (view.getUint16(0) !== 0xffd8) return "";
  for (let at = 2; view.getUint8(at) === 0xff; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xda) return "";
    if (marker === 0xe1 && view.getUint32(at + 4) === 0x45786966) return fromTiff(new DataView(view.buffer, at + 10));
  }
  return "";
}

function fromTiff(tiff) {
  const little = tiff.getUint16(0) === 0x4949;
  const details = entries(tiff, tiff.getUint32(4, little), little).get(DETAILS);
  if (!details) return "";
  const found = entries(tiff, details.value, little);
  const date = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)/.exec(found.get(DATE_TAKEN)?.text ?? "");
  if (!date) return "";
  const offset = /^[+-]\d\d:\d\d/.exec(found.get(OFFSET_TAKEN)?.text ?? "")?.[0] ?? "+08:00";
  return `${date[1]}-${date[2]}-${date[3]}T${date[4]}${offset}`;
}

function entries(tiff, start, little) {
  const found = new Map();
  const count = tiff.getUint16(start, little);
  for (let number = 0; number < count; number += 1) {
    const at = start + 2 + number * 12;
    const tag = tiff.getUint16(at, little);
    const length = tiff.getUint32(at + 4, little);
    const value = tiff.getUint32(at + 8, little);
    if (tiff.getUint16(at + 2, little) === TEXT && (tag === DATE_TAKEN || tag === OFFSET_TAKEN)) {
      const from = length > 4 ? value : at + 8;
      let text = "";
      for (let place = 0; place < length; place += 1) text += String.fromCharCode(tiff.getUint8(from + place));
      found.set(tag, { text });
    } else found.set(tag, { value });
  }
  return found;
}
