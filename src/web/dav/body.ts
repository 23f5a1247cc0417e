import type { Request, Response } from 'express';
import type { Clock } from '../../base/clock';
import { AppError } from '../../base/errors';
import { lingerBeforeRefusal } from '../linger';

/** A card with its photo; an answer is bounded by what was stored. */
const MAX_BYTES = 10_000_000;

/** The body as UTF-8, byte for byte; `request/too-large` before it is read when it says its size. */
export async function davBody(req: Request, res: Response, clock: Clock): Promise<string> {
  const chunks: Buffer[] = [];
  let left = MAX_BYTES;
  const refuse = async (): Promise<never> => {
    await lingerBeforeRefusal(req, res, clock);
    throw new AppError('request/too-large');
  };
  if (Number(req.headers['content-length'] ?? 0) > MAX_BYTES) return refuse();
  if ((req.headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new AppError('request/invalid');
  }
  const whole = new Promise<void>((resolve, reject) => {
    req.on('data', (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) reject(new AppError('request/too-large'));
      else chunks.push(chunk);
    });
    req.on('end', resolve);
    req.on('error', (cause) => reject(new AppError('request/invalid', { cause })));
    req.on('aborted', () => reject(new AppError('request/invalid')));
  });
  try {
    await whole;
  } catch (error) {
    if (left >= 0) throw error;
    chunks.length = 0;
    return refuse();
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw new AppError('request/invalid', { cause });
  }
}
