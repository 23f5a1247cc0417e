import { Secret } from 'otpauth';
import { codeAt, stepAt } from '../../plugins/twofactor/totp';
import type { WebAgent } from './agent';
import type { Page } from './html';

/** The form of a page that leads to an address. */
export function formOn(page: Page, action: string) {
  const [form] = page.all(({ name, attribs }) => name === 'form' && attribs['action'] === action);
  if (!form) throw new Error(`no form ${action} on ${page.url}: ${page.status}`);
  return form;
}

/** Sends a form of the second-factor plugin with a code. */
export const sendCode = (web: WebAgent, page: Page, action: string, code: string): Promise<Page> =>
  web.submit(page, { form: () => formOn(page, action), fill: { code } });

/** The code that an application shows at a time. */
export const codeOf = (secret: Secret, now: number): string => codeAt(secret, stepAt(now));

/** Sets up the codes of an application; answers its secret and the page that shows recovery codes. */
export async function enrolTotp(
  web: WebAgent,
  now: number,
): Promise<{ readonly secret: Secret; readonly codes: Page }> {
  const page = await web.get('/twofactor/enrol/totp');
  const [, text = ''] = /data-secret>([A-Z2-7 ]+)</.exec(page.text) ?? [];
  const secret = Secret.fromBase32(text.replaceAll(' ', ''));
  const codes = await sendCode(web, page, '/twofactor/enrol/totp', codeOf(secret, now));
  return { secret, codes };
}
