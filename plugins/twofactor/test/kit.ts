import type { EventEmitter } from 'node:events';
import {
  createPluginTest,
  type PluginTest,
  type PluginTestOptions,
} from 'estafette/plugin/testing';
import { Secret } from 'otpauth';
import type { FactorConfig } from '../config';
import plugin from '../plugin';
import { codeAt, stepAt } from '../totp';

// What is tested is what becomes of codes; a try of one costs a thief what recovery-cost.test.ts says.
jest.mock('../recovery-cost', () => ({ RECOVERY_COST: { N: 2 ** 4, r: 8, p: 1 } }));

export const DEVICE = { id: 'device-of-camille', name: 'Mozilla/5.0 (X11; Linux) Firefox/140.0' };

export type Options = Partial<Omit<PluginTestOptions<FactorConfig>, 'plugin'>>;

export const startFactor = (options: Options = {}): Promise<PluginTest> =>
  createPluginTest({ plugin, permissions: ['admin.access'], ...options });

type Answer = Awaited<ReturnType<PluginTest['route']>>;

/** What a page is made of; fails for any other answer. */
export function modelOf(answer: Answer): Readonly<Record<string, unknown>> {
  if (!('view' in answer)) throw new Error(`no page: ${JSON.stringify(answer)}`);
  return answer.model;
}

export const textOf = (model: Readonly<Record<string, unknown>>, name: string): string => {
  const value = model[name];
  if (typeof value !== 'string') throw new Error(`no text ${name}`);
  return value;
};

/** The code that an application shows for the secret of a page. */
export const codeOf = (secret: string, now: number, drift = 0): string =>
  codeAt(Secret.fromBase32(secret.replaceAll(' ', '')), stepAt(now) + drift);

/** Opens the page of an application, which brings its secret in its address. */
export async function openTotp(
  test: PluginTest,
  input: Parameters<PluginTest['route']>[2] = {},
): Promise<{
  readonly page: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, string>>;
}> {
  const { query } = ledTo(await test.route('get', '/enrol/totp', input));
  return { page: modelOf(await test.route('get', '/enrol/totp', { ...input, query })), query };
}

/** Address and query of a redirect. */
export function ledTo(answer: Answer) {
  if (!('redirect' in answer)) throw new Error(`leads nowhere: ${JSON.stringify(answer)}`);
  const { pathname, searchParams } = new URL(answer.redirect, 'https://site.invalid');
  return { path: pathname.replace('/twofactor', ''), query: Object.fromEntries(searchParams) };
}

/** The recovery codes that an answer leads to; none where it leads elsewhere. */
export async function codesOf(test: PluginTest, answer: Answer): Promise<readonly string[]> {
  const { path, query } = ledTo(answer);
  if (path !== '/codes/shown') return [];
  return modelOf(await test.route('get', path, { query }))['codes'] as string[];
}

/** Sets up an application as a person does; its secret and the recovery codes that were shown. */
export async function enrolTotp(
  test: PluginTest,
  input: { readonly awaiting?: boolean; readonly device?: typeof DEVICE } = {},
): Promise<{ readonly secret: string; readonly codes: readonly string[] }> {
  const { page } = await openTotp(test, input);
  const secret = textOf(page, 'secret');
  const answer = await test.route('post', '/enrol/totp', {
    ...input,
    body: { slip: textOf(page, 'slip'), code: codeOf(secret, test.clock.now()) },
  });
  return { secret, codes: await codesOf(test, answer) };
}

/** What the plugin says to a sign-in: whether anything is asked. */
export async function isAsked(
  test: PluginTest,
  query: Readonly<Record<string, unknown>> = {},
): Promise<boolean> {
  const user = {
    id: test.user.id,
    site: test.site,
    login: 'camille.durand',
    name: test.user.name,
    mail: test.user.mail,
    aliases: [],
    locale: 'fr',
    groups: [],
    ...(query['user'] as object | undefined),
  };
  const challenges = await test.collect('session:challenges', {
    site: test.site,
    principal: {},
    device: '',
    remote: '192.0.2.1',
    via: 'ldap',
    ...query,
    user,
  } as never);
  return challenges.some(({ satisfied }) => !satisfied);
}

/** What the database of the plugin is asked meanwhile. */
export async function askedMeanwhile(
  test: PluginTest,
  run: () => Promise<unknown>,
): Promise<readonly string[]> {
  // The connection of a query, which tells every statement; its type keeps it to itself.
  const { client } = test.db.table('twofactor_people') as unknown as { client: EventEmitter };
  const asked: string[] = [];
  const note = ({ sql }: { readonly sql: string }): void => void asked.push(sql);
  client.on('query', note);
  try {
    await run();
  } finally {
    client.off('query', note);
  }
  return asked;
}

export const words = (test: PluginTest): readonly string[] =>
  test.audited.map(({ event }) => event.replace('twofactor:', ''));
