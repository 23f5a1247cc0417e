import type { z } from 'zod';
import type { ConfigIssue } from './config-errors';
import { pathKey } from './config-json';
import { isPlain, valueAt } from './config-layer';
import {
  describeShapes,
  didYouMean,
  type Shape,
  shapeOf,
  shapesAt,
  shapesOf,
} from './config-shape';

/** A configuration file as it was read: its place, its value, and where each key stands. */
export interface ConfigSource {
  readonly file: string;
  readonly value: unknown;
  /** Path → line; empty when the value did not come from a text. */
  readonly lines: ReadonlyMap<string, number>;
}

/** Values longer than this are cut in messages. */
const FOUND_MAX = 60;

/** Checks a source against a schema: the parsed value, or every fault as a line for its author. */
export function checkSource<S extends z.ZodType>(
  schema: S,
  source: ConfigSource,
): { readonly value?: z.output<S>; readonly issues: readonly ConfigIssue[] } {
  const secrets = findSecrets(source);
  const result = schema.safeParse(source.value);
  if (result.success && secrets.length === 0) return { value: result.data, issues: [] };
  const hidden = new Set(secrets.map(({ path }) => path));
  const shape = shapeOf(schema);
  const faults = result.success
    ? []
    : result.error.issues.flatMap((issue) => describeIssue(issue, source, shape));
  return { issues: [...secrets, ...faults.filter(({ path }) => !hidden.has(path))] };
}

/** One fault at a path of a source, with its line. */
export function issueAt(
  source: ConfigSource,
  path: readonly PropertyKey[],
  message: string,
): ConfigIssue {
  const line = source.lines.get(pathKey(path));
  return { file: source.file, path: pathKey(path), message, ...(line !== undefined && { line }) };
}

function describeIssue(
  issue: z.core.$ZodIssue,
  source: ConfigSource,
  shape: Shape,
): readonly ConfigIssue[] {
  if (issue.code === 'unrecognized_keys') {
    const shapes = shapesAt(shape, issue.path);
    const own = shapesOf(shapes, valueAt(source.value, issue.path));
    const known = own.flatMap(({ properties }) => Object.keys(properties ?? {}));
    return issue.keys.map((key) => {
      const hint = didYouMean(key, known);
      return issueAt(source, [...issue.path, key], `unknown key${hint}`);
    });
  }
  // Our own messages in the schemas say what is expected, or are whole sentences.
  const own = ownMessage(issue);
  const within = own === undefined && issue.code === 'invalid_union' && issue.errors.find(isWithin);
  if (within) {
    return within.flatMap((inner) =>
      describeIssue({ ...inner, path: [...issue.path, ...inner.path] }, source, shape),
    );
  }
  const found = describeFound(valueAt(source.value, issue.path));
  if (own && !own.startsWith('expected ')) return [issueAt(source, issue.path, own)];
  const expected = own ?? `expected ${describeShapes(shapesAt(shape, issue.path)) || 'a value'}`;
  return [issueAt(source, issue.path, `${expected}, found ${found}`)];
}

/** Of the shapes that a value may have, the one that it has but for what is in it. */
const isWithin = (issues: readonly z.core.$ZodIssue[]): boolean =>
  issues.length > 0 &&
  issues.every(({ path, code }) => path.length > 0 || code === 'unrecognized_keys');

function ownMessage({ code, message }: z.core.$ZodIssue): string | undefined {
  return code === 'custom' || message.startsWith('expected ') ? message : undefined;
}

/** What was found, in a few words: of a file, or of code, which holds functions as well. */
export function describeFound(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'an object';
  // No text in JSON: big integers and symbols.
  const text = ['bigint', 'symbol'].includes(typeof value)
    ? `a ${typeof value}`
    : JSON.stringify(value);
  return text.length > FOUND_MAX ? `${text.slice(0, FOUND_MAX)}…` : text;
}

/** Names of keys whose value is a secret, at the end of a camelCase name. */
export const SECRET_KEY =
  /(?:password|passwd|passphrase|secret|secrets|token|api_?key|secret_?key|private_?key|credentials?)$/i;
const URL_WITH_PASSWORD = /^[a-z][a-z0-9+.-]*:\/\/[^/\s@]*:[^/\s@]+@/i;

// Configuration files are copied, committed and mailed around: a secret in one is a leak to come.
function findSecrets(source: ConfigSource): readonly ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  const walk = (value: unknown, path: readonly PropertyKey[]): void => {
    if (typeof value === 'string' && URL_WITH_PASSWORD.test(value)) {
      issues.push(issueAt(source, path, 'an address may not hold a password here'));
    } else if (Array.isArray(value)) {
      value.forEach((inner, index) => {
        walk(inner, [...path, index]);
      });
    } else if (isPlain(value)) {
      for (const [key, inner] of Object.entries(value)) {
        const isSecret = SECRET_KEY.test(key) && typeof inner === 'string' && inner !== '';
        if (isSecret) issues.push(issueAt(source, [...path, key], SECRET_HELP));
        else walk(inner, [...path, key]);
      }
    }
  };
  walk(source.value, []);
  return issues;
}

const SECRET_HELP =
  'a secret may not stand in a configuration file: give it by an environment variable, or by a file that one names (docs/config.md, "Secrets")';
