import type { MessageRef } from '../base/types';
import { firstHeader, type HeaderBlock, type Hop, parseReceived } from '../mime';
import type { Actor } from '../session';
import type { MailContext } from './context';
import { readHeaderBlock } from './headers';

/** A passage of a message, oldest first. */
export interface TransitHop extends Hop {
  /** Written by a server of the site: what is below it, a sender may have invented. */
  readonly isTrusted: boolean;
  /** Since the passage before; negative where clocks disagree. */
  readonly delayMs: number | undefined;
}

/** Who sent a message, when and through which servers, as far as its header tells. */
export interface Transit {
  /** Date field, as the sender wrote it. */
  readonly writtenAt: string | undefined;
  /** Program that wrote it, by its own word. */
  readonly program: string | undefined;
  readonly hops: readonly TransitHop[];
  /** More passages than are shown. */
  readonly isCut: boolean;
  /** Servers of the site are named in its configuration: what is trusted can be told apart. */
  readonly knowsOwn: boolean;
}

const MAX_HOPS = 60;

/** The way of a message to here. */
export async function readTransit(
  context: MailContext,
  actor: Actor,
  ref: MessageRef,
): Promise<Transit> {
  const block = await readHeaderBlock(context, actor, ref);
  return transitOf(block, actor.site.reading?.servers ?? []);
}

/** The passages of a header; `servers` are host names, or `.domain` for all below it. */
export function transitOf(block: HeaderBlock, servers: readonly string[]): Transit {
  const received = block.fields.filter(({ name }) => name.toLowerCase() === 'received');
  const newestFirst = received.slice(0, MAX_HOPS).map(({ raw }) => parseReceived(raw));
  const firstForeign = newestFirst.findIndex(({ by }) => !isOwn(by, servers));
  const trusted = firstForeign < 0 ? newestFirst.length : firstForeign;
  const writtenAt = isoOf(firstHeader(block, 'date'));
  const hops: TransitHop[] = [];
  let before = writtenAt;
  for (let at = newestFirst.length - 1; at >= 0; at -= 1) {
    const hop = newestFirst[at];
    if (!hop) continue;
    hops.push({ ...hop, isTrusted: at < trusted, delayMs: delayOf(before, hop.date) });
    before = hop.date ?? before;
  }
  const program = firstHeader(block, 'user-agent') ?? firstHeader(block, 'x-mailer');
  return {
    writtenAt,
    program: program?.slice(0, 200),
    hops,
    isCut: received.length > MAX_HOPS || block.truncated,
    knowsOwn: servers.length > 0,
  };
}

function isOwn(by: string | undefined, servers: readonly string[]): boolean {
  const host = by?.toLowerCase() ?? '';
  return servers.some((own) => (own.startsWith('.') ? host.endsWith(own) : host === own));
}

const delayOf = (from: string | undefined, to: string | undefined): number | undefined =>
  from === undefined || to === undefined ? undefined : Date.parse(to) - Date.parse(from);

/** A comment behind the date is common: `(CET)`. */
function isoOf(text: string | undefined): string | undefined {
  const time = Date.parse((text ?? '').slice(0, 100).replace(/\([^()]*\)/g, ''));
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
