import { z } from 'zod';
import { fits } from '../kernel/hook-results';
import {
  type Action,
  type Collect,
  defineHooks,
  type Filter,
  type First,
  type Guard,
} from '../kernel/hook-types';

/** A contact as a list shows it. */
export interface ListedContact {
  readonly id: string;
  /** Of its address book. */
  readonly book: string;
  readonly kind: string;
  readonly name: string;
  /** Function and organisation. */
  readonly detail: string;
  readonly mails: readonly string[];
  readonly phones: readonly string[];
}

/** What somebody wrote of a contact; what else its card holds is not for hooks. */
export interface ContactFields {
  readonly name: string;
  readonly given: string;
  readonly family: string;
  readonly nickname: string;
  readonly organization: string;
  readonly unit: string;
  readonly title: string;
  readonly role: string;
  readonly note: string;
  readonly categories: readonly string[];
  readonly mails: readonly ContactLine[];
  readonly phones: readonly ContactLine[];
}

export interface ContactLine {
  readonly value: string;
  readonly type: 'work' | 'home' | 'cell' | 'fax' | 'pager' | 'other';
  readonly isPreferred?: boolean;
}

/** A contact that goes out in a file. */
export interface ExportedContact extends ContactFields {
  readonly id: string;
}

/** A contact that is about to be written, or taken away. */
export interface SavedContact {
  /** `''` for a new one. */
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly mails: readonly string[];
}

/** What is known of somebody by their address, for a new contact; `''` where nothing is. */
export interface KnownPerson {
  /** The address that was asked for. */
  readonly mail: string;
  /** Of what is no person; made of the two others where it is empty. */
  readonly name: string;
  readonly given: string;
  readonly family: string;
  readonly organization: string;
  readonly unit: string;
  readonly title: string;
  readonly phones: readonly ContactLine[];
}

declare global {
  namespace Estafette {
    interface HookMap {
      'contact:addition': First<
        {
          /** Who may be added; nobody, to know whether there is such a page. */
          readonly people: readonly { readonly name: string; readonly mail: string }[];
          readonly user: number;
        },
        {
          /** A page of this site: that of a contact which is there, or the form of a new one. */
          readonly href: string;
          /** How many of them are there already. */
          readonly known: number;
        }
      >;
      'contact:list': Filter<readonly ListedContact[], { readonly user: number }>;
      'contact:draft': Filter<
        ContactFields,
        {
          readonly user: number;
          readonly op: 'create' | 'change';
          readonly book: string;
          readonly kind: string;
        }
      >;
      'contact:facts': Collect<
        { readonly mails: readonly string[]; readonly user: number },
        KnownPerson
      >;
      'contact:saving': Guard<{
        readonly user: number;
        /** `save`: made or changed, by a page, a file or a program. */
        readonly op: 'save' | 'move' | 'delete';
        readonly book: string;
        readonly contacts: readonly SavedContact[];
      }>;
      'contact:changed': Action<{
        readonly user: number;
        readonly op: 'saved' | 'moved' | 'deleted' | 'restored';
        readonly ids: readonly string[];
      }>;
      'contact:export': Filter<
        readonly ExportedContact[],
        { readonly user: number; readonly format: string }
      >;
    }
  }
}

const text = z.string().max(20_000);
const lines = z
  .array(
    z.strictObject({
      value: z.string().max(2_000),
      type: z.enum(['work', 'home', 'cell', 'fax', 'pager', 'other']),
      isPreferred: z.boolean().optional(),
    }),
  )
  .max(200);
const fields = z.strictObject({
  name: text,
  given: text,
  family: text,
  nickname: text,
  organization: text,
  unit: text,
  title: text,
  role: text,
  note: z.string().max(100_000),
  categories: z.array(z.string().max(1_000)).max(500),
  mails: lines,
  phones: lines,
});
const exported = z.array(fields.extend({ id: z.string() }));
const listed = z.array(
  z.strictObject({
    id: z.string(),
    book: z.string(),
    kind: z.string(),
    name: z.string().min(1).max(500),
    detail: z.string().max(500),
    mails: z.array(z.string().max(500)),
    phones: z.array(z.string().max(500)),
  }),
);

const word = z.string().max(500);
const known = z.strictObject({
  mail: z.string().min(3).max(254),
  name: word,
  given: word,
  family: word,
  organization: word,
  unit: word,
  title: word,
  phones: lines,
});
const addition = z.strictObject({
  href: z
    .string()
    .regex(/^\/(?![/\\])[^\s\p{Cc}\\]*$/u)
    .max(8_000),
  known: z.int().min(0),
});

const idsOf = (rows: unknown): readonly string[] =>
  Array.isArray(rows) ? rows.map((row: { readonly id: string }) => row.id) : [];

/** The same contacts in the same order: pages and counts are those of the book. */
function isSameList(value: unknown, before: unknown): boolean {
  const parsed = listed.safeParse(value);
  return parsed.success && idsOf(parsed.data).join('\n') === idsOf(before).join('\n');
}

/** Contacts may be changed and left out; none is added. */
function isOfThese(value: unknown, before: unknown): boolean {
  const parsed = exported.safeParse(value);
  const known = new Set(idsOf(before));
  return parsed.success && parsed.data.every(({ id }) => known.has(id));
}

/** Hooks of address books; the plugin that keeps them emits them. */
export const contactHooks = defineHooks({
  'contact:addition': {
    kind: 'first',
    doc: 'Where people are added to one’s contacts: whoever shows people emits it, and has no such link where nobody answers. Answered by the plugin that keeps address books (`contacts`).',
    check: fits(addition),
    byPlugins: true,
  },
  'contact:facts': {
    kind: 'collect',
    doc: 'What is known of people by their addresses, for new contacts, as far as the person may see it; the first answer for an address counts. Emitted by the plugin that keeps address books (`contacts`).',
    check: fits(known),
    timeoutMs: 1_000,
    byPlugins: true,
  },
  'contact:list': {
    kind: 'filter',
    doc: 'Contacts of a page before somebody sees them, all at once: names and details may be changed. Emitted by the plugin that shows them (`contacts`).',
    check: isSameList,
    byPlugins: true,
  },
  'contact:draft': {
    kind: 'filter',
    doc: 'A contact as it was typed into a form, before it is saved. Cards of programs and of files are kept as they came, and do not pass here.',
    check: fits(fields),
    byPlugins: true,
  },
  'contact:saving': {
    kind: 'guard',
    doc: 'Refuses that contacts are written, moved or deleted, by whatever way: pages, files, CardDAV. Many at once come together, and are refused together; those of a file that is brought in are asked one by one then, and only those that are refused stay out. What is brought back was there before, and is not asked.',
    byPlugins: true,
  },
  'contact:changed': {
    kind: 'action',
    doc: 'Contacts were written, moved, deleted or brought back, by whatever way: with their book, by a merge, by what is undone. One that is taken from the book of somebody else was deleted there, and is another one that was saved. Nothing is told of what stayed as it was; a thousand come together at most.',
    byPlugins: true,
  },
  'contact:export': {
    kind: 'filter',
    doc: 'Contacts of a file before it leaves, a few at a time: what is left out does not leave.',
    check: isOfThese,
    timeoutMs: 1_000,
    byPlugins: true,
  },
});
