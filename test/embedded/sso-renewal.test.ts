import path from 'node:path';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { WebAgent } from '../kit/agent';
import { createBrowser } from '../kit/idp-browser';
import { callbackOf, wakeProvider } from '../kit/sso-visit';

const ROOT = path.resolve(__dirname, '..', '..');

/** Tokens that live for half a minute are to be renewed at each request. */
describe('mail that is opened with a token of short life', () => {
  let demo: DemoApp;
  beforeAll(async () => {
    demo = await startDemoApp({ root: ROOT, port: 0, accessTokenS: 30 });
    await wakeProvider(demo);
  });
  afterAll(async () => {
    await demo?.stop();
  });

  it('stays open though several pages renew it at the same moment', async () => {
    const [who] = demo.stack.agents;
    if (!who) throw new Error('no agent');
    const web = new WebAgent(`http://127.0.0.1:${demo.port}`);
    await web.get(await callbackOf(web, createBrowser(), 'cerbere', who));

    for (let round = 0; round < 3; round += 1) {
      const pages = await Promise.all(
        ['INBOX', 'INBOX?page=2', 'Sent', 'INBOX', 'Drafts'].map((box) =>
          web.get(`/mail/me/${box}`),
        ),
      );
      expect(pages.filter(({ status }) => status >= 500)).toEqual([]);
      expect(pages[0]?.find('data-message-list')).toBeDefined();
    }
    const renewals = demo.stack.oidc.asked.filter((asked) => asked === '/token').length - 1;
    expect(renewals).toBeGreaterThan(0);
  });
});
