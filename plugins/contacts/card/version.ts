import { decodedValue, isBase64 } from './decode';
import type { ContentLine } from './lines';
import { cardLines, typesOf } from './read';
import { escaped, foldLine, splitValue, unescaped } from './text';
import type { CardVersion } from './types';

/** The version that a card says it is of; `''` when it says none. Throws like `readCard`. */
export const versionOf = (text: string): string =>
  cardLines(text)
    .find(({ name }) => name === 'VERSION')
    ?.value.trim() ?? '';

/** What another version calls a property. */
const NAMES: Readonly<Record<CardVersion, Readonly<Record<string, string>>>> = {
  '4.0': {
    'X-ADDRESSBOOKSERVER-KIND': 'KIND',
    'X-ADDRESSBOOKSERVER-MEMBER': 'MEMBER',
    'X-ANNIVERSARY': 'ANNIVERSARY',
  },
  '3.0': {
    KIND: 'X-ADDRESSBOOKSERVER-KIND',
    MEMBER: 'X-ADDRESSBOOKSERVER-MEMBER',
    ANNIVERSARY: 'X-ANNIVERSARY',
  },
};
const STRUCTURED = ['N', 'ADR', 'ORG', 'CATEGORIES'];

/**
 * A card in another version, for a program that asks for it: properties that both versions write
 * alike stand as they are, whoever made them up. Throws like `readCard`.
 */
export function asVersion(text: string, version: CardVersion): string {
  const lines = cardLines(text);
  const from = lines.find(({ name }) => name === 'VERSION')?.value.trim();
  if (from === version) return text;
  const body = lines
    .filter(({ name }) => name !== 'VERSION')
    .map((line) => rewritten(line, from ?? '', version));
  const needsName = version === '3.0' && !lines.some(({ name }) => name === 'N');
  return [
    'BEGIN:VCARD\r\n',
    `VERSION:${version}\r\n`,
    ...body,
    needsName ? 'N:;;;;\r\n' : '',
    'END:VCARD\r\n',
  ].join('');
}

function rewritten(line: ContentLine, from: string, version: CardVersion): string {
  const name = NAMES[version][line.name] ?? line.name;
  const isPhoto = ['PHOTO', 'LOGO', 'KEY', 'SOUND'].includes(line.name);
  const words = typesOf(line);
  const isPreferred = words.includes('pref') || line.params.get('PREF')?.[0] === '1';
  const isSame = from !== '2.1' && name === line.name && !isPhoto && !isPreferred;
  if (isSame) return line.raw;
  const group = line.group === '' ? '' : `${line.group}.`;
  if (isPhoto) return foldLine(`${group}${pictured(line, version)}`);
  const kept = [...line.params].filter(
    ([key]) => !['TYPE', 'PREF', 'CHARSET', 'ENCODING'].includes(key),
  );
  const params = [
    ...words.filter((word) => word !== 'pref').map((word) => `;TYPE=${word}`),
    ...(isPreferred ? [version === '4.0' ? ';PREF=1' : ';TYPE=pref'] : []),
    ...kept.map(([key, values]) => `;${key}=${values.map(quoted).join(',')}`),
  ].join('');
  return foldLine(`${group}${name}${params}:${valueIn(line, from)}`);
}

/** Of a 2.1 card: no encoding of its own, and commas that it need not escaped. */
function valueIn(line: ContentLine, from: string): string {
  if (from !== '2.1') return line.value;
  const value = decodedValue(line);
  if (line.name === 'CATEGORIES') return value;
  if (!STRUCTURED.includes(line.name))
    return /^(?:URL|UID)$/.test(line.name) ? value : again(value);
  return splitValue(value, ';').map(again).join(';');
}

const again = (value: string): string => escaped(unescaped(value));

/** RFC 6868 and the quotes of RFC 6350 5. */
const quoted = (value: string): string => {
  const safe = value.replaceAll('^', '^^').replaceAll('\n', '^n').replaceAll('"', "^'");
  return /[,;:]/.test(safe) ? `"${safe}"` : safe;
};

/** Base64 of 3.0 is a `data:` address in 4.0 (RFC 6350 6.2.4). */
function pictured(line: ContentLine, version: CardVersion): string {
  const [, type = '', data = ''] =
    /^data:([a-z0-9.+/-]+);base64,([\s\S]*)$/i.exec(line.value.replaceAll('\\,', ',')) ?? [];
  const family = line.name === 'SOUND' ? 'audio' : line.name === 'KEY' ? 'application' : 'image';
  if (version === '4.0' && isBase64(line)) {
    const word = typesOf(line)[0] ?? 'jpeg';
    const media = word.includes('/') ? word : `${family}/${word}`;
    return `${line.name}:data:${media};base64,${line.value.replace(/\s/g, '')}`;
  }
  if (version === '3.0' && data !== '') {
    return `${line.name};ENCODING=b;TYPE=${(type.split('/')[1] ?? 'jpeg').toUpperCase()}:${data}`;
  }
  if (version === '3.0' && isBase64(line)) {
    const word = (typesOf(line)[0] ?? 'jpeg').toUpperCase();
    return `${line.name};ENCODING=b;TYPE=${word}:${line.value.replace(/\s/g, '')}`;
  }
  return `${line.name}${version === '3.0' ? ';VALUE=uri' : ''}:${line.value}`;
}
