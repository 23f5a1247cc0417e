import type { DemoMaster } from './types';

/** Between a person and the one who opens their mail. */
const MASTER_SEPARATOR = '*';

/** Whose account a login names: `person`, or `person*service` for who opens it in their place. */
export const personOf = (login: string): string =>
  (login.split(MASTER_SEPARATOR)[0] ?? '').toLowerCase();

/** Whether a password is the right one for a login: the person's own, or that of who may open it. */
export function isRightPassword(
  { login, password }: { readonly login: string; readonly password: string | null | undefined },
  own: string | undefined,
  masters: readonly DemoMaster[],
): boolean {
  const [person = '', service] = login.split(MASTER_SEPARATOR);
  if (service === undefined) return own !== undefined && own === password;
  return masters.some(
    (one) => one.username === service && one.password === password && one.opens.includes(person),
  );
}
