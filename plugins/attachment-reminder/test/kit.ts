import type { HookOf } from 'estafette/plugin';
import {
  createPluginTest,
  type PluginTest,
  type PluginTestOptions,
} from 'estafette/plugin/testing';
import plugin from '../plugin';

type Options = Partial<Omit<PluginTestOptions<unknown>, 'plugin'>>;

export const start = (options: Options = {}): Promise<PluginTest> =>
  createPluginTest({ ...options, plugin });

type Sending = HookOf<'message:sending'>['query'];

/** A message that says `text`, with nothing attached unless told. */
export function aMessage(
  test: PluginTest,
  text: string,
  attachments: Sending['attachments'] = [],
): Sending {
  return {
    draft: { id: 'd1', mode: 'new', format: 'plain', subject: 'Réunion', text },
    recipients: { to: [{ name: '', mail: 'a@b.example' }], cc: [], bcc: [] },
    attachments,
    sizeBytes: text.length,
    user: { id: test.user.id, locale: 'fr' },
  };
}

/** What the person is asked about `text`: the word found, or nothing. */
export async function wordAsked(
  test: PluginTest,
  text: string,
  site?: string,
): Promise<string | number | undefined> {
  const denials = await test.guard(
    'message:sending',
    aMessage(test, text),
    site === undefined ? {} : { site },
  );
  return denials[0]?.values?.['word'];
}
