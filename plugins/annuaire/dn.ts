/** Distinguished names as text (RFC 4514): enough to walk up and down a tree. */

/** Names between commas that are no part of a value. */
export function splitDn(dn: string): readonly string[] {
  const parts: string[] = [];
  let part = '';
  for (let at = 0; at < dn.length; at += 1) {
    const char = dn[at] ?? '';
    if (char === '\\') {
      part += char + (dn[at + 1] ?? '');
      at += 1;
    } else if (char === ',') {
      parts.push(part.trim());
      part = '';
    } else part += char;
  }
  return [...parts, part.trim()].filter((one) => one !== '');
}

/** The entry above; `''` for the uppermost. */
export const parentOf = (dn: string): string => splitDn(dn).slice(1).join(',');

/** Attribute and value of the first name: `['ou', 'Équinoxes']`. */
export function rdnOf(dn: string): readonly [attribute: string, value: string] {
  const [first = ''] = splitDn(dn);
  const at = first.indexOf('=');
  return [first.slice(0, Math.max(0, at)).trim(), unescaped(first.slice(at + 1).trim())];
}

/** RFC 4514 2.4: `\2C` is a byte of UTF-8, `\,` a character. */
function unescaped(value: string): string {
  const bytes = value.replace(/(?:\\[0-9a-f]{2})+/gi, (hex) =>
    Buffer.from(hex.replaceAll('\\', ''), 'hex').toString('utf8'),
  );
  return bytes.replace(/\\(.)/g, '$1');
}

/** The same name for the same entry, however it is written. */
export const dnKey = (dn: string): string =>
  splitDn(dn)
    .map((part) =>
      part
        .normalize('NFC')
        .toLowerCase()
        .replace(/\s*=\s*/, '='),
    )
    .join(',');

export const isSame = (one: string, other: string): boolean => dnKey(one) === dnKey(other);

/** Whether an entry is another one, or stands below it. */
export const isWithin = (dn: string, base: string): boolean =>
  base === '' || isSame(dn, base) || dnKey(dn).endsWith(`,${dnKey(base)}`);

/** Entries from just below a base down to this one, which is the last. */
export function pathTo(dn: string, base: string): readonly string[] {
  if (!isWithin(dn, base)) return [];
  const parts = splitDn(dn);
  const depth = parts.length - splitDn(base).length;
  return Array.from({ length: depth }, (_, at) => parts.slice(depth - 1 - at).join(','));
}
