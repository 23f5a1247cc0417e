import { request } from 'node:http';
import { withDeadline } from '../../src/base/async';

/** A browser's EventSource, waiting for what the server pushes. */
export interface EventStream {
  /** Resolves with the first event that holds `text`; rejects after `ms`. */
  waitFor(text: string | RegExp, ms: number): Promise<string>;
  readonly status: number;
  /** Resolves when the server ended the stream; rejects after `ms`. */
  ended(ms: number): Promise<void>;
  close(): void;
}

/** Opens `/events`-like streams; resolves once the server answered. */
export function openEventStream(url: string, cookies: string): Promise<EventStream> {
  return new Promise((resolve, reject) => {
    let received = '';
    let wake: () => void = () => undefined;
    const call = request(
      url,
      { headers: { Accept: 'text/event-stream', Cookie: cookies } },
      (response) => {
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          received += chunk;
          wake();
        });
        response.on('error', () => undefined);
        const end = new Promise<void>((done) => response.on('end', done));
        resolve({
          status: response.statusCode ?? 0,
          waitFor(text, ms) {
            const found = (): boolean =>
              typeof text === 'string' ? received.includes(text) : text.test(received);
            return new Promise((done, fail) => {
              const timer = setTimeout(
                () =>
                  fail(
                    new Error(
                      `no event with ${String(text)} in ${ms} ms:\n${received.slice(0, 500)}`,
                    ),
                  ),
                ms,
              );
              const check = (): void => {
                if (!found()) return;
                clearTimeout(timer);
                done(received);
              };
              wake = check;
              check();
            });
          },
          ended: (ms) =>
            withDeadline(end, ms, () => new Error(`the stream is still open after ${ms} ms`)),
          close: () => call.destroy(),
        });
      },
    );
    call.on('error', reject);
    call.end();
  });
}
