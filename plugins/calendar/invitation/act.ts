import { randomUUID } from 'node:crypto';
import type { PluginResponse } from 'estafette/plugin';
import type { ItipMail } from '../itip';
import { mailWaiting } from '../outgoing/page';
import type { Desk } from '../pages/common';
import { ownMails } from '../people/own';
import type { Put, Telling } from '../store';
import { versionOf } from './card';
import type { Look } from './look';
import { type MessagePart, messageHref } from './message';
import { type Opened, openedPage, REFUSED_TEXTS } from './page';
import { keepReply } from './reply-alone';
import { withOwnStatus } from './status';

const back = ({ ref }: MessagePart): PluginResponse => ({ redirect: messageHref(ref) });

/** What a card offers beside an answer; what it does not offer changes nothing. */
export async function act(desk: Desk, opened: Opened, look: Look): Promise<PluginResponse> {
  const { body } = desk.request;
  // Of a page that is older than what is there, or sent twice.
  if (body['version'] !== versionOf(look.existing, undefined)) return back(opened.source);
  const put = await done(desk, opened, look, body['do'] ?? '');
  if (put === undefined || put.kind === 'created' || put.kind === 'updated')
    return back(opened.source);
  const key = put.kind === 'refused' ? REFUSED_TEXTS[put.reason] : REFUSED_TEXTS.conflict;
  return openedPage(desk, opened, {
    error: desk.t(key ?? 'calendar:invitation.fault.full'),
    fields: body,
  });
}

async function done(
  desk: Desk,
  opened: Opened,
  { outcome, existing }: Look,
  what: string,
): Promise<Put | undefined> {
  const { person } = desk;
  const organisers = ownMails(person);
  switch (outcome.kind) {
    case 'update':
      return what === 'apply'
        ? write(desk, existing, withOwnStatus(outcome.object, organisers))
        : undefined;
    case 'published':
      return what === 'apply' || what === 'add' ? write(desk, existing, outcome.object) : undefined;
    case 'reply':
      if (what === 'crashers') return write(desk, existing, outcome.withCrashers);
      return what === 'apply' ? write(desk, existing, outcome.object) : undefined;
    case 'counter':
      // Everybody is asked anew: it is another time.
      if (what === 'counter') return write(desk, existing, outcome.object, { organisers });
      return what === 'refuse' ? mail(desk, opened, outcome.decline) : undefined;
    case 'refresh':
      return what === 'send' && outcome.message ? mail(desk, opened, outcome.message) : undefined;
    case 'cancel':
      if (what === 'apply') return write(desk, existing, outcome.kept);
      return what === 'remove' && existing ? remove(desk, existing, outcome.removed) : undefined;
    default:
      return undefined;
  }
}

/** Where it is, or into the calendar of new events. */
async function write(
  desk: Desk,
  existing: Look['existing'],
  text: string | undefined,
  telling?: Telling,
): Promise<Put | undefined> {
  const { store, person, usual } = desk;
  if (text === undefined) return undefined;
  const put = existing
    ? await store.put(person, existing.calendar, existing.uri, text, {
        ifMatch: existing.etag,
        telling,
      })
    : await store.put(person, usual, `${randomUUID()}.ics`, text, { ifNoneMatch: true });
  if (put.kind === 'created' || put.kind === 'updated') await mailWaiting(desk, telling);
  return put;
}

/** Out of the calendar: as a whole to the trash, an occurrence out of its series. */
async function remove(
  desk: Desk,
  existing: NonNullable<Look['existing']>,
  left: string | undefined,
): Promise<Put | undefined> {
  if (left !== undefined) return write(desk, existing, left);
  const { store, person } = desk;
  const removed = await store.remove(person, existing.calendar, existing.uri, {
    ifMatch: existing.etag,
  });
  return removed === 'removed' || removed === 'missing' ? undefined : { kind: 'conflict' };
}

async function mail(desk: Desk, opened: Opened, message: ItipMail): Promise<undefined> {
  const { context, person } = desk;
  const telling: Telling = { organisers: ownMails(person), mails: [message] };
  await keepReply(context, person, { telling, version: opened.text });
  await mailWaiting(desk, telling);
  return undefined;
}
