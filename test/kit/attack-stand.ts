import type { AuditEntry } from '../../src/audit';
import type { SiteId } from '../../src/base/types';
import type { DemoApp, DemoAppOptions } from '../../src/demo';
import { WebAgent } from './agent';
import { attackLines } from './attack-lines';
import { codeOf, enrolApplication } from './factor-visit';
import type { Page } from './html';
import { movingClock } from './moving-clock';
import { type FakeProvider, fakeProvider } from './sign-in-plugin';
import { startTestDemo } from './signed-in-demo';

const BRANCH = 'ou=equinoxes,ou=agents,dc=saisons,dc=example';
const SITE = 'saisons' as SiteId;
const LINE_MS = 5_000;
/** What was counted against an account before is forgotten. */
const LATER_MS = 2 * 3_600_000;

export const HERE = '127.0.0.1';
/** A password that is nobody's, and that no line may hold. */
export const WRONG = 'Mauvais-Soleil.24';

/** Who plays which part; all of the first site. */
const PEOPLE = {
  /** Let in by their branch, without a second factor. */
  guessed: 'odile.tramontane',
  /** Let in by their group, without a second factor. */
  ordinary: 'barnabe.lagrive',
  /** With an application that shows codes, and recovery codes. */
  factored: 'theo.grandvent',
  /** Whom the site does not let in. */
  stranger: 'capucine.martelet',
} as const;
export type Person = keyof typeof PEOPLE;
export const loginOf = (person: Person): string => PEOPLE[person];

/** An attack, and what its line in the audit log says. */
export interface Attack {
  readonly name: string;
  run(stand: AttackStand): Promise<unknown>;
  readonly line: () => ExpectedLine;
}

/** A `session:refused` of the first site unless told; what is not told may be anything. */
export interface ExpectedLine {
  readonly site?: string;
  readonly event?: string;
  readonly actor?: string;
  readonly target?: unknown;
  readonly remote?: string;
  readonly details?: object;
}

/** A site with a provider, a form, a lock and a second factor, and people to attack. */
export class AttackStand {
  readonly lines = attackLines('attack → audit line');
  secret = '';
  recovery: readonly string[] = [];

  private constructor(
    readonly demo: DemoApp,
    readonly provider: FakeProvider,
    readonly clock: ReturnType<typeof movingClock>,
  ) {}

  static async start(app: DemoAppOptions['app'] = {}): Promise<AttackStand> {
    const provider = fakeProvider();
    const clock = movingClock();
    const demo = await startTestDemo({
      app: { trustedProxies: [], ...app },
      site: siteUnderAttack,
      options: { clock, extraPlugins: [provider.plugin] },
    });
    return new AttackStand(demo, provider, clock);
  }

  async stop(): Promise<void> {
    await this.demo.stop();
    this.lines.print();
  }

  agent(person: Person) {
    const found = this.demo.stack.agents.find(({ username }) => username === PEOPLE[person]);
    if (!found) throw new Error('no such agent');
    return found;
  }

  user(person: Person) {
    return this.demo.app.affairs.find(SITE, PEOPLE[person]);
  }

  browser(cookie?: string): WebAgent {
    const web = new WebAgent(`http://127.0.0.1:${this.demo.port}`);
    if (cookie !== undefined) web.setCookie('estafette', cookie);
    return web;
  }

  /** The answer to the form, with the page that it leads to. */
  async post(
    username: string,
    password: string,
    { web = this.browser(), headers = {}, next = '' }: PostOptions = {},
  ): Promise<Page> {
    const page = await web.get('/login', headers);
    const fields = [
      ['_csrf', page.one('name', '_csrf').attribs['value'] ?? ''],
      ['username', username],
      ['password', password],
      ['next', next],
    ] as const;
    return web.post('/login', fields, headers);
  }

  /** Somebody who knows the password: an open session, or one that awaits its factor. */
  async signedIn(person: Person): Promise<WebAgent> {
    const web = this.browser();
    const { username, password } = this.agent(person);
    const page = await this.post(username, password, { web });
    if (page.status !== 200) throw new Error(`not signed in: ${page.status}`);
    return web;
  }

  /** Sets up the factor of the one who has one, at their first sign-in. */
  async enrol(): Promise<void> {
    const web = await this.signedIn('factored');
    const { secret, codes } = await enrolApplication(web, this.clock);
    this.secret = secret;
    this.recovery = codes;
  }

  /** The code that the application shows: a new one in each attack. */
  code(): string {
    return codeOf(this.secret, this.clock);
  }

  /** Runs an attack and waits for its line, which says nothing that it should not. */
  async run({ name, run, line }: Attack): Promise<void> {
    this.clock.forward(LATER_MS);
    const [last] = await this.demo.app.audit.list({ limit: 1 });
    await run(this);
    const { details, ...rest } = line();
    const { event = 'session:refused' } = rest;
    const expected = expect.objectContaining({
      event,
      site: 'saisons',
      ...rest,
      ...(details && { details: expect.objectContaining(details) }),
    });
    const added = await this.#until(last?.id ?? 0, event);
    expect(added).toContainEqual(expected);
    const own = added.find((one) => expected.asymmetricMatch(one));
    this.lines.told(name, own ?? { event: '', details: {} });
    const text = JSON.stringify(added);
    for (const secret of this.#secrets()) expect(text).not.toContain(secret);
  }

  /** Lines that came since one; until there is one of an event, or it is late. */
  async #until(last: number, event: string): Promise<readonly AuditEntry[]> {
    const since = Date.now();
    for (;;) {
      const all = await this.demo.app.audit.list({ limit: 500 });
      const added = all.filter(({ id }) => id > last);
      if (added.some((one) => one.event === event)) return added;
      if (Date.now() - since > LINE_MS) return added;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  #secrets(): readonly string[] {
    const passwords = this.demo.stack.agents.map(({ password }) => password);
    const own = [WRONG, 'Soleil', ...passwords, ...this.recovery, this.secret];
    return own.filter((secret) => secret !== '');
  }
}

interface PostOptions {
  readonly web?: WebAgent;
  readonly headers?: Record<string, string>;
  readonly next?: string;
}

const siteUnderAttack: DemoAppOptions['site'] = (id, file) => {
  if (id !== 'saisons') {
    const networks = { inside: ['10.0.0.0/8'], outside: 'refuse' };
    return { ...file, protection: { networks } };
  }
  const invited = { id: 'invited', title: 'Invités', match: { logins: [PEOPLE.ordinary] } };
  const { signIn, groups } = file as { signIn: object; groups: object[] };
  return {
    ...file,
    plugins: { 'fake-sso': true, twofactor: {} },
    mailAccess: { kind: 'oauth' },
    groups: [...groups, invited],
    signIn: { ...signIn, eligible: { branches: [BRANCH], groups: [invited.id] } },
    protection: { lockAfter: 8 },
  };
};
