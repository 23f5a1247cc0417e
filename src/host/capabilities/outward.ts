import { AppError, isAppError } from '../../base/errors';

/**
 * The outcome of a call of the core as a plugin sees it: an error keeps its code and details, and
 * loses its cause, which may hold what a server said, or which internal addresses exist.
 */
export async function outward<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isAppError(error) ? withoutCause(error) : new AppError('internal/unexpected');
  }
}

const withoutCause = ({ code, details, textKey, textValues, retryAfterS }: AppError): AppError =>
  new AppError(code, {
    details,
    textKey,
    textValues,
    ...(retryAfterS !== undefined && { retryAfterS }),
  });
