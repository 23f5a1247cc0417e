import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** How a server behaves to who speaks to it. */
export type Mood = 'well' | 'silent' | 'nonsense';

/** A server in front of another one: it passes everything on, or says nothing, or what nobody understands. */
export interface MoodyServer {
  readonly port: number;
  /** From now on, for connections that are open as well. */
  turn(mood: Mood): void;
  close(): Promise<void>;
}

const NONSENSE = Buffer.from(
  'HTTP/1.1 400 Bad Request\r\n\r\n\x30\x84\xff\xff\xff\xff<html>',
  'latin1',
);

/** Starts one on loopback in front of that port, which is asked for at each connection. */
export async function startMoodyServer(portOf: () => number): Promise<MoodyServer> {
  let mood: Mood = 'well';
  const sockets = new Set<Socket>();
  const serve = (client: Socket): void => {
    const behind = connect(portOf(), '127.0.0.1');
    for (const socket of [client, behind]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        behind.destroy();
      });
    }
    client.on('data', (asked) => {
      if (mood === 'well') behind.write(asked);
      if (mood === 'nonsense') client.write(NONSENSE);
    });
    behind.on('data', (answer) => {
      if (mood === 'well') client.write(answer);
    });
  };
  const server = createServer(serve);
  await listening(server);
  return {
    port: (server.address() as AddressInfo).port,
    turn: (next) => {
      mood = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

const listening = (server: Server): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
