import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { escapeHtml } from '../base/html';

/** What a page of a demonstration provider shows. */
export interface DemoPage {
  readonly title: string;
  /** HTML, escaped by who wrote it. */
  readonly body: string;
  readonly status?: number;
}

const STYLE = `
:root { color-scheme: light dark; --accent: light-dark(#1a4a8a, #8ab4f8); --line: light-dark(#767676, #8e8e8e); }
* { box-sizing: border-box; }
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; background: light-dark(#f4f6fa, #15181e); color: light-dark(#1b1b1b, #f0f0f0); }
main { max-width: 26rem; margin: 8vh auto 2rem; padding: 1.5rem; background: light-dark(#fff, #20242c); border-top: 4px solid var(--accent); }
h1 { margin: 0 0 .25rem; font-size: 1.4rem; }
p { margin: 0 0 1rem; }
label { display: block; margin: 1rem 0 .25rem; font-weight: 600; }
label.check { display: flex; gap: .5rem; align-items: baseline; font-weight: 400; }
input:not([type=checkbox]) { width: 100%; padding: .6rem; font: inherit; border: 1px solid var(--line); border-radius: 4px; background: inherit; color: inherit; }
button { width: 100%; margin-top: 1.25rem; padding: .7rem; font: inherit; font-weight: 600; border: 2px solid var(--accent); border-radius: 4px; background: light-dark(#1a4a8a, #8ab4f8); color: light-dark(#fff, #10151d); cursor: pointer; }
button.quiet { margin-top: .5rem; background: transparent; color: var(--accent); }
:focus-visible { outline: 3px solid light-dark(#0a76f6, #ffd479); outline-offset: 2px; }
.error { padding: .6rem .75rem; border-left: 4px solid light-dark(#b3261e, #f2b8b5); background: light-dark(#fdecea, #3a1f1e); }
`;

export const DEMO_PAGE_HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; style-src 'self'; base-uri 'none'",
};

/** A page of its own, in French, without scripts; `/style.css` is beside it. */
export const demoPageHtml = ({ title, body }: DemoPage): string =>
  `<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>` +
  '<meta name="viewport" content="width=device-width, initial-scale=1">' +
  `<link rel="stylesheet" href="/style.css"></head><body><main>${body}</main></body></html>`;

/** The same as an answer. */
export function sendDemoPage(res: ServerResponse, page: DemoPage): void {
  res.writeHead(page.status ?? 200, DEMO_PAGE_HEADERS).end(demoPageHtml(page));
}

/** A handler after which the demonstration goes on, whatever is sent: an address or a form that is none. */
export const demoHandler =
  (handle: (req: IncomingMessage, res: ServerResponse) => Promise<void>): RequestListener =>
  (req, res) =>
    void handle(req, res).catch(() => {
      if (res.headersSent) res.end();
      else sendDemoPage(res, REFUSED);
    });

const REFUSED: DemoPage = {
  title: 'Demande incorrecte',
  status: 400,
  body: '<h1>Demande incorrecte</h1><p>Retournez à la page de connexion de la messagerie et recommencez.</p>',
};

/** Answers `/style.css`. */
export function sendDemoStyle(res: ServerResponse): void {
  res.writeHead(200, { 'Content-Type': 'text/css; charset=utf-8' }).end(STYLE);
}

export interface DemoForm {
  readonly title: string;
  readonly action: string;
  /** Name under which an agent is known there, to be corrected. */
  readonly username?: string;
  readonly hasFailed?: boolean;
  /** Shown where the provider tells how strongly people signed in. */
  readonly withLevel?: boolean;
  readonly fields?: Readonly<Record<string, string>>;
}

/** The form of a provider: name, password, and how strongly the person signs in. */
export function demoSignInForm({
  title,
  action,
  username = '',
  hasFailed = false,
  withLevel = false,
  fields = {},
}: DemoForm): DemoPage {
  const hidden = Object.entries(fields).map(
    ([name, value]) =>
      `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  );
  const error = hasFailed
    ? '<p class="error" role="alert" id="error">Identifiant ou mot de passe incorrect.</p>'
    : '';
  const described = hasFailed ? ' aria-describedby="error" aria-invalid="true"' : '';
  return {
    title,
    status: hasFailed ? 401 : 200,
    body:
      `<h1>${escapeHtml(title)}</h1><p>Service d’authentification de démonstration.</p>${error}` +
      `<form method="post" action="${escapeHtml(action)}">${hidden.join('')}` +
      '<label for="username">Identifiant</label>' +
      `<input id="username" name="username" autocomplete="username" required value="${escapeHtml(username)}"${described}>` +
      '<label for="password">Mot de passe</label>' +
      `<input id="password" name="password" type="password" autocomplete="current-password" required${described}>` +
      (withLevel
        ? '<label class="check"><input type="checkbox" name="strong" value="1"> J’utilise ma carte d’agent (niveau élevé)</label>'
        : '') +
      '<button type="submit">Se connecter</button>' +
      '<button class="quiet" type="submit" name="cancel" value="1" formnovalidate>Annuler</button></form>',
  };
}

const FORM_CHARS = 20_000;

/** A form of a few fields, read whole. */
export async function readDemoForm(
  request: AsyncIterable<unknown>,
): Promise<Readonly<Record<string, string>>> {
  let text = '';
  for await (const chunk of request) {
    // Read to its end, or who sent it would get no answer.
    if (text.length <= FORM_CHARS) text += String(chunk);
  }
  if (text.length > FORM_CHARS) throw new Error('a form that long is none of ours');
  return Object.fromEntries(new URLSearchParams(text));
}
