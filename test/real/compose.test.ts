import { type PrivateDovecot, startDovecot } from '../../src/demo/real/dovecot';
import { type DemoSmtp, startDemoSmtp } from '../../src/demo/smtp';
import { aBench, type Bench, PASSWORD } from '../embedded/mail-kit';
import { composeJourney } from '../kit/compose-journey';
import { aComposeStand, aWriter, type Stand } from '../kit/compose-stand';

let dovecot: PrivateDovecot;
let smtp: DemoSmtp;
let bench: Bench;
let stand: Stand;

beforeAll(async () => {
  const users = [{ username: 'alice', password: PASSWORD, mailboxes: [{ path: 'INBOX' }] }];
  dovecot = await startDovecot({ users });
  smtp = await startDemoSmtp({
    users: [{ username: 'alice', password: PASSWORD, addresses: ['alice@culture.example'] }],
    deliver: (username, raw) => dovecot.deliver(username, raw),
  });
});
afterAll(async () => {
  await smtp.close();
  await dovecot.close();
});
beforeEach(async () => {
  bench = aBench({ server: dovecot });
  stand = await aComposeStand({ realMail: bench.mail });
});
afterEach(async () => {
  await stand.close();
  await bench.close();
});

describe('a journey on Dovecot', () => {
  composeJourney(() => {
    const writer = aWriter();
    const server = { host: '127.0.0.1', security: 'none' } as const;
    return {
      stand,
      mail: bench.mail,
      actor: {
        ...writer,
        site: {
          ...writer.site,
          imap: { ...server, port: dovecot.port },
          smtp: { ...server, port: smtp.port, auth: 'user' },
        },
        credential: () => ({ username: 'alice', password: PASSWORD }),
      },
      deliver: (raw) => dovecot.deliver('alice', Buffer.from(raw)),
      sent: () => smtp.transactions,
    };
  });
});
