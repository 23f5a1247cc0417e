import type { Address } from '../mail/types';
import { parseAddressList } from '../mime';
import type { Actor } from '../session/types';
import type { ComposeContext } from './context';
import { findIdentity, listIdentities } from './identities';
import type { DraftFields, OwnIdentity, SendOutcome } from './types';

type Invalid = Extract<SendOutcome, { kind: 'invalid' }>;
type FieldError = Invalid['errors'][number];
type AddressField = 'to' | 'cc' | 'bcc';

// A pasted text gives one error a word: the first few tell enough.
const MAX_ERRORS_PER_FIELD = 10;

export interface CheckedFields {
  readonly identity: OwnIdentity;
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
  readonly bcc: readonly Address[];
  /** Each address once: exactly who the fields name. */
  readonly envelopeTo: readonly string[];
}

/** Who the message goes to and from whom, or what the person has to correct. */
export async function checkFields(
  context: ComposeContext,
  actor: Actor,
  fields: DraftFields,
): Promise<CheckedFields | Invalid> {
  const errors: FieldError[] = [];
  const read = (field: AddressField): readonly Address[] => {
    const { addresses, invalid } = parseAddressList(fields[field]);
    for (const address of invalid.slice(0, MAX_ERRORS_PER_FIELD)) {
      errors.push({ field, textKey: 'compose.error.address', values: { address } });
    }
    return addresses;
  };
  const identity = findIdentity(await listIdentities(context, actor), fields.identity);
  const typed = { to: read('to'), cc: read('cc'), bcc: read('bcc') };
  const named = onceEach([...typed.to, ...typed.cc, ...typed.bcc]);
  const copied = named.length === 0 ? [] : parseAddressList(identity?.bcc ?? '').addresses;
  const lists = { ...typed, bcc: [...typed.bcc, ...notIn(named, copied)] };
  const envelopeTo = onceEach([...lists.to, ...lists.cc, ...lists.bcc]);
  errors.push(...countErrors(envelopeTo.length, errors.length > 0, actor));

  if (!identity) {
    errors.push({ field: 'identity', textKey: 'compose.error.identity', values: {} });
  }
  return errors.length > 0 || !identity
    ? { kind: 'invalid', errors }
    : { identity, ...lists, envelopeTo };
}

/** The domain is the same in any case (RFC 5321 2.4); servers treat the local part alike. */
function onceEach(addresses: readonly Address[]): readonly string[] {
  const byKey = new Map<string, string>();
  for (const { mail } of addresses) {
    const key = mail.toLowerCase();
    if (!byKey.has(key)) byKey.set(key, mail);
  }
  return [...byKey.values()];
}

/** Whoever gets the message anyway gets no hidden copy of it. */
function notIn(named: readonly string[], copied: readonly Address[]): readonly Address[] {
  const known = new Set(named.map((mail) => mail.toLowerCase()));
  return copied.filter(({ mail }) => !known.has(mail.toLowerCase()));
}

function countErrors(count: number, hasInvalid: boolean, actor: Actor): readonly FieldError[] {
  const limit = actor.site.limits.recipients;
  if (count > limit) {
    const values = { count, limit };
    return [{ field: 'to', textKey: 'compose.error.tooManyRecipients', values }];
  }
  return count === 0 && !hasInvalid
    ? [{ field: 'to', textKey: 'compose.error.noRecipient', values: {} }]
    : [];
}
