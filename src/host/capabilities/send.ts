import { Readable } from 'node:stream';
import { z } from 'zod';
import { AppError } from '../../base/errors';
import { newToken } from '../../base/ids';
import type { Compose, DraftFields, SendOutcome } from '../../compose';
import type { PersonRef } from '../../kernel/hook-types';
import type { Actor } from '../../session';
import type { PluginMessage, PluginSendResult } from '../capability-types';
import type { Gate } from './gate';
import { outward } from './outward';

/** A loop in a plugin must not send a thousand messages in somebody's name. */
const SENDS_A_REQUEST = 10;
const DRAFT_ID_BYTES = 16;
const ATTACHMENTS = 50;

/** What is left for the person to decide or to try again: their draft stays. */
const KEPT: ReadonlySet<SendOutcome['kind']> = new Set(['confirm', 'deferred', 'unknown']);
/** What leaves nothing behind but the plugin's mistake, or a refusal. */
const DROPPED: ReadonlySet<SendOutcome['kind']> = new Set(['denied', 'invalid', 'rejected']);

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
});
type Message = z.output<typeof shape>;

/** Sends as the person who is there, as if they had written it in the composer. */
export function pluginSend(gate: Gate, compose: Compose) {
  const sent = new WeakMap<PersonRef, number>();

  return async (as: PersonRef, message: PluginMessage): Promise<PluginSendResult> => {
    gate.need('mail.send');
    const actor = await gate.person(as);
    const own = actor.scope.as ?? as;
    const before = sent.get(own) ?? 0;
    if (before >= SENDS_A_REQUEST) {
      throw new AppError('request/rate', { details: { plugin: gate.plugin, limit: 'send' } });
    }
    sent.set(own, before + 1);
    const parsed = shape.safeParse(message);
    if (!parsed.success) {
      const fields = parsed.error.issues.map(({ path }) => path.join('.'));
      throw new AppError('compose/invalid', { details: { plugin: gate.plugin, fields } });
    }
    return outward(() => sendAs(compose, actor, parsed.data));
  };
}

async function sendAs(compose: Compose, actor: Actor, message: Message): Promise<PluginSendResult> {
  const id = newToken(DRAFT_ID_BYTES);
  const fields = await fieldsOf(compose, actor, message);
  const { revision } = await compose.ensure(actor, id, { mode: 'new' });
  try {
    await compose.save(actor, id, fields, { baseRevision: revision, toServer: false });
    for (const { filename, type, content } of message.attachments) {
      const stream = Readable.from([Buffer.from(content)]);
      await compose.attach(actor, id, { filename, declaredType: type, stream });
    }
    const outcome = await compose.send(actor, id, { confirmed: [] });
    if (DROPPED.has(outcome.kind)) await compose.discard(actor, id);
    return { outcome, ...(KEPT.has(outcome.kind) && { draftUrl: `/compose/${id}` }) };
  } catch (error) {
    // Nothing was sent, or the outbox knows; a draft that is neither is nobody's.
    if (!isUnderWay(error)) await compose.discard(actor, id).catch(() => undefined);
    throw error;
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
