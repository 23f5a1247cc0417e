import path from 'node:path';
import { Worker } from 'node:worker_threads';

const ENTRY = path.resolve(__dirname, '../../../src/mime/tasks-worker.ts');

/** Starts the entry as tsx runs it in development. */
const startWorker = (): Worker =>
  new Worker(`require('tsx/cjs/api').register(); require(${JSON.stringify(ENTRY)});`, {
    eval: true,
  });

describe('the worker entry', () => {
  it('answers tasks from another thread', async () => {
    const worker = startWorker();
    const messages: { type: string; result?: unknown }[] = [];
    try {
      await new Promise<void>((resolve, reject) => {
        worker.on('error', reject);
        worker.on('message', (message: { type: string; result?: unknown }) => {
          messages.push(message);
          if (message.type !== 'ready') resolve();
          const input = {
            bytes: Buffer.from('<p onclick=x>é</p>'),
            charset: 'utf-8',
            options: { remote: { mode: 'block' } },
          };
          if (message.type === 'ready') worker.postMessage({ id: 1, task: 'renderHtml', input });
        });
      });
    } finally {
      await worker.terminate();
    }

    expect(messages.at(-1)).toMatchObject({ type: 'done', result: { html: '<p>é</p>' } });
  });
});
