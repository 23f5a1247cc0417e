import { commandOf } from './key-table.js';
import { isShown } from './shown.js';
import { areShortcutsOn } from './typing.js';

/** Rows of the list that a page of a plugin gives to the keyboard; the first link of each. */
function linksOf() {
  const list = [...document.querySelectorAll('main [data-keys="rows"]')].find(isShown);
  return [...(list?.children ?? [])].flatMap((row) => row.querySelector('a[href]') ?? []);
}

const rowOf = (link) => link.closest('[data-keys="rows"] > *');
const chosen = (links) => links.find((link) => rowOf(link).contains(document.activeElement));

/** From outside, to the row that is open, else to the first. */
function step(links, by) {
  const from = links.indexOf(chosen(links));
  const open = links.findIndex((link) => link.matches('[aria-current]'));
  links[from < 0 ? Math.max(open, 0) : from + by]?.focus();
}

const COMMANDS = {
  down: (links) => step(links, 1),
  up: (links) => step(links, -1),
  open: (links) => chosen(links)?.click(),
  select: (links) => {
    const link = chosen(links);
    if (link) rowOf(link).querySelector('input[type="checkbox"]')?.click();
  },
};

/** Keys that have their meaning everywhere; outside the rows they scroll the page. */
const INSIDE = {
  ArrowDown: (links) => step(links, 1),
  ArrowUp: (links) => step(links, -1),
  Home: (links) => links[0]?.focus(),
  End: (links) => links.at(-1)?.focus(),
};

/** What a key does in such a list; `undefined` where there is none, or the key is nobody's. */
export function rowKey(event) {
  const { key, target } = event;
  const isInside = target instanceof Element && target.closest('[data-keys="rows"]') !== null;
  const handler = (isInside && INSIDE[key]) || (areShortcutsOn() && COMMANDS[commandOf(event)]);
  if (!handler) return undefined;
  const links = linksOf();
  return links.length > 0 ? () => handler(links) : undefined;
}
