import type { EnablingPlugin } from './types';

/** A port that another plugin has first, on the same site. */
export interface TakenPort {
  readonly port: string;
  readonly by: string;
}

/** Plugins that cannot be on beside another one: a port has one answer a site (plugins.md 1.10). */
export function findTakenPorts(
  plugins: readonly EnablingPlugin[],
  mayBeOn: (plugin: string) => boolean,
): ReadonlyMap<string, TakenPort> {
  const owners = new Map<string, string>();
  const taken = new Map<string, TakenPort>();
  const providers = plugins.filter(({ provides = [] }) => provides.length > 0);
  // By id: the same one on every machine, whatever the order of folders.
  for (const { id, provides = [] } of providers.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    if (!mayBeOn(id)) continue;
    const port = provides.find((name) => owners.has(name));
    const by = port === undefined ? undefined : owners.get(port);
    if (port !== undefined && by !== undefined) taken.set(id, { port, by });
    else for (const name of provides) owners.set(name, id);
  }
  return taken;
}

export const describeTaken = ({ port, by }: TakenPort): string =>
  `provides the port "${port}", which ${by} provides there already`;
