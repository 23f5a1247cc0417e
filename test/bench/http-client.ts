import { Agent, type ClientRequest, type IncomingHttpHeaders, request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** From the first byte sent to the last one received. */
  readonly ms: number;
}

type Fields = Readonly<Record<string, string>>;
const TIMEOUT_MS = 60_000; // a search in 100,000 messages on a busy machine

/** One browser on one kept connection, with its cookies. */
export class HttpClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #cookies = new Map<string, string>();
  readonly #streams: ClientRequest[] = [];
  /** Token of the page that was read last. */
  csrf = '';

  constructor(readonly base: string) {}

  get(path: string, headers: Fields = {}): Promise<Answer> {
    return this.#send('GET', path, headers);
  }

  /** Posts a form with the token of the last page. */
  post(path: string, fields: Fields, headers: Fields = {}): Promise<Answer> {
    const body = new URLSearchParams({ _csrf: this.csrf, ...fields }).toString();
    const type = { 'Content-Type': 'application/x-www-form-urlencoded' };
    return this.#send('POST', path, { ...type, ...headers }, body);
  }

  /** Reads a page that must be there; its token is kept. */
  async page(path: string, headers: Fields = {}): Promise<Answer & { readonly html: string }> {
    const answer = await this.get(path, headers);
    const html = answer.body.toString('utf8');
    if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${errorOf(html)}`);
    this.csrf = /<meta name="csrf-token" content="([^"]*)"/.exec(html)?.[1] ?? this.csrf;
    return { ...answer, html };
  }

  /** Opens the event stream of a page and leaves it open until {@link quiet}. */
  listen(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const headers = { Cookie: this.#cookieHeader(), Accept: 'text/event-stream' };
      const stream = request(new URL(path, this.base), { headers, agent: false }, (response) => {
        response.on('error', () => undefined).resume();
        if (response.statusCode === 200) resolve();
        else reject(new Error(`GET ${path}: ${response.statusCode}`));
      });
      stream.on('error', reject).end();
      this.#streams.push(stream);
    });
  }

  /** Ends the event streams. */
  quiet(): void {
    for (const stream of this.#streams.splice(0)) stream.destroy();
  }

  close(): void {
    this.quiet();
    this.#agent.destroy();
  }

  #send(method: string, path: string, headers: Fields, body?: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const cookie = this.#cookieHeader();
      const all = { Accept: 'text/html', ...headers, ...(cookie !== '' && { Cookie: cookie }) };
      const options = { method, headers: all, agent: this.#agent, timeout: TIMEOUT_MS };
      const startedAt = performance.now();
      const sent = request(new URL(path, this.base), options, (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('error', reject);
        response.on('end', () => {
          const ms = performance.now() - startedAt;
          this.#keep(response.headers['set-cookie'] ?? []);
          const status = response.statusCode ?? 0;
          resolve({ status, headers: response.headers, body: Buffer.concat(pieces), ms });
        });
      });
      sent.on('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer`)));
      sent.on('error', reject);
      sent.end(body);
    });
  }

  #cookieHeader(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  #keep(lines: readonly string[]): void {
    for (const line of lines) {
      const [pair = '', ...attributes] = line.split(';');
      const at = pair.indexOf('=');
      const name = pair.slice(0, at).trim();
      if (attributes.some((attribute) => /^\s*max-age=0$/i.test(attribute))) {
        this.#cookies.delete(name);
      } else this.#cookies.set(name, pair.slice(at + 1));
    }
  }
}

/** What an error page says, for the message of a bench that cannot run. */
const errorOf = (html: string): string =>
  html
    .replace(/<head[\s\S]*?<\/head>/, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .slice(0, 300);
