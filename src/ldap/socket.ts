import { connect, type Socket } from 'node:net';
import { AppError } from '../base/errors';
import type { LdapServer } from './url';

// StartTLS extended request (RFC 4511 4.14.1), message id 1, in BER.
const START_TLS_OID = '1.3.6.1.4.1.1466.20037';
const START_TLS_REQUEST = Buffer.concat([
  Buffer.from([0x30, 0x1d, 0x02, 0x01, 0x01, 0x77, 0x18, 0x80, START_TLS_OID.length]),
  Buffer.from(START_TLS_OID, 'ascii'),
]);
const MAX_RESPONSE_BYTES = 4_096; // the answer is 14 to 40 bytes; a diagnostic text may follow

/**
 * A TCP connection on which the next bytes belong to TLS: for `ldaps://` at once, otherwise after
 * the server granted StartTLS. Rejects with `directory/*`; the caller destroys what it gets.
 */
export async function openForTls(server: LdapServer, timeoutMs: number): Promise<Socket> {
  const socket = connect({ host: server.host, port: server.port });
  const fail = new AbortController();
  const timer = setTimeout(() => {
    fail.abort(new AppError('directory/timeout', { details: { server: server.url } }));
  }, timeoutMs);
  try {
    await event(socket, 'connect', fail.signal);
    if (!server.isLdaps) await startTls(socket, server, fail.signal);
    socket.on('error', () => {}); // it may break before TLS takes it over; TLS then reports it
    return socket;
  } catch (error) {
    socket.on('error', () => {});
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Settles like `work`, or rejects with `directory/unreachable` as soon as one of the connections
 * closes: TLS over a connection that has just ended reports nothing at all.
 */
export function whileOpen<T>(sockets: readonly Socket[], work: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onClose = () =>
      reject(new AppError('directory/unreachable', { details: { reason: 'connection-closed' } }));
    for (const socket of sockets) {
      if (socket.destroyed || socket.readableEnded) onClose();
      else socket.once('close', onClose);
    }
    // A connection may be used again: it keeps no listener of what is over.
    const over = (): void => {
      for (const socket of sockets) socket.off('close', onClose);
    };
    work.finally(over).then(resolve, reject);
  });
}

async function startTls(socket: Socket, server: LdapServer, signal: AbortSignal): Promise<void> {
  socket.write(START_TLS_REQUEST);
  const answer = await readMessage(socket, signal);
  const code = resultCode(answer);
  if (code !== 0) {
    throw new AppError('directory/unreachable', {
      details: { server: server.url, reason: 'starttls-refused', ldapCode: code },
    });
  }
}

/** One whole BER message; bytes after it were not protected and are refused (command injection). */
async function readMessage(socket: Socket, signal: AbortSignal): Promise<Buffer> {
  let received = Buffer.alloc(0);
  for (;;) {
    const chunk = socket.read() as Buffer | null; // no encoding is set on the socket
    if (chunk === null) {
      await event(socket, 'readable', signal);
      if (socket.readableEnded) throw brokenAnswer();
      continue;
    }
    received = Buffer.concat([received, chunk]);
    const expected = messageLength(received);
    if (expected === undefined) continue;
    if (expected > MAX_RESPONSE_BYTES || received.length > expected) throw brokenAnswer();
    if (received.length === expected) return received;
  }
}

/** Length of the message that starts here, header included; undefined until it can be known. */
function messageLength(bytes: Buffer): number | undefined {
  if (bytes.length < 2) return undefined;
  if (bytes[0] !== 0x30) throw brokenAnswer();
  const first = bytes.readUInt8(1);
  if (first < 0x80) return 2 + first;
  const size = first & 0x7f;
  if (size === 0 || size > 4) throw brokenAnswer();
  return bytes.length < 2 + size ? undefined : 2 + size + bytes.readUIntBE(2, size);
}

/** Result code of an extended response (RFC 4511 4.12) to message 1. */
function resultCode(message: Buffer): number {
  const headerBytes = message.readUInt8(1) < 0x80 ? 2 : 2 + (message.readUInt8(1) & 0x7f);
  const body = message.subarray(headerBytes);
  if (body.length < 8 || !body.subarray(0, 4).equals(Buffer.from([0x02, 0x01, 0x01, 0x78]))) {
    throw brokenAnswer();
  }
  const lengthByte = body.readUInt8(4);
  const at = lengthByte < 0x80 ? 5 : 5 + (lengthByte & 0x7f);
  if (body[at] !== 0x0a || body[at + 1] !== 1) throw brokenAnswer();
  return body.readUInt8(at + 2);
}

const brokenAnswer = () =>
  new AppError('directory/unreachable', { details: { reason: 'starttls-protocol' } });

/** Resolves at `name`; rejects when the socket fails, closes, or the signal aborts. */
function event(socket: Socket, name: 'connect' | 'readable', signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: unknown) => {
      socket.off(name, onEvent).off('error', settle).off('close', onClose);
      signal.removeEventListener('abort', onAbort);
      if (error === undefined) resolve();
      else reject(error instanceof Error ? error : new AppError('directory/unreachable'));
    };
    const onEvent = () => settle();
    const onClose = () => settle(new AppError('directory/unreachable'));
    const onAbort = () => settle(signal.reason);
    if (signal.aborted) return onAbort();
    socket.once(name, onEvent).once('error', settle).once('close', onClose);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
