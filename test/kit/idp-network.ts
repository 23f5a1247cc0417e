import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestHttpOptions } from 'estafette/plugin/testing';

/** `context.http` of a plugin's test, over the network of this machine. */
export async function throughNetwork(url: string, options: TestHttpOptions) {
  const { method, headers, body, timeoutMs } = options;
  const answer = await fetch(url, {
    method,
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
    ...(headers && { headers: { ...headers } }),
    ...(body !== undefined && { body: String(body) }),
  });
  return {
    status: answer.status,
    contentType: answer.headers.get('content-type') ?? '',
    body: Buffer.from(await answer.arrayBuffer()),
  };
}

/** What a provider tells us of: a server that takes down what is posted. */
export interface Listener {
  readonly origin: string;
  readonly bodies: readonly string[];
  close(): Promise<void>;
}

export function listenOnce(): Promise<Listener> {
  const bodies: string[] = [];
  const server = createServer((req, res) => {
    let body = '';
    req.on('data', (chunk) => {
      body += String(chunk);
    });
    req.on('end', () => {
      bodies.push(body);
      res.writeHead(200).end();
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo; // a TCP server that listens
      resolve({
        origin: `http://127.0.0.1:${port}`,
        bodies,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            server.closeAllConnections();
          }),
      });
    });
  });
}
