import { AppError } from '../../base/errors';
import type { UsedOnce } from '../../kernel/used-once';
import type { Gate } from './gate';
import { outward } from './outward';

/** A challenge, a token, an assertion: not a document. */
const MAX_WORD_CHARS = 16_000;
/** The furthest date that the column holds as text that sorts. */
const FURTHEST_MS = Date.UTC(9999, 0);

/** `context.once`: what a plugin takes a single time; another plugin's words are others. */
export function pluginOnce(gate: Gate, used: Pick<UsedOnce, 'take'>) {
  return async (word: string, untilMs: number): Promise<boolean> => {
    gate.need('db');
    if (word === '' || word.length > MAX_WORD_CHARS || !Number.isFinite(untilMs)) {
      const problem = 'once: a word, and a time in milliseconds';
      throw new AppError('request/invalid', { details: { plugin: gate.plugin, problem } });
    }
    const until = Math.min(Math.max(untilMs, 0), FURTHEST_MS);
    return outward(() => used.take(`${gate.plugin}\n${word}`, until));
  };
}
