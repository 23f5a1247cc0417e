import { z } from 'zod';
import { AppError } from '../../base/errors';
import { newToken } from '../../base/ids';
import type { SiteId } from '../../base/types';
import { cleanLine, isValidAddress, parseAddressList } from '../../mime';
import type { Posts } from '../../notify';
import type { PluginPost, PluginPostResult } from '../capability-types';
import { calendarShape } from './calendar-shape';
import type { Gate } from './gate';
import { outward } from './outward';

const RECIPIENTS = 100;
const KEY_BYTES = 16;

const oneLine = (max: number) =>
  z
    .string()
    .max(max)
    .transform((text) => cleanLine(text).trim());
const shape = z.strictObject({
  to: z.array(z.string().max(1_000)).min(1).max(RECIPIENTS),
  // A name that reads like an address would be taken for the sender's.
  fromName: oneLine(100)
    .refine((name) => !/[@<>]/.test(name))
    .optional(),
  replyTo: z.string().refine(isValidAddress).optional(),
  subject: oneLine(500).pipe(z.string().min(1)),
  text: z.string().max(60_000),
  calendar: calendarShape.optional(),
  key: z.string().min(1).max(200).optional(),
});

/** A mail of the site in words of the plugin, for whoever it is addressed to, with nobody there. */
export function pluginPost(gate: Gate, posts: Pick<Posts, 'post'>) {
  return async (site: SiteId, message: PluginPost): Promise<PluginPostResult> => {
    gate.need('mail.post');
    gate.onSite(site, undefined);
    const parsed = shape.safeParse(message);
    const { addresses, invalid } = parseAddressList(parsed.data?.to.join(', ') ?? '');
    if (!parsed.success || invalid.length > 0 || addresses.length !== parsed.data.to.length) {
      const fields = parsed.error?.issues.map(({ path }) => path.join('.')) ?? ['to'];
      throw new AppError('compose/invalid', { details: { plugin: gate.plugin, fields } });
    }
    const { key = newToken(KEY_BYTES), fromName, replyTo, subject, text, calendar } = parsed.data;
    return outward(() =>
      posts.post({
        site,
        plugin: gate.plugin,
        key,
        to: addresses.map(({ name, mail }) => ({ name, mail })),
        ...(fromName !== undefined && fromName !== '' && { fromName }),
        ...(replyTo !== undefined && { replyTo }),
        subject,
        text,
        ...(calendar && { calendar }),
      }),
    );
  };
}
