import type { Compose } from '../../compose';
import type { PluginContext } from '../context-types';
import type { Gate } from './gate';
import { outward } from './outward';

const PAGE_MAX = 200;

const whole = (number: number | undefined, otherwise: number, max: number): number =>
  Number.isInteger(number) ? Math.min(Math.max(Number(number), 0), max) : otherwise;

/** Whom the person who is there wrote to; of nobody else. */
export function pluginCorrespondents(
  gate: Gate,
  compose: Compose,
): PluginContext['correspondents'] {
  return (as) => {
    gate.need('correspondents');
    return {
      async list({ query, offset, limit } = {}) {
        const actor = await gate.person(as);
        return outward(() =>
          compose.correspondents(actor, {
            query: String(query ?? '')
              .replaceAll('\0', '')
              .slice(0, 100),
            offset: whole(offset, 0, 100_000),
            limit: whole(limit, 50, PAGE_MAX),
          }),
        );
      },
      async forget(mails) {
        const actor = await gate.person(as);
        return outward(() => compose.forgetCorrespondents(actor, mails?.map(String)));
      },
    };
  };
}
