import type { SenderConfig } from './config';
import { type Domain, domainOf, isAmong, parseDomain } from './domain';
import { createLookAlike } from './look-alike';

const MAX_KNOWN = 2_000;
const MAX_NAME_CHARS = 300;

/** What an address is to a site. */
export type Verdict =
  | { readonly kind: 'inside' | 'trusted' | 'outside' }
  /** `real`: what it is taken for; `domain`: what it is. */
  | { readonly kind: 'look-alike'; readonly real: string; readonly domain: string };

export interface Judge {
  /** `undefined`: no domain is configured, or it is no address. */
  of(mail: string): Verdict | undefined;
  /** An address of the ministry in the name of a sender who has another. */
  addressInName(from: { readonly name: string; readonly mail: string }): string | undefined;
}

const asSet = (domains: readonly string[]): ReadonlySet<string> =>
  new Set(domains.flatMap((domain) => parseDomain(domain)?.ascii ?? []));

/** Judges addresses by the configuration of a site and its own domains; what a domain is, is remembered. */
export function createJudge(config: Readonly<SenderConfig>, own: readonly string[] = []): Judge {
  const domains = [...own, ...config.domains];
  const inside = asSet(domains);
  const trusted = asSet(config.trusted);
  const lookAlike = createLookAlike([...domains, ...config.trusted]);
  const known = new Map<string, Verdict>();

  function judge(domain: Domain): Verdict {
    if (isAmong(domain, inside)) return { kind: 'inside' };
    if (isAmong(domain, trusted)) return { kind: 'trusted' };
    const real = lookAlike(domain);
    if (real === undefined) return { kind: 'outside' };
    // As servers write it: letters of other alphabets cannot be told apart otherwise.
    return { kind: 'look-alike', real, domain: domain.ascii };
  }

  function of(mail: string): Verdict | undefined {
    const domain = domainOf(mail);
    if (!domain || inside.size === 0) return undefined;
    const before = known.get(domain.ascii);
    if (before) return before;
    const verdict = judge(domain);
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(domain.ascii, verdict);
    return verdict;
  }

  return {
    of,
    addressInName({ name, mail }) {
      const kind = of(mail)?.kind;
      if (kind !== 'outside' && kind !== 'look-alike') return undefined;
      return name
        .slice(0, MAX_NAME_CHARS)
        .split(/[\s<>()[\]"',;:«»]+/)
        .find((word) => word.includes('@') && of(word)?.kind === 'inside');
    },
  };
}

/** One judge for each configuration of a site: the same settings are the same object. */
export function createJudges(): (config: Readonly<SenderConfig>, own: readonly string[]) => Judge {
  const judges = new WeakMap<Readonly<SenderConfig>, Judge>();
  return (config, own) => {
    const before = judges.get(config);
    if (before) return before;
    const judge = createJudge(config, own);
    judges.set(config, judge);
    return judge;
  };
}
