import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { ConfigSource } from './config-check';
import type { ConfigIssue } from './config-errors';
import { JsonSyntaxError, parseJson } from './config-json';
import { errorCode } from './error-code';

/** A hand-written file is far smaller; reading stops before memory does. */
const FILE_MAX_BYTES = 512 * 1024;
const SITES_MAX = 500;

export interface ConfigSources {
  readonly app: ConfigSource;
  readonly plugins: ConfigSource;
  readonly sites: readonly ConfigSource[];
}

/** Reads `app.json`, `plugins.json` (may be absent) and `sites/*.json` of a folder. */
export function readSources(
  dir: string,
  root: string,
): { readonly sources: ConfigSources; readonly issues: readonly ConfigIssue[] } {
  const issues: ConfigIssue[] = [];
  const label = (file: string): string => {
    const relative = path.relative(root, file);
    return relative.startsWith('..') || path.isAbsolute(relative) ? file : relative;
  };
  const read = (file: string, isOptional: boolean): ConfigSource => {
    const source = readSource(file, label(file), isOptional);
    if ('value' in source) return source;
    issues.push(source);
    // An empty stand-in would bring faults that the file itself may not have.
    return { file: label(file), value: undefined, lines: new Map() };
  };
  const app = read(path.join(dir, 'app.json'), false);
  const plugins = read(path.join(dir, 'plugins.json'), true);
  const names = siteFiles(path.join(dir, 'sites'));
  if (names.length === 0) {
    const message = 'expected at least one file <site>.json, found none';
    issues.push({ file: label(path.join(dir, 'sites')), path: '', message });
  }
  const sites = names.map((name) => read(path.join(dir, 'sites', name), false));
  return { sources: { app, plugins, sites }, issues };
}

function siteFiles(dir: string): readonly string[] {
  try {
    // Editors leave `.name.json.swp` and `name.json~` behind: only plain names count.
    const names = readdirSync(dir).filter((name) => /^[^.].*\.json$/.test(name));
    return names.sort().slice(0, SITES_MAX);
  } catch {
    return []; // absent or unreadable: reported by the caller as no site at all
  }
}

function readSource(file: string, label: string, isOptional: boolean): ConfigSource | ConfigIssue {
  const fault = (message: string): ConfigIssue => ({ file: label, path: '', message });
  try {
    const stats = statSync(file);
    if (!stats.isFile() || stats.size > FILE_MAX_BYTES) {
      return fault(`expected a file of at most ${FILE_MAX_BYTES / 1024} KiB`);
    }
    return { file: label, ...parseJson(readFileSync(file, 'utf8')) };
  } catch (error) {
    if (error instanceof JsonSyntaxError) {
      return fault(`line ${error.line}, column ${error.column}: ${error.message}`);
    }
    const code = errorCode(error) ?? 'error';
    if (code === 'ENOENT' && isOptional) return { file: label, value: {}, lines: new Map() };
    return fault(code === 'ENOENT' ? 'no such file' : `cannot be read (${code})`);
  }
}
