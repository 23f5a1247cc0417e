import { createECDH } from 'node:crypto';
import { type KeyRing, purposeKey } from '../session';

/** How an application server names itself to push services (VAPID, RFC 8292): a P-256 key pair. */
export interface VapidKeys {
  /** Uncompressed point, base64url: what a browser subscribes with. */
  readonly publicKey: string;
  readonly privateKey: string;
}

const PURPOSE = 'estafette web push';

/**
 * The pair of this installation, the same in each of its processes. It follows from the server's key:
 * when that changes, browsers subscribe anew.
 */
export function vapidKeys(keys: KeyRing): VapidKeys {
  // One seed in 2^32 is no private key of the curve: the next purpose gives another.
  for (let attempt = 0; ; attempt++) {
    const seed = purposeKey(keys, keys.currentId, `${PURPOSE} ${attempt}`);
    const ecdh = createECDH('prime256v1');
    try {
      ecdh.setPrivateKey(seed);
    } catch (error) {
      if (attempt > 10) throw error;
      continue;
    }
    return {
      publicKey: ecdh.getPublicKey('base64url', 'uncompressed'),
      privateKey: seed.toString('base64url'),
    };
  }
}
