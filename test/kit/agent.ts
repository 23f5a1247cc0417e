import { formFields, type Page, parsePage } from './html';

const MAX_REDIRECTS = 5;

/** A browser without scripts: cookies, links, forms, redirects. One per signed-in person. */
export class WebAgent {
  readonly #cookies = new Map<string, string>();

  constructor(
    readonly base: string,
    /** Host name to pretend, for the second site. */
    readonly host?: string,
  ) {}

  get cookies(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  cookie(name: string): string | undefined {
    return this.#cookies.get(name);
  }

  setCookie(name: string, value: string): void {
    this.#cookies.set(name, value);
  }

  /** The same browser, with its cookies, at the address that the product has now. */
  at(base: string): WebAgent {
    const moved = new WebAgent(base, this.host);
    for (const [name, value] of this.#cookies) moved.setCookie(name, value);
    return moved;
  }

  /** One request, no redirect followed. */
  async raw(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.#cookies.size > 0) headers.set('Cookie', this.cookies);
    if (!headers.has('Accept')) headers.set('Accept', 'text/html');
    const url = new URL(path, this.base);
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) this.#store(line);
    return response;
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<Page> {
    return this.#follow(await this.raw(path, { headers }), path);
  }

  /** Posts fields as a form does; the token comes from the page where the form stands. */
  async post(
    path: string,
    fields: readonly (readonly [string, string])[],
    headers: Record<string, string> = {},
  ): Promise<Page> {
    const body = new URLSearchParams(
      fields.map(([name, value]): [string, string] => [name, value]),
    );
    return this.#follow(await this.raw(path, { method: 'POST', body, headers }), path);
  }

  /**
   * Fills and sends a form of a page, by the button with `data-action` (its `formaction`, name and
   * value count), or by the form's own action.
   */
  async submit(
    page: Page,
    options: {
      readonly form: (page: Page) => Parameters<typeof formFields>[1];
      readonly button?: string;
      readonly fill?: Readonly<Record<string, string>>;
      readonly add?: readonly (readonly [string, string])[];
    },
  ): Promise<Page> {
    const form = options.form(page);
    const fill = options.fill ?? {};
    const fields = formFields(page, form).map(([name, value]): [string, string] => [
      name,
      fill[name] ?? value,
    ]);
    for (const [name, value] of Object.entries(fill)) {
      if (!fields.some(([known]) => known === name)) fields.push([name, value]);
    }
    const button =
      options.button === undefined ? undefined : page.one('data-action', options.button);
    if (button?.attribs['name'])
      fields.push([button.attribs['name'], button.attribs['value'] ?? '']);
    const action = button?.attribs['formaction'] ?? form.attribs['action'] ?? page.url;
    return this.post(action, [...fields, ...(options.add ?? [])]);
  }

  async signIn(username: string, password: string): Promise<Page> {
    const page = await this.get('/login');
    const form = page.all(
      (element) => element.name === 'form' && element.attribs['action'] === '/login',
    )[0];
    if (!form) throw new Error('no sign-in form');
    return this.submit(page, { form: () => form, fill: { username, password } });
  }

  async #follow(response: Response, path: string): Promise<Page> {
    let current = response;
    let url = path;
    for (let count = 0; count < MAX_REDIRECTS && [302, 303].includes(current.status); count += 1) {
      url = current.headers.get('Location') ?? '/';
      await current.body?.cancel();
      current = await this.raw(url);
    }
    return parsePage({
      status: current.status,
      url,
      headers: current.headers,
      text: await current.text(),
    });
  }

  #store(line: string): void {
    const [pair = '', ...attributes] = line.split(';');
    const at = pair.indexOf('=');
    const name = pair.slice(0, at).trim();
    const isGone = attributes.some((attribute) => /^\s*max-age=0$/i.test(attribute));
    if (isGone) this.#cookies.delete(name);
    else this.#cookies.set(name, pair.slice(at + 1));
  }
}
