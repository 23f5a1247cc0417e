import type { DirectoryPicture } from 'estafette/plugin';
import type { Entry, Phone } from './entry';
import { plain } from './fold';
import { type Mapping, valuesOf } from './mapping';
import type { Fact } from './profiles';

export type VcardVersion = '3.0' | '4.0';

const LINE_BYTES = 75;
const TEL: Readonly<Record<Phone['fact'], string>> = { phone: 'WORK', mobile: 'CELL', fax: 'FAX' };

/** RFC 6350 3.4. */
const text = (value: string): string => plain(value).replace(/[\\,;]/g, (char) => `\\${char}`);

/** RFC 6350 3.2: lines of 75 bytes, none cut within a character. */
function folded(line: string): string {
  const lines: string[] = [];
  let part = '';
  let bytes = 0;
  for (const char of line) {
    const more = Buffer.byteLength(char);
    if (bytes + more > LINE_BYTES) {
      lines.push(part);
      part = ' ';
      bytes = 1;
    }
    part += char;
    bytes += more;
  }
  return [...lines, part].join('\r\n');
}

/** An entry as other programs take it in (RFC 6350, or RFC 2426 for older ones). */
export function vcardOf(
  mapping: Mapping,
  entry: Entry,
  {
    version,
    organization,
    photo,
  }: {
    readonly version: VcardVersion;
    readonly organization: string;
    readonly photo?: DirectoryPicture | undefined;
  },
): string {
  const of = (fact: Fact): string => text(valuesOf(mapping, entry.attributes, fact)[0] ?? '');
  const isPerson = entry.kind === 'person';
  const isNew = version === '4.0';
  const kind = isPerson ? 'individual' : entry.kind === 'list' ? 'group' : 'org';
  const [surname, given] = isPerson ? [of('surname'), of('givenName')] : [text(entry.name), ''];
  const mails = [entry.mail, ...entry.otherMails].filter((mail) => mail !== '');
  const place = [of('room'), of('street').replaceAll('$', ' '), of('city'), of('postalCode')];
  const [room, street, city, code] = place;
  const type = photo?.type.replace('image/', '').toUpperCase() ?? '';
  const lines: readonly (readonly [string, string])[] = [
    ['BEGIN', 'VCARD'],
    ['VERSION', version],
    ...(isNew ? ([['KIND', kind]] as const) : []),
    ['FN', text(entry.name)],
    ['N', `${surname};${given};;;`],
    [
      'ORG',
      [organization, entry.service]
        .filter((one) => one !== '')
        .map(text)
        .join(';'),
    ],
    ['TITLE', text(entry.title)],
    ...mails.map((mail) => ['EMAIL;TYPE=WORK', text(mail)] as const),
    ...entry.phones.map((phone) => [`TEL;TYPE=${TEL[phone.fact]}`, text(phone.text)] as const),
    [
      'ADR;TYPE=WORK',
      place.some((one) => one !== '') ? `;${room};${street};${city};;${code};` : '',
    ],
    ['NOTE', entry.missions.map(text).join('\\n')],
    ...(photo
      ? [
          isNew
            ? (['PHOTO', `data:${photo.type};base64,${photo.content.toString('base64')}`] as const)
            : ([`PHOTO;ENCODING=b;TYPE=${type}`, photo.content.toString('base64')] as const),
        ]
      : []),
    ['END', 'VCARD'],
  ];
  return lines
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${folded(`${name}:${value}`)}\r\n`)
    .join('');
}
