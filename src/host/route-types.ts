import type { SiteId, UserId } from '../base/types';
import type { PersonRef } from '../kernel/hook-types';
import type { Locale } from '../kernel/i18n-types';
import type { PluginContext } from './context-types';

declare global {
  namespace Estafette {
    interface PermissionMap {
      /** The administration of one's own site. */
      'admin.access': true;
      /** That of every site, and what concerns them all. */
      'admin.platform': true;
    }
  }
}

/** What a plugin's route is told: plain data, never `req`. */
export interface PluginRequest {
  /** The site whose host was asked. */
  readonly site: SiteId;
  /** Language of the page: `context.text(locale)` gives its texts. */
  readonly locale: Locale;
  /** As the log has it. */
  readonly requestId: string;
  /** Client address, from trusted proxies only. */
  readonly remote: string;
  /** Our own origin as the browser sees it, of the site's hosts: `https://mail.example`. */
  readonly origin: string;
  /** Groups of the person; none without a session. A request is a place for `config`. */
  readonly groups: readonly string[];
  /** Absent on public routes without an open session. */
  readonly user: { readonly id: UserId; readonly name: string; readonly mail: string } | undefined;
  /** Handle of the person, for the context's functions; absent without an open session. */
  readonly as?: PersonRef;
  /**
   * A name of the session, for this plugin alone: what a page gives and a form brings back belongs
   * together. Another one after each challenge, sign-in and confirmation.
   */
  readonly session?: string;
  /**
   * The browser: `id` is the same at the person's next sign-in there (`deviceId` of
   * `session:challenges`; `device:renewed` tells when it changes), `name` is what it says that it
   * is. `isKnown`: the person has had an open session there before, which nobody can say who knows
   * their password alone; count what they guess apart.
   */
  readonly device?: { readonly id: string; readonly name: string; readonly isKnown: boolean };
  /**
   * A second factor was given in this session, or one that a provider asked for was accepted in its
   * place; false without an open session.
   */
  readonly hasFactor: boolean;
  /** Values of `:name` in the route's path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Of the address; the first value of a name that stands there twice. */
  readonly query: Readonly<Record<string, string>>;
  /** Form fields of a POST; the first value of a name that stands there twice. */
  readonly body: Readonly<Record<string, string>>;
  /**
   * Every value of each field, in order: check boxes of one name. Of the form of a POST, of the
   * address of a GET.
   */
  readonly lists: Readonly<Record<string, readonly string[]>>;
  /**
   * What a form of `multipart/form-data` brought, where the route has `upload`; none elsewhere.
   */
  readonly files: readonly PluginFile[];
  /**
   * Marks a challenge as satisfied for the session under way; only on POST routes for it. In an open
   * session it confirms that the person is there (`confirmed`): `as` ends with it, so call it last,
   * and only from a plugin that provides `second-factor`: another's challenge proves nothing.
   */
  satisfy(challenge: string): Promise<void>;
}

/** A file that somebody sent in a form. */
export interface PluginFile {
  /** Name of the form's field. */
  readonly field: string;
  /** Last segment of what the browser said; 255 characters at most. */
  readonly name: string;
  /** What the browser says: look at the bytes. */
  readonly type: string;
  /** All of it, in memory. */
  readonly content: Buffer;
}

/**
 * What it answers: one of five shapes, of plain data, copied once. A `status` is 200 to 299 or 400
 * to 599; a redirect leads to a path of the site and is sent with 303. `retryAfterS` goes with 429
 * and 503 as `Retry-After` (RFC 9110 10.2.3): whole seconds, a day at most. Anything else is a
 * failure of the plugin, and an error page.
 *
 * A `file` is saved, never opened: `isInline` shows it in the page when its bytes are a PNG, JPEG,
 * GIF or WebP image, whose type it then has. Types that a browser could run (HTML, SVG, XML,
 * scripts, styles) are sent as bytes. 64 MB at most. A form or a link to one has
 * `data-turbo="false"`. `keep` lets the browser of who was answered keep an image that is shown, until
 * they sign out: `version` for a week, where the address changes with the bytes, `check` where it
 * asks each time whether they are still the same (`ETag`, RFC 9110 8.8.3). Without it nothing is kept.
 * Of a file that is saved `check` adds the `ETag` alone, for programs that read an address again.
 */
export type PluginResponse =
  | {
      readonly view: string;
      readonly model: Readonly<Record<string, unknown>>;
      readonly title: string;
      readonly status?: number;
      readonly retryAfterS?: number;
    }
  | { readonly redirect: string }
  | { readonly json: unknown; readonly status?: number; readonly retryAfterS?: number }
  | {
      readonly file: {
        readonly name: string;
        readonly type: string;
        readonly content: Buffer | string;
        readonly isInline?: boolean;
        readonly keep?: 'version' | 'check';
      };
    }
  | { readonly status: 204 | 403 | 404 };

export type PluginHandler<C = unknown> = (
  request: PluginRequest,
  context: PluginContext<C>,
) => PluginResponse | Promise<PluginResponse>;

/** Who is answered: with none of these, anybody with an open session who has the plugin. */
export interface RouteOptions {
  /**
   * Answers without a session; listed in the boot report. Not together with `permission`. Its pages
   * have the plugin's styles and none of its scripts; their forms carry `_csrf` as everywhere, and a
   * cookie of the browser goes with it where the plugin has a public POST route.
   */
  readonly public?: boolean;
  /** What the person must have been granted; 403 otherwise. Without it, every agent who has the plugin is answered. */
  readonly permission?: Extract<keyof Estafette.PermissionMap, string>;
  /**
   * One of the plugin's `contributes.challenges`: answers while the session awaits it, and in an open
   * session.
   */
  readonly challenge?: string;
  /**
   * For what a stolen session must not do: somebody who has not proved within 15 minutes that it is
   * they is led to the page `/confirm`, and back. Says nothing of a session that awaits a challenge.
   * Not together with `public`.
   */
  readonly confirmed?: boolean;
  /**
   * Takes files, on POST alone: `maxBytes` of all of them together, 30 MB at most, and 20 files.
   * What is larger is 413 before it is read. The form's `_csrf` stands before its files. Not
   * together with `public` or `challenge`.
   */
  readonly upload?: { readonly maxBytes: number };
}

/** Registers what answers below `/<plugin id>`. A path is `/`, or `/items/:id`; one is registered once a method. */
export interface PluginRouter<C = unknown> {
  /** A page or data. It changes nothing. */
  get(path: string, handler: PluginHandler<C>, options?: RouteOptions): void;
  /** A form, or a change. Its CSRF token has been checked. */
  post(path: string, handler: PluginHandler<C>, options?: RouteOptions): void;
}

export type RouteRegistrar<C = unknown> = (router: PluginRouter<C>) => void;

/** A registered route as the web floor mounts it. */
export interface PluginRoute {
  readonly plugin: string;
  readonly method: 'get' | 'post';
  /** Under `/<plugin>`: `/`, `/items/:id`. */
  readonly path: string;
  readonly handler: PluginHandler;
  readonly options: RouteOptions;
}
