import { request } from 'node:http';
import { startDemoCas } from '../../../src/demo/cas';
import { startDemoOidc } from '../../../src/demo/oidc';

interface Server {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Sends a path as it is written, which `fetch` would not. */
const statusOf = ({ host, port }: Server, path: string, body?: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const asked = request(
      { host, port, path, method: body === undefined ? 'GET' : 'POST', headers },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      },
    );
    asked.once('error', reject);
    asked.end(body);
  });

const PROVIDERS: readonly (readonly [string, () => Promise<Server>, string])[] = [
  [
    'CAS',
    () => startDemoCas({ accounts: [] }),
    '/cas/login?service=http%3A%2F%2F127.0.0.1%3A1%2Flogin',
  ],
  ['OpenID Connect', () => startDemoOidc({ accounts: [] }), '/interaction/none'],
];

describe.each(PROVIDERS)('the %s server of the demonstration', (_name, start, formPath) => {
  let server: Server;
  beforeEach(async () => {
    server = await start();
  });
  afterEach(() => server.close());

  it.each(['//', '///', '//:x', 'http://['])('refuses the address %j and goes on', async (path) => {
    expect(await statusOf(server, path)).toBe(400);
    expect(await statusOf(server, '/style.css')).toBe(200);
  });

  it('refuses a form that is too long and goes on', async () => {
    expect(await statusOf(server, formPath, `username=${'x'.repeat(200_000)}`)).toBe(400);
    expect(await statusOf(server, '/style.css')).toBe(200);
  });
});
