/** As many as can be under way, and those just over, whose timers may still run. */
const MAX_REQUESTS = 5_000;
/** People who are each kept from some plugin: more would be an attack, and the oldest go. */
const MAX_SUSPENDED = 1_000;

// One each per process by nature, as attribution is: whoever runs plugin code asks them.
const askers = new Map<string, string>();
const suspended = new Map<string, Suspension>();

/** A plugin that does not run for one person, or for whoever asks from one address. */
export interface Suspension {
  readonly plugin: string;
  /** As given to `noteAsker`. */
  readonly who: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** Remembers for whom a request is: `user 12`, or `from 192.0.2.1` for nobody that is known. */
export function noteAsker(requestId: string, who: string): void {
  askers.delete(requestId);
  askers.set(requestId, who);
  if (askers.size > MAX_REQUESTS) dropFirst(askers);
}

/** For whom a request is, or was a moment ago; `undefined` for what nobody asked for. */
export const askerOf = (requestId: string | undefined): string | undefined =>
  requestId === undefined ? undefined : askers.get(requestId);

const keyOf = (plugin: string, who: string): string => `${plugin}\n${who}`;

/** Keeps a plugin from running for somebody until a time; false when it already does. */
export function suspend({ plugin, who, until }: Suspension): boolean {
  const key = keyOf(plugin, who);
  if ((suspended.get(key)?.until ?? 0) >= until) return false;
  suspended.delete(key);
  suspended.set(key, { plugin, who, until });
  if (suspended.size > MAX_SUSPENDED) dropFirst(suspended);
  return true;
}

/** Until when a plugin does not run for who made a request; costs nothing while nobody is suspended. */
export function suspendedUntil(
  plugin: string,
  requestId: string | undefined,
  now: number,
): number | undefined {
  if (suspended.size === 0) return undefined;
  const who = askerOf(requestId);
  const found = who === undefined ? undefined : suspended.get(keyOf(plugin, who));
  if (!found) return undefined;
  if (found.until > now) return found.until;
  suspended.delete(keyOf(plugin, found.who));
  return undefined;
}

/** What is suspended now. */
export const suspensions = (now: number): readonly Suspension[] =>
  [...suspended.values()].filter(({ until }) => until > now);

function dropFirst(map: Map<string, unknown>): void {
  const [first] = map.keys();
  if (first !== undefined) map.delete(first);
}
