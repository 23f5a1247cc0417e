import type { SignInRefusal } from 'estafette/plugin';

type Why = SignInRefusal['refused'];

/** A sign-in that ends here. The code goes to the audit log; what the provider said does not. */
export class Refused extends Error {
  constructor(
    readonly refused: Why,
    readonly code: string,
    options?: { readonly cause?: unknown },
  ) {
    super(`${refused}: ${code}`, options);
    this.name = 'Refused';
  }

  /** As the platform wants it. */
  get refusal(): SignInRefusal {
    return { refused: this.refused, code: this.code };
  }
}

/** What came back cannot be believed. */
export const invalid = (code: string, cause?: unknown): Refused =>
  new Refused('invalid', code, cause === undefined ? {} : { cause });

/** The provider did not answer as it should: nobody's fault who signs in. */
export const unavailable = (code: string, cause?: unknown): Refused =>
  new Refused('unavailable', code, cause === undefined ? {} : { cause });
