import type { PluginCache, PluginContext, SiteId } from 'estafette/plugin';

const NAME_MAX = 80;
const NAMES_MAX = 2_000;
const KEPT_S = 600;
const SHOWN_MAX = 2;

/** Words of a name in one order, without accents or case: « Durand Camille » is « Camille Durand ». */
function wordsOf(name: string): readonly string[] {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return plain
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .sort();
}

/** Finds agents who bear the name of an outside sender. */
export interface Namesakes {
  /** Their addresses, or none; asks the directory of the site at most once in ten minutes for a name. */
  find(site: SiteId, name: string): Promise<readonly string[]>;
}

export function createNamesakes(context: Pick<PluginContext, 'directory' | 'cache'>): Namesakes {
  const known: PluginCache<readonly string[]> = context.cache('names', {
    max: NAMES_MAX,
    ttlS: KEPT_S,
  });
  return {
    async find(site, name) {
      const words = wordsOf(name);
      // One word is a first name or a service: too many people bear it.
      if (words.length < 2 || name.length > NAME_MAX) return [];
      const key = words.join(' ');
      const before = known.get(site, undefined, key);
      if (before) return before;
      const directory = context.directory(site);
      if (!directory) return [];
      const records = await directory.search(name, { types: ['person'], limit: 10 });
      const mails = records
        .filter((record) => wordsOf(record.name).join(' ') === key)
        .flatMap((record) => record.mails.slice(0, 1))
        .slice(0, SHOWN_MAX);
      known.set(site, undefined, key, mails);
      return mails;
    },
  };
}
