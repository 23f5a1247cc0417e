import { initialsOf, tintOf } from 'estafette/plugin';
import type { Annuaire } from './ask';
import { dnKey, isSame, parentOf, pathTo, rdnOf } from './dn';
import { byOrder, type Entry } from './entry';
import { plain } from './fold';
import { branchHref, composeHref, entryHref, photoHref, type Searched, vcardHref } from './links';
import { KIND_ICONS, KIND_TEXTS, PHONE_TEXTS } from './texts';

/** One link to somebody or something. */
export interface Person {
  readonly name: string;
  readonly href: string;
}

/** People beyond those are counted. */
const SHOWN_PEOPLE = 60;

/** The picture, or what stands in for it. */
export const faceOf = ({ kind, name, mail }: Entry) => ({
  initials: kind === 'person' ? initialsOf(name) : '',
  icon: kind === 'person' ? '' : KIND_ICONS[kind],
  // Colours tell people apart; what is no person has the one of the site.
  tint: kind === 'person' ? tintOf(mail || name) : 6,
});

/** A line of a list. */
export const rowOf = (entry: Entry, searched: Searched, selected: string, source = '') => ({
  ...faceOf(entry),
  dn: entry.dn,
  name: entry.name,
  detail:
    entry.kind === 'person'
      ? [entry.title || entry.jobs[0], searched.q === '' ? '' : serviceName(entry)]
          .filter(Boolean)
          .join(' – ')
      : entry.mail || entry.title,
  kind: entry.kind === 'person' ? '' : KIND_TEXTS[entry.kind].one,
  href:
    entry.kind === 'service' && searched.q === ''
      ? branchHref(entry.dn, entry.of)
      : entryHref(entry.dn, searched, entry.of),
  source,
  isCurrent: selected !== '' && isSame(entry.dn, selected),
});

/** The service that somebody belongs to, as they say it or by where they stand. */
export const serviceName = (entry: Entry): string =>
  entry.service || plain(rdnOf(parentOf(entry.dn))[1]);

/** The services above an entry, from the uppermost; those that are hidden keep their own name. */
export async function pathOf(annuaire: Annuaire, dn: string): Promise<readonly Person[]> {
  const above = pathTo(dn, annuaire.base).slice(0, -1);
  const root = await annuaire.entry(annuaire.base).catch(() => undefined);
  const entries = await Promise.all(above.map((one) => annuaire.entry(one)));
  return [
    { name: root?.name ?? plain(rdnOf(annuaire.base)[1]), href: branchHref('', annuaire.of) },
    ...above.map((one, at) => ({
      name: entries[at]?.name ?? plain(rdnOf(one)[1]),
      href: branchHref(one, annuaire.of),
    })),
  ];
}

/** All that is known of an entry, with the names of those it points to. */
export async function cardOf(annuaire: Annuaire, entry: Entry, searched: Searched) {
  const { members, owners, managers, assistants } = entry;
  const isPlace = entry.kind === 'service';
  const [names, found, lists, path, pictured] = await Promise.all([
    annuaire.named([...owners, ...managers, ...assistants].slice(0, SHOWN_PEOPLE)),
    annuaire.members(members.slice(0, SHOWN_PEOPLE)),
    isPlace ? { entries: [] } : annuaire.listsOf(entry),
    pathOf(annuaire, entry.dn),
    annuaire.pictured(entry.mail === '' ? [] : [entry.mail]),
  ]);
  const people = (dns: readonly string[]): readonly Person[] =>
    dns.slice(0, SHOWN_PEOPLE).flatMap((dn) => {
      const found = names.get(dnKey(dn));
      return found ? [{ name: found.name, href: entryHref(dn, undefined, entry.of) }] : [];
    });
  const shown = [...found.values()].map(({ name, mail, entry: one }) => ({
    name: name || mail,
    href: one ? entryHref(one.dn, undefined, one.of) : composeHref({ name: mail, mail }),
  }));
  return {
    ...faceOf(entry),
    photo: pictured.some(({ dn }) => isSame(dn, entry.dn)) ? photoHref(entry.dn, entry.of) : '',
    name: entry.name,
    kind: KIND_TEXTS[entry.kind].one,
    isPerson: entry.kind === 'person',
    title: entry.title,
    mail: entry.mail,
    writeHref: composeHref(entry),
    otherMails: entry.otherMails.map((mail) => ({ mail, href: composeHref({ name: mail, mail }) })),
    phones: entry.phones.map(({ fact, text, href }) => ({ label: PHONE_TEXTS[fact], text, href })),
    place: entry.place,
    path,
    vcardHref: vcardHref(entry.dn, entry.of),
    reachHref: isPlace
      ? branchHref(entry.dn, entry.of)
      : `${branchHref(parentOf(entry.dn), entry.of)}&dn=${encodeURIComponent(entry.dn)}`,
    jobs: entry.jobs,
    missions: entry.missions,
    owners: people(owners),
    managers: people(managers),
    assistants: people(assistants),
    members: shown,
    memberCount: members.length,
    otherMembers: members.length - shown.length,
    lists: [...lists.entries]
      .sort(byOrder)
      .map((list) => ({ name: list.name, href: entryHref(list.dn, undefined, list.of) })),
    closeHref: searched.q === '' ? branchHref(parentOf(entry.dn), entry.of) : '',
  };
}

export type Card = Awaited<ReturnType<typeof cardOf>>;
