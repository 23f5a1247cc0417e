import { createServer, get, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import type { Response } from 'express';
import { stream } from '../../../src/web/send-bytes';

/** Serves one answer made by `handle`, to a reader that leaves at its first byte or at once. */
function served(handle: (res: Response, left: Promise<void>) => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer((_req, res: ServerResponse) => {
      const left = new Promise<void>((gone) => res.once('close', gone));
      handle(res as unknown as Response, left)
        .then(resolve, reject)
        .finally(() => {
          res.destroy();
          server.close();
        });
    });
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      const request = get({ port, host: '127.0.0.1', agent: false }, (response) => {
        response.once('data', () => response.destroy());
        response.on('error', () => undefined);
      });
      request.on('error', () => undefined);
    });
  });
}

/** Bytes without end. */
const endless = (): Readable =>
  new Readable({
    read() {
      this.push(Buffer.alloc(65_536));
    },
  });

describe('a download', () => {
  it('that its reader cancels is no failure, and its source is let go', async () => {
    const source = endless();
    await served((res) => stream(source, res));
    expect(source.destroyed).toBe(true);
  });

  it('that its reader cancelled before the first byte is none either', async () => {
    const source = endless();
    await served(async (res, left) => {
      res.write('x');
      await left;
      await stream(source, res);
    });
    expect(source.destroyed).toBe(true);
  });

  it('whose source fails is a failure', async () => {
    const source = new Readable({
      read() {
        this.destroy(new Error('the mailbox went away'));
      },
    });
    await expect(served((res) => stream(source, res))).rejects.toThrow('the mailbox went away');
  });
});
