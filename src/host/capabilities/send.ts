import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { singleFlight } from '../../base/async';
import { AppError } from '../../base/errors';
import { newToken } from '../../base/ids';
import type { Compose, Draft, DraftFields, SendOutcome } from '../../compose';
import type { PersonRef } from '../../kernel/hook-types';
import type { Actor } from '../../session';
import type { PluginMessage, PluginSendResult } from '../capability-types';
import { calendarShape } from './calendar-shape';
import type { Gate } from './gate';
import { outward } from './outward';

/** A loop in a plugin must not send a thousand messages in somebody's name. */
const SENDS_A_REQUEST = 10;
/** With a key a loop sends the same message once: invitations go to each person apart. */
const KEYED_SENDS_A_REQUEST = 100;
const DRAFT_ID_BYTES = 16;
const ATTACHMENTS = 50;

/** What is left for the person to decide or to try again: their draft stays. */
const KEPT: ReadonlySet<SendOutcome['kind']> = new Set(['confirm', 'deferred', 'unknown']);
/** What leaves nothing behind but the plugin's mistake, or a refusal. */
const DROPPED: ReadonlySet<SendOutcome['kind']> = new Set(['denied', 'invalid', 'rejected']);
/** With a key it is the plugin that tries again: a draft left to the person would be a second message. */
const KEYED_DROPPED: ReadonlySet<SendOutcome['kind']> = new Set([...DROPPED, 'deferred']);

const addresses = z.array(z.string().max(1_000)).max(1_000);
const shape = z.object({
  to: addresses,
  cc: addresses.default([]),
  bcc: addresses.default([]),
  subject: z.string().max(2_000),
  text: z.string().max(5_000_000),
  html: z.string().max(5_000_000).optional(),
  identity: z.string().max(320).optional(),
  attachments: z
    .array(
      z.object({
        filename: z.string().min(1).max(255),
        type: z.string().max(200),
        content: z.instanceof(Uint8Array),
      }),
    )
    .max(ATTACHMENTS)
    .default([]),
  calendar: calendarShape.optional(),
  key: z.string().min(1).max(200).optional(),
});
type Message = z.output<typeof shape>;

/** Sends as the person who is there, as if they had written it in the composer. */
export function pluginSend(gate: Gate, compose: Compose) {
  const sent = new WeakMap<PersonRef, number>();
  const keyed = singleFlight<PluginSendResult>();

  return async (as: PersonRef, message: PluginMessage): Promise<PluginSendResult> => {
    gate.need('mail.send');
    const actor = await gate.person(as);
    const own = actor.scope.as ?? as;
    const before = sent.get(own) ?? 0;
    if (before >= (message.key === undefined ? SENDS_A_REQUEST : KEYED_SENDS_A_REQUEST)) {
      throw new AppError('request/rate', { details: { plugin: gate.plugin, limit: 'send' } });
    }
    sent.set(own, before + 1);
    const parsed = shape.safeParse(message);
    if (!parsed.success) {
      const fields = parsed.error.issues.map(({ path }) => path.join('.'));
      throw new AppError('compose/invalid', { details: { plugin: gate.plugin, fields } });
    }
    const { data } = parsed;
    if (data.key === undefined) {
      return outward(() => sendAs(compose, actor, data, newToken(DRAFT_ID_BYTES)));
    }
    const id = keyedDraft(gate.plugin, actor, data.key);
    return outward(() => keyed(id, () => sendAs(compose, actor, data, id)));
  };
}

/** One draft for one key, and so one row of the outbox: it is by these that a message leaves once. */
const keyedDraft = (plugin: string, { site, user }: Actor, key: string): string =>
  createHash('sha256')
    .update(JSON.stringify([plugin, site.id, user.id, key]))
    .digest()
    .subarray(0, DRAFT_ID_BYTES)
    .toString('base64url');

async function sendAs(
  compose: Compose,
  actor: Actor,
  message: Message,
  id: string,
): Promise<PluginSendResult> {
  const fields = await fieldsOf(compose, actor, message);
  const { calendar } = message;
  const draft = await compose.ensure(actor, id, { mode: 'new', ...(calendar && { calendar }) });
  const dropped = message.key === undefined ? DROPPED : KEYED_DROPPED;
  try {
    // With a key it may be there already: sent, on its way, or as far as a crash let it come.
    if (draft.sending === undefined) await write(compose, actor, draft, fields, message);
    const outcome = await compose.send(actor, id, { confirmed: [] });
    if (dropped.has(outcome.kind)) await compose.discard(actor, id);
    const isKept = KEPT.has(outcome.kind) && !dropped.has(outcome.kind);
    return { outcome, ...(isKept && { draftUrl: `/compose/${id}` }) };
  } catch (error) {
    // Nothing was sent, or the outbox knows; a draft that is neither is nobody's.
    if (!isUnderWay(error)) await compose.discard(actor, id).catch(() => undefined);
    throw error;
  }
}

/** The words, unless they are there, then the files that are not: a crash may have come between. */
async function write(
  compose: Compose,
  actor: Actor,
  { id, revision, attachments }: Pick<Draft, 'id' | 'revision' | 'attachments'>,
  fields: DraftFields,
  message: Message,
): Promise<void> {
  if (revision === 0) {
    await compose.save(actor, id, fields, { baseRevision: revision, toServer: false });
  }
  for (const { filename, type, content } of message.attachments.slice(attachments.length)) {
    const stream = Readable.from([Buffer.from(content)]);
    await compose.attach(actor, id, { filename, declaredType: type, stream });
  }
}

const isUnderWay = (error: unknown): boolean =>
  error instanceof AppError && error.code === 'draft/conflict';

/** Only an address of the person's own is an identity; another one is refused, not replaced. */
async function fieldsOf(compose: Compose, actor: Actor, message: Message): Promise<DraftFields> {
  const identities = await compose.identities(actor);
  const wanted = message.identity?.toLowerCase();
  const identity =
    wanted === undefined
      ? (identities.find(({ isDefault }) => isDefault) ?? identities[0])
      : identities.find(({ id, mail }) => id === wanted || mail.toLowerCase() === wanted);
  if (!identity) {
    throw new AppError('compose/invalid', { details: { fields: ['identity'] } });
  }
  return {
    identity: identity.id,
    to: message.to.join(', '),
    cc: message.cc.join(', '),
    bcc: message.bcc.join(', '),
    subject: message.subject,
    format: message.html === undefined ? 'plain' : 'html',
    text: message.text,
    html: message.html ?? '',
  };
}
