import type { Element } from 'domhandler';
import { type Page, textOf } from './html';

/** Named by its text, `aria-label`, or an `alt` or labelled icon inside. */
function hasName(page: Page, element: Element): boolean {
  const { attribs } = element;
  if ((attribs['aria-label'] ?? attribs['title'] ?? '').trim() !== '') return true;
  const by = attribs['aria-labelledby'];
  if (by !== undefined) return by.split(/\s+/).every((id) => page.find('id', id) !== undefined);
  if (textOf(element) !== '') return true;
  return (
    page.all(
      (inner) =>
        isInside(inner, element) &&
        ((inner.attribs['alt'] ?? '').trim() !== '' || (inner.attribs['aria-label'] ?? '') !== ''),
    ).length > 0
  );
}

function isInside(element: Element, ancestor: Element): boolean {
  for (let node = element.parent; node; node = node.parent) if (node === ancestor) return true;
  return false;
}

const describeElement = ({ name, attribs }: Element): string =>
  `<${name}${Object.entries(attribs)
    .filter(([key]) => ['id', 'name', 'href', 'class', 'action'].includes(key))
    .map(([key, value]) => ` ${key}="${value}"`)
    .join('')}>`;

/** What assistive technology cannot do without, checked on the HTML alone (WCAG 1.1.1, 1.3.1, 2.4, 3.1.1, 4.1.2). */
export function structureFaults(page: Page): string[] {
  const faults: string[] = [];
  const fault = (what: string, element?: Element): void => {
    faults.push(element ? `${describeElement(element)}: ${what}` : what);
  };
  const named = (name: string): Element[] => page.all((element) => element.name === name);

  if (!named('html').some(({ attribs }) => (attribs['lang'] ?? '') !== ''))
    fault('no lang on html');
  if (named('title').every((title) => textOf(title) === '')) fault('no title');
  if (named('main').length !== 1) fault(`${named('main').length} <main>, not one`);
  if (named('h1').length !== 1) fault(`${named('h1').length} <h1>, not one`);
  let level = 0;
  for (const heading of page.all(({ name }) => /^h[1-6]$/.test(name))) {
    const own = Number(heading.name.slice(1));
    // A dialog has headings of its own, and comes when it is called.
    if (page.all(({ name }) => name === 'dialog').some((box) => isInside(heading, box))) continue;
    if (level > 0 && own > level + 1) fault(`skips from h${level}`, heading);
    if (textOf(heading) === '') fault('an empty heading', heading);
    level = own;
  }
  for (const image of named('img')) if (!('alt' in image.attribs)) fault('no alt', image);
  for (const control of page.all(({ name }) => ['a', 'button'].includes(name))) {
    if (control.name === 'a' && !('href' in control.attribs)) continue;
    if (!hasName(page, control)) fault('no name', control);
  }
  for (const field of page.all(({ name }) => ['input', 'select', 'textarea'].includes(name))) {
    const type = field.attribs['type'] ?? 'text';
    if (['hidden', 'submit', 'button', 'reset', 'image'].includes(type)) continue;
    const { id } = field.attribs;
    const isLabelled =
      'aria-label' in field.attribs ||
      'aria-labelledby' in field.attribs ||
      named('label').some((one) => one.attribs['for'] === id || isInside(field, one));
    if (!isLabelled) fault('no label', field);
  }
  const ids = page.all(({ attribs }) => 'id' in attribs).map(({ attribs }) => attribs['id'] ?? '');
  for (const id of new Set(ids.filter((one, index) => ids.indexOf(one) !== index)))
    fault(`id "${id}" twice`);
  return faults;
}

/** What does nothing in a browser without scripts. */
export function scriptlessFaults(page: Page): string[] {
  const [main] = page.all(({ name }) => name === 'main');
  const within = (name: string): Element[] =>
    page.all((element) => element.name === name && (!main || isInside(element, main)));
  const links = within('a')
    .filter(({ attribs }) => /^(?:#?$|javascript:)/.test(attribs['href'] ?? '#'))
    .map((link) => `${describeElement(link)}: leads nowhere`);
  const forms = within('form').flatMap((form) => {
    const inside = page.all((element) => isInside(element, form));
    const isButton = (element: Element): boolean =>
      (element.name === 'button' && (element.attribs['type'] ?? 'submit') === 'submit') ||
      (element.name === 'input' && ['submit', 'image'].includes(element.attribs['type'] ?? ''));
    const isPost = (form.attribs['method'] ?? 'get').toLowerCase() === 'post';
    return [
      ...(inside.some(isButton) ? [] : [`${describeElement(form)}: no button that sends it`]),
      ...(isPost && !inside.some(({ attribs }) => attribs['name'] === '_csrf')
        ? [`${describeElement(form)}: no hidden field _csrf`]
        : []),
    ];
  });
  return [...links, ...forms];
}
