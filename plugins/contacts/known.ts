import { cleanLine, type PluginContext, type SlotFacts } from 'estafette/plugin';
import { isSeen } from './card';
import type { ContactsConfig } from './config';
import { hrefOf } from './pages/common';
import { photoHref } from './pages/photo';
import { type CardRow, createStore, fold, type Person } from './store';
import { bestCards } from './store/best';
import { piecesOf, worded } from './store/fold';
import { mailOfOwner } from './store/people';

type Context = PluginContext<ContactsConfig>;

const LINE_CHARS = 200;

/** Somebody whom a hook knows by number alone: what is shared with them goes by their address. */
export async function personOf(
  context: Context,
  site: Person['site'],
  user: number,
): Promise<Person> {
  const mail = await mailOfOwner((name) => context.db.table(name), { site, user });
  return { site, user, mail };
}

/** Below those whom the person writes to (one message today counts for a half), unless starred. */
const SCORES = { starts: 0.48, other: 0.38, star: 0.2 } as const;

/** A name that begins like what is typed comes before one that holds it, as the store reads them. */
export function scoreOf({ name, mails, isFavourite }: CardRow, typed: string): number {
  const words = ` ${worded(fold(name))}`;
  const isStart = piecesOf(typed).every(
    (piece) =>
      words.includes(` ${worded(piece)}`) || mails.some((mail) => fold(mail).startsWith(piece)),
  );
  return (isStart ? SCORES.starts : SCORES.other) + (isFavourite ? SCORES.star : 0);
}

/** A text of a card as one line that is read as it is written: names go into addresses and lists. */
export const line = (text: string): string => cleanLine(text).slice(0, LINE_CHARS);

/** Contacts and groups for the search of every page. */
export async function searchContacts(
  context: Context,
  person: Person,
  {
    query,
    limit,
    group,
    nameless,
  }: {
    readonly query: string;
    readonly limit: number;
    readonly group: string;
    /** For a card without a name or an address. */
    readonly nameless: string;
  },
) {
  const cards = await bestCards((name) => context.db.table(name), person, { text: query, limit });
  return cards.map((card) => {
    const detail = line(card.detail === '' ? (card.mails[0] ?? '') : card.detail);
    return {
      group,
      title: [line(card.name), line(card.mails[0] ?? ''), nameless].find(isSeen) ?? nameless,
      ...(detail !== '' && { detail }),
      href: hrefOf(context, '', { id: card.id }),
      score: scoreOf(card, query),
    };
  });
}

/** Photos of the people of a page; `undefined` where none is known, so that others may answer. */
export async function photosOf(
  context: Context,
  person: Person,
  addresses: readonly string[],
): Promise<Readonly<Record<string, string>> | undefined> {
  const cards = await cardsWith(context, person, addresses);
  const photos = addresses.flatMap((address) => {
    const card = cards.find(
      ({ isPictured, mails }) => isPictured && mails.includes(address.toLowerCase()),
    );
    if (!card) return [];
    return [[address.toLowerCase(), photoHref(context, card)] as const];
  });
  return photos.length === 0 ? undefined : Object.fromEntries(photos);
}

async function cardsWith(
  context: Context,
  person: Person,
  addresses: readonly string[],
): Promise<readonly CardRow[]> {
  const store = createStore(context);
  const found: CardRow[] = [];
  for (let from = 0; from < addresses.length; from += 100) {
    const mails = addresses.slice(from, from + 100);
    found.push(...(await store.list(person, { mails, limit: 500 })).cards);
  }
  return found;
}

/** Beside each address of a message: the contact that has it, or the way to add it. */
export async function knownAddresses({ site, user, addresses }: SlotFacts, context: Context) {
  if (!user || !addresses) return undefined;
  const person = { site: site.id, user: user.id, mail: user.mail };
  const others = addresses.filter(({ mail }) => mail.toLowerCase() !== user.mail.toLowerCase());
  const cards = await cardsWith(
    context,
    person,
    others.map(({ mail }) => mail),
  );
  return Object.fromEntries(
    others.map(({ name, mail }) => {
      const card = cards.find(({ mails }) => mails.includes(mail.toLowerCase()));
      const href = card
        ? hrefOf(context, '', { id: card.id })
        : hrefOf(context, 'edit', { name: name === mail ? '' : name, mail });
      return [mail, { isKnown: card !== undefined, href, mail }];
    }),
  );
}
