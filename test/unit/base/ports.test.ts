import { createServer, type Server } from 'node:net';
import { freePortRun, freePorts } from '../../../src/base/ports';

const listen = (port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
const close = (server: Server): Promise<unknown> =>
  new Promise((resolve) => {
    server.close(resolve);
  });

it('are free, different, and below those of connections that go out', async () => {
  const ports = await freePorts(20);

  expect(new Set(ports).size).toBe(20);
  expect(ports.every((port) => port >= 10_240 && port < 32_768)).toBe(true);
  const servers = await Promise.all(ports.map(listen));
  await Promise.all(servers.map(close));
});

it('stand in a row where processes count from the first', async () => {
  const first = await freePortRun(4);

  const servers = await Promise.all([0, 1, 2, 3].map((more) => listen(first + more)));
  expect(servers).toHaveLength(4);
  await Promise.all(servers.map(close));
});

it('are none of an address that is not this machine’s', async () => {
  await expect(freePorts(1, '203.0.113.7')).rejects.toThrow(/EADDRNOTAVAIL/);
});
