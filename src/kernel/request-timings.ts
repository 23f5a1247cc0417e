/** Time that plugins took of the requests that somebody looks at; others cost nothing. */
export interface RequestTimings {
  /** Counts for this request from now on. */
  open(requestId: string): void;
  add(requestId: string | undefined, plugin: string, ms: number): void;
  /** Milliseconds by plugin so far, several calls summed. */
  read(requestId: string): ReadonlyMap<string, number>;
  close(requestId: string): void;
}

const NONE: ReadonlyMap<string, number> = new Map();

export function createRequestTimings(): RequestTimings {
  const open = new Map<string, Map<string, number>>();
  return {
    open: (id) => void open.set(id, new Map()),
    add(id, plugin, ms) {
      if (open.size === 0 || id === undefined) return;
      const times = open.get(id);
      times?.set(plugin, (times.get(plugin) ?? 0) + ms);
    },
    read: (id) => open.get(id) ?? NONE,
    close: (id) => void open.delete(id),
  };
}
