import type { Visit } from './answers';
import { rememberDevice } from './devices';
import { audit } from './tell';

/** Id of the challenge: the one of `contributes.challenges`. */
export const CHALLENGE = 'twofactor';

/** Days that the box of the page offers; 0: no box. */
export const offeredDays = ({ config, request }: Visit): number =>
  config.ask === 'daily' && request.device !== undefined ? config.trustDays : 0;

/** Once a day at most, where the site does not say always; longer where the person trusts it. */
export async function remember(visit: Visit, isTrusted: boolean): Promise<void> {
  const { request, context, config, owner } = visit;
  if (config.ask !== 'daily' || !request.device) return;
  const days = isTrusted ? offeredDays(visit) : 0;
  await rememberDevice(context, owner, request.device, { days, trustDays: config.trustDays });
  if (days === 0) return;
  await audit(context, request, 'trusted', { user: owner.user, details: { days } });
}
