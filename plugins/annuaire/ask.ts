import type {
  DirectoryFilter,
  DirectoryPicture,
  DirectoryQuestion,
  DirectoryRecord,
  PersonRef,
  PluginContext,
  PluginDirectory,
  Presence,
  SiteId,
} from 'estafette/plugin';
import { type AnnuaireConfig, configOf } from './config';
import { dnKey, isWithin, parentOf, rdnOf } from './dn';
import { type Entry, entryOf } from './entry';
import { LOGIN, type Mapping, mappingOf, notHidden, ofKinds } from './mapping';
import { isDnOf, isMailOf, memberNamed } from './members';
import { KINDS, type Kind } from './profiles';
import { questionOf } from './words';

export type Context = PluginContext<AnnuaireConfig>;

/** Who asks, and where: a request, a scope of a hook, facts of a slot. */
export interface Asker {
  readonly site: SiteId;
  readonly groups?: readonly string[] | undefined;
  readonly as?: PersonRef | undefined;
  readonly presence?: Presence | undefined;
}

export interface Found {
  readonly entries: readonly Entry[];
  readonly isCut: boolean;
}

/** Names of other entries that one question asks for: an answer has 200 entries at most. */
const NAMES_A_QUESTION = 60;
/** As many as a list has members that a directory gives. */
const MAX_NAMES = 500;

/** A question has 200 conditions at most. */
const MAX_MAILS = 150;

/** A member of a list; one whom no directory knows has no entry. */
export interface Member {
  readonly name: string;
  readonly mail: string;
  readonly entry?: Entry;
}

/** The directory as one person may see it. Each function rejects when the directory does not answer. */
export interface Annuaire {
  /** Which directory it is, `''` for that of sign-in, and what it is called. */
  readonly of: string;
  readonly title: string;
  readonly mapping: Mapping;
  readonly config: Readonly<AnnuaireConfig>;
  /** Where the organisation begins. */
  readonly base: string;
  /** By name, function, service or address; `undefined` for fewer characters than a search needs. */
  search(text: string, kinds?: readonly Kind[], limit?: number): Promise<Found | undefined>;
  /** The same by room and town as well, for a page. */
  searchWide(text: string, kinds?: readonly Kind[], limit?: number): Promise<Found | undefined>;
  /** What stands right below an entry, of these kinds. */
  below(base: string, kinds: readonly Kind[]): Promise<Found>;
  entry(dn: string): Promise<Entry | undefined>;
  /** Entries by their names; those that are gone or hidden are absent. */
  named(dns: readonly string[]): Promise<ReadonlyMap<string, Entry>>;
  byMail(mails: readonly string[]): Promise<ReadonlyMap<string, Entry>>;
  /**
   * Who the members of a list are, by what it says of each: entries that may be seen, by their names,
   * logins or addresses, and people of elsewhere, of whom there is an address alone.
   */
  members(values: readonly string[]): Promise<ReadonlyMap<string, Member>>;
  /** Lists that name an entry among their members. */
  listsOf(entry: Entry): Promise<Found>;
  /** Which of these have a picture that others may see. */
  pictured(mails: readonly string[]): Promise<readonly Entry[]>;
  /** The picture of an entry, for who may see it. */
  photo(dn: string): Promise<DirectoryPicture | undefined>;
  /** Whether somebody stands in the service of the person who asks. */
  isNear(entry: Entry): Promise<boolean>;
}

/** A directory of a site for somebody, that of sign-in unless told; `undefined` where there is none. */
export function annuaireFor(context: Context, asker: Asker, of = ''): Annuaire | undefined {
  const known = context.directories(asker.site);
  // A site where nobody signs in by a directory may have others.
  const id = of === '' ? known[0]?.id : of;
  const facts = known.find((one) => one.id === id);
  const directory = facts && context.directory(asker.site, facts.id);
  if (!directory) return undefined;
  const isSignIn = context.directory(asker.site)?.id === facts.id;
  const place = { of: isSignIn ? '' : facts.id, title: facts.title };
  return new Reading(context, asker, { ...place, directory });
}

/** All directories of a site, that of sign-in first. */
export const annuairesFor = (context: Context, asker: Asker): readonly Annuaire[] =>
  context.directories(asker.site).flatMap(({ id }) => annuaireFor(context, asker, id) ?? []);

class Reading implements Annuaire {
  readonly mapping: Mapping;
  readonly base: string;
  readonly of: string;
  readonly title: string;
  readonly config: Readonly<AnnuaireConfig>;
  private readonly directory: PluginDirectory;
  private viewer: Promise<string> | undefined;

  constructor(
    private readonly context: Context,
    private readonly asker: Asker,
    {
      of,
      title,
      directory,
    }: Pick<Annuaire, 'of' | 'title'> & { readonly directory: PluginDirectory },
  ) {
    this.of = of;
    this.title = title;
    this.directory = directory;
    this.config = configOf(context.config(asker), of);
    this.mapping = mappingOf(this.config);
    this.base = this.config.treeBase ?? directory.base;
  }

  search(text: string, kinds?: readonly Kind[], limit?: number): Promise<Found | undefined> {
    return this.asked(text, false, kinds, limit);
  }

  searchWide(text: string, kinds?: readonly Kind[], limit?: number): Promise<Found | undefined> {
    return this.asked(text, true, kinds, limit);
  }

  private async asked(
    text: string,
    isWide: boolean,
    kinds: readonly Kind[] = KINDS,
    limit = this.config.limit,
  ): Promise<Found | undefined> {
    const { minChars } = this.config;
    const question = questionOf(this.mapping, text, { minChars, isWide });
    if (!question) return undefined;
    const found = await this.ask({ where: this.ofShown(kinds, question.where), limit });
    const entries = found.entries.filter(
      (entry) => question.fits(entry.attributes) && kinds.includes(entry.kind),
    );
    return { entries, isCut: found.isCut };
  }

  async below(base: string, kinds: readonly Kind[]): Promise<Found> {
    const { limit } = this.config;
    const found = await this.ask({ base, scope: 'one', where: this.ofShown(kinds), limit });
    return { ...found, entries: found.entries.filter(({ kind }) => kinds.includes(kind)) };
  }

  async entry(dn: string): Promise<Entry | undefined> {
    if (!isWithin(dn, this.directory.base)) return undefined;
    // Not `directory.entry`, which gives twenty members of a list.
    const where = { attribute: 'objectClass', present: true } as const;
    const { entries } = await this.ask({ base: dn, scope: 'base', where, limit: 1 });
    return entries[0];
  }

  async named(dns: readonly string[]): Promise<ReadonlyMap<string, Entry>> {
    const wanted = new Map(dns.slice(0, MAX_NAMES).map((dn) => [dnKey(dn), dn]));
    const names = [...wanted.values()];
    const found = new Map<string, Entry>();
    // One question after the other: a directory has others to answer.
    for (let from = 0; from < names.length; from += NAMES_A_QUESTION) {
      const entries = await this.sharing(names.slice(from, from + NAMES_A_QUESTION));
      for (const entry of entries) {
        if (wanted.has(dnKey(entry.dn))) found.set(dnKey(entry.dn), entry);
      }
    }
    return found;
  }

  /** Entries that bear the same short names, which others may bear as well. */
  private async sharing(dns: readonly string[]): Promise<readonly Entry[]> {
    const any = dns.flatMap((dn): DirectoryFilter[] => {
      const [attribute, is] = rdnOf(dn);
      return /^[a-z][a-z0-9-]*$/i.test(attribute) && is !== '' ? [{ attribute, is }] : [];
    });
    if (any.length === 0) return [];
    return (await this.ask({ where: { any }, limit: 200 })).entries;
  }

  async byMail(mails: readonly string[]): Promise<ReadonlyMap<string, Entry>> {
    const found = [...(await this.directory.byMail(mails))];
    const entries = await this.visible(found.map(([, record]) => record));
    const byDn = new Map(entries.map((entry) => [entry.dn, entry]));
    return new Map(
      found.flatMap(([mail, { dn }]) => {
        const entry = byDn.get(dn);
        return entry ? [[mail, entry] as const] : [];
      }),
    );
  }

  async members(values: readonly string[]): Promise<ReadonlyMap<string, Member>> {
    const wanted = [...new Set(values)].slice(0, MAX_NAMES);
    const mails = wanted.filter(isMailOf);
    const named = wanted.filter(isDnOf);
    const logins = wanted.filter((value) => !isMailOf(value) && !isDnOf(value));
    // One after the other: a list names its members in one way.
    const byName = named.length > 0 ? await this.named(named) : new Map<string, Entry>();
    const byLogin = await this.byLogin(logins);
    const byMail = await this.memberMails(mails);
    return new Map(
      wanted.flatMap((value): [string, Member][] => {
        const entry = byName.get(dnKey(value)) ?? byLogin.get(value.toLowerCase());
        const member = entry ? { name: entry.name, mail: entry.mail, entry } : byMail.get(value);
        return member ? [[value, member]] : [];
      }),
    );
  }

  private async byLogin(logins: readonly string[]): Promise<ReadonlyMap<string, Entry>> {
    const found = new Map<string, Entry>();
    for (const some of chunksOf(logins, NAMES_A_QUESTION)) {
      const any = some.map((is) => ({ attribute: LOGIN, is }));
      const { entries } = await this.ask({ where: { any }, limit: 200 });
      for (const entry of entries)
        for (const login of entry.attributes[LOGIN] ?? []) found.set(login.toLowerCase(), entry);
    }
    return found;
  }

  /** Entries of addresses; one of elsewhere stands for itself, that of an entry which is hidden for nobody. */
  private async memberMails(mails: readonly string[]): Promise<ReadonlyMap<string, Member>> {
    const found = new Map<string, Member>();
    for (const some of chunksOf(mails, NAMES_A_QUESTION)) {
      const records = await this.directory.byMail(some);
      const entries = await this.visible([...records.values()]);
      for (const mail of some) {
        const record = records.get(mail.toLowerCase());
        const entry = record && entries.find(({ dn }) => dn === record.dn);
        if (entry) found.set(mail, { name: entry.name, mail: entry.mail || mail, entry });
        else if (!record) found.set(mail, { name: '', mail });
      }
    }
    return found;
  }

  listsOf({ dn, mail, otherMails, attributes }: Entry): Promise<Found> {
    const any = memberNamed(this.mapping, {
      dn: [dn],
      uid: attributes[LOGIN]?.slice(0, 3) ?? [],
      mail: [mail, ...otherMails].filter((one) => one !== '').slice(0, 5),
    });
    if (any.length === 0) return Promise.resolve({ entries: [], isCut: false });
    return this.ask({ where: this.ofShown(['list'], { any }), limit: 50 });
  }

  async pictured(mails: readonly string[]): Promise<readonly Entry[]> {
    const [attribute] = this.mapping.facts.photo;
    const any = mails
      .slice(0, MAX_MAILS)
      .flatMap((is) => this.mapping.facts.mail.map((name) => ({ attribute: name, is })));
    if (attribute === undefined || any.length === 0) return [];
    const { entries } = await this.ask({
      where: { all: [{ any }, { attribute, present: true }, ...this.shown()] },
      limit: 200,
    });
    return entries;
  }

  async photo(dn: string): Promise<DirectoryPicture | undefined> {
    const [attribute] = this.mapping.facts.photo;
    if (attribute === undefined || !isWithin(dn, this.directory.base)) return undefined;
    const where = { all: [{ attribute, present: true } as const, ...this.shown()] };
    const { entries } = await this.ask({ base: dn, scope: 'base', where, limit: 1 });
    return entries.length === 0 ? undefined : this.directory.photo(dn, attribute.toLowerCase());
  }

  async isNear({ dn }: Entry): Promise<boolean> {
    const own = await this.ownService();
    return own !== '' && dnKey(parentOf(dn)) === own;
  }

  private shown(): readonly DirectoryFilter[] {
    return this.mapping.photoShown ? [this.mapping.photoShown] : [];
  }

  private ofShown(kinds: readonly Kind[], where?: DirectoryFilter): DirectoryFilter {
    const parts = [ofKinds(this.mapping, kinds), ...(where ? [where] : [])];
    return { all: [...parts, ...notHidden(this.mapping)] };
  }

  private async ask(question: DirectoryQuestion): Promise<Found> {
    const { entries, isCut } = await this.directory.find({
      base: this.base,
      ...question,
      attributes: this.mapping.asked,
    });
    return { entries: await this.visible(entries), isCut };
  }

  /** What the person may see, by the rules of the site. */
  private async visible(records: readonly DirectoryRecord[]): Promise<readonly Entry[]> {
    const { visibility } = this.mapping;
    const scopeOf = ({ attributes }: Entry): readonly string[] =>
      attributes[visibility?.attribute.toLowerCase() ?? ''] ?? [];
    const left = await this.filtered(records);
    const shown = left
      .flatMap((record) => entryOf(this.mapping, record, this.of) ?? [])
      .filter(({ dn }) => !this.config.hiddenBranches.some((branch) => isWithin(dn, branch)))
      .filter((entry) => !scopeOf(entry).some((value) => visibility?.hidden.includes(value)));
    const isApart = (entry: Entry): boolean =>
      scopeOf(entry).some((value) => visibility?.sameService.includes(value));
    if (!shown.some(isApart)) return shown;
    const own = await this.ownService();
    return shown.filter(
      (entry) => !isApart(entry) || (own !== '' && dnKey(parentOf(entry.dn)) === own),
    );
  }

  /** What other plugins of the site leave of it. */
  private filtered(records: readonly DirectoryRecord[]): Promise<readonly DirectoryRecord[]> {
    const { site, as, groups } = this.asker;
    const scope = { site, ...(as && { as }), ...(groups && { groups }) };
    const context = as ? { user: as.user } : {};
    return this.context.hooks.emit.filter(scope, 'directory:entry', records, context);
  }

  /** Where the person stands, `''` when nobody knows: they have a place in the directory of sign-in alone. */
  private ownService(): Promise<string> {
    const as = this.of === '' ? this.asker.as : undefined;
    this.viewer ??= as
      ? this.context.ownEntry(as).then((entry) => (entry ? dnKey(parentOf(entry.dn)) : ''))
      : Promise.resolve('');
    return this.viewer;
  }
}

const chunksOf = <T>(all: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, at) =>
    all.slice(at * size, (at + 1) * size),
  );
