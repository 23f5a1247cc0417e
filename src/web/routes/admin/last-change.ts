import type { ChangeRequest } from '../../../enabling';
import type { AdminCall } from './access';

/** The number of the last change of the same thing, as the page shows and gives back. */
export async function lastChange({ deps }: AdminCall, request: ChangeRequest): Promise<string> {
  const last = await deps.admin.enabling.lastChange(request);
  return String(last?.id ?? 0);
}
