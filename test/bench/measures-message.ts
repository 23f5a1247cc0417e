import type { Measure } from './measure';
import { KINDS, type Kind, SHOWN_PART, type SpecialCounts, subjectOf } from './special-messages';
import { firstUidOf, type Stand } from './stand';

const AIM = 10;
const ARCHIVE = 'Archive';
const TITLES: Readonly<Record<Kind, string>> = {
  plain: 'open, plain text',
  newsletter: 'open, newsletter (97 kB of HTML)',
  heavy: 'open, text beside a 5 MB attachment',
};
const WARM_UP: SpecialCounts = { plain: 4, newsletter: 4, heavy: 1 };

/** Rounds of each kind, warm-up included: a message is opened once, by one side. */
export const specialCounts = (quick: boolean): SpecialCounts =>
  quick ? { plain: 16, newsletter: 14, heavy: 4 } : { plain: 34, newsletter: 34, heavy: 9 };

/** Opening messages that a list has shown and nobody has opened, unread as new mail is. */
export function openMeasures({ pair, browser, client }: Stand): readonly Measure[] {
  const fresh = KINDS.map((kind): Measure => {
    const uids = { product: pair.product.special[kind], server: pair.server.special[kind] };
    const warmUp = WARM_UP[kind];
    return {
      id: `open-${kind}`,
      title: TITLES[kind],
      beside: 'FETCH of the part shown',
      rounds: Math.min(uids.product.length, uids.server.length) - warmUp,
      warmUp,
      aim: AIM,
      prepare: () => browser.list(`?q=${subjectOf(kind)}&in=subject`),
      product: (round) => browser.open(at(uids.product, round)),
      server: (round) =>
        client.time(`UID FETCH ${at(uids.server, round)} (BODY.PEEK[${SHOWN_PART[kind]}])`),
    };
  });
  const again: Measure = {
    id: 'open-again',
    title: 'open, plain text, a second time',
    beside: 'FETCH of the part shown',
    rounds: 20,
    product: () => browser.open(at(pair.product.special.plain, 0)),
    server: () => client.time(`UID FETCH ${at(pair.server.special.plain, 0)} (BODY.PEEK[1])`),
  };
  return [...fresh, again];
}

/** Flags set and taken off, and moves out of the mailbox, on one message each. */
export function actionMeasures({ pair, browser, client, quick }: Stand): readonly Measure[] {
  const first = firstUidOf(pair, 1);
  // Each message leaves once; those of the first page stay.
  const leaving = (round: number): number => firstUidOf(pair, 3) + round;
  return [
    {
      id: 'flag',
      title: 'flag on or off (the POST)',
      beside: 'STORE',
      rounds: quick ? 20 : 40,
      aim: AIM,
      product: (round) =>
        browser.act('flag', first, { flag: 'flagged', on: String((round + 1) % 2) }),
      server: (round) =>
        client.time(`UID STORE ${first} ${round % 2 === 0 ? '+' : '-'}FLAGS.SILENT (\\Flagged)`),
    },
    {
      id: 'flag-list',
      title: 'flag, and the list after it',
      beside: 'STORE, FETCH of 50 flags',
      rounds: quick ? 10 : 20,
      product: async (round) => {
        const fields = { flag: 'flagged', on: String((round + 1) % 2) };
        return (await browser.act('flag', first, fields)) + (await browser.list());
      },
      server: async (round) => {
        const sign = round % 2 === 0 ? '+' : '-';
        const stored = await client.time(`UID STORE ${first} ${sign}FLAGS.SILENT (\\Flagged)`);
        return stored + (await client.time(`UID FETCH ${first}:${first + 49} (UID FLAGS)`));
      },
    },
    {
      id: 'move',
      title: 'move to another mailbox (the POST)',
      beside: 'MOVE',
      rounds: quick ? 12 : 25,
      aim: AIM,
      product: (round) => browser.act('move', leaving(round), { to: ARCHIVE }),
      server: (round) => client.time(`UID MOVE ${leaving(round)} "${ARCHIVE}"`),
    },
  ];
}

const SEARCH_AIM = 1.2;
/** Those that the search of one mailbox did not ask. */
const OTHER_NUMBERS = 100;

/** Searches that were not asked before, by a number that few subjects hold. */
export function searchMeasures({ pair, browser, client, quick }: Stand): readonly Measure[] {
  const number = (round: number): number => Math.floor(pair.size / 3) + round;
  return [
    {
      id: 'search',
      title: 'search by subject',
      beside: 'SEARCH SUBJECT',
      rounds: quick || pair.size > 10_000 ? 5 : 15,
      warmUp: 1,
      product: (round) => browser.list(`?q=${number(round)}&in=subject`, { mayBeEmpty: true }),
      server: (round) => client.time(`UID SEARCH SUBJECT "${number(round)}"`),
    },
    {
      id: 'search-all',
      title: 'search by subject in all mailboxes: the page of the first results',
      beside: 'SEARCH SUBJECT',
      rounds: quick || pair.size > 10_000 ? 5 : 15,
      warmUp: 1,
      aim: SEARCH_AIM,
      product: (round) => browser.searchAll(`subject:${number(round) + OTHER_NUMBERS}`),
      server: (round) => client.time(`UID SEARCH SUBJECT "${number(round) + OTHER_NUMBERS}"`),
    },
  ];
}

function at(uids: readonly number[], index: number): number {
  const uid = uids[index];
  if (uid === undefined) throw new Error(`no message ${index}`);
  return uid;
}
