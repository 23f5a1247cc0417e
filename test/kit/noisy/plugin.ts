import type { PluginDefinition, PluginRouter } from '../../../src/host';
import type { FoundPlugin } from '../../../src/host/discover';

/** Kept for ever: what this plugin leaks. */
const kept: string[][] = [];
/** A value that no two strings share. */
let seed = 0;

/** Holds the loop, as a plugin that parses with a bad regular expression does. */
export function holdLoop(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** About one megabyte of strings of its own. */
function leakMegabyte(): void {
  const piece: string[] = [];
  for (let index = 0; index < 8_000; index++)
    piece.push(`${seed++}`.padStart(100, 'x').split('').join(''));
  kept.push(piece);
}

const delay = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

const FINE = { json: { ok: true } };

const routes = (router: PluginRouter): void => {
  const open = { public: true } as const;
  router.get('/fine', () => FINE, open);
  router.get(
    '/spin',
    ({ query }) => {
      holdLoop(Number(query['ms']));
      return FINE;
    },
    open,
  );
  // Nobody's turn of the loop any more: the call has been answered.
  router.get(
    '/spin-later',
    ({ query }) => {
      setTimeout(() => holdLoop(Number(query['ms'])), 20);
      return FINE;
    },
    open,
  );
  router.get(
    '/leak',
    () => {
      leakMegabyte();
      return FINE;
    },
    open,
  );
  router.get(
    '/timer',
    () => {
      setTimeout(() => {
        throw new Error('thrown in a timer');
      }, 10);
      return FINE;
    },
    open,
  );
  // Answers late, and forgets a promise meanwhile.
  router.get(
    '/float-slowly',
    async ({ query }) => {
      await delay(Number(query['ms']));
      void Promise.reject(new Error('nobody waits for it'));
      await delay(100);
      return FINE;
    },
    open,
  );
  router.get(
    '/float',
    () => {
      void Promise.reject(new Error('nobody waits for it'));
      return FINE;
    },
    open,
  );
};

const definition: PluginDefinition = {
  id: 'noisy',
  api: '^1.0',
  title: 'noisy:title',
  contributes: {
    routes: async () => ({ routes }),
    commands: [
      {
        name: 'noisy:say',
        summary: 'Says what it is given.',
        async run({ id }, { args, print }) {
          print(`${id}: ${args.join(' ')}`);
          return 3;
        },
      },
    ],
  },
};

/** A plugin that does to its process what it is asked to by address. */
export const noisyPlugin: FoundPlugin = {
  id: 'noisy',
  version: '0.0.0',
  dir: __dirname,
  definition,
  migrations: [],
  locales: { fr: { title: 'Bruyant' }, en: { title: 'Noisy' } },
};
