import type { AccountId, SiteId, UserId } from '../base/types';
import type { ImapPoolDeps } from '../imap';
import type { HookEmitter } from '../kernel/hook-types';

type Connected = Parameters<NonNullable<ImapPoolDeps['onConnected']>>[0];

/** Tells plugins of a new connection; the pool's key says whose it is. */
export function tellConnected(hooks: HookEmitter, { key, capabilities, ms }: Connected): void {
  const [site = '', user = '', account = ''] = key.split(':');
  // Made by `accountKey`, the only door to the pool.
  const event = {
    site: site as SiteId,
    user: Number(user) as UserId,
    account: account as AccountId,
    capabilities,
    ms,
  };
  void hooks.action({ site: event.site }, 'imap:connected', event);
}
