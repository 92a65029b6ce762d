// A picture drawn anew, at most 1600 pixels wide or high and about 300 KB: what is sent carries nothing of the camera.
const LONGEST = 1600, ENOUGH = 300 * 1024, QUALITIES = [0.82, 0.7, 0.58, 0.46];

export class NotAPicture extends Error {}

export async function shrink(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => {
    throw new NotAPicture("这个文件不是能打开的图片。");
  });
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  let blob = null;
  for (const quality of QUALITIES) {
    blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
    if (blob.size <= ENOUGH) break;
  }
  return blob;
}

export async function digestOf(blob) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
