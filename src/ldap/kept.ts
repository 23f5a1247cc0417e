import { createHash } from 'node:crypto';
import { withDeadline } from '../base/async';
import { AppError } from '../base/errors';
import { type BoundConnection, type LdapEndpoint, openBound, type WithClient } from './client';
import { classifyFailure, toDirectoryError } from './errors';
import { whileOpen } from './socket';

/** Short of what servers and what stands before them close by themselves. */
const IDLE_MS = 20_000;
const IDLE_MAX = 4;

interface Kept extends BoundConnection {
  readonly timer: NodeJS.Timeout;
}

/**
 * Connections bound as the service that are used again, one question at a time: to connect, protect
 * and bind takes longer than most answers. For questions that may be asked twice, as a connection
 * that was lost meanwhile is replaced once. They keep no process alive, and close when left idle.
 */
export function createKeptConnections(): WithClient {
  const idle = new Map<string, Kept[]>();

  function take(key: string): BoundConnection | undefined {
    for (const found of idle.get(key)?.splice(0).reverse() ?? []) {
      clearTimeout(found.timer);
      if (!found.socket.destroyed && found.client.isConnected) {
        found.socket.ref();
        return found;
      }
      found.close();
    }
    return undefined;
  }

  function keep(key: string, connection: BoundConnection): void {
    const own = idle.get(key) ?? [];
    if (own.length >= IDLE_MAX || connection.socket.destroyed) {
      connection.close();
      return;
    }
    const timer = setTimeout(() => {
      idle.set(
        key,
        (idle.get(key) ?? []).filter((one) => one.socket !== connection.socket),
      );
      connection.close();
    }, IDLE_MS);
    timer.unref();
    connection.socket.unref();
    idle.set(key, [...own, { ...connection, timer }]);
  }

  return async (endpoint, url, timeoutMs, use) => {
    const key = keyOf(endpoint, url);
    const run = async (connection: BoundConnection) => {
      try {
        const work = whileOpen([connection.socket], use(connection.client));
        const late = () => new AppError('directory/timeout');
        const answer = await withDeadline(work, timeoutMs, late);
        keep(key, connection);
        return answer;
      } catch (error) {
        connection.close();
        throw toDirectoryError(error, { server: url });
      }
    };
    const known = take(key);
    if (known) {
      try {
        return await run(known);
      } catch (error) {
        if (classifyFailure(error) !== 'connection' || !isLost(error)) throw error;
      }
    }
    return run(await openBound(endpoint, url, timeoutMs));
  };
}

/** Lost, and not refused: what the server answered is its answer. */
const isLost = (error: unknown): boolean =>
  error instanceof AppError && error.details['failure'] !== 'other';

/** Nothing of the password is left in what names a connection. */
function keyOf({ startTls, caFile, bindDn, bindPassword }: LdapEndpoint, url: string): string {
  const text = JSON.stringify([url, startTls, caFile, bindDn, bindPassword]);
  return createHash('sha256').update(text).digest('base64url');
}
