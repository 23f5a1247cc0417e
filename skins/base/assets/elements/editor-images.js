/** A screenshot at its full size would not fit the reader's window. */
const MAX_WIDTH = 640;

/** Width to show an image at, in CSS pixels; undefined when it cannot be measured. */
export async function shownWidth(file) {
  try {
    const bitmap = await createImageBitmap(file);
    const width = Math.round(bitmap.width / (window.devicePixelRatio || 1));
    bitmap.close();
    return Math.max(1, Math.min(width, MAX_WIDTH));
  } catch {
    return undefined; // not an image after all: the server says so
  }
}

/** The file of a `data:` image; undefined when it is none. The page's policy lets fetch() read none. */
export function dataFile(address, name) {
  const match = /^data:(image\/[a-z]+);base64,(.*)$/is.exec(address);
  if (!match) return undefined;
  try {
    const bytes = Uint8Array.from(atob(match[2]), (char) => char.charCodeAt(0));
    return new File([bytes], name, { type: match[1].toLowerCase() });
  } catch {
    return undefined;
  }
}
