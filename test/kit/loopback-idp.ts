import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Pages of a provider on another site than the product (`localhost`, where the product is
 * `127.0.0.1`): what a browser makes of cookies and policies is what it makes of a real one.
 */
export async function loopbackIdp(): Promise<{
  readonly origin: string;
  close(): Promise<void>;
}> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const value = (name: string) => url.searchParams.get(name) ?? '';
    const callback = value('redirect_uri');
    const back = new URLSearchParams({ state: value('state'), code: 'alice' }).toString();
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    if (url.pathname === '/silent') {
      // As a provider that knows the browser already.
      response.writeHead(303, { Location: `${callback}?${back}` }).end();
    } else if (url.pathname === '/form') {
      response.end(
        `<form method="post" action="${callback}"><input type="hidden" name="state" value="${value('state')}"><input type="hidden" name="code" value="alice"><button id="go">Envoyer</button></form>`,
      );
    } else if (url.pathname === '/logout') {
      response.end(
        `<p id="over">Session terminée</p><a id="go" href="${value('back')}">Retour</a>`,
      );
    } else {
      response.end(`<a id="go" href="${callback}?${back}">Je suis Alice</a>`);
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://localhost:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
