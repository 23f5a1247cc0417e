import type { SlotFacts } from 'estafette/plugin';

/** Model of the view `sender`, under the header of an open message; `undefined` shows nothing. */
export function senderOf({ message }: SlotFacts): { readonly domain: string } | undefined {
  const [, domain] = message?.from?.mail.split('@') ?? [];
  return domain === undefined ? undefined : { domain };
}
