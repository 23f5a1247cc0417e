import path from 'node:path';
import { type DemoApp, type DemoAppOptions, startDemoApp } from '../../src/demo';
import type { FoundPlugin } from '../../src/host/discover';
import { WebAgent } from './agent';
import type { Page } from './html';

const ROOT = path.resolve(__dirname, '..', '..');

/** A demonstration without a log, on any port; these plugins alone are on, on every site. */
export const startTestDemo = (
  { app, options, ...more }: Partial<DemoAppOptions> = {},
  plugins: readonly FoundPlugin[] = [],
): Promise<DemoApp> =>
  startDemoApp({
    root: ROOT,
    port: 0,
    ...(plugins.length > 0 && {
      site: (_id, file) => ({
        ...file,
        plugins: Object.fromEntries(plugins.map(({ id }) => [id, true])),
      }),
    }),
    ...more,
    app: { log: { level: 'silent' }, ...app },
    options: { ...options, ...(plugins.length > 0 && { extraPlugins: plugins }) },
  });

/** A browser in which an agent of the demonstration has signed in, and the page that came of it. */
export async function signInTo(
  { port, stack }: Pick<DemoApp, 'port' | 'stack'>,
  agent = stack.agents[0],
): Promise<{ readonly web: WebAgent; readonly page: Page }> {
  const web = new WebAgent(`http://127.0.0.1:${port}`);
  return { web, page: await web.signIn(agent?.username ?? '', agent?.password ?? '') };
}

/** A demonstration with its sample mail, and its first agent signed in. */
export async function signedInDemo(
  options: Partial<DemoAppOptions> = {},
  plugins: readonly FoundPlugin[] = [],
): Promise<{ readonly demo: DemoApp; readonly web: WebAgent; readonly page: Page }> {
  const demo = await startTestDemo(options, plugins);
  return { demo, ...(await signInTo(demo)) };
}
