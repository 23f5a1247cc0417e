import type { PluginContext, SlotFacts } from 'estafette/plugin';
import { awayFor } from './absence';
import { byMailInAll, fromAll, QUICK_MS } from './all';
import type { Asker, Context } from './ask';
import { faceOf, pathOf } from './card';
import type { AnnuaireConfig } from './config';
import { fold } from './fold';
import { isKept } from './kept';
import { entryHref, photoHref } from './links';
import { listsAmong } from './lists';
import { KIND_TEXTS, PHONE_TEXTS } from './texts';

/** Of the second of a slot: the card has more questions for the directory that knows who wrote. */
const BY_MAIL_MS = 500;

/** Who wrote the open message, where the directory knows the address. */
export async function senderOf(
  { site, as, groups, presence, locale = 'fr', message }: SlotFacts,
  context: PluginContext<AnnuaireConfig>,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const from = message?.from;
  if (!from || !as) return undefined;
  const asker = { site: site.id, as, groups, presence };
  if (isKept(context, asker)) return undefined;
  const known = await byMailInAll(context, asker, [from.mail], BY_MAIL_MS);
  const { annuaire, entry } = known.get(from.mail.toLowerCase()) ?? {};
  if (!annuaire || !entry) return undefined;
  const [path, pictured, away] = await Promise.all([
    pathOf(annuaire, entry.dn),
    annuaire.pictured([from.mail]),
    // Who is absent is read in the directory of sign-in, and so are those who answer instead.
    entry.of === '' ? awayFor(context, { ...asker, locale }, entry) : undefined,
  ]);
  return {
    ...faceOf(entry),
    photo: pictured.length > 0 ? photoHref(entry.dn, entry.of) : '',
    name: entry.name,
    mail: entry.mail,
    title: entry.title,
    kind: entry.kind === 'person' ? '' : KIND_TEXTS[entry.kind].one,
    // The address is what is checked; the name beside it is what anybody may write.
    isNamedSo: from.name === '' || isSameName(from.name, entry.name),
    shownName: from.name,
    path,
    away,
    phones: entry.phones
      .filter(({ fact }) => fact !== 'fax')
      .map(({ fact, text, href }) => ({ label: PHONE_TEXTS[fact], text, href })),
    href: entryHref(entry.dn, undefined, entry.of),
  };
}

/** The same words in any order: `CLAIRBOIS Linh (DSI)` is `Linh Clairbois`. */
function isSameName(written: string, known: string): boolean {
  const words = new Set(fold(written).split(/[^\p{L}\p{N}]+/u));
  return fold(known)
    .split(/[^\p{L}\p{N}]+/u)
    .every((word) => words.has(word));
}

/** What the addresses of a page are to the person who reads it. */
export async function classesOf(
  context: Context,
  asker: Asker,
  {
    addresses,
    label,
  }: {
    readonly addresses: readonly string[];
    readonly label: (key: string) => string;
  },
) {
  const { mailDomains } = context.site(asker.site);
  const own = addresses.filter((mail) => mailDomains.includes(mail.split('@').at(-1) ?? ''));
  if (own.length === 0 || isKept(context, asker)) return [];
  const found = [...(await byMailInAll(context, asker, own, QUICK_MS))];
  const lists = await listsAmong(
    context,
    found.map(([, owned]) => owned),
  );
  return Promise.all(
    found.map(async ([mail, { annuaire, entry }]) => ({
      mail,
      class: (await annuaire.isNear(entry)) ? ('service' as const) : ('ministry' as const),
      ...(entry.kind !== 'person' && { label: label(KIND_TEXTS[entry.kind].one) }),
      ...(lists.has(entry) && { list: lists.get(entry) }),
    })),
  );
}

/** Pictures of people, by address: paths of our own route. */
export async function avatarsOf(context: Context, asker: Asker, addresses: readonly string[]) {
  if (isKept(context, asker)) return undefined;
  const found = await fromAll(context, asker, (one) => one.pictured(addresses));
  const pictured = found.flat();
  if (pictured.length === 0) return undefined;
  // Of two directories that know somebody, that of sign-in has the picture.
  return Object.fromEntries(
    pictured.reverse().map(({ mail, dn, of }) => [mail.toLowerCase(), photoHref(dn, of)] as const),
  );
}
