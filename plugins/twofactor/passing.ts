import type { Visit } from './answers';
import { rememberDevice } from './devices';
import { orGiveBack } from './taken';
import { audit } from './tell';

/** Id of the challenge: the one of `contributes.challenges`. */
export const CHALLENGE = 'twofactor';

/** Days that the box of the page offers; 0: no box. */
export const offeredDays = ({ config, request }: Visit): number =>
  config.ask === 'daily' && request.device !== undefined ? config.trustDays : 0;

/**
 * The way is free. The browser is remembered with it, for a day unless the person trusts it longer,
 * where the site does not say always; its name may be another one afterwards.
 */
export async function passRemembered(visit: Visit, isTrusted: boolean): Promise<void> {
  const { request, context, config, owner } = visit;
  if (config.ask !== 'daily' || !request.device) return request.satisfy(CHALLENGE);
  const days = isTrusted ? offeredDays(visit) : 0;
  const { trustDays } = config;
  const kept = await rememberDevice(context, owner, request.device, { days, trustDays });
  await orGiveBack(context, kept, async () => {
    if (days > 0) await audit(context, request, 'trusted', { user: owner.user, details: { days } });
    await request.satisfy(CHALLENGE);
  });
}
