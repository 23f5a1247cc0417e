import type { z } from 'zod';
import { withDeadline } from '../../base/async';
import { AppError } from '../../base/errors';
import type { SiteId } from '../../base/types';
import { type DirectoryPort, directoryPortShape } from '../../directory';
import type { PluginDirectory } from '../capability-types';
import type { Gate } from './gate';
import { outward } from './outward';

const TIMEOUT_MS = 6_000;

/** The directory of a site, whoever provides it: questions are bounded, answers are checked. */
export function pluginDirectory(
  gate: Gate,
  site: SiteId,
  portOf: (site: SiteId) => DirectoryPort | undefined,
): PluginDirectory | undefined {
  gate.need('directory.read');
  const port = gate.onSite(site, portOf(site));
  if (!port) return undefined;
  const scope = { site };
  const within = <T>(work: Promise<T>): Promise<T> =>
    outward(() => withDeadline(work, TIMEOUT_MS, () => new AppError('directory/timeout')));
  return {
    async search(text, query = {}) {
      const found = await within(port.search(scope, String(text).slice(0, 100), query));
      return checked(directoryPortShape.records, found);
    },
    async byMail(mails) {
      const asked = mails.slice(0, 200).map((mail) => String(mail).slice(0, 320));
      return checked(directoryPortShape.byMail, await within(port.byMail(scope, asked)));
    },
    async entry(dn) {
      return checked(directoryPortShape.record, await within(port.entry(scope, String(dn))));
    },
  };
}

/** A provider that answers something else has failed, whoever it is. */
function checked<T>(shape: z.ZodType<T>, value: unknown): T {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new AppError('plugin/unavailable', { details: { port: 'directory', reason: 'check' } });
}
