import { z } from 'zod';
import { AppError } from '../../base/errors';
import type { SiteId, UserId } from '../../base/types';
import type { NoticeText } from '../../notify';
import type { PluginNotice } from '../capability-types';
import type { Gate } from './gate';
import { outward } from './outward';

/** Mails of the platform, by the number of a person. */
export interface PluginNotices {
  /** `mayReach` throws where the plugin has no business; false when nothing is sent. */
  send(
    user: UserId,
    kind: string,
    message: NoticeText,
    mayReach: (site: SiteId) => void,
  ): Promise<boolean>;
}

const MAX_VALUES = 20;
const valuesShape = z
  .record(
    z.string().regex(/^[a-zA-Z][a-zA-Z0-9]{0,40}$/),
    z.union([z.string().max(300), z.number()]),
  )
  .refine((values) => Object.keys(values).length <= MAX_VALUES);

/** A mail of the platform to a person, in words of the plugin: a few a day, and no address of its own. */
export function pluginNotice(gate: Gate, notices: PluginNotices) {
  return async (user: number, { subject, text, values = {} }: PluginNotice): Promise<boolean> => {
    gate.need('notice');
    // Words of the core or of another plugin would be taken for theirs.
    const isOwn = [subject, text].every((key) => key.startsWith(`${gate.plugin}:`));
    const checked = valuesShape.safeParse(values);
    if (!isOwn || !checked.success) {
      const problem = isOwn ? 'values of a notice' : 'a notice says texts of its plugin';
      throw new AppError('request/invalid', { details: { plugin: gate.plugin, problem } });
    }
    const message = { subject, text, values: checked.data };
    return outward(() =>
      notices.send(user as UserId, `plugin:${gate.plugin}`, message, (site) => {
        gate.onSite(site, undefined);
      }),
    );
  };
}
