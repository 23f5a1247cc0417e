import { createHash } from 'node:crypto';
import type { EventFacts } from '../ics/facts';
import { readObject } from '../ics/object';
import { IcsError } from '../ics/types';
import { taskFacts } from '../tasks/facts';

/** What is written beside a text; undefined for what is no calendar object. */
export interface Digest {
  readonly uid: string;
  readonly etag: string;
  readonly component: string;
  readonly summary: string;
  readonly search: string;
  readonly facts: string;
  readonly first_ms: number;
  readonly last_ms: number;
  readonly bytes: number;
  /** What lists of tasks need; null for what is none. */
  readonly todo: string | null;
}

/** Lower case without accents: how words are kept and looked for. */
export const fold = (text: string): string =>
  text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** Strong, of the text as it is (RFC 9110 8.8.3). */
const etagOf = (text: string): string =>
  `"${createHash('sha256').update(text).digest('base64url').slice(0, 32)}"`;

export function digestOf(text: string): Digest | undefined {
  try {
    const { uid, component, summary, words, events, first, last } = readObject(text);
    return {
      uid,
      etag: etagOf(text),
      component,
      summary: summary.replace(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, ' '),
      search: fold(words),
      facts: JSON.stringify(events),
      first_ms: first,
      last_ms: last,
      bytes: Buffer.byteLength(text),
      todo: component === 'VTODO' ? JSON.stringify(taskFacts(text) ?? null) : null,
    };
  } catch (error) {
    if (error instanceof IcsError) return undefined;
    throw error;
  }
}

/** What `digestOf` kept of its events. */
export const factsIn = (facts: string): readonly EventFacts[] => JSON.parse(facts);
