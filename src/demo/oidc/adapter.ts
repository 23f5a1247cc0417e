import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';

/** A demo left running must not fill the memory. */
const MAX_ENTRIES = 5_000;
const GRANTED: ReadonlySet<string> = new Set(['AccessToken', 'AuthorizationCode', 'RefreshToken']);

interface Entry {
  readonly payload: AdapterPayload;
  readonly endsAtMs: number;
}

/** What the provider remembers, in memory, so that it outlives a change of its keys. */
export function memoryAdapter(): AdapterFactory {
  const entries = new Map<string, Entry>();
  const live = (key: string): AdapterPayload | undefined => {
    const entry = entries.get(key);
    if (!entry) return undefined;
    if (entry.endsAtMs > Date.now()) return entry.payload;
    entries.delete(key);
    return undefined;
  };
  const search = (isWanted: (payload: AdapterPayload) => boolean, kind: string) =>
    [...entries].find(([key, { payload }]) => key.startsWith(`${kind}:`) && isWanted(payload));

  return (kind): Adapter => ({
    async upsert(id, payload, expiresIn) {
      const endsAtMs = expiresIn ? Date.now() + expiresIn * 1_000 : Number.POSITIVE_INFINITY;
      entries.set(`${kind}:${id}`, { payload, endsAtMs });
      const [oldest] = entries.keys();
      if (entries.size > MAX_ENTRIES && oldest !== undefined) entries.delete(oldest);
    },
    find: async (id) => live(`${kind}:${id}`),
    findByUserCode: async (code) => search(({ userCode }) => userCode === code, kind)?.[1].payload,
    async findByUid(uid) {
      const [key] = search((payload) => payload.uid === uid, kind) ?? [];
      return key === undefined ? undefined : live(key);
    },
    async consume(id) {
      const payload = live(`${kind}:${id}`);
      if (payload) payload.consumed = Math.floor(Date.now() / 1_000);
    },
    async destroy(id) {
      entries.delete(`${kind}:${id}`);
    },
    async revokeByGrantId(grantId) {
      for (const [key, { payload }] of entries) {
        const [of = ''] = key.split(':');
        if (GRANTED.has(of) && payload.grantId === grantId) entries.delete(key);
      }
    },
  });
}
