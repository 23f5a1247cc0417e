import { byMailInAll, type Owned } from './all';
import type { Asker, Context } from './ask';
import { serviceName } from './card';
import { isSame, parentOf } from './dn';
import type { Phone } from './entry';
import { plain } from './fold';
import { isKept } from './kept';
import { valuesOf } from './mapping';

const MOST = 100;
const CHARS = 500;
const PHONES: Readonly<Record<Phone['fact'], 'work' | 'cell' | 'fax'>> = {
  phone: 'work',
  mobile: 'cell',
  fax: 'fax',
};

/** What the directories say of people by their addresses, for whoever makes contacts of them. */
export async function peopleFor(context: Context, asker: Asker, mails: readonly string[]) {
  if (mails.length === 0 || isKept(context, asker)) return [];
  const found = await byMailInAll(context, asker, mails.slice(0, MOST));
  const site = context.site(asker.site).title;
  return Promise.all(
    [...found].map(async ([mail, owned]) =>
      personOf(mail, owned, { site, unit: await unitOf(owned) }),
    ),
  );
}

/** The service that somebody names, or the one above them by its whole name. */
async function unitOf({ annuaire, entry }: Owned): Promise<string> {
  const above = parentOf(entry.dn);
  if (entry.service !== '') return entry.service;
  if (isSame(above, annuaire.base)) return '';
  // They are known without it.
  const service = await annuaire.entry(above).catch(() => undefined);
  return service?.name ?? serviceName(entry);
}

function personOf(
  mail: string,
  { annuaire, entry }: Owned,
  { site, unit }: { readonly site: string; readonly unit: string },
) {
  const of = (fact: 'surname' | 'givenName'): string =>
    plain(valuesOf(annuaire.mapping, entry.attributes, fact)[0] ?? '');
  const [family, given] = entry.kind === 'person' ? [of('surname'), of('givenName')] : ['', ''];
  const short = (text: string): string => text.slice(0, CHARS);
  return {
    mail,
    // What has both is called by them, and what has not by the name that it is listed by.
    name: family !== '' && given !== '' ? '' : short(entry.name),
    given: short(given),
    family: short(family),
    organization: short(annuaire.of === '' ? site : annuaire.title),
    unit: short(unit),
    title: short(entry.title),
    phones: entry.phones.map(({ fact, text }) => ({ type: PHONES[fact], value: short(text) })),
  };
}
