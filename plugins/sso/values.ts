import type { Provider } from './providers';
import { invalid } from './refused';

/** What a provider says of somebody, by name. */
export type Values = Readonly<Record<string, unknown>>;

const MAX_CHARS = 256;
const MAX_VALUES = 100;
/** Something on both sides; what is none is no reason to send somebody away. */
const MAIL = /^[^\s@]+@[^\s@]+$/;

/** Lists of texts of one value, whatever way it is written; nothing else of it. */
export function textsOf(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list
    .slice(0, MAX_VALUES)
    .filter((one): one is string | number => typeof one === 'string' || typeof one === 'number')
    .map((one) => String(one).trim())
    .filter((text) => text !== '' && text.length <= MAX_CHARS && !/\p{Cc}/u.test(text));
}

/** ISO time of milliseconds since 1970; nothing of what is none. */
export function timeOf(ms: number): { readonly authenticatedAt?: string } {
  const date = new Date(ms);
  return ms > 0 && Number.isFinite(date.getTime()) ? { authenticatedAt: date.toISOString() } : {};
}

/** What is said under a name by the values themselves. */
export const own = (values: Values, name: string): unknown =>
  Object.hasOwn(values, name) ? values[name] : undefined;

/** Login, mail, name and attributes of somebody, as the configuration of the provider names them. */
export function personOf({ claims, attributes }: Provider, values: Values) {
  const logins = textsOf(own(values, claims.login));
  const [login] = logins;
  // Of two logins the provider would choose the order, and so the account.
  if (login === undefined || logins.length > 1) throw invalid('no-login');
  const mail = textsOf(own(values, claims.mail)).find((text) => MAIL.test(text));
  const name = claims.name
    .flatMap((one) => textsOf(own(values, one))[0] ?? [])
    .join(' ')
    .slice(0, MAX_CHARS);
  const shared = attributes
    .map((one) => [one, textsOf(own(values, one))] as const)
    .filter(([, texts]) => texts.length > 0);
  return {
    login,
    ...(mail !== undefined && { mail }),
    ...(name !== '' && { name }),
    ...(shared.length > 0 && { attributes: Object.fromEntries(shared) }),
  };
}
