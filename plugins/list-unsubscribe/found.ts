import type { PersonRef, PluginContext, PluginMessageRef, PluginRequest } from 'estafette/plugin';
import type { UnsubscribeConfig } from './config';
import { WANTED } from './fields';
import { listOf, type Way, wayOut } from './ways';

/** The list of a message and how it can be left. */
export interface Found {
  readonly way: Way;
  readonly list: string;
}

/** Reads the headers of a message; the message stays unread and nothing is asked of anybody. */
export async function findList(
  context: PluginContext<UnsubscribeConfig>,
  as: PersonRef,
  place: Parameters<PluginContext<UnsubscribeConfig>['config']>[0],
  ref: PluginMessageRef,
): Promise<Found | undefined> {
  const fields = await context.mail(as).headers(ref, WANTED);
  const way = wayOut(fields, context.config(place));
  return way && { way, list: listOf(fields, way) };
}

/** The message that an address of ours names. */
export function refOf(fields: PluginRequest['query']): PluginMessageRef | undefined {
  const { mailbox = '', validity = '', uid = '' } = fields;
  const isNumber = (text: string): boolean => /^[1-9]\d{0,9}$/.test(text);
  if (mailbox === '' || !isNumber(validity) || !isNumber(uid)) return undefined;
  return { mailbox, uidValidity: Number(validity), uid: Number(uid) };
}

/** The same, as it stands in an address. */
export const queryOf = ({ mailbox, uidValidity, uid }: PluginMessageRef): string =>
  new URLSearchParams({ mailbox, validity: String(uidValidity), uid: String(uid) }).toString();
