import type { SessionId } from '../../src/base/types';
import type { DemoApp, DemoAppOptions } from '../../src/demo';
import type { LoadedSession } from '../../src/session';
import type { Site } from '../../src/sites';
import { WebAgent } from './agent';
import { enrolApplication } from './factor-visit';
import { createBrowser } from './idp-browser';
import type { SiteName } from './route-rows';
import { callbackOf } from './sso-visit';

export const SITES: readonly SiteName[] = ['saisons', 'marees'];

/** What a browser may bring along: nothing, half a session, a session with some right or other. */
const EVERYWHERE = [
  'anonymous',
  'awaiting',
  'frozen',
  'expired',
  'other-site',
  'open',
  'vouched',
  'stale',
  'auditor',
  'manager',
  'administrator',
  'platform',
] as const;
/** Where the site has the second factor of the platform, and a rule about networks. */
const GUARDED = ['enrolment', 'factor-due', 'stranger', 'outside'] as const;

export type State = (typeof EVERYWHERE | typeof GUARDED)[number];

export const STATES: readonly State[] = [...EVERYWHERE, ...GUARDED];
export const statesOf = (site: SiteName): readonly State[] =>
  site === 'marees' ? STATES : EVERYWHERE;

/** Outside the networks of the site. */
export const OUTSIDE: readonly State[] = ['stranger', 'outside'];

const METHODS: Readonly<Record<SiteName, string>> = { saisons: 'cerbere', marees: 'cas' };
const HOSTS: Readonly<Record<SiteName, string>> = { saisons: '127.0.0.1', marees: 'localhost' };
const HERE = '127.0.0.1';
const ELSEWHERE = '198.51.100.7';
/** Longer ago than any proof counts, and not so long that the session is over. */
const STALE_MS = 2 * 3_600_000;

/** Agents of a site: one without rights, one for all rights in turn, one with a second factor. */
const ROLES = { plain: 0, rights: 1, enrolled: 2 } as const;

/** Groups that nobody is in by the directory: a state puts its agent there. */
const RIGHTS: Readonly<Partial<Record<State, readonly string[]>>> = {
  auditor: ['audit.read'],
  manager: ['admin.access'],
  administrator: ['admin.access', 'audit.read'],
  platform: ['admin.access', 'admin.platform', 'audit.platform'],
};
/** States whose rights are those of another one. */
const AS: Readonly<Partial<Record<State, State>>> = { stale: 'platform', outside: 'platform' };

const groups = Object.entries(RIGHTS).map(([id, permissions]) => ({
  id,
  title: id,
  match: { logins: ['nobody.at-all'] },
  permissions,
}));

/**
 * A site that has a provider and no form, and one with a form, a provider, a second factor that
 * everybody needs and a rule about networks.
 */
export const siteInStates: DemoAppOptions['site'] = (id, file) => {
  const { sso } = file['plugins'] as { readonly sso: object };
  const hosts = [HOSTS[id], `${id}.localhost`];
  if (id === 'saisons') {
    const plugins = {
      sso,
      'test-factor': true,
      annuaire: true,
      calendar: true,
      contacts: true,
      'list-unsubscribe': true,
      'usage-statistics': true,
    };
    const signIn = { ...Object(file['signIn']), form: 'hidden' };
    return { ...file, hosts, groups, signIn, plugins };
  }
  const twofactor = { required: true, graceDays: 0, inside: 'ask' };
  const networks = { inside: ['127.0.0.0/8'], outside: 'refuse' };
  const plugins = { sso, 'test-factor': true, twofactor };
  return { ...file, hosts, groups, plugins, protection: { networks } };
};

/** A browser, by what it sends. */
export interface StateBrowser {
  readonly host: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly token: string;
}

/** Browsers in every state on every site; one is made anew when what it asked ended its session. */
export class StateBrowsers {
  readonly #known = new Map<string, Promise<StateBrowser>>();
  readonly #rights = new Map<SiteName, State>();

  constructor(readonly demo: DemoApp) {}

  /** Sets the second factor up of those who have one. */
  async prepare(): Promise<void> {
    const half = await this.#half('marees', ROLES.enrolled);
    await enrolApplication(half, Date);
  }

  async in(site: SiteName, state: State): Promise<StateBrowser> {
    const key = `${site} ${state}`;
    const found = this.#known.get(key);
    if (!found || !(await this.#isStill(site, state, await found))) {
      // Two that ask at once get the same.
      if (this.#known.get(key) === found) this.#known.set(key, this.#make(site, state));
    }
    const browser = await this.#known.get(key);
    if (!browser) throw new Error(`no browser for ${key}`);
    await this.#grant(site, AS[state] ?? state);
    return browser;
  }

  /** One agent has all rights in turn: what a session may do is read from its person at each request. */
  async #grant(site: SiteName, right: State): Promise<void> {
    if (!RIGHTS[right] || this.#rights.get(site) === right) return;
    const login = this.#agent(site, ROLES.rights).username;
    const change = { groups: JSON.stringify([right]) };
    await this.demo.app.db.knex('users').where({ site, login }).update(change);
    this.#rights.set(site, right);
  }

  async #isStill(site: SiteName, state: State, { headers }: StateBrowser): Promise<boolean> {
    if (state === 'anonymous' || state === 'expired' || state === 'stranger') return true;
    const loaded = await this.#load(state === 'other-site' ? otherOf(site) : site, headers);
    return loaded?.session.state === (STORED[state] ?? 'open');
  }

  async #load(
    site: SiteName,
    { Cookie = '' }: StateBrowser['headers'],
  ): Promise<LoadedSession | undefined> {
    const [, bearer = ''] = /estafette=([^;]*)/.exec(Cookie) ?? [];
    return this.demo.app.sessions.load(bearer, this.#site(site), { touch: false });
  }

  async #make(site: SiteName, state: State): Promise<StateBrowser> {
    switch (state) {
      case 'anonymous':
        return this.#guest(this.#web(site), '/login');
      case 'stranger':
        return this.#guest(this.#web(site), '/help/hacked', ELSEWHERE);
      case 'outside':
        return this.#guest(await this.#opened(site, ROLES.rights), '/help/hacked', ELSEWHERE);
      case 'other-site': {
        const here = this.#web(site);
        const there = await this.#opened(otherOf(site), ROLES.plain);
        here.setCookie('estafette', there.cookie('estafette') ?? '');
        return this.#guest(here, '/login');
      }
      case 'expired': {
        const web = await this.#opened(site, ROLES.plain);
        const past = new Date(0).toISOString();
        await this.#change(site, web, { expires_at: past, idle_expires_at: past });
        return this.#guest(web, '/login');
      }
      case 'awaiting':
        return this.#holder(site, await this.#half(site, ROLES.plain, false));
      case 'enrolment':
        return this.#holder(site, await this.#half(site, ROLES.plain));
      case 'factor-due':
        return this.#holder(site, await this.#half(site, ROLES.enrolled));
      case 'frozen': {
        const web = await this.#opened(site, ROLES.plain);
        const browser = await this.#holder(site, web);
        const loaded = await this.#load(site, browser.headers);
        await this.demo.app.sessions.freeze(loaded?.session.id as SessionId);
        return browser;
      }
      case 'vouched':
        return this.#holder(site, await this.#vouched(site));
      case 'stale': {
        const web = await this.#opened(site, ROLES.rights);
        const long = new Date(Date.now() - STALE_MS).toISOString();
        await this.#change(site, web, { created_at: long, confirmed_at: long });
        return this.#holder(site, web);
      }
      default:
        return this.#holder(
          site,
          await this.#opened(site, RIGHTS[state] ? ROLES.rights : ROLES.plain),
        );
    }
  }

  /** By the form's own service; a factor of the tests that is given, unless it is what is awaited. */
  async #half(site: SiteName, role: number, isGiven = true): Promise<WebAgent> {
    const { username: login, password } = this.#agent(site, role);
    await this.#forgetTries();
    const where = { site: this.#site(site), scope: { site: this.#site(site).id }, remote: HERE };
    const { bearer } = await this.demo.app.sessions.signIn({ ...where, login, password });
    // The directory says which groups somebody is in, at each sign-in.
    if (role === ROLES.rights) this.#rights.delete(site);
    const web = this.#web(site);
    web.setCookie('estafette', bearer);
    if (isGiven) await this.#give(site, web, 'test-factor');
    return web;
  }

  async #opened(site: SiteName, role: number): Promise<WebAgent> {
    const web = await this.#half(site, role);
    await this.#give(site, web, 'twofactor');
    return web;
  }

  /** Through the provider of the site, as a browser does, where nobody was asked for long. */
  async #vouched(site: SiteName): Promise<WebAgent> {
    const web = this.#web(site);
    const who = this.#agent(site, ROLES.plain);
    await this.#forgetTries();
    await web.get(await callbackOf(web, createBrowser(), METHODS[site], who));
    await this.#change(site, web, { confirmed_at: null });
    await this.#give(site, web, 'test-factor');
    await this.#give(site, web, 'twofactor');
    return web;
  }

  /** A factor that is awaited is given, whatever it takes elsewhere. */
  async #give(site: SiteName, web: WebAgent, factor: string): Promise<void> {
    const half = await this.#load(site, { Cookie: web.cookies });
    if (!half?.session.challenges?.includes(factor)) return;
    const scope = { site: this.#site(site).id };
    const { bearer } = await this.demo.app.sessions.satisfy(half, factor, scope);
    web.setCookie('estafette', bearer);
  }

  /** So many half sessions of one person make them wait, which is another test's subject. */
  async #forgetTries(): Promise<void> {
    await this.demo.app.db.knex('login_throttles').delete();
  }

  async #change(site: SiteName, web: WebAgent, change: object): Promise<void> {
    const loaded = await this.#load(site, { Cookie: web.cookies });
    const id = loaded?.session.id;
    await this.demo.app.db.knex('sessions').where({ id }).update(change);
  }

  /** With the token of its session. */
  async #holder(site: SiteName, web: WebAgent): Promise<StateBrowser> {
    const loaded = await this.#load(site, { Cookie: web.cookies });
    const headers = { Cookie: web.cookies };
    return { host: this.#host(site), headers, token: loaded?.csrfToken ?? '' };
  }

  /** With the token that a page gives to who is nobody there. */
  async #guest(web: WebAgent, target: string, from?: string): Promise<StateBrowser> {
    const forwarded: Record<string, string> = from === undefined ? {} : { 'X-Forwarded-For': from };
    const page = await web.get(target, forwarded);
    const [, token = ''] = /name="_csrf" value="([^"]+)"/.exec(page.text) ?? [];
    const headers = { ...forwarded, ...(web.cookies !== '' && { Cookie: web.cookies }) };
    return { host: new URL(web.base).host, headers, token };
  }

  #web(site: SiteName): WebAgent {
    return new WebAgent(`http://${this.#host(site)}`);
  }

  #host(site: SiteName): string {
    return `${HOSTS[site]}:${this.demo.port}`;
  }

  #agent(site: SiteName, index: number) {
    const found = this.demo.stack.agents.filter((agent) => agent.site === site)[index];
    if (!found) throw new Error('no such agent');
    return found;
  }

  #site(id: SiteName): Site {
    const found = this.demo.app.sites.find((one) => one.id === id);
    if (!found) throw new Error('no such site');
    return found;
  }
}

const otherOf = (site: SiteName): SiteName => (site === 'saisons' ? 'marees' : 'saisons');

/** What the row of a session says in a state; `open` unless told. */
const STORED: Readonly<Partial<Record<State, string>>> = {
  awaiting: 'awaiting-challenge',
  enrolment: 'awaiting-challenge',
  'factor-due': 'awaiting-challenge',
  frozen: 'frozen',
};
