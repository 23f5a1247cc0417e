import type { PersonRef, PluginContext } from 'estafette/plugin';
import type { Outcome } from './requests';
import type { Way } from './ways';

const TIMEOUT_MS = 6_000;
const ANSWER_BYTES = 100_000;

type Asking = Pick<PluginContext, 'http' | 'send' | 'log'>;

const isCode = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && Reflect.get(error, 'code') === code;

/** What the platform says of a call that failed; without a word it may have arrived. */
function isConnected(error: unknown): boolean {
  const details: unknown = error instanceof Error && Reflect.get(error, 'details');
  return !(typeof details === 'object' && details && Reflect.get(details, 'isConnected') === false);
}

/** RFC 8058 3.1: a POST of one pair, with no cookie and no reference to the person. */
async function askServer({ http }: Asking, url: string): Promise<Outcome> {
  try {
    const { status } = await http(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'List-Unsubscribe=One-Click',
      timeoutMs: TIMEOUT_MS,
      maxBytes: ANSWER_BYTES,
    });
    return status >= 200 && status < 300 ? 'accepted' : 'refused';
  } catch (error) {
    if (isCode(error, 'fetch/refused')) return 'unreachable';
    if (!isCode(error, 'fetch/failed')) throw error;
    // A server that was reached may have done it, whatever came after.
    return isConnected(error) ? 'unknown' : 'unreachable';
  }
}

async function askByMail(
  { send }: Asking,
  as: PersonRef,
  { to, subject, text }: Extract<Way, { kind: 'mail' }>,
): Promise<Outcome> {
  const { outcome } = await send(as, { to: [to], subject, text });
  switch (outcome.kind) {
    case 'sent':
    case 'partial':
      return 'sent';
    case 'queued':
    case 'confirm':
      return 'waiting';
    case 'deferred':
      return 'unreachable';
    case 'unknown':
      return 'unknown';
    default:
      return 'refused';
  }
}

/** Asks a list to let somebody go, once; a failure is an outcome like another. */
export async function askToLeave(
  context: Asking,
  as: PersonRef,
  way: Exclude<Way, { kind: 'link' }>,
): Promise<Outcome> {
  try {
    return way.kind === 'one-click'
      ? await askServer(context, way.url)
      : await askByMail(context, as, way);
  } catch (error) {
    context.log.warn({ err: error, way: way.kind }, 'list-unsubscribe/failed');
    return 'unknown';
  }
}
