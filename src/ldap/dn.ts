/**
 * Distinguished names (RFC 4514) in a form that can be compared: RDNs from the entry upwards, each
 * as one text whose types and values are normalised.
 */
export type NormalDn = readonly string[];

const DN_MAX_CHARS = 1_024;
const RDNS_MAX = 64;

// The table of RFC 4514 3, and `uid`: servers write either form.
const SHORT_NAMES: ReadonlyMap<string, string> = new Map([
  ['2.5.4.3', 'cn'],
  ['2.5.4.6', 'c'],
  ['2.5.4.7', 'l'],
  ['2.5.4.8', 'st'],
  ['2.5.4.9', 'street'],
  ['2.5.4.10', 'o'],
  ['2.5.4.11', 'ou'],
  ['0.9.2342.19200300.100.1.1', 'uid'],
  ['0.9.2342.19200300.100.1.25', 'dc'],
]);

const TYPE = /^(?:[a-z][a-z0-9-]*|(?:oid\.)?\d+(?:\.\d+)+)$/;
const FORBIDDEN = new Set(['"', ';', '<', '>', '\0']); // RFC 4514 2.4: escaped or absent

/** Reads a DN; `undefined` for anything that is not one, so that a doubt is never a match. */
export function parseDn(text: string): NormalDn | undefined {
  if (text.length > DN_MAX_CHARS || text.trim() === '') return undefined;
  const rdns = splitOutsideEscapes(text, ',')?.map(normalizeRdn);
  if (!rdns || rdns.length > RDNS_MAX) return undefined;
  return rdns.every((rdn) => rdn !== undefined) ? rdns : undefined;
}

/** Whether two names are those of one entry. */
export const sameDn = (a: NormalDn, b: NormalDn): boolean => a.length === b.length && isBelow(a, b);

/** Whether an entry stands in a branch, or is its root. */
export const isBelow = (entry: NormalDn, branch: NormalDn): boolean =>
  entry.length >= branch.length &&
  branch.every((rdn, index) => rdn === entry[entry.length - branch.length + index]);

function splitOutsideEscapes(text: string, separator: string): string[] | undefined {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '\\') at++;
    else if (FORBIDDEN.has(char)) return undefined;
    else if (char === separator) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}

// The order of the pairs of an RDN says nothing (RFC 4512 2.3.2).
function normalizeRdn(rdn: string): string | undefined {
  const pairs = splitOutsideEscapes(rdn, '+')?.map(normalizePair);
  if (!pairs?.every((pair) => pair !== undefined)) return undefined;
  return pairs.sort().join('\0');
}

function normalizePair(pair: string): string | undefined {
  const equals = pair.indexOf('=');
  const type = pair.slice(0, Math.max(equals, 0)).trim().toLowerCase();
  if (!TYPE.test(type)) return undefined;
  const value = readValue(pair.slice(equals + 1));
  if (value === undefined) return undefined;
  const oid = type.replace(/^oid\./, '');
  return `${SHORT_NAMES.get(oid) ?? oid}=${value}`;
}

function readValue(text: string): string | undefined {
  const trimmed = trimUnescaped(text);
  // A value in BER (RFC 4514 2.4) is compared as it is written.
  if (trimmed.startsWith('#')) {
    return /^#(?:[0-9a-f]{2})+$/i.test(trimmed) ? trimmed.toLowerCase() : undefined;
  }
  const value = unescapeValue(trimmed);
  // NUL parts the pairs of an RDN here: inside a value it would make two names one.
  return value === undefined || value === '' || value.includes('\0') ? undefined : foldValue(value);
}

// Spaces around separators are no part of the name (RFC 2253 4), an escaped one at the end is.
function trimUnescaped(text: string): string {
  const start = text.replace(/^ +/, '');
  const end = start.replace(/ +$/, '');
  const backslashes = /\\*$/.exec(end)?.[0].length ?? 0;
  return backslashes % 2 === 1 ? `${end} ` : end;
}

const ESCAPE = /\\(?:((?:[0-9a-f]{2})(?:\\[0-9a-f]{2})*)|([ "#+,;<=>\\]))/giy;

function unescapeValue(text: string): string | undefined {
  let value = '';
  let at = 0;
  while (at < text.length) {
    if (text[at] !== '\\') {
      value += text[at++];
      continue;
    }
    ESCAPE.lastIndex = at;
    const match = ESCAPE.exec(text);
    const plain = match?.[2] ?? (match?.[1] === undefined ? undefined : decodeHex(match[1]));
    if (!match || plain === undefined) return undefined;
    value += plain;
    at = ESCAPE.lastIndex;
  }
  return value;
}

// Escaped octets are UTF-8 (RFC 4514 2.4); a sequence that is not names nothing.
function decodeHex(pairs: string): string | undefined {
  try {
    const bytes = Buffer.from(pairs.replaceAll('\\', ''), 'hex');
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** As caseIgnoreMatch compares (RFC 4518): compatible forms, case and runs of spaces are one. */
export const foldValue = (value: string): string =>
  value.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim();
