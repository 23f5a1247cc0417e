import type { SiteId, UserId } from '../base/types';
import type { PersonRef } from '../kernel/hook-types';
import type { Locale } from '../kernel/i18n-types';
import type { PluginContext } from './context-types';

/** An element of XML, with its namespace in full: prefixes are the sender's. */
export interface DavElement {
  /** `DAV:`; `''` for none. */
  readonly ns: string;
  /** Without its prefix. */
  readonly name: string;
  /** By local name; those of a namespace are left out. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Elements in it, in order. */
  readonly children: readonly DavElement[];
  /** Its own text, references resolved. */
  readonly text: string;
}

/** What a program asks of a plugin by WebDAV (RFC 4918), plain data. Who asks has given an application password. */
export interface DavRequest {
  /** In capitals: PROPFIND, PROPPATCH, REPORT, GET, HEAD, PUT, DELETE, COPY, MOVE, MKCOL, MKCALENDAR, and POST where it schedules. OPTIONS is answered for the plugin. */
  readonly method: string;
  /** Segments below `/dav/<plugin id>/`, decoded; none is empty, `.` or `..`. */
  readonly path: readonly string[];
  /** Whether the address ends with `/`. */
  readonly isCollection: boolean;
  /**
   * `content-type`, `if-match`, `if-none-match`, `prefer`, `accept`, `overwrite`, `schedule-reply`,
   * `if-schedule-tag-match`; lower case, those that came.
   */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Of COPY and MOVE: where to (RFC 4918 10.3), below `/dav/<plugin>/` of our own; `undefined` without
   * the header. An address elsewhere is refused before.
   * @since 1.0
   */
  readonly destination?: {
    readonly plugin: string;
    readonly path: readonly string[];
    readonly isCollection: boolean;
  };
  /** Of the header `Depth`; `infinity` where it is missing, as RFC 4918 has it for PROPFIND. */
  readonly depth: 0 | 1 | 'infinity';
  /** UTF-8, 10 MB at most, byte order mark included. */
  readonly body: string;
  /** The body of PROPFIND, PROPPATCH, REPORT, MKCOL and MKCALENDAR, parsed; `undefined` without one. A document type is refused before. */
  readonly xml: DavElement | undefined;
  /** The site whose person asks. */
  readonly site: SiteId;
  /** Language of the person. */
  readonly locale: Locale;
  /** Who asks. */
  readonly user: { readonly id: UserId; readonly name: string; readonly mail: string };
  /** Handle of the person; it opens no mail. */
  readonly as: PersonRef;
  /** Our own origin: `https://mail.example`. */
  readonly origin: string;
  /** Path of the person's principal, `/dav/principals/<login>/`, encoded. */
  readonly principal: string;
}

/** What it answers. */
export interface DavResponse {
  /** 200 to 299 or 400 to 507. */
  readonly status: number;
  /** `etag`, `allow`, `location`, `last-modified`, `preference-applied`, `dav`, `schedule-tag`; others are a failure. */
  readonly headers?: Readonly<Record<string, string>>;
  /** XML of the helpers, or what is served; none unless told. */
  readonly body?: string;
  /** `application/xml` unless told. */
  readonly type?: string;
}

export type DavHandler<C = unknown> = (
  request: DavRequest,
  context: PluginContext<C>,
) => DavResponse | Promise<DavResponse>;

/** What a plugin serves below `/dav/<plugin id>/`, and for which discovery of RFC 6764. */
export interface DavContribution<C = unknown> {
  /** `/dav/<plugin id>/` is the person's home of address books, or of calendars. */
  readonly wellKnown: 'carddav' | 'caldav';
  /**
   * Of calendars that mail those who are asked to their events (RFC 6638): collections below the home
   * for what comes in, and for what is asked of others by POST. Programs then leave the mails to us.
   * @since 1.0
   */
  readonly schedule?: { readonly inbox: string; readonly outbox: string };
  /** Loaded when the plugin starts. */
  readonly load: () => Promise<{ readonly dav: DavHandler<C> }>;
}
