import { ImapFlow } from 'imapflow';
import nodemailer from 'nodemailer';
import { type DemoImap, startDemoImap } from '../../../src/demo/imap';
import { type DemoSmtp, startDemoSmtp } from '../../../src/demo/smtp';

const USERS = ['linh', 'ousmane'].map((username) => ({
  username,
  password: `secret of ${username}`,
}));
const MASTER = { username: 'service', password: 'master', opens: ['linh'] };
const whose = async (token: string): Promise<string | undefined> =>
  token === 'token-of-linh' ? 'linh' : undefined;

describe('the mail servers of the demonstration', () => {
  let imap: DemoImap;
  let smtp: DemoSmtp;
  beforeAll(async () => {
    imap = await startDemoImap({
      users: USERS.map((user) => ({ ...user, mailboxes: [{ path: 'INBOX' }] })),
      masters: [MASTER],
      whose,
    });
    smtp = await startDemoSmtp({
      users: USERS.map((user) => ({ ...user, addresses: [] })),
      masters: [MASTER],
      whose,
      deliver: () => undefined,
    });
  });
  afterAll(async () => {
    await imap.close();
    await smtp.close();
  });

  type Auth = { user: string; pass?: string; accessToken?: string };
  const opensImap = async (auth: Auth): Promise<boolean> => {
    const { host, port } = imap;
    const client = new ImapFlow({ host, port, secure: false, auth, logger: false });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.logout();
      return true;
    } catch {
      client.close();
      return false;
    }
  };
  const opensSmtp = async ({ user, pass, accessToken }: Auth): Promise<boolean> => {
    const { host, port } = smtp;
    const transport = nodemailer.createTransport({
      host,
      port,
      ignoreTLS: true,
      auth:
        accessToken === undefined
          ? { user, pass: pass ?? '' }
          : { type: 'OAUTH2', user, accessToken },
    });
    try {
      return await transport.verify();
    } catch {
      return false;
    } finally {
      transport.close();
    }
  };

  it.each<readonly [string, Auth, boolean]>([
    ['a person’s own password', { user: 'linh', pass: 'secret of linh' }, true],
    ['a person’s own token', { user: 'linh', accessToken: 'token-of-linh' }, true],
    ['the token of another', { user: 'ousmane', accessToken: 'token-of-linh' }, false],
    ['a token of nobody', { user: 'linh', accessToken: 'token' }, false],
    ['a service that may', { user: 'linh*service', pass: 'master' }, true],
    ['a service that may not', { user: 'ousmane*service', pass: 'master' }, false],
    ['a service with another password', { user: 'linh*service', pass: 'other' }, false],
    ['the password of the service alone', { user: 'linh', pass: 'master' }, false],
    ['an unknown service', { user: 'linh*other', pass: 'master' }, false],
  ])('open mail for %s or not', async (_name, auth, expected) => {
    expect([await opensImap(auth), await opensSmtp(auth)]).toEqual([expected, expected]);
  });
});
