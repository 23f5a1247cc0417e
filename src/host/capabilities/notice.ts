import { z } from 'zod';
import { AppError } from '../../base/errors';
import { sha256 } from '../../base/ids';
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

const KIND_CHARS = 64; // the column of the core's table

/**
 * What is counted by the day: each text of a plugin by itself, or who causes many of one would keep
 * the next one from being told.
 */
function kindOf(text: string): string {
  const kind = `plugin:${text}`;
  return kind.length <= KIND_CHARS ? kind : `plugin:${sha256(text).slice(0, 32)}`;
}

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
      notices.send(user as UserId, kindOf(text), message, (site) => {
        gate.onSite(site, undefined);
      }),
    );
  };
}
