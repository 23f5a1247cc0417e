import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { landscape } from './data/landscape';

/** A web server with the pictures of the sample newsletters, as a sender of such letters has. */
export interface DemoPictures {
  readonly host: string;
  readonly port: number;
  /** `http://host:port`. */
  readonly origin: string;
  /** Paths asked for, oldest first. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

// A demo left running must not fill the memory.
const KEPT = 500;
const MAX_SIDE = 1_200;

/** Starts the server on a free loopback port; `/<width>x<height>/<seed>.png` is a landscape. */
export async function startDemoPictures(host = '127.0.0.1'): Promise<DemoPictures> {
  const asked: string[] = [];
  const server = createServer((req, res) => {
    const path = req.url ?? '';
    asked.push(path);
    if (asked.length > KEPT) asked.shift();
    const bytes = pictureAt(path);
    if (bytes) res.writeHead(200, { 'Content-Type': 'image/png' }).end(bytes);
    else res.writeHead(404).end();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, resolve);
  });
  const { port } = server.address() as AddressInfo; // a TCP server that listens
  return { host, port, origin: `http://${host}:${port}`, asked, close: () => closed(server) };
}

function pictureAt(path: string): Buffer | undefined {
  const [, width = '', height = '', seed = ''] =
    /^\/(\d{1,4})x(\d{1,4})\/(\d{1,3})\.png$/.exec(path) ?? [];
  const sides = [Number(width), Number(height)] as const;
  if (sides.some((side) => side < 1 || side > MAX_SIDE)) return undefined;
  return landscape(...sides, Number(seed));
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
