import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

const LOOPBACK = '127.0.0.1';

/**
 * Systems give connections that go out a port from 32768 on (Linux; others from 49152): one of those
 * may be taken before the server that is told of it listens.
 */
const LOWEST_PORT = 10_240;
const HIGHEST_PORT = 32_767;
const PORT_TRIES = 100;

/** Ports that were free a moment ago, all different. Throws when none is to be had. */
export async function freePorts(count: number, host = LOOPBACK): Promise<number[]> {
  const held: Server[] = [];
  try {
    const ports: number[] = [];
    for (let tries = 0; ports.length < count; tries += 1) {
      if (tries === PORT_TRIES + count) throw new Error('no free port');
      const port = randomInt(LOWEST_PORT, HIGHEST_PORT + 1);
      const server = await holdPort(port, host);
      if (!server) continue;
      held.push(server);
      ports.push(port);
    }
    return ports;
  } finally {
    await Promise.all(held.map(letGo));
  }
}

/** The first of so many ports in a row that were free a moment ago. */
export async function freePortRun(count: number, host = LOOPBACK): Promise<number> {
  for (let tries = 0; tries < PORT_TRIES; tries += 1) {
    const first = randomInt(LOWEST_PORT, HIGHEST_PORT + 1 - count);
    const held = await Promise.all(
      Array.from({ length: count }, (_, index) => holdPort(first + index, host)),
    );
    const servers = held.filter((server) => server !== undefined);
    await Promise.all(servers.map(letGo));
    if (servers.length === count) return first;
  }
  throw new Error('no free ports in a row');
}

/** A server at that port, `undefined` where another has it. */
function holdPort(port: number, host: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      // An address that is not this machine's has no ports at all.
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    });
    server.listen(port, host, () => resolve(server));
  });
}

const letGo = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
  });
