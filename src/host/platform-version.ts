import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Version of the platform, from the `package.json` of its folder; `unknown` without one there. */
export function platformVersion(root: string): string {
  const parsed: unknown = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const hasVersion = typeof parsed === 'object' && parsed !== null && 'version' in parsed;
  return hasVersion ? String(parsed.version) : 'unknown';
}
