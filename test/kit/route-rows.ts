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
  /** The same, while the factor of the tests is the one that is awaited. */
  | 'test-factor'
  /** Somebody whose session awaits the factor of the plugin, or is open. */
  | 'factor'
  /** The same, but for who has a factor: their password alone adds none. */
  | 'enrol'
  | 'open'
  /** Who reads the audit log, administrator or not. */
  | 'reader'
  | 'administrator'
  | 'platform';

export type SiteName = 'saisons' | 'marees';

export interface RouteRow {
  readonly route: string;
  readonly who: Who;
  /** Sites that have the plugin on; both unless told. */
  readonly on?: readonly SiteName[];
  /** Leads to `/confirm` who has not proved lately that it is they. */
  readonly isFresh?: boolean;
  /** Answers from outside the networks of the site, too. */
  readonly isAnywhere?: boolean;
}

/** A line is a route, and what is special about it: `fresh`, `anywhere`. */
const rows = (who: Who, routes: string, on?: readonly SiteName[]): readonly RouteRow[] =>
  routes
    .trim()
    .split('\n')
    .map((line) => {
      const [method, path, ...marks] = line.trim().split(' ');
      return {
        route: `${method} ${path}`,
        who,
        ...(on && { on }),
        ...(marks.includes('fresh') && { isFresh: true }),
        ...(marks.includes('anywhere') && { isAnywhere: true }),
      };
    });

export const ROUTE_ROWS: readonly RouteRow[] = [
  ...rows(
    'anybody',
    `get /health/live anywhere
     get /health anywhere
     get /health/ready anywhere
     get /login
     get /login/bye
     post /login/:plugin/:method
     post /logout
     get /help/lost anywhere
     get /help/locked anywhere
     get /help/hacked anywhere
     post /help/hacked anywhere
     get /help/:page anywhere
     get /image/:tag
     get /manifest.webmanifest
     get /service-worker.js`,
  ),
  // The other site has a provider alone: its form is hidden.
  ...rows('anybody', 'post /login', ['marees']),
  ...rows(
    'provider',
    `get /login/:plugin/:method/callback
     post /login/:plugin/:method/callback
     get /login/:plugin/:method/notice anywhere
     post /login/:plugin/:method/notice anywhere`,
  ),
  // Its secret is all that it asks.
  ...rows(
    'anybody',
    `get /calendar/link/:secret
     get /calendar/book/:slug
     post /calendar/book/:slug
     get /calendar/appointment/:secret
     post /calendar/appointment/:secret
     get /calendar/appointment/:secret/calendar`,
    ['saisons'],
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
     get /search/events
     get /searches
     get /imports
     post /imports
     post /imports/:import/stop
     post /imports/:import/resume
     post /imports/:import/forget
     get /offline
     get /events/news
     post /settings/reading/forget-senders
     post /mail/:account/:mailbox/mute
     get /mail/:account/:mailbox/older
     post /mail/:account/:mailbox/older
     get /push/key
     post /push/subscribe
     post /push/forget
     get /commands
     get /identities
     post /identities/save
     post /identities/remove
     get /templates
     post /templates/save
     post /templates/remove
     post /compose/:draft/keep-template
     get /offline/key
     get /snoozed
     post /snoozed/wake
     post /snoozed/time
     post /mail/:account/:mailbox/snooze
     get /outbox
     post /outbox/:draft/undo
     post /outbox/:draft/cancel
     post /outbox/:draft/now
     post /outbox/:draft/time
     post /search/actions/flag
     post /search/actions/label
     post /search/actions/move
     post /search/actions/copy
     post /search/actions/delete
     post /search/actions/archive
     post /search/actions/junk
     post /search/undo
     post /searches/save
     post /searches/change
     post /searches/remove
     post /searches/place
     get /mailboxes
     post /mailboxes/create
     post /mailboxes/place
     post /mailboxes/discard
     post /mailboxes/subscribe
     post /mailboxes/read
     post /mailboxes/mark
     get /labels
     post /labels/create
     post /labels/change
     post /labels/remove
     get /mail/:account/:mailbox
     get /mail/:account/:mailbox/:uid
     get /mail/:account/:mailbox/:uid/headers
     get /mail/:account/:mailbox/:uid/path
     get /leave
     get /mail/:account/:mailbox/:uid/attachments.zip
     get /mail/:account/:mailbox/export.mbox
     get /mail/:account/:mailbox/:uid/parts/:part/files/:index
     get /mail/:account/:mailbox/:uid/print
     get /mail/:account/:mailbox/:uid/body
     get /mail/:account/:mailbox/:uid/parts/:part
     get /mail/:account/:mailbox/:uid/parts/:part/preview
     get /mail/:account/:mailbox/:uid/parts/:part/preview/content
     get /mail/:account/:mailbox/:uid/source
     post /mail/:account/:mailbox/:uid/trust
     get /mail/:account/:mailbox/:uid/report
     post /mail/:account/:mailbox/:uid/report
     post /mail/:account/:mailbox/:uid/receipt
     post /mail/:account/:mailbox/actions/flag
     post /mail/:account/:mailbox/actions/label
    post /mail/:account/:mailbox/threads
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
     post /compose/:draft/hide-copies
     post /compose/:draft/resend
     post /compose/:draft/discard
     get /autocomplete
     get /autocomplete/members
     post /compose/:draft/lists
     post /compose/:draft/copy
     post /compose/:draft/classes
     post /compose/:draft/attachments
     post /compose/:draft/import
     get /compose/:draft/attachments/:attachment
     post /compose/:draft/attachments/:attachment/remove
     get /settings
     get /settings/export.json
     get /settings/:section
     post /settings/:section
     get /security
     get /security/history
     post /security/sessions
     post /security/app-passwords fresh
     post /security/app-passwords/revoke
     post /security/links fresh
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
     post /admin/configuration/change fresh
     get /admin/history
     get /admin/history/:change
     post /admin/history/:change fresh
     get /admin/jobs
     get /admin/health`,
  ),
  ...rows('reader', 'get /admin/audit\npost /admin/audit/export fresh'),
  ...rows('platform', 'get /admin/boot'),
  ...rows(
    'open',
    `get /list-unsubscribe
     get /list-unsubscribe/question
     post /list-unsubscribe/question
     get /list-unsubscribe/result`,
    ['saisons'],
  ),
  ...rows(
    'open',
    `get /annuaire
     get /annuaire/entry
     post /annuaire/export
     post /annuaire/keep
     get /annuaire/vcard/:entry
     get /annuaire/own
     post /annuaire/own
     post /annuaire/own/photo
     get /annuaire/photo/:entry
     get /annuaire/tree`,
    ['saisons'],
  ),
  ...rows(
    'open',
    `get /calendar
     post /calendar/shown
     get /calendar/event
     get /calendar/edit
     post /calendar/edit
     post /calendar/move
     post /calendar/delete
     post /calendar/restore
     get /calendar/calendars
     post /calendar/calendars/create
     post /calendar/calendars/change
     post /calendar/calendars/delete
     post /calendar/calendars/usual
     post /calendar/quick
     get /calendar/reminders
     post /calendar/reminders
     post /calendar/outgoing/retry
     get /calendar/free-busy
     post /calendar/free-busy
     get /calendar/link
     post /calendar/link
     get /calendar/tasks
     post /calendar/tasks/add
     post /calendar/tasks/mark
     get /calendar/tasks/task
     post /calendar/tasks/task
     post /calendar/tasks/delete
     get /calendar/feeds
     post /calendar/feeds
     post /calendar/feeds/holidays
     post /calendar/feeds/refresh
     post /calendar/feeds/remove
     get /calendar/bookings
     get /calendar/bookings/page
     post /calendar/bookings/page
     post /calendar/bookings/delete
     get /calendar/share
     post /calendar/share
     post /calendar/share/leave
     get /calendar/invitation
     post /calendar/invitation
     post /calendar/event/answer
     get /calendar/event/file
     post /calendar/event/attach
     post /calendar/event/detach
     get /calendar/rooms
     post /calendar/rooms
     get /calendar/planning
     post /calendar/planning/people
     post /calendar/planning/group
     get /calendar/trash
     post /calendar/purge
     get /calendar/accounts
     post /calendar/accounts
     get /calendar/accounts/calendars
     post /calendar/accounts/calendars
     post /calendar/accounts/refresh
     post /calendar/accounts/remove
     get /calendar/import
     post /calendar/import
     get /calendar/import/:id
     post /calendar/import/:id/end
     get /calendar/export`,
    ['saisons', 'marees'],
  ),
  ...rows(
    'open',
    `get /contacts
     get /contacts/edit
     post /contacts/edit
     post /contacts/bulk
     post /contacts/delete
     post /contacts/restore
     post /contacts/favourite
     post /contacts/move
     post /contacts/member
     get /contacts/photo/:id
     post /contacts/photo
     get /contacts/trash
     post /contacts/purge
     get /contacts/books
     post /contacts/books/create
     post /contacts/books/rename
     post /contacts/books/delete
     post /contacts/books/share
     post /contacts/books/unshare
     get /contacts/accounts
     post /contacts/accounts
     get /contacts/accounts/books
     post /contacts/accounts/books
     post /contacts/accounts/refresh
     post /contacts/accounts/password
     post /contacts/accounts/remove
     get /contacts/add
     post /contacts/add
     get /contacts/collected
     post /contacts/collected
     get /contacts/duplicates
     get /contacts/merge
     post /contacts/merge
     post /contacts/undo
     get /contacts/import
     post /contacts/import
     get /contacts/import/:id
     post /contacts/import/:id
     post /contacts/import/:id/end
     get /contacts/export`,
    ['saisons'],
  ),
  ...rows('administrator', 'get /usage-statistics', ['saisons']),
  ...rows('test-factor', 'get /test-factor\npost /test-factor'),
  ...rows('open', 'get /test-factor/private'),
  ...rows('anybody', 'get /test-factor/open'),
  ...rows(
    'factor',
    `get /twofactor/challenge
     post /twofactor/challenge
     post /twofactor/challenge/passkey
     get /twofactor/codes/shown`,
    ['marees'],
  ),
  ...rows(
    'enrol',
    `get /twofactor/enrol fresh
     get /twofactor/enrol/totp fresh
     post /twofactor/enrol/totp fresh
     get /twofactor/enrol/passkey fresh
     post /twofactor/enrol/passkey fresh`,
    ['marees'],
  ),
  ...rows(
    'open',
    `get /twofactor
     get /twofactor/recovered
     post /twofactor/remove fresh
     post /twofactor/codes fresh
     post /twofactor/codes/end fresh
     post /twofactor/forget`,
    ['marees'],
  ),
  ...rows(
    'administrator',
    `get /twofactor/admin
     post /twofactor/admin/ask fresh
     post /twofactor/admin/decide fresh`,
    ['marees'],
  ),
];

/** The way in of each site beside the form, or in its place: `sso` with a provider of its own. */
const WAYS: Readonly<Record<SiteName, string>> = {
  saisons: '/login/sso/cerbere',
  marees: '/login/sso/cas',
};

/** A concrete path for a pattern of the router, of what the site has. */
export const concrete = (pattern: string, site: SiteName): string =>
  pattern
    .replace('/login/:plugin/:method', WAYS[site])
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
