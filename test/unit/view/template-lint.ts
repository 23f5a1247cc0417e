/** Raw output that is HTML of ours: included views, icons, slot items. */
const RAW_CALL = /^(?:include|icon)\(/;
/** Loop variables over `slot(…)`, by what the templates call them. */
const RAW_ITEM = /^item\.html$/;
/** Members of type SafeHtml, each reviewed: the page inside its layout, the sanitised body. */
const REVIEWED: readonly { readonly view: RegExp; readonly member: string }[] = [
  { view: /(?:^|\/)layout(?:-bare)?\.ejs$/, member: 'model.body' },
  { view: /(?:^|\/)body-frame\.ejs$/, member: 'model.html' },
  // Signatures, through the allow-list of drafts when they were stored.
  { view: /compose\/identity\.ejs$/, member: 'i.signature.html' },
];
/** Served in a sandboxed frame whose policy allows inline styles and nothing else. */
const OWN_POLICY = /(?:^|\/)body-frame\.ejs$/;

/** What is wrong with a template, one line a fault; `name` is its path, as reviewed above. */
export function lintTemplate(name: string, source: string): readonly string[] {
  const code = source.replace(/<%#[\s\S]*?%>/g, '');
  return [...rawFaults(name, code), ...slotFaults(code), ...markupFaults(name, code)];
}

function rawFaults(name: string, code: string): string[] {
  return [...code.matchAll(/<%-([\s\S]*?)[-_]?%>/g)]
    .map((match) => (match[1] ?? '').trim())
    .filter((expression) => !isAllowedRaw(name, expression))
    .map((expression) => `raw output of ${expression}`);
}

function isAllowedRaw(name: string, expression: string): boolean {
  if (RAW_CALL.test(expression)) return isOneCall(expression);
  if (RAW_ITEM.test(expression)) return true;
  return REVIEWED.some(({ view, member }) => view.test(name) && member === expression);
}

/** `include('a') + model.x` starts as a call and is none. */
function isOneCall(expression: string): boolean {
  let depth = 0;
  for (const [index, char] of expression.split('').entries()) {
    if (char === '(') depth++;
    if (char === ')') depth--;
    if (depth === 0 && char === ')') return index === expression.length - 1;
  }
  return false;
}

/** The renderer learns slots and includes from literal names. */
function slotFaults(code: string): string[] {
  const calls = [...code.matchAll(/\b(slot|include)\(\s*([^)\s])/g)];
  return calls
    .filter(([, , first = '']) => !['"', "'"].includes(first))
    .map(([, call = '']) => `${call} of a name that is not literal`);
}

function markupFaults(name: string, code: string): string[] {
  // Values may hold anything: only what the template itself writes is markup.
  const html = code.replace(/<%[\s\S]*?%>/g, '\u2026');
  const faults: string[] = [];
  const openings = [...html.matchAll(/<([a-z][a-z0-9-]*)((?:[^>"']|"[^"]*"|'[^']*')*)>/gi)];
  for (const [, tag = '', attributes = ''] of openings) {
    const names = [...attributes.matchAll(/([^\s"'=<>/]+)\s*=/g)].map(([, one = '']) => one);
    if (tag === 'style' && !OWN_POLICY.test(name)) faults.push('inline style element');
    if (tag === 'script' && !names.includes('src')) faults.push('inline script');
    if (names.some((one) => /^on/i.test(one))) faults.push(`handler on <${tag}>`);
    if (names.includes('style')) faults.push(`style attribute on <${tag}>`);
    if (
      /\b(?:href|src|action|formaction)\s*=\s*["']?\s*(?:javascript|data|vbscript):/i.test(
        attributes,
      )
    )
      faults.push(`script address on <${tag}>`);
    if (/\b(?:src|href|action)\s*=\s*["']?\s*(?:https?:)?\/\//i.test(attributes))
      faults.push(`address of another server on <${tag}>`);
  }
  return faults;
}

/** Names of the slots that a template shows. */
export const slotsOf = (source: string): readonly string[] =>
  [...source.matchAll(/\bslot\(\s*['"]([^'"]+)['"]/g)].map((match) => match[1] ?? '');
