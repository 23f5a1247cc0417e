import { AppError } from '../base/errors';
import { GUARD_FAILED } from './hook-results';
import type { Denial } from './hook-types';

/**
 * A plugin's refusal as the error that a person reads. A guard that crashed is no refusal: 503, to
 * be tried again, and not 403.
 */
export function deniedError({
  plugin,
  code,
  message,
  values,
}: Denial & { readonly plugin: string }): AppError {
  return new AppError(code === GUARD_FAILED ? 'plugin/guard-failed' : 'plugin/denied', {
    details: { plugin, code },
    ...(message !== undefined && { textKey: message }),
    ...(values !== undefined && { textValues: values }),
  });
}
