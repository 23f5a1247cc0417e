import type { Actor } from '../session/types';
import { readCoreSettings } from '../settings';
import type { ComposeContext } from './context';

/** Whether the person lets addresses be remembered. */
export async function isCollecting(
  { settings }: Pick<ComposeContext, 'settings'>,
  { user }: Actor,
): Promise<boolean> {
  return (await readCoreSettings(settings, user)).writing.collect === 'yes';
}
