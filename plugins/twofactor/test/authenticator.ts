import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';

/** What an authenticator may do wrong. */
export interface Bent {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly counter?: number;
  readonly isVerified?: boolean;
  readonly isPresent?: boolean;
  readonly type?: string;
  /** Signs with a key of its own. */
  readonly otherKey?: boolean;
  readonly crossOrigin?: boolean;
}

type Cbor = number | string | Buffer | ReadonlyMap<number | string, Cbor>;

/** The part of RFC 8949 that a key and an attestation need. */
function cbor(value: Cbor): Buffer {
  const head = (major: number, count: number): Buffer => {
    if (count < 24) return Buffer.from([(major << 5) | count]);
    if (count < 256) return Buffer.from([(major << 5) | 24, count]);
    return Buffer.from([(major << 5) | 25, count >> 8, count & 255]);
  };
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (typeof value === 'string') {
    const bytes = Buffer.from(value);
    return Buffer.concat([head(3, bytes.length), bytes]);
  }
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  const pairs = [...value].flatMap(([key, item]) => [cbor(key), cbor(item)]);
  return Buffer.concat([head(5, value.size), ...pairs]);
}

const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const sha256 = (data: string | Buffer): Buffer => createHash('sha256').update(data).digest();

/** A security key in software: ES256, attestation none, as browsers speak it. */
export class Authenticator {
  readonly id = randomBytes(32).toString('base64url');
  readonly #pair = newKey();
  counter = 0;

  constructor(
    readonly origin: string,
    readonly rpId: string,
  ) {}

  #authData(bent: Bent, attested = Buffer.alloc(0)): Buffer {
    const { isPresent = true, isVerified = true, rpId = this.rpId } = bent;
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(bent.counter ?? this.counter);
    const flags = (isPresent ? 1 : 0) | (isVerified ? 4 : 0) | (attested.length > 0 ? 64 : 0);
    return Buffer.concat([sha256(rpId), Buffer.from([flags]), counter, attested]);
  }

  #clientData(type: string, challenge: string, bent: Bent): Buffer {
    return Buffer.from(
      JSON.stringify({
        type: bent.type ?? type,
        challenge: bent.challenge ?? challenge,
        origin: bent.origin ?? this.origin,
        crossOrigin: bent.crossOrigin ?? false,
      }),
    );
  }

  /** Answer of `navigator.credentials.create`, as the form sends it. */
  register(options: string, bent: Bent = {}): string {
    const { challenge } = JSON.parse(options) as { challenge: string };
    const jwk = this.#pair.publicKey.export({ format: 'jwk' });
    const key = cbor(
      new Map<number, Cbor>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, Buffer.from(jwk.x ?? '', 'base64url')],
        [-3, Buffer.from(jwk.y ?? '', 'base64url')],
      ]),
    );
    const id = Buffer.from(this.id, 'base64url');
    const length = Buffer.from([id.length >> 8, id.length & 255]);
    const attested = Buffer.concat([Buffer.alloc(16), length, id, key]);
    const attestation = cbor(
      new Map<string, Cbor>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', this.#authData(bent, attested)],
      ]),
    );
    return JSON.stringify({
      id: this.id,
      rawId: this.id,
      type: 'public-key',
      response: {
        clientDataJSON: this.#clientData('webauthn.create', challenge, bent).toString('base64url'),
        attestationObject: attestation.toString('base64url'),
        transports: ['usb'],
      },
      clientExtensionResults: {},
    });
  }

  /** Answer of `navigator.credentials.get`. */
  use(options: string, bent: Bent = {}): string {
    const { challenge } = JSON.parse(options) as { challenge: string };
    if (bent.counter === undefined) this.counter += 1;
    const authData = this.#authData(bent);
    const clientData = this.#clientData('webauthn.get', challenge, bent);
    const { privateKey } = bent.otherKey ? newKey() : this.#pair;
    const signature = createSign('sha256')
      .update(Buffer.concat([authData, sha256(clientData)]))
      .sign(privateKey);
    return JSON.stringify({
      id: this.id,
      rawId: this.id,
      type: 'public-key',
      response: {
        clientDataJSON: clientData.toString('base64url'),
        authenticatorData: authData.toString('base64url'),
        signature: signature.toString('base64url'),
      },
      clientExtensionResults: {},
    });
  }
}
