import { decodeText } from './charset';
import { cleanFilename } from './filename';
import { PROPERTY, type Properties, readProperties } from './tnef-properties';

/** A file of `winmail.dat`. */
export interface TnefFile {
  readonly filename: string;
  /** As the sender says; `application/octet-stream` where it does not. */
  readonly type: string;
  readonly content: Buffer;
}

const SIGNATURE = 0x223e9f78;
const HEADER_BYTES = 6;
/** Level, id and length before the data of an attribute; a checksum behind. */
const BEFORE = 9;
const BEHIND = 2;

const RENDERING = 0x00069002; // an attachment begins
const TITLE = 0x00018010;
const DATA = 0x0006800f;
const PROPERTIES = 0x00069005;
const CODE_PAGE = 0x00069007;

const MAX_FILES = 100;
const MAX_ATTRIBUTES = 5_000;
/** A message within a message within… */
const MAX_DEPTH = 3;
/** An enclosed object begins with the id of its interface. */
const INTERFACE_BYTES = 16;

export const isTnefType = (type: string, filename: string): boolean =>
  type === 'application/ms-tnef' ||
  type === 'application/vnd.ms-tnef' ||
  filename.toLowerCase() === 'winmail.dat';

interface Found {
  title?: Buffer;
  data?: Buffer;
  properties?: Properties;
}

/**
 * Files of a TNEF stream (MS-OXTNEF); `undefined` for what is none. Lengths that lie end the reading:
 * what was whole before stays.
 */
export function readTnef(stream: Buffer, depth = 0): readonly TnefFile[] | undefined {
  if (stream.length < HEADER_BYTES || stream.readUInt32LE(0) !== SIGNATURE) return undefined;
  const found: Found[] = [];
  let charset: string | undefined;
  let at = HEADER_BYTES;
  for (let count = 0; count < MAX_ATTRIBUTES && at + BEFORE <= stream.length; count += 1) {
    const id = stream.readUInt32LE(at + 1);
    const length = stream.readUInt32LE(at + 5);
    const end = at + BEFORE + length;
    if (end > stream.length) break;
    const data = stream.subarray(at + BEFORE, end);
    if (id === RENDERING) {
      if (found.length === MAX_FILES) break;
      found.push({});
    }
    const current = found.at(-1);
    if (id === CODE_PAGE && data.length >= 4) charset = codePage(data.readUInt32LE(0));
    if (current && id === TITLE) current.title = data;
    if (current && id === DATA) current.data = data;
    if (current && id === PROPERTIES) current.properties = readProperties(data);
    at = end + BEHIND;
  }
  return found.flatMap((one) => filesOf(one, charset, depth)).slice(0, MAX_FILES);
}

function filesOf(found: Found, charset: string | undefined, depth: number): readonly TnefFile[] {
  const { properties, data } = found;
  const enclosed = properties?.get(PROPERTY.dataObject)?.bytes;
  if (enclosed && depth < MAX_DEPTH) {
    const inner = readTnef(enclosed.subarray(INTERFACE_BYTES), depth + 1);
    if (inner) return inner;
  }
  const content = data && data.length > 0 ? data : enclosed;
  if (!content) return [];
  const text = (id: (typeof PROPERTY)[keyof typeof PROPERTY]): string => {
    const value = properties?.get(id);
    return value ? decode(value.bytes, value.isUnicode ? 'utf-16le' : charset) : '';
  };
  const named =
    text(PROPERTY.longFilename) ||
    text(PROPERTY.displayName) ||
    text(PROPERTY.filename) ||
    (found.title ? decode(found.title, charset) : '');
  const type = text(PROPERTY.mimeTag).toLowerCase();
  return [
    {
      filename: cleanFilename(named) || 'winmail.bin',
      type: /^[a-z0-9.+-]{1,60}\/[a-z0-9.+-]{1,100}$/.test(type)
        ? type
        : 'application/octet-stream',
      content,
    },
  ];
}

/** Text ends with a NUL, or several. */
const decode = (bytes: Buffer, charset: string | undefined): string =>
  decodeText(bytes.subarray(0, 2_000), charset).replace(/\0.*$/s, '');

/** 1252 is Windows’s own name for what mail calls `windows-1252`; 65001 is UTF-8. */
const codePage = (page: number): string =>
  page === 65_001 ? 'utf-8' : page >= 1_250 && page <= 1_258 ? `windows-${page}` : 'windows-1252';
