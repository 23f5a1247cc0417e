import type { DemoApp } from '../../src/demo';

/** How the support of the first site is reached. */
export const SUPPORT = 'assistance@saisons.example';

/** Mails that the platform wrote to an address, once they have left; without the breaks of lines (RFC 2045 6.7). */
export async function mailsTo(
  { app, stack }: Pick<DemoApp, 'app' | 'stack'>,
  mail: string,
): Promise<readonly string[]> {
  await app.safety.notifier.idle();
  return stack.smtp.transactions
    .filter(({ to }) => to.includes(mail))
    .map(({ raw }) =>
      raw
        .toString()
        .replace(/(?:=20)?=?\r?\n/g, ' ')
        .replace(/ +/g, ' '),
    );
}
