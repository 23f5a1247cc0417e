/**
 * Who may do what: one row for each route of the core and of the bundled plugins. A route without
 * its row, or a row without its route, fails `test/embedded/route-matrix.test.ts`.
 */
export type Who =
  /** Anybody, whatever the session. */
  | 'anybody'
  /** The server of a provider, or a form that it sends through the browser: no token of ours. */
  | 'provider'
  /** Somebody whose session awaits a second factor, or is open. */
  | 'half'
  | 'open'
  | 'administrator'
  | 'platform';

export type SiteName = 'saisons' | 'marees';

export interface RouteRow {
  readonly route: string;
  readonly who: Who;
  /** Sites that have the plugin on; both unless told. */
  readonly on?: readonly SiteName[];
}

const rows = (who: Who, routes: string, on?: readonly SiteName[]): readonly RouteRow[] =>
  routes
    .trim()
    .split('\n')
    .map((line) => ({ route: line.trim(), who, ...(on && { on }) }));

export const ROUTE_ROWS: readonly RouteRow[] = [
  ...rows(
    'anybody',
    `get /health/live
     get /health
     get /health/ready
     get /login
     post /login
     get /login/bye
     post /login/:plugin/:method
     post /logout
     get /help/lost
     get /help/locked
     get /help/hacked
     post /help/hacked
     get /help/:page
     get /image/:tag`,
  ),
  ...rows(
    'provider',
    `get /login/:plugin/:method/callback
     post /login/:plugin/:method/callback
     get /login/:plugin/:method/notice
     post /login/:plugin/:method/notice`,
  ),
  ...rows('half', 'get /challenge'),
  ...rows(
    'open',
    `get /
     get /confirm
     post /confirm
     get /home
     get /mail
     get /search
     get /mail/:account/:mailbox
     get /mail/:account/:mailbox/:uid
     get /mail/:account/:mailbox/:uid/headers
     get /mail/:account/:mailbox/:uid/print
     get /mail/:account/:mailbox/:uid/body
     get /mail/:account/:mailbox/:uid/parts/:part
     get /mail/:account/:mailbox/:uid/parts/:part/preview
     get /mail/:account/:mailbox/:uid/source
     post /mail/:account/:mailbox/:uid/trust
     post /mail/:account/:mailbox/actions/flag
     post /mail/:account/:mailbox/actions/move
     post /mail/:account/:mailbox/actions/copy
     post /mail/:account/:mailbox/actions/delete
     post /mail/:account/:mailbox/actions/archive
     post /mail/:account/:mailbox/actions/junk
     post /mail/:account/:mailbox/actions/notjunk
     post /mail/:account/:mailbox/actions/empty
     get /compose
     get /compose/:draft
     post /compose/:draft
     post /compose/:draft/template
     post /compose/:draft/send
     post /compose/:draft/resend
     post /compose/:draft/discard
     get /autocomplete
     post /compose/:draft/copy
     post /compose/:draft/classes
     post /compose/:draft/attachments
     post /compose/:draft/import
     get /compose/:draft/attachments/:attachment
     post /compose/:draft/attachments/:attachment/remove
     get /settings
     get /settings/:section
     post /settings/:section
     get /security
     get /security/history
     post /security/sessions
     post /security/app-passwords
     post /security/app-passwords/revoke
     post /security/not-me
     post /security/alerts
     get /events`,
  ),
  ...rows(
    'administrator',
    `get /admin
     get /admin/sites
     get /admin/sites/:site
     get /admin/plugins
     get /admin/plugins/:plugin
     get /admin/configuration
     get /admin/configuration/change
     post /admin/configuration/change
     get /admin/history
     get /admin/history/:change
     post /admin/history/:change
     get /admin/jobs
     get /admin/health
     get /admin/audit
     post /admin/audit/export`,
  ),
  ...rows('platform', 'get /admin/boot'),
  ...rows(
    'open',
    `get /list-unsubscribe
     get /list-unsubscribe/question
     post /list-unsubscribe/question
     get /list-unsubscribe/result`,
    ['saisons'],
  ),
  ...rows('administrator', 'get /usage-statistics', ['saisons']),
  ...rows('half', 'get /test-factor\npost /test-factor'),
  ...rows('open', 'get /test-factor/private'),
  ...rows('anybody', 'get /test-factor/open'),
  ...rows(
    'open',
    // Its challenge is asked of nobody here, so that an open session alone comes to it.
    `get /twofactor/challenge
     post /twofactor/challenge
     post /twofactor/challenge/passkey
     get /twofactor
     get /twofactor/enrol
     get /twofactor/enrol/totp
     post /twofactor/enrol/totp
     get /twofactor/enrol/passkey
     post /twofactor/enrol/passkey
     post /twofactor/remove
     post /twofactor/codes
     post /twofactor/forget`,
    ['marees'],
  ),
  ...rows(
    'administrator',
    `get /twofactor/admin
     post /twofactor/admin/ask
     post /twofactor/admin/decide`,
    ['marees'],
  ),
];

/** A concrete path for a pattern of the router. */
export const concrete = (pattern: string): string =>
  pattern
    .replace('/login/:plugin/:method', '/login/nobody/nothing')
    .replace('/admin/plugins/:plugin', '/admin/plugins/usage-statistics')
    .replace('/help/:page', '/help/privacy')
    .replace(':account', 'me')
    .replace(':mailbox', 'INBOX')
    .replace(':uid', '1')
    .replace(':part', '1')
    .replace(':draft', 'AAAAAAAAAAAAAAAAAAAAAA')
    .replace(':attachment', 'AAAAAAAAAAAAAAAAAAAAAA')
    .replace(':section', 'display')
    .replace(':change', '1')
    .replace(':site', 'saisons')
    .replace(':tag', 'AAAAAAAAAAAAAAAAAAAAAA');
