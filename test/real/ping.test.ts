import { type AddressInfo, createServer } from 'node:net';
import { pingImap } from '../../src/imap';
import { useDovecot } from '../kit/dovecot';

const TIMEOUT_MS = 5_000;
const dovecot = useDovecot(() => ({
  users: [{ username: 'a', password: 'b', mailboxes: [{ path: 'INBOX' }] }],
}));

describe('the check of an IMAP server', () => {
  it('accepts Dovecot in plain, over TLS and by STARTTLS', async () => {
    const { host, port, tlsPort, caFile } = dovecot();

    await pingImap({ host, port, security: 'none' }, TIMEOUT_MS);
    await pingImap(
      { host, port: tlsPort, security: 'tls', caFile, servername: 'localhost' },
      TIMEOUT_MS,
    );
    await pingImap(
      { host, port, security: 'starttls', caFile, servername: 'localhost' },
      TIMEOUT_MS,
    );
  });

  it('refuses a certificate that no known authority signed', async () => {
    const { host, port, tlsPort } = dovecot();

    await expect(
      pingImap({ host, port: tlsPort, security: 'tls', servername: 'localhost' }, TIMEOUT_MS),
    ).rejects.toMatchObject({ code: 'imap/unreachable' });
    await expect(
      pingImap({ host, port, security: 'starttls', servername: 'localhost' }, TIMEOUT_MS),
    ).rejects.toMatchObject({ code: 'imap/unreachable' });
  });

  it('refuses what speaks another protocol, or nothing', async () => {
    const other = createServer((socket) => socket.end('220 smtp.example ESMTP\r\n'));
    const silent = createServer(() => undefined);
    for (const server of [other, silent]) {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    }
    const portOf = (server: typeof other): number => (server.address() as AddressInfo).port;

    await expect(
      pingImap({ host: '127.0.0.1', port: portOf(other), security: 'none' }, TIMEOUT_MS),
    ).rejects.toMatchObject({ code: 'imap/protocol' });
    await expect(
      pingImap({ host: '127.0.0.1', port: portOf(silent), security: 'none' }, 200),
    ).rejects.toMatchObject({ code: 'imap/timeout' });

    other.close();
    silent.close();
  });
});
