import type { PluginContext, SlotFacts } from 'estafette/plugin';
import { awayFor } from './absence';
import { type Asker, annuaireFor, type Context } from './ask';
import { faceOf, pathOf } from './card';
import type { AnnuaireConfig } from './config';
import { fold } from './fold';
import { isKept } from './kept';
import { entryHref, photoHref } from './links';
import { KIND_TEXTS, PHONE_TEXTS } from './texts';

/** Who wrote the open message, where the directory knows the address. */
export async function senderOf(
  { site, as, groups, presence, locale = 'fr', message }: SlotFacts,
  context: PluginContext<AnnuaireConfig>,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const from = message?.from;
  if (!from || !as) return undefined;
  const asker = { site: site.id, as, groups, presence };
  if (isKept(context, asker)) return undefined;
  const annuaire = annuaireFor(context, asker);
  const entry = (await annuaire?.byMail([from.mail]))?.get(from.mail.toLowerCase());
  if (!annuaire || !entry) return undefined;
  const [path, pictured, away] = await Promise.all([
    pathOf(annuaire, entry.dn),
    annuaire.pictured([from.mail]),
    awayFor(context, { ...asker, locale }, entry),
  ]);
  return {
    ...faceOf(entry),
    photo: pictured.length > 0 ? photoHref(entry.dn) : '',
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
    href: entryHref(entry.dn),
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
  const annuaire =
    own.length > 0 && !isKept(context, asker) ? annuaireFor(context, asker) : undefined;
  const found = [...((await annuaire?.byMail(own)) ?? [])];
  return Promise.all(
    found.map(async ([mail, entry]) => ({
      mail,
      class: (await annuaire?.isNear(entry)) ? ('service' as const) : ('ministry' as const),
      ...(entry.kind !== 'person' && { label: label(KIND_TEXTS[entry.kind].one) }),
    })),
  );
}

/** Pictures of people, by address: paths of our own route. */
export async function avatarsOf(context: Context, asker: Asker, addresses: readonly string[]) {
  if (isKept(context, asker)) return undefined;
  const pictured = (await annuaireFor(context, asker)?.pictured(addresses)) ?? [];
  if (pictured.length === 0) return undefined;
  return Object.fromEntries(
    pictured.map(({ mail, dn }) => [mail.toLowerCase(), photoHref(dn)] as const),
  );
}
