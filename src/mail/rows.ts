import type { Uid } from '../base/types';
import { ADDRESSES_CUT, type FetchMessageObject } from '../imap';
import {
  type BodyPart,
  buildStructure,
  cleanLine,
  displayAddress,
  type PickedBodies,
  pickBodies,
} from '../mime';
import type { Address, Row } from './types';

// What a list line can show; a message to ten thousand people keeps the first.
const MAX_ROW_ADDRESSES = 10;
const MAX_SUBJECT_CHARS = 500;
const MAX_NAME_CHARS = 200;
const MAX_MAIL_CHARS = 320; // RFC 3696: 64 before the at sign, 255 after it

/** What never changes for a uid (RFC 9051 2.3.1.1), kept compact. */
export interface RowContent {
  readonly from: readonly Address[];
  readonly to: readonly Address[];
  readonly subject: string;
  readonly date: string;
  readonly sizeBytes: number;
  readonly hasAttachment: boolean;
  readonly hasInvitation: boolean;
  readonly messageId: string | undefined;
  /** Bodies that opening it shows, where there is one to show; never part of a {@link Row}. */
  readonly shown: ShownParts | undefined;
}

/** Sections of a message's bodies, small enough to come along with its structure. */
export type ShownParts = Readonly<Record<'text' | 'html', string | undefined>>;

/** Flags of a message, known as of `modseq` (undefined without CONDSTORE). */
export interface FlagState {
  readonly flags: readonly string[];
  readonly modseq: bigint | undefined;
}

/** What a row needs but its structure. */
export const PLAIN_QUERY = {
  uid: true,
  flags: true,
  envelope: true,
  internalDate: true,
  size: true,
} as const;

/** Everything a row needs, in one FETCH. */
export const ROW_QUERY = { ...PLAIN_QUERY, bodyStructure: true } as const;

/** What a list shows of a fetched message, cleaned of controls and bidi marks. */
export function rowContent(message: FetchMessageObject): RowContent {
  const { envelope } = message;
  const summary = message.bodyStructure
    ? summarise(buildStructure(message.bodyStructure).root)
    : { hasAttachment: false, hasInvitation: false, shown: undefined };
  return {
    from: rowAddresses(envelope?.from),
    to: rowAddresses(envelope?.to),
    subject: cleanLine(envelope?.subject ?? '').slice(0, MAX_SUBJECT_CHARS),
    date: messageDate(envelope?.date, message.internalDate),
    sizeBytes: message.size ?? 0,
    messageId: envelope?.messageId ? cleanLine(envelope.messageId).slice(0, 998) : undefined,
    ...summary,
  };
}

const rowAddresses = (list: readonly WireAddress[] | undefined): Address[] =>
  addresses(list, MAX_ROW_ADDRESSES).map(({ name, mail }) => ({
    name: name.slice(0, MAX_NAME_CHARS),
    mail: mail.slice(0, MAX_MAIL_CHARS),
  }));

/** Files that a person would look for: no inline images, signatures or repeated invitations. */
export function summarise(
  root: BodyPart,
): Pick<RowContent, 'hasAttachment' | 'hasInvitation' | 'shown'> {
  const picked = pickBodies(root);
  const files = picked.attachments.filter((part) => !isInvitation(part));
  return {
    hasAttachment: files.length > 0 || picked.nested.length > 0,
    hasInvitation: picked.calendar !== undefined,
    shown: shownParts(picked),
  };
}

// Above, a body is worth a command of its own; a forged size must not fetch more either.
export const SHOWN_BYTES = 256 * 1024;

/** A message of one body, or of one and its alternative; of several, each is fetched when shown. */
function shownParts({ bodies, text, html }: PickedBodies): ShownParts | undefined {
  const [only] = bodies;
  if (!only || bodies.length > 1) return undefined;
  const sectionOf = (part: BodyPart): string | undefined =>
    part.sizeBytes < SHOWN_BYTES ? part.part : undefined;
  const first = sectionOf(only.part);
  return { html: first, text: html && text ? sectionOf(text) : first };
}

const isInvitation = (part: BodyPart): boolean =>
  part.type === 'text/calendar' || part.type === 'application/ics';

interface WireAddress {
  readonly name?: string | undefined;
  readonly address?: string | undefined;
}

/** Envelope addresses for display; groups and empty entries have no mailbox and are left out. */
export function addresses(list: readonly WireAddress[] | undefined, max: number): Address[] {
  const known = (list ?? [])
    .filter((entry) => (entry.address || entry.name) && entry.name !== ADDRESSES_CUT)
    .slice(0, max);
  return known.map((entry) => {
    const { name, mail } = displayAddress({ name: entry.name ?? '', mail: entry.address ?? '' });
    return { name, mail };
  });
}

/** The Date header when it can be believed to be one, else the arrival; ISO, UTC. */
export function messageDate(
  header: Date | string | undefined,
  arrival: Date | string | undefined,
): string {
  return isoDate(header) ?? isoDate(arrival) ?? new Date(0).toISOString();
}

export function isoDate(value: Date | string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const date = new Date(value);
  const year = date.getUTCFullYear();
  // Years outside make ISO texts of another shape, which sort and parse differently.
  return Number.isNaN(year) || year < 1970 || year > 9999 ? undefined : date.toISOString();
}

const has = (flags: readonly string[], name: string): boolean =>
  flags.some((flag) => flag.toLowerCase() === name);

/** Content and flags as the row that pages show. */
export function toRow(uid: Uid, content: RowContent, flags: readonly string[]): Row {
  const { shown: _shown, ...seen } = content;
  return {
    uid,
    ...seen,
    isSeen: has(flags, '\\seen'),
    isFlagged: has(flags, '\\flagged'),
    isAnswered: has(flags, '\\answered'),
    isForwarded: has(flags, '$forwarded'),
    isDraft: has(flags, '\\draft'),
    keywords: flags.filter((flag) => !flag.startsWith('\\')).slice(0, 50),
  };
}
