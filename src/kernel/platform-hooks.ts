import { type Action, type Collect, defineHooks } from './hook-types';

/** One thing that a plugin depends on, as the operations listener tells it. */
export interface HealthReport {
  /** `caldav`; shown as `<plugin>:caldav`. */
  readonly id: string;
  readonly ok: boolean;
  readonly ms: number;
  /** For an operator: no name of a person, no address of a message. */
  readonly detail?: string;
}

declare global {
  namespace Estafette {
    interface HookMap {
      'error:reported': Action<{
        readonly plugin: string;
        readonly hook: string;
        readonly reason: string;
        /** Name and message, without the stack. */
        readonly error: string;
        readonly requestId?: string;
      }>;
      'health:checks': Collect<Record<never, never>, HealthReport>;
    }
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
const isCheck = (value: unknown): boolean =>
  isObject(value) &&
  typeof value['id'] === 'string' &&
  /^[a-z][a-z0-9-]{0,63}$/.test(value['id']) &&
  typeof value['ok'] === 'boolean' &&
  typeof value['ms'] === 'number' &&
  Number.isFinite(value['ms']) &&
  (value['detail'] === undefined ||
    (typeof value['detail'] === 'string' && value['detail'].length <= 200));

/** Hooks of the platform itself. */
export const platformHooks = defineHooks({
  'error:reported': {
    kind: 'action',
    doc: 'A handler, a slot or a route of a plugin failed; its own failures are not reported.',
  },
  'health:checks': {
    kind: 'collect',
    doc: 'Whether what plugins depend on answers, for the operations listener.',
    check: isCheck,
    timeoutMs: 2_000,
  },
});
