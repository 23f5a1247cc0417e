import type { SiteId } from '../base/types';
import type { DirectoryPort } from '../directory';
import type { PersonRef } from '../kernel/hook-types';

/** For whom a port is asked: always a site, and a person when one is there. */
export interface PortScope {
  readonly site: SiteId;
  readonly as?: PersonRef;
}

/** Second factors of people. That one was given is said by `request.satisfy`, in a route for its challenge. */
export interface SecondFactorPort {
  /** Ways that the person has set up: `totp`, `passkey`; empty when none is. */
  methods(scope: PortScope, user: number): Promise<readonly string[]>;
}

/** One event of a calendar, times in UTC (ISO 8601). */
export interface CalendarEvent {
  readonly id: string;
  readonly calendar: string;
  readonly title: string;
  readonly start: string;
  readonly end: string;
  readonly isAllDay: boolean;
  readonly place?: string;
}

/** The calendars of the person who is there. */
export interface CalendarPort {
  /** Events that touch a period, by start; 500 at most. */
  events(scope: PortScope, from: string, to: string): Promise<readonly CalendarEvent[]>;
  /** When people are busy, by address; unknown addresses are absent. */
  busy(
    scope: PortScope,
    mails: readonly string[],
    from: string,
    to: string,
  ): Promise<Readonly<Record<string, readonly { readonly start: string; readonly end: string }[]>>>;
  /** Adds or updates the event of an invitation (RFC 5545 text); its id. */
  import(scope: PortScope, ics: string): Promise<string>;
}

/** A file of the ministry's document space. */
export interface StoredDocument {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly sizeBytes: number;
  readonly isFolder: boolean;
}

/** The document space of the person who is there: where large files go, and come from. */
export interface DocumentStorePort {
  /** What a folder holds; the root without `folder`. */
  list(scope: PortScope, folder?: string): Promise<readonly StoredDocument[]>;
  /** Content of a file: 25 MB at most. */
  read(scope: PortScope, id: string): Promise<Buffer>;
  /** Adds a file to a folder. */
  write(
    scope: PortScope,
    folder: string | undefined,
    file: { readonly name: string; readonly type: string; readonly content: Buffer },
  ): Promise<StoredDocument>;
  /** An address that recipients can open, until a date (ISO 8601). */
  share(scope: PortScope, id: string, until: string): Promise<string>;
}

/** Words that are not in the dictionary, with what could be meant. */
export interface SpellCheckPort {
  /** Faults of a text by offset in characters, 500 at most. */
  check(
    scope: PortScope,
    text: string,
    language: 'fr' | 'en',
  ): Promise<
    readonly {
      readonly offset: number;
      readonly length: number;
      readonly suggestions: readonly string[];
    }[]
  >;
}

declare global {
  namespace Estafette {
    interface ServiceMap {
      directory: DirectoryPort;
      'second-factor': SecondFactorPort;
      calendar: CalendarPort;
      'document-store': DocumentStorePort;
      'spell-check': SpellCheckPort;
    }
  }
}

export interface PortDefinition {
  /** What it answers, for the reference. */
  readonly doc: string;
  /** Interface in this file or in the folder of the core that provides one. */
  readonly type: string;
  /** Who answers where no plugin does. */
  readonly fallback?: string;
  /** Of one call; 2 s otherwise. */
  readonly timeoutMs?: number;
}

/** Ports that the core knows; plugins add theirs to `Estafette.ServiceMap`. */
export const PORTS: Readonly<Record<string, PortDefinition>> = {
  directory: {
    doc: 'Who works there: search, by address, one entry.',
    type: 'DirectoryPort',
    fallback: 'the LDAP directory of the site, where it has one',
    timeoutMs: 6_000,
  },
  'second-factor': { doc: 'Second factors that people have set up.', type: 'SecondFactorPort' },
  calendar: {
    doc: 'Calendars of the person who is there.',
    type: 'CalendarPort',
    timeoutMs: 5_000,
  },
  'document-store': {
    doc: 'Document space of the person who is there.',
    type: 'DocumentStorePort',
    timeoutMs: 20_000,
  },
  'spell-check': { doc: 'Spelling of a text.', type: 'SpellCheckPort' },
};

/** Milliseconds that one call of a port of the core may take. */
export const portTimeoutMs = (port: string): number | undefined =>
  Object.hasOwn(PORTS, port) ? PORTS[port]?.timeoutMs : undefined;
