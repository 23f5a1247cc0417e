import type { DemoApp } from '../../src/demo';
import { openEventStream } from '../kit/event-stream';
import { signInTo, startTestDemo } from '../kit/signed-in-demo';

let demo: DemoApp;

beforeAll(async () => {
  demo = await startTestDemo();
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

describe('one person in two browsers', () => {
  it('goes on being told of new mail in one when the other signs out', async () => {
    const agent = demo.stack.agents[0];
    const [{ web: office }, { web: phone }] = [await signInTo(demo), await signInTo(demo)];
    const stream = await openEventStream(
      `http://127.0.0.1:${demo.port}/events?mailbox=INBOX`,
      office.cookies,
    );
    const page = await phone.get('/mail/me/INBOX');

    await phone.post('/logout', [
      ['_csrf', page.one('name', 'csrf-token').attribs['content'] ?? ''],
    ]);
    if (!('faults' in demo.stack.imap)) throw new Error('needs the server in memory');
    demo.stack.imap.deliver(
      agent?.username ?? '',
      'From: a@b.example\r\nSubject: Encore la\r\nMessage-ID: <encore@b.example>\r\n\r\nBonjour\r\n',
    );

    await stream.waitFor('Encore la', 15_000);
    stream.close();
    expect((await office.get('/mail/me/INBOX')).status).toBe(200);
  }, 60_000);
});
