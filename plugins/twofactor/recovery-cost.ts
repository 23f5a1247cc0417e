/**
 * What trying one recovery code costs, by scrypt: 32 MB and a tenth of a second, in a thread of libuv,
 * beside the loop.
 */
export const RECOVERY_COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1_024 * 1_024 };
