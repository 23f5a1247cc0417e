import path from 'node:path';
import { composeHooks } from '../../src/compose';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { mailHooks } from '../../src/mail';
import { sessionHooks } from '../../src/session';
import { SLOTS, type SlotName } from '../../src/view';
import { WebAgent } from '../kit/agent';
import { hostilePlugin, type Misbehaviour } from '../kit/hostile-plugin';
import { type Page, textOf } from '../kit/html';

const ROOT = path.resolve(__dirname, '..', '..');
const DEFINITIONS = { ...sessionHooks, ...mailHooks, ...composeHooks };
const HOOKS = Object.entries(DEFINITIONS);
const slots = Object.keys(SLOTS) as SlotName[];

/** Authority fails closed by design: a broken guard must refuse, so it is tried apart. */
const isOpen = ([name, { kind }]: (typeof HOOKS)[number]): boolean =>
  kind !== 'guard' && !('failClosed' in (DEFINITIONS[name as keyof typeof DEFINITIONS] ?? {}));

const start = (how: Misbehaviour, hooks: readonly string[]): Promise<DemoApp> =>
  startDemoApp({
    root: ROOT,
    port: 0,
    site: (_id, file) => ({ ...file, plugins: { [`hostile-${how}`]: true } }),
    app: { log: { level: 'silent' } },
    options: { extraPlugins: [hostilePlugin(how, { hooks, slots })] },
  });

const signIn = async (demo: DemoApp): Promise<{ web: WebAgent; page: Page }> => {
  const agent = demo.stack.agents[0];
  const web = new WebAgent(`http://127.0.0.1:${demo.port}`);
  return { web, page: await web.signIn(agent?.username ?? '', agent?.password ?? '') };
};

const compose = async (web: WebAgent, fill: Readonly<Record<string, string>>): Promise<Page> => {
  const page = await web.get('/compose');
  return web.submit(page, {
    form: (shown) => {
      const form = shown.all(
        (e) => e.name === 'form' && /^\/compose\/[^/]+$/.test(e.attribs['action'] ?? ''),
      )[0];
      if (!form) throw new Error('no compose form');
      return form;
    },
    button: 'send',
    fill,
  });
};

describe.each(['throw', 'reject', 'hang', 'rubbish'] as const)(
  'a plugin that does %s in every hook and slot',
  (how) => {
    let demo: DemoApp;
    beforeAll(async () => {
      demo = await start(
        how,
        HOOKS.filter(isOpen).map(([name]) => name),
      );
    });
    afterAll(async () => {
      await demo?.stop();
    });

    it('is started, so that what follows means something', () => {
      const report = demo.app.plugins().find(({ id }) => id === `hostile-${how}`);
      expect(report?.state).toBe('active');
      expect(report?.sites).toContain('saisons');
      expect(HOOKS.filter(isOpen).length).toBeGreaterThan(10);
    });

    it('leaves the inbox, a message and sending as they are', async () => {
      const { web, page } = await signIn(demo);
      expect(page.status).toBe(200);
      const list = await web.get('/mail/me/INBOX');
      const rows = list.all((element) => 'data-uid' in element.attribs);
      const subject = list.all(
        (e) => e.name === 'a' && (e.attribs['class'] ?? '').split(' ').includes('subject'),
      )[0];

      const message = await web.get(subject?.attribs['href'] ?? '');
      const body = await web.get(message.one('data-message-body').attribs['src'] ?? '');
      const sent = await compose(web, {
        to: demo.stack.agents[1]?.mail ?? '',
        subject: `malgré tout ${how}`,
        text: 'Bonjour',
        format: 'plain',
      });

      expect(list.status).toBe(200);
      expect(rows).toHaveLength(50);
      expect(textOf(message.one('data-message-subject'))).not.toBe('');
      expect(body.status).toBe(200);
      expect(sent.status).toBe(200);
      expect(
        demo.stack.smtp.transactions.filter(({ raw }) => String(raw).includes(`malgr`)),
      ).toHaveLength(1);
    }, 60_000);

    it('is counted under its name', async () => {
      const text = await demo.app.metrics.text();
      expect(text).toContain(`hostile-${how}`);
    });
  },
);

/** Every authority but those of signing in, which are tried after. */
const AUTHORITIES = HOOKS.filter((hook) => !isOpen(hook))
  .map(([name]) => name)
  .filter((name) => !/^(session|user):/.test(name));

describe.each(['throw', 'hang', 'rubbish'] as const)('authorities that do %s', (how) => {
  let demo: DemoApp;
  beforeAll(async () => {
    expect(AUTHORITIES).toEqual(
      expect.arrayContaining(['message:sending', 'message:changing', 'attachment:receiving']),
    );
    demo = await start(how, AUTHORITIES);
  });
  afterAll(async () => {
    await demo?.stop();
  });

  it('lets mail be read, sends nothing, and keeps what was written', async () => {
    const { web } = await signIn(demo);

    const refused = await compose(web, {
      to: demo.stack.agents[1]?.mail ?? '',
      subject: 'gardé',
      text: 'un texte que personne ne perd',
      format: 'plain',
    });

    // `undefined` from a handler is "no objection"; anything else that is no denial is a failure.
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect(refused.text).toContain('un texte que personne ne perd');
    expect(demo.stack.smtp.transactions).toHaveLength(0);
    expect((await web.get('/mail/me/INBOX')).status).toBe(200);
  }, 60_000);
});

describe.each(['throw', 'hang', 'rubbish'] as const)(
  'a guard of signing in that does %s',
  (how) => {
    let demo: DemoApp;
    beforeAll(async () => {
      demo = await start(how, ['session:opening', 'session:challenges', 'user:profile']);
    });
    afterAll(async () => {
      await demo?.stop();
    });

    it('lets nobody in, says so, and the process goes on', async () => {
      const { web, page } = await signIn(demo);

      expect(page.status).toBeGreaterThanOrEqual(400);
      expect((await web.get('/mail/me/INBOX')).url).toMatch(/^\/login/);
      expect((await web.get('/login')).status).toBe(200);
    }, 60_000);
  },
);
