import type { PersonRef, PluginMessageRef } from 'estafette/plugin';
import { decodeFile } from '../exchange/decode';
import type { Context } from '../pages/common';

/** Of a message of thousands of people; what is longer is no meeting. */
const MAX_BYTES = 5_000_000;

/** The part of a message that is an invitation. */
export interface MessagePart {
  readonly ref: PluginMessageRef;
  readonly part: string;
}

/** A message that is read: its text, and who sent it. */
export interface ReadPart extends MessagePart {
  readonly text: string;
  readonly sender: string;
}

interface Listed {
  readonly part: string;
  readonly filename: string;
  readonly type: string;
}

const TYPES: ReadonlySet<string> = new Set(['text/calendar', 'application/ics']);

/** The first part that is a calendar (RFC 6047 §2.4); some programs send it as a file of no type. */
export function calendarPart(attachments: readonly Listed[]): string | undefined {
  const named = attachments.find(({ type }) => TYPES.has(type));
  const file = attachments.find(
    ({ type, filename }) => type === 'application/octet-stream' && /\.ics$/i.test(filename),
  );
  return (named ?? file)?.part;
}

/** The text of a part; `undefined` for one that is too large to be a meeting. */
export async function readPart(
  context: Context,
  as: PersonRef,
  { ref, part }: MessagePart,
): Promise<string | undefined> {
  try {
    const { content } = await context.mail(as).attachment(ref, part, { maxBytes: MAX_BYTES });
    return decodeFile(content);
  } catch (error) {
    if (Object(error)['code'] === 'request/too-large') return undefined;
    throw error;
  }
}

/**
 * Who a message is from, as far as the servers on its way believe it; `''` where the topmost of them,
 * which is the site's own, says that it is not (DMARC, RFC 8601 2.7.1): nobody is then whom it names.
 */
export async function senderOf(
  context: Context,
  as: PersonRef,
  ref: PluginMessageRef,
  from: string,
): Promise<string> {
  const [results] = await context.mail(as).headers(ref, ['authentication-results']);
  return /\bdmarc\s*=\s*fail\b/i.test(results?.value ?? '') ? '' : from.trim().toLowerCase();
}

const NUMBER = /^[1-9]\d{0,9}$/;

/** The message that the fields of a form name. */
export function refIn({
  mailbox = '',
  validity = '',
  uid = '',
}: Readonly<Record<string, string>>): PluginMessageRef | undefined {
  if (mailbox === '' || !NUMBER.test(validity) || !NUMBER.test(uid)) return undefined;
  return { mailbox, uidValidity: Number(validity), uid: Number(uid) };
}

/** The page of a message of one's own mailbox. */
export const messageHref = ({ mailbox, uid }: PluginMessageRef): string =>
  `/mail/me/${encodeURIComponent(mailbox)}/${uid}`;
