import type { Clock } from '../../src/base/clock';
import type { DemoApp } from '../../src/demo';
import { CORE_HOOKS } from '../../src/host/hook-tables';
import { SLOTS, type SlotName } from '../../src/view';
import type { WebAgent } from '../kit/agent';
import { walk } from '../kit/hook-journey';
import { hostilePlugin, type Misbehaviour } from '../kit/hostile-plugin';
import { type Page, textOf } from '../kit/html';
import { movingClock } from '../kit/moving-clock';
import { signInTo, startTestDemo } from '../kit/signed-in-demo';

const HOOKS = Object.entries(CORE_HOOKS);
const slots = Object.keys(SLOTS) as SlotName[];

/** Authority fails closed by design: a broken guard must refuse, so it is tried apart. */
const isOpen = ([, { kind, failClosed }]: (typeof HOOKS)[number]): boolean =>
  kind !== 'guard' && failClosed !== true;
const OPEN = HOOKS.filter(isOpen).map(([name]) => name);
/** Told of, and nowhere in this walk: test/unit/audit, and test/unit/session/devices for a factor. */
const ELSEWHERE = [
  'audit:recorded',
  'device:renewed',
  'contact:draft',
  'contact:changed',
  'contact:export',
];
/** Places of pages for administrators. */
const ADMIN = /^admin\./;

const start = (
  how: Misbehaviour,
  hooks: readonly string[],
  rest: { readonly clock?: Clock; readonly times?: number } = {},
): Promise<DemoApp> =>
  startTestDemo(
    {
      options: rest.clock ? { clock: rest.clock } : {},
      // Bundled plugins have hooks for others too: `directory:entry`, `contact:list`.
      site: (_id, file) => ({
        ...file,
        plugins: { [`hostile-${how}`]: true, annuaire: true, contacts: true },
      }),
    },
    [hostilePlugin(how, { hooks, slots }, rest.times)],
  );

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
      demo = await start(how, OPEN);
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
      const { web, page } = await signInTo(demo);
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

describe.each(['throw', 'hang', 'rubbish'] as const)(
  'a plugin that does %s once in each place',
  (how) => {
    let demo: DemoApp;
    const clock = movingClock();
    beforeAll(async () => {
      demo = await start(how, OPEN, { clock, times: 1 });
    });
    afterAll(async () => {
      await demo?.stop();
    });

    it('is met in every hook and slot that there is, and everything goes on', async () => {
      await walk(demo, clock);
      const { web } = await signInTo(demo);
      const found = await web.get('/annuaire?q=tramontane');
      const contacts = await web.get('/contacts');
      const added = await web.get('/contacts/edit?name=Odile&mail=odile%40saisons.example');
      const { state } = demo.app.plugins().find(({ id }) => id === `hostile-${how}`) ?? {};
      const counted = await demo.app.metrics.text();
      const isMet = (place: string): boolean => counted.includes(`hook="${place}"`);

      expect(found.status).toBe(200);
      expect([contacts.status, added.status]).toEqual([200, 200]);
      expect(state).toBe('active');
      expect(OPEN.filter((name) => !isMet(name) && !ELSEWHERE.includes(name))).toEqual([]);
      expect(slots.filter((name) => !isMet(`slot:${name}`) && !ADMIN.test(name))).toEqual([]);
      expect(demo.stack.smtp.transactions.length).toBeGreaterThan(0);
    }, 180_000);
  },
);

/** Every authority but those of signing in, which are tried after. */
const AUTHORITIES = HOOKS.filter((hook) => !isOpen(hook))
  .map(([name]) => name)
  .filter((name) => !/^(session|user):|^imap:options$/.test(name));

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
    const { web } = await signInTo(demo);

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
      const { web, page } = await signInTo(demo);

      expect(page.status).toBeGreaterThanOrEqual(400);
      expect((await web.get('/mail/me/INBOX')).url).toMatch(/^\/login/);
      expect((await web.get('/login')).status).toBe(200);
    }, 60_000);
  },
);

describe.each(['throw', 'hang', 'rubbish'] as const)(
  'a plugin that does %s where it should say which server has the mail',
  (how) => {
    let demo: DemoApp;
    beforeAll(async () => {
      demo = await start(how, ['imap:options']);
    });
    afterAll(async () => {
      await demo?.stop();
    });

    it('has no password sent anywhere: the page says that a check failed', async () => {
      const { web } = await signInTo(demo);
      const list = await web.get('/mail/me/INBOX');

      expect(list.status).toBeGreaterThanOrEqual(400);
      expect(demo.app.pool.stats().connections).toBe(0);
    }, 60_000);
  },
);
