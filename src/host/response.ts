import { z } from 'zod';
import type { PluginResponse } from './route-types';

const plain = z.record(z.string(), z.unknown());
/** A status of 300 to 399 says where to go, which `redirect` does. */
const status = z
  .int()
  .min(200)
  .max(599)
  .refine((code) => code < 300 || code >= 400)
  .optional();
/** Of 429 and 503 alone: nobody else is told to come back. */
const retryAfterS = z.int().min(0).max(86_400).optional();
const isForLater = ({
  status,
  retryAfterS,
}: {
  readonly status?: number | undefined;
  readonly retryAfterS?: number | undefined;
}): boolean => retryAfterS === undefined || status === 429 || status === 503;
const MAX_FILE_BYTES = 64 * 1024 * 1024;
const file = z.strictObject({
  name: z.string().min(1).max(400),
  type: z.string().regex(/^[\w!#$&^.+-]{1,100}\/[\w!#$&^.+-]{1,100}$/),
  content: z.union([
    z.string().max(MAX_FILE_BYTES),
    z.custom<Buffer>((value) => Buffer.isBuffer(value) && value.length <= MAX_FILE_BYTES),
  ]),
  isInline: z.boolean().optional(),
  keep: z.enum(['version', 'check']).optional(),
});
const shape = z.union([
  z
    .strictObject({ view: z.string().min(1), model: plain, title: z.string(), status, retryAfterS })
    .refine(isForLater),
  z.strictObject({ redirect: z.string().min(1) }),
  z.strictObject({ json: z.unknown(), status, retryAfterS }).refine(isForLater),
  z.strictObject({ file }),
  z.strictObject({ status: z.literal([204, 403, 404]) }),
]);

/** Whether a route answered one of the five shapes of `PluginResponse`; anything else is its failure. */
export const isPluginResponse = (value: unknown): value is PluginResponse =>
  shape.safeParse(value).success;
