import { Secret } from 'otpauth';
import { codeAt, stepAt } from '../../plugins/twofactor/totp';
import type { WebAgent } from './agent';
import type { Page } from './html';

type Clock = { readonly now: () => number };

/** The form of a page by the address that it is sent to. */
export function formAt(page: Page, action: string) {
  const [form] = page.all(({ name, attribs }) => name === 'form' && attribs['action'] === action);
  if (!form) throw new Error(`no form ${action} on ${page.url}: ${page.status}`);
  return form;
}

/** Sends that form, filled. */
export const sendTo = (
  web: WebAgent,
  page: Page,
  action: string,
  fill: Record<string, string> = {},
): Promise<Page> => web.submit(page, { form: () => formAt(page, action), fill });

/** The secret that a page of enrolment shows to who types it. */
export function secretOn(page: Page): string {
  const [, secret] = /data-secret>([A-Z2-7 ]+)</.exec(page.text) ?? [];
  if (secret === undefined) throw new Error(`no secret on ${page.url}: ${page.status}`);
  return secret.replaceAll(' ', '');
}

/** What an application shows for a secret. */
export const codeOf = (secret: string, clock: Clock, drift = 0): string =>
  codeAt(Secret.fromBase32(secret), stepAt(clock.now()) + drift);

export const recoveryOn = (page: Page): readonly string[] =>
  [...page.text.matchAll(/data-recovery-code>([A-Z0-9-]+)</g)].map(([, code]) => code ?? '');

/** Sets up an application, in an open session or at a sign-in that asks for it. */
export async function enrolApplication(
  web: WebAgent,
  clock: Clock,
): Promise<{ readonly secret: string; readonly codes: readonly string[]; readonly done: Page }> {
  const page = await web.get('/twofactor/enrol/totp');
  const secret = secretOn(page);
  const done = await sendTo(web, page, '/twofactor/enrol/totp', { code: codeOf(secret, clock) });
  if (done.status !== 200) throw new Error(`not set up: ${done.status}`);
  return { secret, codes: recoveryOn(done), done };
}

/** Gives a code, or a recovery code, where one is asked. */
export async function giveCode(web: WebAgent, code: string): Promise<Page> {
  const page = await web.get('/twofactor/challenge');
  const isThere = page.all(({ attribs }) => attribs['id'] === 'twofactor-code').length > 0;
  const forms = page.all(({ attribs }) => attribs['action'] === '/twofactor/challenge');
  const form = isThere ? forms[0] : forms.at(-1);
  if (!form) throw new Error(`nothing is asked on ${page.url}: ${page.status}`);
  return web.submit(page, { form: () => form, fill: { code } });
}
