import type { Log } from '../base/log';
import { toError } from './thrown';

/** What survives the way to another process. */
export type BusPayload =
  | string
  | number
  | boolean
  | null
  | readonly BusPayload[]
  | { readonly [key: string]: BusPayload | undefined };

export type BusHandler = (payload: BusPayload) => void | PromiseLike<void>;

/**
 * Events between processes: at most once, unordered across topics, to every subscriber of every
 * process, the publisher's own included. For wake-ups and invalidations, never the only copy.
 */
export interface Bus {
  /** Resolves when the event has been handed over, not when it has been handled. */
  publish(topic: string, payload: BusPayload): Promise<void>;
  /** Returns the remover. */
  subscribe(topic: string, handler: BusHandler): () => void;
  close(): Promise<void>;
}

/** The bus of an installation with one process. */
export function createLocalBus({ log }: { log: Log }): Bus {
  const handlers = new Map<string, ReadonlySet<BusHandler>>();

  async function deliver(topic: string, json: string, handler: BusHandler): Promise<void> {
    try {
      await handler(JSON.parse(json));
    } catch (error) {
      log.error({ err: toError(error), topic }, 'bus/handler-failed');
    }
  }

  return {
    async publish(topic, payload) {
      // Serialised even here: a payload that would not reach another process must not seem to work.
      const json = JSON.stringify(payload);
      const current = handlers.get(topic) ?? [];
      queueMicrotask(() => {
        for (const handler of current) void deliver(topic, json, handler);
      });
    },
    subscribe(topic, handler) {
      // A function of its own, so that one handler subscribed twice is removed once.
      const own: BusHandler = (payload) => handler(payload);
      handlers.set(topic, new Set([...(handlers.get(topic) ?? []), own]));
      return () => {
        const rest = new Set(handlers.get(topic));
        rest.delete(own);
        if (rest.size > 0) handlers.set(topic, rest);
        else handlers.delete(topic);
      };
    },
    async close() {
      handlers.clear();
    },
  };
}
