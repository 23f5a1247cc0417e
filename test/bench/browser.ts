import { HttpClient } from './http-client';

export const INBOX = '/mail/me/INBOX';

/** A signed-in agent's browser: the requests that its pages make. */
export class Browser {
  readonly http: HttpClient;
  /** Of the inbox, from the last list. */
  uidValidity = '';

  constructor(base: string) {
    this.http = new HttpClient(base);
  }

  /** Time of the request that signs in; the form is read before. */
  async signIn(username: string, password: string): Promise<number> {
    const form = await this.http.page('/login');
    this.http.csrf = /name="_csrf" value="([^"]*)"/.exec(form.html)?.[1] ?? this.http.csrf;
    const answer = await this.http.post('/login', { username, password });
    if (answer.status !== 303) throw new Error(`sign-in of ${username}: ${answer.status}`);
    return answer.ms;
  }

  async signOut(): Promise<void> {
    const answer = await this.http.post('/logout', {});
    if (answer.status !== 303) throw new Error(`sign-out: ${answer.status}`);
  }

  /** Time of a list, which must hold rows unless told. */
  async list(query = '', options: { readonly mayBeEmpty?: boolean } = {}): Promise<number> {
    const { html, ms } = await this.http.page(`${INBOX}${query}`);
    if (!options.mayBeEmpty && !html.includes('data-uid="')) throw new Error(`no rows: ${query}`);
    this.uidValidity = /data-uidvalidity="(\d+)"/.exec(html)?.[1] ?? this.uidValidity;
    return ms;
  }

  /** Time of the page of a search in all mailboxes, up to its first results. */
  async searchAll(words: string): Promise<number> {
    const { html, ms } = await this.http.page(`/search?q=${encodeURIComponent(words)}`);
    if (!html.includes('id="search-results"')) throw new Error(`no results of ${words}`);
    return ms;
  }

  /** Uids of the rows of a list. */
  async uids(query = ''): Promise<number[]> {
    const { html } = await this.http.page(`${INBOX}${query}`);
    return [...html.matchAll(/data-uid="(\d+)"/g)].map((match) => Number(match[1]));
  }

  /** Time of the reading frame, then of the document inside it. */
  async open(uid: number): Promise<number> {
    const frame = await this.http.page(`${INBOX}/${uid}`, { 'Turbo-Frame': 'reading' });
    const source = /<iframe[^>]*\ssrc="([^"]+)"/.exec(frame.html)?.[1];
    if (source === undefined) throw new Error(`message ${uid}: no body frame`);
    const body = await this.http.get(source.replaceAll('&amp;', '&'));
    if (body.status !== 200) throw new Error(`message ${uid}: body answers ${body.status}`);
    return frame.ms + body.ms;
  }

  /** Time of an action on one message, up to the redirect. */
  async act(verb: string, uid: number, fields: Readonly<Record<string, string>>): Promise<number> {
    const path = `${INBOX}/actions/${verb}`;
    const form = { uid: String(uid), uidvalidity: this.uidValidity, ...fields };
    const answer = await this.http.post(path, form);
    if (answer.status !== 303) throw new Error(`${verb}: ${answer.status}`);
    return answer.ms;
  }

  close(): void {
    this.http.close();
  }
}
