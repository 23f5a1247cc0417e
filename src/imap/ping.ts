import { readFileSync } from 'node:fs';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { AppError } from '../base/errors';
import type { ImapServerAddress } from './types';

const MAX_LINE = 4_096;

/**
 * Whether an IMAP server answers at this address as a session would find it: certificate checked for
 * `tls` and `starttls`, greeting `* OK` (RFC 9051 7.1.5). Nobody signs in. Rejects with
 * `imap/unreachable`, `imap/timeout` or `imap/protocol`.
 */
export async function pingImap(server: ImapServerAddress, timeoutMs: number): Promise<void> {
  const plain = server.security !== 'tls';
  const socket = plain ? connect({ host: server.host, port: server.port }) : openTls(server);
  try {
    await expectLine(socket, /^\* (OK|PREAUTH)\b/, timeoutMs);
    if (server.security !== 'starttls') return;
    socket.write('a STARTTLS\r\n');
    await expectLine(socket, /^a OK\b/, timeoutMs);
    const secured = openTls(server, socket);
    secured.write('b CAPABILITY\r\n');
    await expectLine(secured, /^\* CAPABILITY\b/, timeoutMs);
  } finally {
    socket.destroy();
  }
}

function openTls(server: ImapServerAddress, socket?: Socket): Socket {
  // RFC 6066 3: the server name is never an address.
  const name = server.servername ?? (isIP(server.host) === 0 ? server.host : undefined);
  return connectTls({
    ...(socket ? { socket } : { host: server.host, port: server.port }),
    ...(name !== undefined && { servername: name }),
    ...(server.caFile !== undefined && { ca: readFileSync(server.caFile) }),
  });
}

function expectLine(socket: Socket, wanted: RegExp, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    const fail = (code: 'imap/unreachable' | 'imap/timeout' | 'imap/protocol', cause?: unknown) => {
      clearTimeout(timer);
      socket.destroy();
      reject(new AppError(code, { ...(cause !== undefined && { cause }) }));
    };
    const timer = setTimeout(() => fail('imap/timeout'), timeoutMs);
    socket.on('error', (error) => fail('imap/unreachable', error));
    socket.on('close', () => fail('imap/unreachable'));
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const end = text.indexOf('\n');
      if (end < 0 && text.length < MAX_LINE) return;
      if (!wanted.test(text)) return fail('imap/protocol');
      clearTimeout(timer);
      socket.removeAllListeners('data').removeAllListeners('close');
      resolve();
    });
  });
}
