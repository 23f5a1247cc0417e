import { createHash } from 'node:crypto';
import { CardError, type Contact, readCard } from '../card';
import { keyOf } from '../card/member';
import { pictureIn } from '../card/photo';
import { digitsOf, fold } from './fold';

/** What the columns of a card hold, made of its text alone. */
export interface Digest {
  readonly uid: string;
  readonly etag: string;
  readonly kind: string;
  readonly name: string;
  readonly sort_name: string;
  readonly detail: string;
  readonly mails: string;
  readonly phones: string;
  readonly search: string;
  readonly is_pictured: boolean;
  readonly bytes: number;
  /** Of a group, who is in it: asked of each group of a book, and far shorter to go through than its text. */
  readonly members: string;
  readonly member_count: number;
}

const NAME_CHARS = 500;
const SEARCH_CHARS = 8_000;
/** Longer ones are nobody's: they would be another card's once cut. */
const UID_CHARS = 255;

/** Nobody's name in a group is longer; with what stands before an address or a uid. */
const MEMBER_CHARS = 300;

/** How a member stands in the column, between two others. */
export const asMember = (member: string): string => `\n${keyOf(member)}\n`;

/** Who is in a group as its column has it, for {@link asMember} to be found in. */
export function membersColumn(members: readonly string[]): string {
  const keys = new Set(members.map(keyOf));
  const kept = [...keys].filter((key) => key.length <= MEMBER_CHARS && !key.includes('\n'));
  return kept.length === 0 ? '' : `\n${kept.join('\n')}\n`;
}

const one = (text: string): string => text.replace(/[\s\p{Cc}]+/gu, ' ').trim();

/** Names are sorted by family, as in an annuaire, where a card says it; a nickname is one as well. */
const sortName = ({ family, given, name, nickname }: Contact): string =>
  fold(one([family, given, name, nickname].join(' '))).slice(0, NAME_CHARS);

const searchOf = (contact: Contact): string =>
  [
    contact.name,
    contact.given,
    contact.family,
    contact.nickname,
    contact.organization,
    contact.unit,
    contact.title,
    contact.role,
    ...contact.mails.map(({ value }) => value),
    ...contact.phones.map(({ value }) => digitsOf(value)),
    ...contact.categories,
    ...contact.addresses.map(({ city, code }) => `${code} ${city}`),
    contact.note,
  ]
    .map((text) => fold(one(text)))
    .filter((text) => text !== '')
    .join('\n')
    .slice(0, SEARCH_CHARS);

/** Strong: of the bytes that are served (RFC 9110 8.8.3). */
export const etagOf = (text: string): string =>
  `"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`;

/** The card as it is read; `undefined` where it cannot be. */
export function contactOf(text: string): Contact | undefined {
  try {
    return readCard(text);
  } catch (error) {
    if (error instanceof CardError) return undefined;
    throw error;
  }
}

/** Columns of a card; `undefined` for what is none, or has no uid. */
export function digestOf(text: string): Digest | undefined {
  const contact = contactOf(text);
  if (!contact || contact.uid === '' || contact.uid.length > UID_CHARS) return undefined;
  return {
    uid: contact.uid,
    etag: etagOf(text),
    kind: contact.kind,
    name: one(contact.name).slice(0, NAME_CHARS),
    sort_name: sortName(contact),
    detail: one(
      [contact.title, contact.organization].filter((part) => part !== '').join(', '),
    ).slice(0, NAME_CHARS),
    mails: contact.mails.map(({ value }) => one(value).toLowerCase()).join('\n'),
    phones: contact.phones.map(({ value }) => one(value)).join('\n'),
    search: searchOf(contact),
    is_pictured: pictureIn(contact.photo) !== undefined,
    bytes: Buffer.byteLength(text),
    members: membersColumn(contact.members),
    member_count: contact.members.length,
  };
}
