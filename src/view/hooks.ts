import { z } from 'zod';
import type { SiteId } from '../base/types';
import { fits } from '../kernel/hook-results';
import {
  type Action,
  type Collect,
  defineHooks,
  type Filter,
  type First,
} from '../kernel/hook-types';
import { WIDENABLE_CSP } from './csp';
import { isSameShape } from './same-shape';

/** Who looks at a page; opaque but for what the page shows anyway. */
export interface PageReader {
  readonly id: number;
  readonly name: string;
  readonly mail: string;
}

export interface PageContext {
  readonly site: SiteId;
  /** `mail`, `compose`, `settings`, `login`, `error`… or `<plugin>/<view>`. */
  readonly view: string;
  /** Area of the page: class of its body, group of its assets. */
  readonly area: string;
  readonly locale: 'fr' | 'en';
  readonly user?: PageReader;
}

/** What a page needs beyond the policies of every page: added, never removed. */
export interface PageHeaders {
  readonly csp?: Readonly<Partial<Record<(typeof WIDENABLE_CSP)[number], readonly string[]>>>;
  /** Features by name, for `self` or origins: `{ camera: ['self', 'https://visio.example'] }`. */
  readonly permissionsPolicy?: Readonly<Record<string, readonly string[]>>;
}

/** A sentence for everybody or for this person, above the page. */
export interface Notice {
  /** Unique in its plugin; says which notice a person has seen. */
  readonly id: string;
  readonly level: 'info' | 'ok' | 'warn' | 'danger';
  /** In the language of the query; plain text. */
  readonly text: string;
  /** ISO; not shown from then on. */
  readonly until?: string;
  /** A path of the site, or an https address. */
  readonly href?: string;
  /** Shown on the first page of a day only. */
  readonly oncePerDay?: boolean;
}

/** Something else than mail that answers a search: a person, an event, a document. */
export interface SearchResult {
  /** Heading above the results of its kind, in the language of the query; plain text. */
  readonly group: string;
  /** Plain text. */
  readonly title: string;
  /** A second line; plain text. */
  readonly detail?: string;
  /** A path of the site, or an https address. */
  readonly href: string;
  /** 0 to 1; the best come first, and their group with them. */
  readonly score: number;
}

/** Pictures by address, in lower case: a path of the plugin’s routes, or a small `data:` image. */
export type Avatars = Readonly<Record<string, string>>;

/** What an address is to the person who reads or writes; shown beside it. */
export interface RecipientClass {
  readonly mail: string;
  readonly class: 'service' | 'ministry' | 'state' | 'public' | 'outside' | 'look-alike';
  /** Shown in place of the class’s own word; plain text. */
  readonly label?: string;
  /**
   * Of the address of a list: what its plugin knows it by, given back to it in `contact:expand`, and
   * how many members are known. Whoever writes to it can write to its members instead.
   */
  readonly list?: { readonly id: string; readonly count: number };
}

declare global {
  namespace Estafette {
    interface HookMap {
      'request:started': Action<{
        readonly requestId: string;
        readonly site: SiteId;
        /** The route’s pattern, `/mail/:account/:mailbox`: never the path, which names folders. */
        readonly route: string;
        readonly method: string;
        readonly user?: PageReader;
      }>;
      'page:model': Filter<Readonly<Record<string, unknown>>, PageContext>;
      'page:headers': Collect<PageContext, PageHeaders>;
      'notice:entries': Collect<
        { readonly site: SiteId; readonly locale: 'fr' | 'en'; readonly user: PageReader },
        Notice
      >;
      'search:results': Collect<
        {
          readonly site: SiteId;
          readonly locale: 'fr' | 'en';
          readonly user: PageReader;
          /** The words searched for, as they were typed. */
          readonly query: string;
          /** No more than so many of each plugin are shown. */
          readonly limit: number;
        },
        SearchResult
      >;
      'recipient:classes': Collect<
        {
          readonly site: SiteId;
          /** Of whoever reads the labels. */
          readonly locale: 'fr' | 'en';
          readonly addresses: readonly string[];
        },
        RecipientClass
      >;
      'avatar:resolve': First<{ readonly addresses: readonly string[] }, Avatars>;
    }
  }
}

const MAX_AVATAR_CHARS = 12_000; // two hundred of them stand in one page
const ORIGIN = /^https:\/\/(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d{1,5})?$/;
const origin = z.string().regex(ORIGIN);
const path = z
  .string()
  .regex(/^\/(?![/\\])[^\s\p{Cc}\\]*$/u)
  .max(2_048);

const headersShape = z.strictObject({
  csp: z.partialRecord(z.enum(WIDENABLE_CSP), z.array(origin).max(20)).optional(),
  permissionsPolicy: z
    .record(z.string().regex(/^[a-z][a-z-]{1,40}$/), z.array(z.union([z.literal('self'), origin])))
    .optional(),
});
const link = z.union([path, z.url({ protocol: /^https$/ }).max(2_048)]);
const noticeShape = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
  level: z.enum(['info', 'ok', 'warn', 'danger']),
  text: z.string().min(1).max(500),
  until: z.iso.datetime().optional(),
  href: link.optional(),
  oncePerDay: z.boolean().optional(),
});
const resultShape = z.strictObject({
  group: z.string().min(1).max(80),
  title: z.string().min(1).max(200),
  detail: z.string().min(1).max(200).optional(),
  href: link,
  score: z.number().min(0).max(1),
});
const image = z
  .string()
  .regex(/^data:image\/(?:png|jpeg|webp|gif);base64,[A-Za-z0-9+/]+=*$/)
  .max(MAX_AVATAR_CHARS);
const avatarsShape = z.record(z.string().max(320), z.union([path, image]));

const classShape = z.strictObject({
  mail: z.string().max(320),
  class: z.enum(['service', 'ministry', 'state', 'public', 'outside', 'look-alike']),
  label: z.string().min(1).max(60).optional(),
  list: z
    .strictObject({
      id: z
        .string()
        .min(1)
        .max(1_500)
        .regex(/^[^\r\n\0]+$/),
      count: z.int().min(1),
    })
    .optional(),
});

/** Hooks of pages; the web floor emits them. */
export const pageHooks = defineHooks({
  'request:started': {
    kind: 'action',
    doc: 'A request has found its route; told beside the answer, which does not wait.',
  },
  'page:model': {
    kind: 'filter',
    doc: 'The plain data of a page of the core before its view is rendered; its shape stays, and links stay on the site. Never of a plugin’s own page, of `/security`, or of the pages to and from a provider, which hold secrets.',
    check: isSameShape,
  },
  'page:headers': {
    kind: 'collect',
    doc: 'Origins and browser features that a page needs beyond the common policy; added, never removed.',
    check: fits(headersShape),
  },
  'notice:entries': {
    kind: 'collect',
    doc: 'Sentences shown above the pages of a person, each time or once a day.',
    check: fits(noticeShape),
  },
  'search:results': {
    kind: 'collect',
    doc: 'What answers a search of words beside the messages: people, events, documents.',
    check: fits(resultShape),
  },
  'recipient:classes': {
    kind: 'collect',
    doc: 'What the addresses of a page are: of the service, of the state, outside, alike another one. The address of a list may say what it is opened by (`list`, as in `contact:suggestions`).',
    check: fits(classShape),
  },
  'avatar:resolve': {
    kind: 'first',
    doc: 'Pictures of the people of a page, asked once for all; initials stand in for the others.',
    check: fits(avatarsShape),
  },
});
