import type { z } from 'zod';
import { describeFound } from '../kernel/config-check';
import { valueAt } from '../kernel/config-layer';
import { didYouMean } from '../kernel/config-shape';

/** More than these in one line is read by nobody. */
const FAULTS_MAX = 8;
/** A list of names longer than this hides the one that was meant. */
const NAMES_MAX = 6;

/** What is wrong with a definition, each with what was expected and found. */
export const manifestFaults = (error: z.ZodError, value: unknown): readonly string[] =>
  error.issues.flatMap((issue) => faultsOf(issue, value));

/** In one line of a report. */
export function joinFaults(faults: readonly string[]): string {
  const more = faults.length - FAULTS_MAX;
  const shown = faults.slice(0, FAULTS_MAX).join('; ');
  return more > 0 ? `${shown}; and ${more} more` : shown;
}

function faultsOf(issue: z.core.$ZodIssue, value: unknown): readonly string[] {
  const where = issue.path.length === 0 ? 'default export' : issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${where}: unknown key "${key}"`);
  }
  const found = valueAt(value, issue.path);
  const expected = expectedOf(issue);
  if (expected === undefined) return [`${where}: ${issue.message}`];
  const hint =
    issue.code === 'invalid_value' && typeof found === 'string'
      ? didYouMean(found, issue.values.map(String))
      : '';
  return [`${where}: ${expected}, found ${describeFound(found)}${hint}`];
}

/** `undefined` where the message is a whole sentence. */
function expectedOf(issue: z.core.$ZodIssue): string | undefined {
  if (issue.message.startsWith('expected ')) return issue.message;
  if (issue.code === 'invalid_type') return `expected ${issue.expected}`;
  if (issue.code === 'too_small') return `expected at least ${issue.minimum}`;
  if (issue.code === 'too_big') return `expected at most ${issue.maximum}`;
  if (issue.code !== 'invalid_value') return undefined;
  const names = issue.values.map(String);
  return names.length > NAMES_MAX
    ? `expected one of ${names.length} names`
    : `expected ${names.join(' or ')}`;
}
