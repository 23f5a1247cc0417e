import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { connect as connectTls } from 'node:tls';
import { z } from 'zod';
import { withDeadline } from '../base/async';
import type { AuditStreamSettings } from '../kernel/config-schema';
import { makeFolder } from '../kernel/folders';

const CONNECT_MS = 5_000;
const WRITE_MS = 10_000;
const KEEP_ALIVE_MS = 30_000;
const FILE_MODE = 0o600;
const PORTS = { tls: 6_514, tcp: 601, udp: 514 } as const;
/** RFC 5424 6.2.1: "log audit". */
const FACILITY = 13;
const NOTICE = 5;
const WARNING = 4;
/** RFC 5424 6.2.7, and 6.2.4 of host names. */
const MSGID_CHARS = 32;
const HOST_CHARS = 255;

/** Where lines of the audit log go. */
export interface Sink {
  /** Adds lines, each a JSON object; rejects when one of them could not be handed over. */
  write(lines: readonly string[]): Promise<void>;
  /** True when a write that resolved cannot be lost any more. */
  readonly isDurable: boolean;
  /** Goes up when a connection was lost, with what was on its way. */
  epoch(): number;
  close(): Promise<void>;
}

/** The place that a configuration names. */
export function createSink(settings: AuditStreamSettings): Sink {
  if (settings.kind === 'file') return fileSink(settings.path);
  return settings.transport === 'udp' ? udpSink(settings) : socketSink(settings);
}

/** The name of a place: its own cursor. */
export const sinkName = (settings: AuditStreamSettings): string =>
  (settings.kind === 'file'
    ? `file:${path.basename(settings.path)}`
    : `${settings.transport}:${settings.host}:${portOf(settings)}`
  ).slice(0, 64);

type SyslogSettings = Extract<AuditStreamSettings, { kind: 'syslog' }>;

const portOf = ({ transport, port }: SyslogSettings): number => port ?? PORTS[transport];

/** Opened for each batch, so that a rotated file is made anew. */
function fileSink(file: string): Sink {
  return {
    isDurable: true,
    epoch: () => 0,
    async write(lines) {
      makeFolder(path.dirname(file));
      const handle = await open(file, 'a', FILE_MODE);
      try {
        await handle.appendFile(lines.map((line) => `${line}\n`).join(''));
        await handle.datasync();
      } finally {
        await handle.close();
      }
    },
    close: async () => undefined,
  };
}

/** A syslog server by TCP or TLS: one connection, kept; its loss is seen by the epoch. */
function socketSink(settings: SyslogSettings): Sink {
  let socket: Socket | undefined;
  let epoch = 0;

  async function connected(): Promise<Socket> {
    if (socket && !socket.destroyed && socket.writable) return socket;
    const fresh = dial(settings);
    fresh.unref();
    // From birth: an error that nobody hears ends the process.
    fresh.on('error', () => fresh.destroy());
    fresh.on('close', () => {
      if (socket === fresh) {
        socket = undefined;
        epoch += 1;
      }
    });
    await opened(fresh, settings.transport);
    // What a server says is nothing to us, but unread it would hide that it hangs up.
    fresh.resume();
    fresh.setKeepAlive(true, KEEP_ALIVE_MS);
    fresh.on('end', () => fresh.destroy());
    socket = fresh;
    return fresh;
  }

  return {
    isDurable: false,
    epoch: () => epoch,
    async write(lines) {
      const open = await connected();
      const text = lines.map((line) => framed(message(settings, line))).join('');
      await withDeadline(
        new Promise<void>((resolve, reject) => {
          const lost = () => reject(new Error('the connection was lost'));
          open.once('close', lost);
          open.write(text, (error) => {
            open.off('close', lost);
            if (error) reject(error);
            else resolve();
          });
        }),
        WRITE_MS,
        () => {
          open.destroy();
          return new Error('the server does not read');
        },
      );
    },
    async close() {
      const open = socket;
      socket = undefined;
      if (!open) return;
      await new Promise<void>((resolve) => {
        open.once('close', () => resolve());
        open.end(() => open.destroy());
        setTimeout(() => open.destroy(), 1_000).unref();
      });
    },
  };
}

function dial(settings: SyslogSettings): Socket {
  const { host, transport, caFile, servername } = settings;
  const port = portOf(settings);
  if (transport === 'tcp') return connectTcp({ host, port });
  const name = servername ?? (isIP(host) === 0 ? host : undefined);
  return connectTls({
    host,
    port,
    minVersion: 'TLSv1.2', // RFC 9662 2
    ...(caFile !== undefined && { ca: readFileSync(caFile) }),
    ...(name !== undefined && { servername: name }),
  });
}

function opened(socket: Socket, transport: SyslogSettings['transport']): Promise<void> {
  const event = transport === 'tls' ? 'secureConnect' : 'connect';
  return withDeadline(
    new Promise<void>((resolve, reject) => {
      socket.once(event, resolve);
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('the connection was refused')));
    }),
    CONNECT_MS,
    () => {
      socket.destroy();
      return new Error('the server does not answer');
    },
  );
}

/** RFC 5426: nobody knows whether it arrived, hence this machine alone. */
function udpSink(settings: SyslogSettings): Sink {
  const { host } = settings;
  const socket = createSocket(isIP(host) === 6 ? 'udp6' : 'udp4');
  socket.unref();
  socket.on('error', () => undefined); // told to who writes
  return {
    isDurable: true,
    epoch: () => 0,
    async write(lines) {
      for (const line of lines) {
        await new Promise<void>((resolve, reject) => {
          socket.send(message(settings, line), portOf(settings), host, (error) =>
            error ? reject(error) : resolve(),
          );
        });
      }
    },
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

/** RFC 6587 3.4.1 (octet counting), which RFC 5425 4.3 asks for: a line feed in a message ends nothing. */
const framed = (text: string): string => `${Buffer.byteLength(text)} ${text}`;

const headShape = z.object({ at: z.string(), event: z.string(), site: z.string() });
const ATTENTION = /^(?:session:refused|account:locked|security:|sign-in:conflict|audit:)/;

/** RFC 5424 6: ASCII alone, so that no collector has to guess the encoding. */
function message({ appName }: SyslogSettings, line: string): string {
  const head = headShape.safeParse(JSON.parse(line)).data;
  const event = head?.event ?? '-';
  const severity = ATTENTION.test(event) ? WARNING : NOTICE;
  const host = visible(os.hostname(), HOST_CHARS);
  const at = head?.at ?? '-';
  const name = visible(event, MSGID_CHARS);
  return `<${FACILITY * 8 + severity}>1 ${at} ${host} ${appName} ${process.pid} ${name} - ${ascii(line)}`;
}

/** PRINTUSASCII without spaces, or the nil value. */
const visible = (text: string, maxChars: number): string =>
  text.replace(/[^\x21-\x7e]/g, '').slice(0, maxChars) || '-';

const ascii = (json: string): string =>
  json.replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
