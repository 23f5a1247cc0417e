import type { ChangeRequest } from '../../../enabling';
import type { AdminCall } from './access';

/** Groups of one site that can have said something of one path. */
const LINES = 500;

/** The number of the last change of the same thing, as the page shows and gives back. */
export async function lastChange(
  { deps }: AdminCall,
  { site, group, path }: Pick<ChangeRequest, 'site' | 'group' | 'path'>,
): Promise<string> {
  const changes = await deps.admin.enabling.history({ path, limit: LINES });
  const last = changes.find((change) => change.site === site && change.group === group);
  return String(last?.id ?? 0);
}
