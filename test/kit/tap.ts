import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What becomes of a chunk, and whether everything stops with it. */
export type Verdict = 'pass' | 'stop' | 'stop-halfway' | 'pass-and-stop';
export type Side = 'client' | 'server';
/** Asked for each chunk of one connection, in order. */
export type Watch = (side: Side, text: string) => Verdict;

/** A wire between a client and a server that can be cut at a step of their conversation. */
export interface Tap {
  readonly host: string;
  readonly port: number;
  /** From now on, on every connection: `stop` is called before anything else can move. */
  arm(watch: Watch, stop: () => void): void;
  disarm(): void;
  close(): Promise<void>;
}

export async function startTap(target: { host: string; port: number }): Promise<Tap> {
  const sockets = new Set<Socket>();
  let armed: { readonly watch: Watch; readonly stop: () => void } | undefined;
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const keep = (socket: Socket): void => {
    sockets.add(socket.setNoDelay(true));
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  };
  const relay = (side: Side, chunk: Buffer, to: Socket): void => {
    const current = armed;
    const verdict = current?.watch(side, chunk.toString('latin1')) ?? 'pass';
    if (verdict === 'pass') {
      to.write(chunk);
      return;
    }
    armed = undefined;
    if (verdict === 'stop') {
      current?.stop();
      cut();
      return;
    }
    const sent = verdict === 'pass-and-stop' ? chunk : chunk.subarray(0, chunk.length / 2);
    // What was written has to be on its way before the cut.
    to.write(sent, () => {
      current?.stop();
      cut();
    });
  };
  const server = createServer((client) => {
    const upstream = connect(target.port, target.host);
    for (const socket of [client, upstream]) keep(socket);
    client.on('data', (chunk: Buffer) => relay('client', chunk, upstream));
    upstream.on('data', (chunk: Buffer) => relay('server', chunk, client));
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    host: '127.0.0.1',
    port,
    arm(watch, stop) {
      armed = { watch, stop };
    },
    disarm() {
      armed = undefined;
    },
    async close() {
      cut();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
