import { type Contact, createLineCutter, EMPTY_CONTACT, type Typed } from '../card';
import type { LineFault } from './fault';
import { ofParts, type RowContact } from './rows';

/** One record of a file, as its lines say it (RFC 2849). */
export interface LdifRecord {
  readonly line: number;
  /** By lower-case name without options; values in order. */
  readonly attributes: ReadonlyMap<string, readonly (string | Buffer)[]>;
  readonly fault?: LineFault;
}

/** Records of a text that comes in pieces. */
export interface LdifReader {
  push(piece: string): Generator<LdifRecord>;
  end(): Generator<LdifRecord>;
}

/**
 * The records of a file, comments and folds taken away; a faulty one says why, the next are read.
 * No more than one record is held, and none of more than `maxChars`.
 */
export function createLdifReader(maxChars: number): LdifReader {
  const cutter = createLineCutter(maxChars);
  let lines: LdifLine[] = [];
  let chars = 0;
  let number = 0;
  function* take(raw: string, isTooLong: boolean): Generator<LdifRecord> {
    number += 1;
    chars += isTooLong ? maxChars + 1 : raw.length;
    const last = lines.at(-1);
    if (raw === '') yield* record();
    // Of one that is too large, nothing but where it began is kept.
    else if (chars > maxChars) lines = [lines[0] ?? { parts: [raw], line: number }];
    else if (raw.startsWith(' ') && last) last.parts.push(raw.slice(1));
    else lines.push({ parts: [raw], line: number });
  }
  function* record(): Generator<LdifRecord> {
    const [first] = lines;
    if (first && chars > maxChars) {
      yield { line: first.line, attributes: new Map(), fault: 'too-large' };
    } else yield* recordOf(lines.map(({ parts, line }) => ({ text: parts.join(''), line })));
    lines = [];
    chars = 0;
  }
  return {
    *push(piece) {
      for (const { text, isTooLong } of cutter.push(piece)) {
        yield* take(text.replace(/\r?\n$/, ''), isTooLong);
      }
    },
    *end() {
      for (const { text, isTooLong } of cutter.end()) {
        yield* take(text.replace(/\r$/, ''), isTooLong);
      }
      yield* record();
    },
  };
}

interface LdifLine {
  /** Joined at the end: a picture has a hundred thousand of them. */
  readonly parts: string[];
  readonly line: number;
}

function* recordOf(
  lines: readonly { readonly text: string; readonly line: number }[],
): Generator<LdifRecord> {
  const meant = lines.filter(({ text }) => !text.startsWith('#') && !/^version:/i.test(text));
  const [first] = meant;
  if (!first) return;
  const attributes = new Map<string, (string | Buffer)[]>();
  for (const { text, line } of meant) {
    const [, name = '', mark = '', value = ''] =
      /^([A-Za-z][A-Za-z0-9.-]*)(?:;[A-Za-z0-9;-]+)?:([:<]?) *([\s\S]*)$/.exec(text) ?? [];
    const key = name.toLowerCase();
    const fault = faultOf(key, mark, value);
    if (fault) {
      yield { line, attributes: new Map(), fault };
      return;
    }
    const read = mark === ':' ? textOrBytes(Buffer.from(value, 'base64')) : value;
    const known = attributes.get(key);
    if (known) known.push(read);
    else attributes.set(key, [read]);
  }
  yield { line: first.line, attributes };
}

function faultOf(name: string, mark: string, value: string): LineFault | undefined {
  if (name === '') return 'attribute';
  // A file of changes, or a value that lies elsewhere, which nobody fetches.
  if (mark === '<') return 'change';
  if (name === 'changetype' && value.trim().toLowerCase() !== 'add') return 'change';
  return mark === ':' && !/^[A-Za-z0-9+/]*={0,2}\s*$/.test(value) ? 'base64' : undefined;
}

function textOrBytes(bytes: Buffer): string | Buffer {
  const text = bytes.toString();
  return Buffer.from(text).equals(bytes) ? text : bytes;
}

/** What a record of people or of a group says (RFC 2798, RFC 4519, Thunderbird's schema); a fault when it is neither. */
export function contactOfRecord({ attributes, fault }: LdifRecord): RowContact | LineFault {
  if (fault) return fault;
  const all = (...names: readonly string[]): string[] =>
    names
      .flatMap((name) => attributes.get(name) ?? [])
      .filter((value) => typeof value === 'string');
  const one = (...names: readonly string[]): string => all(...names)[0]?.trim() ?? '';
  const typed = (type: Typed['type'], ...names: readonly string[]): Typed[] =>
    all(...names).map((value) => ({ value: value.trim(), type }));
  const photo = (attributes.get('jpegphoto') ?? []).find((value) => Buffer.isBuffer(value));
  const isGroup = all('objectclass').some((name) => /^groupof/i.test(name));
  const extended = one('mozillaworkstreet2');
  const [street, city] = [one('street', 'postaladdress'), one('l', 'locality')];
  const work = { type: 'work' as const, box: one('postofficebox'), extended, street, city };
  const place = { ...work, region: one('st'), code: one('postalcode'), country: one('c', 'co') };
  const home = one('mozillahomestreet', 'homepostaladdress', 'mozillahomelocalityname');
  const contact: Contact = {
    ...EMPTY_CONTACT,
    kind: isGroup ? 'group' : 'individual',
    name: one('displayname', 'cn'),
    family: isGroup ? '' : one('sn', 'surname'),
    given: one('givenname', 'gn'),
    prefix: one('personaltitle'),
    suffix: one('generationqualifier'),
    nickname: one('mozillanickname'),
    organization: one('o', 'company'),
    unit: one('ou', 'department'),
    title: one('title'),
    role: one('role'),
    mails: typed('work', 'mail', 'mozillasecondemail').map((mail, at) =>
      at === 0 ? { ...mail, isPreferred: true } : mail,
    ),
    phones: [
      ...typed('work', 'telephonenumber'),
      ...typed('home', 'homephone'),
      ...typed('cell', 'mobile', 'cellphone'),
      ...typed('fax', 'facsimiletelephonenumber', 'fax'),
      ...typed('pager', 'pager'),
    ],
    addresses: [
      ...([street, city, place.code].some((part) => part !== '') ? [place] : []),
      ...(home === '' ? [] : [homeOf(one)]),
    ],
    urls: typed('other', 'mozillaworkurl', 'mozillahomeurl', 'labeleduri'),
    birthday: ofParts(one('birthyear'), one('birthmonth'), one('birthday')),
    anniversary: /^\d{4}-\d\d-\d\d$/.test(one('anniversary')) ? one('anniversary') : '',
    impps: typed('other', 'impp'),
    categories: all('category', 'categories').map((word) => word.trim()),
    note: one('description'),
    ...(Buffer.isBuffer(photo) && { photo: { type: 'image/jpeg', content: photo } }),
    members: isGroup ? all('member', 'uniquemember').flatMap(memberOf) : [],
  };
  const name = contact.name || `${contact.given} ${contact.family}`.trim() || one('mail');
  if (name === '') return 'empty';
  const isWhole = !isGroup || contact.members.length === all('member', 'uniquemember').length;
  return { contact: { ...contact, name }, remarks: isWhole ? [] : ['member'] };
}

const homeOf = (one: (...names: readonly string[]) => string) => ({
  type: 'home' as const,
  box: '',
  extended: one('mozillahomestreet2'),
  street: one('mozillahomestreet', 'homepostaladdress'),
  city: one('mozillahomelocalityname'),
  region: one('mozillahomestate'),
  code: one('mozillahomepostalcode'),
  country: one('mozillahomecountryname'),
});

/** Thunderbird names a member by `cn=…,mail=…`. */
const memberOf = (dn: string): readonly string[] => {
  const mail = /(?:^|,)\s*mail=([^,\s]+@[^,\s]+)/i.exec(dn)?.[1];
  return mail === undefined ? [] : [`mailto:${mail}`];
};
