import type { SiteId } from 'estafette/plugin';
import type { Sso } from './types';

/** What may be used a single time. */
export interface Once {
  readonly site: SiteId;
  readonly provider: string;
  readonly kind: 'state' | 'logout' | 'assertion' | 'ticket';
  readonly word: string;
  /** After which it would be refused for its age anyway. */
  readonly untilMs: number;
}

/** Whether a word of a provider is met for the first time, in any process of the platform. */
export const isFirstUse = (
  { once, clock }: Sso,
  { site, provider, kind, word, untilMs }: Once,
): Promise<boolean> =>
  once(`${site}\n${provider}\n${kind}\n${word}`, Math.max(untilMs, clock.now()));
