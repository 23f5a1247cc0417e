import type { Locale, PluginContext } from 'estafette/plugin';
import { type Annuaire, type Asker, annuaireFor, type Context } from './ask';
import { dnKey } from './dn';
import type { Entry } from './entry';
import { plain } from './fold';
import { composeHref, entryHref } from './links';
import { valuesOf } from './mapping';
import type { Fact } from './profiles';

/** Somebody to write to instead; the links are `''` where there is nothing to lead to. */
export interface Instead {
  readonly name: string;
  readonly href: string;
  readonly writeHref: string;
}

/** What writing to an entry may come to: nobody reads it for now, or no longer. */
export interface Away {
  readonly isAbsent: boolean;
  readonly text: string;
  /** The last day, as `2026-12-24`; `''` when nobody says. */
  readonly until: string;
  readonly substitutes: readonly Instead[];
  readonly successors: readonly Instead[];
}

const TEXT_CHARS = 500;
const SHOWN = 3;
const ADDRESS = /^[^\s<>@"(),:;=]+@[^\s<>@"(),:;=]+$/;

/** The day of a date as directories write it: RFC 4517 3.3.13, ISO 8601, or as one writes in France. */
export function dayOf(text: string, timeZone: string): string | undefined {
  const [, year, month, day, time] =
    /^(\d{4})-?(\d{2})-?(\d{2})(?:T?(\d{2}:?\d{2}.*))?$/.exec(text.trim()) ?? [];
  const french = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(text.trim());
  const written = french
    ? `${french[3]}-${french[2]}-${french[1]}`
    : year && `${year}-${month}-${day}`;
  if (!written || Number.isNaN(Date.parse(written))) return undefined;
  const clock = /^(\d{2}):?(\d{2})/.exec(time ?? '');
  if (!clock || !time?.endsWith('Z')) return written;
  const instant = Date.parse(`${written}T${clock[1]}:${clock[2]}:00Z`);
  return Number.isNaN(instant) ? written : dayIn(instant, timeZone);
}

/** `2026-12-24`, which is what Sweden writes. */
const dayIn = (instant: number, timeZone: string): string =>
  new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeZone }).format(instant);

/** Whether an entry is away, and who answers in its place; `undefined` when there is nothing to say. */
export async function awayOf(
  annuaire: Annuaire,
  entry: Entry,
  { clock, timeZone }: { readonly clock: PluginContext['clock']; readonly timeZone: string },
): Promise<Away | undefined> {
  const of = (fact: Fact): readonly string[] => valuesOf(annuaire.mapping, entry.attributes, fact);
  const text = plain(of('absence')[0] ?? '').slice(0, TEXT_CHARS);
  const [from, until] = (['absentFrom', 'absentUntil'] as const).map((fact) =>
    dayOf(of(fact)[0] ?? '', timeZone),
  );
  const today = dayIn(clock.now(), timeZone);
  const isSaid = text !== '' || from !== undefined || until !== undefined;
  const isAbsent =
    isSaid && (from === undefined || from <= today) && (until === undefined || until >= today);
  const asked = isAbsent ? of('substitute').slice(0, SHOWN) : [];
  const successor = of('successor').slice(0, SHOWN);
  if (!isAbsent && successor.length === 0) return undefined;
  const found = await insteadOf(annuaire, [...asked, ...successor]);
  const pick = (names: readonly string[]) =>
    names
      .flatMap((name) => found.get(name) ?? [])
      .filter(({ href }) => href !== entryHref(entry.dn));
  const away = {
    isAbsent,
    text: isAbsent ? text : '',
    until: isAbsent ? (until ?? '') : '',
    substitutes: pick(asked),
    successors: pick(successor),
  };
  return isAbsent || away.successors.length > 0 ? away : undefined;
}

/** People by what an entry says of them: a name of the directory, or an address. */
async function insteadOf(
  annuaire: Annuaire,
  written: readonly string[],
): Promise<ReadonlyMap<string, Instead>> {
  const mails = written.filter((one) => ADDRESS.test(one));
  const dns = written.filter((one) => !ADDRESS.test(one) && one.includes('='));
  const [named, byMail] = await Promise.all([
    dns.length > 0 ? annuaire.named(dns) : new Map<string, Entry>(),
    mails.length > 0 ? annuaire.byMail(mails) : new Map<string, Entry>(),
  ]);
  const found = new Map<string, Instead>();
  for (const one of written) {
    const entry = named.get(dnKey(one)) ?? byMail.get(one.toLowerCase());
    if (entry) {
      found.set(one, {
        name: entry.name,
        href: entryHref(entry.dn),
        writeHref: composeHref(entry),
      });
    } else if (mails.includes(one)) {
      found.set(one, { name: one, href: '', writeHref: composeHref({ name: one, mail: one }) });
    }
  }
  return found;
}

/** The same with the last day in words, for the person who asks. */
export async function awayFor(
  context: Context,
  asker: Asker & { readonly locale: Locale },
  entry: Entry,
): Promise<(Away & { readonly untilText: string }) | undefined> {
  const annuaire = annuaireFor(context, asker);
  if (!annuaire) return undefined;
  const { timeZone } = context.site(asker.site);
  const away = await awayOf(annuaire, entry, { clock: context.clock, timeZone });
  if (!away) return undefined;
  const format = new Intl.DateTimeFormat(asker.locale, { dateStyle: 'long', timeZone: 'UTC' });
  const untilText = away.until === '' ? '' : format.format(Date.parse(away.until));
  return { ...away, untilText };
}
