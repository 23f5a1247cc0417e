/** How long the second key of two may follow the first. */
const PAIR_MS = 1_500;

const answers = new WeakMap();
let first = '';
let firstAt = 0;

/** Key → command of the agent's set, as the page brought it. */
function table() {
  try {
    return JSON.parse(document.querySelector('est-shortcuts')?.dataset.table ?? '{}');
  } catch {
    return {}; // a skin of its own wrote something else: no keys
  }
}

/**
 * The command that a key means in the agent's set; undefined for none, and for the first of two. Each
 * press counts once, whoever asks.
 */
export function commandOf(event) {
  if (!answers.has(event)) answers.set(event, resolve(event.key));
  return answers.get(event);
}

function resolve(key) {
  if (key === 'Shift') return undefined;
  const keys = table();
  const before = performance.now() - firstAt < PAIR_MS ? first : '';
  first = '';
  const pair = before === '' ? undefined : keys[`${before} ${key}`];
  if (pair) return pair;
  if (Object.keys(keys).some((one) => one.startsWith(`${key} `))) {
    first = key;
    firstAt = performance.now();
    return undefined;
  }
  return keys[key];
}

/** Does what a key of that name does, from elsewhere than the keyboard. */
export const runCommand = (name) =>
  document.dispatchEvent(new CustomEvent('estafette:command', { detail: { name } }));
