import { AsyncLocalStorage } from 'node:async_hooks';
import type { PluginRoute } from './route-types';

// One per process by nature: it follows asynchronous execution, which is a property of the process.
const storage = new AsyncLocalStorage<string>();

/** Client address of the request that a plugin's route is answering now; none in jobs and hooks. */
export const currentRemote = (): string | undefined => storage.getStore() || undefined;

const halfway = new AsyncLocalStorage<string>();

/**
 * Login of whoever is being asked the challenge that a plugin's route answers now: they gave their
 * password, and their session is not open yet.
 */
export const currentHalfway = (): string | undefined => halfway.getStore();

/** Work whose doings know who is being asked. */
export const knowingHalfway = <T>(login: string | undefined, work: () => T): T =>
  login === undefined ? work() : halfway.run(login, work);

/** A handler whose doings know where its request comes from. */
export const knowingRemote =
  (handler: PluginRoute['handler']): PluginRoute['handler'] =>
  (request, context) =>
    storage.run(request.remote, () => handler(request, context));
