import type { DemoApp } from '../../src/demo';
import type { DemoAgent } from '../../src/demo/data';
import { WebAgent } from './agent';
import type { Page } from './html';

/** Somebody of a site of the demonstration, by their place among its people. */
export function agentAt(
  { stack }: Pick<DemoApp, 'stack'>,
  index: number,
  site = 'saisons',
): DemoAgent {
  const found = stack.agents.filter((agent) => agent.site === site)[index];
  if (!found) throw new Error(`no agent ${index} of ${site}`);
  return found;
}

/** One try at the form of a new browser, whose requests a proxy says to come from an address. */
export async function attemptAt(
  { port }: Pick<DemoApp, 'port'>,
  username: string,
  password: string,
  address: string,
): Promise<{ readonly web: WebAgent; readonly answer: Page; readonly ms: number }> {
  const web = new WebAgent(`http://127.0.0.1:${port}`);
  const headers = { 'X-Forwarded-For': address };
  const page = await web.get('/login', headers);
  const started = performance.now();
  const answer = await web.post(
    '/login',
    [
      ['_csrf', page.one('name', '_csrf').attribs['value'] ?? ''],
      ['username', username],
      ['password', password],
    ],
    headers,
  );
  return { web, answer, ms: performance.now() - started };
}
