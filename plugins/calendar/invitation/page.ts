import type { PluginResponse, SlotFacts } from 'estafette/plugin';
import { type Context, type Desk, hrefOf } from '../pages/common';
import { sideOf } from '../pages/side';
import { createWords } from '../pages/words';
import { addressesOf } from '../people/own';
import { preferencesOf } from '../settings/values';
import type { Refusal } from '../store';
import { cardOf, type Typed } from './card';
import { lookAt, openMessage } from './look';
import { calendarPart, type MessagePart, messageHref, readPart, refIn, senderOf } from './message';

/** A message that a form or an address names, read. */
export interface Opened {
  readonly source: MessagePart;
  readonly text: string;
  readonly sender: string;
}

export const REFUSED_TEXTS: Readonly<Partial<Record<Refusal | 'conflict', string>>> = {
  conflict: 'calendar:invitation.fault.changed',
  rights: 'calendar:invitation.fault.rights',
  missing: 'calendar:invitation.fault.rights',
  'not-an-object': 'calendar:invitation.fault.unreadable',
  'too-large': 'calendar:invitation.fault.large',
};

/** Above the body of a message that has a calendar: what it says, and what can be answered. */
export async function invitationCard(
  { site, user, as, message, locale = 'fr' }: SlotFacts,
  context: Context,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const part = message && calendarPart(message.attachments);
  if (!user || !as || !message || part === undefined) return undefined;
  const { mailbox, uidValidity, uid, from } = message;
  const source: MessagePart = { ref: { mailbox, uidValidity, uid }, part };
  const text = await readPart(context, as, source);
  const { mails } = await addressesOf(context, as, user.mail);
  const person = { site: site.id, user: user.id, mail: user.mail, mails, as };
  const { zone } = await preferencesOf(context, site.id, user.id);
  const teller = { context, person, zone, t: context.text(locale), words: createWords(locale) };
  if (text === undefined) return undefined;
  const sender = await senderOf(context, as, source.ref, from?.mail ?? '');
  const look = await openMessage(teller, { text, sender });
  // A file of many events, or of tasks, that nobody is asked to: it can be brought in as a file.
  if (look.outcome.kind === 'refused' && !/^METHOD:/im.test(text)) return undefined;
  return cardOf(teller, look, { source });
}

/** The message that somebody answers, as it is in their mailbox now. */
export async function openPart(
  { context, request: { as } }: Desk,
  fields: Readonly<Record<string, string>>,
): Promise<Opened | undefined> {
  const ref = refIn(fields);
  if (!as || !ref) return undefined;
  const { attachments, from } = await context.mail(as).message(ref);
  const part = calendarPart(attachments);
  if (part === undefined) return undefined;
  const source = { ref, part };
  const text = await readPart(context, as, source);
  if (text === undefined) return undefined;
  return { source, text, sender: await senderOf(context, as, ref, from[0]?.mail ?? '') };
}

/** The card on a page of its own: where what was typed cannot be taken. */
export async function openedPage(
  desk: Desk,
  { source, ...message }: Opened,
  typed?: Typed,
): Promise<PluginResponse> {
  const look = await lookAt(desk, message, desk.store);
  return {
    view: 'invitation-page',
    title: desk.t('calendar:invitation.title'),
    status: typed ? 422 : 200,
    model: {
      side: sideOf(desk, {}),
      card: await cardOf(desk, look, { source, typed }),
      backHref: messageHref(source.ref),
    },
  };
}

/** The same, asked for by its address. */
export async function showInvitation(desk: Desk): Promise<PluginResponse> {
  const opened = await openPart(desk, desk.request.query);
  return opened ? openedPage(desk, opened) : { redirect: hrefOf(desk.context, '') };
}
