import { isWithin, skeletonOf } from 'estafette/plugin';
import { type Domain, parseDomain } from './domain';

/** A name that is shorter than this is found in too many others by chance. */
const NAME_MIN = 5;
const TOKEN_NAME_MIN = 4;
/** From this length on, two slips are still a resemblance. */
const TWO_SLIPS_FROM = 9;

/** Words that are added to a name to make people sign in. */
const LURES: ReadonlySet<string> = new Set(
  `account acces agent agents alerte assistance auth compte comptes connect connexion courriel courrier
  fr gouv identification info intranet login mail messagerie mon notification online paiement portail
  secure securite security service services sso support update verification verify webmail`
    .split(/\s+/)
    .map(skeletonOf),
);

/** Names below which a State has its domains, so that « impots-gouv » is no other name. */
const STATE: ReadonlySet<string> = new Set(['gouv', 'gov', 'govt'].map(skeletonOf));

/** A domain that may be imitated, read once. */
interface Target {
  readonly domain: Domain;
  /** Skeletons of its labels. */
  readonly labels: readonly string[];
  /** The same, hyphens being dots. */
  readonly tokens: readonly string[];
  /** Letters of all labels but the last. */
  readonly nameLength: number;
}

const seenLabels = ({ unicode }: Domain): string[] => unicode.split('.').map(skeletonOf);
const tokensOf = (labels: readonly string[]): string[] =>
  labels.flatMap((label) => label.split('-').filter((token) => token !== ''));

function targetOf(domain: Domain): Target {
  const labels = seenLabels(domain);
  const nameLength = labels.slice(0, -1).join('').length;
  return { domain, labels, tokens: tokensOf(labels), nameLength };
}

/** Where `part` begins in `list`, all of it in a row; -1 nowhere. */
function indexOfRow(list: readonly string[], part: readonly string[]): number {
  for (let start = 0; start + part.length <= list.length; start += 1) {
    if (part.every((one, index) => list[start + index] === one)) return start;
  }
  return -1;
}

/** `culture.gouv.example.elsewhere.test`, `culture-gouv.example`. */
function isEmbedded(labels: readonly string[], tokens: readonly string[], target: Target): boolean {
  const at = indexOfRow(labels, target.labels);
  if (at !== -1 && at + target.labels.length < labels.length) return true;
  const row = indexOfRow(tokens, target.tokens);
  const [name = ''] = target.tokens;
  if (row === -1 || name.length < TOKEN_NAME_MIN) return false;
  // Below the same ending a longer name is another one: `quatre-saisons.example`.
  const isEnding = row + target.tokens.length === tokens.length;
  return !isEnding || target.tokens.length > 2 || STATE.has(name);
}

/** `culture.gouv.other`, `culture.gouv.co.other`. */
function hasOtherEnding(labels: readonly string[], target: Target): boolean {
  const name = target.labels.slice(0, -1);
  if (target.nameLength < NAME_MIN) return false;
  return [1, 2].some((ending) => {
    const from = labels.length - ending - name.length;
    return from >= 0 && name.every((label, index) => labels[from + index] === label);
  });
}

/** `culture-messagerie.gouv.example`, `connexionculture.other`. */
function hasLure(labels: readonly string[], { labels: [name = ''] }: Target): boolean {
  if (name.length < NAME_MIN) return false;
  return labels.slice(0, -1).some((label) => {
    if (!label.includes(name)) return false;
    const added = tokensOf([label.replace(name, '-')]);
    return added.length > 0 && added.every((word) => LURES.has(word));
  });
}

/** `cultrue.gouv.example`, `culturegouv.example`: as many slips as its length allows. */
function isMisspelt(labels: readonly string[], target: Target): boolean {
  return [-1, 0, 1].some((more) => {
    const tail = labels.slice(-Math.max(2, target.labels.length + more));
    const own = [...target.labels];
    while (tail.length > 1 && own.length > 1 && tail.at(-1) === own.at(-1)) {
      tail.pop();
      own.pop();
    }
    const name = own.join('.');
    const isShort = Math.min(name.length, target.nameLength) < NAME_MIN;
    const limit = isShort ? 0 : name.length < TWO_SLIPS_FROM ? 1 : 2;
    return isWithin(tail.join('.'), name, limit);
  });
}

/**
 * Finds which of some domains another one would be taken for. It does not know who owns what: the
 * domains themselves, and those below them, are for the caller to leave out.
 */
export function createLookAlike(
  domains: readonly string[],
): (domain: Domain) => string | undefined {
  const targets = domains
    .map(parseDomain)
    .filter((domain) => domain !== undefined)
    .map(targetOf);
  return (domain) => {
    const labels = seenLabels(domain);
    const tokens = tokensOf(labels);
    const found = targets.find(
      (target) =>
        isMisspelt(labels, target) ||
        isEmbedded(labels, tokens, target) ||
        hasOtherEnding(labels, target) ||
        hasLure(labels, target),
    );
    return found?.domain.unicode;
  };
}
