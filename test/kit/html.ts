import type { ChildNode, Element } from 'domhandler';
import { DomUtils, parseDocument } from 'htmlparser2';

/** A parsed page, asked by attributes rather than compared as text. */
export interface Page {
  readonly status: number;
  readonly url: string;
  readonly headers: Headers;
  readonly text: string;
  all(test: (element: Element) => boolean): Element[];
  /** The first element with this attribute (and value); throws when there is none. */
  one(attribute: string, value?: string): Element;
  find(attribute: string, value?: string): Element | undefined;
}

const isElement = (node: ChildNode): node is Element =>
  node.type === 'tag' || node.type === 'script' || node.type === 'style';

export function parsePage(answer: {
  status: number;
  url: string;
  headers: Headers;
  text: string;
}): Page {
  const document = parseDocument(answer.text);
  const all = (test: (element: Element) => boolean): Element[] =>
    DomUtils.filter(
      (node) => isElement(node as ChildNode) && test(node as Element),
      document.children,
    ) as Element[];
  const find = (attribute: string, value?: string): Element | undefined =>
    all((element) =>
      value === undefined ? attribute in element.attribs : element.attribs[attribute] === value,
    )[0];
  return {
    ...answer,
    all,
    find,
    one(attribute, value) {
      const found = find(attribute, value);
      if (!found)
        throw new Error(
          `${answer.url}: no element with ${attribute}=${value ?? ''}\n${answer.text.slice(0, 2_000)}`,
        );
      return found;
    },
  };
}

export const textOf = (element: Element): string =>
  DomUtils.textContent(element).replace(/\s+/g, ' ').trim();

/** Successful controls of a form (HTML 4.10.21.4), those bound by the `form` attribute included. */
export function formFields(page: Page, form: Element): [string, string][] {
  const id = form.attribs['id'];
  const inside = new Set(
    DomUtils.filter((node) => isElement(node as ChildNode), form.children) as Element[],
  );
  const controls = page.all(
    (element) =>
      ['input', 'textarea', 'select'].includes(element.name) &&
      (inside.has(element) || (id !== undefined && element.attribs['form'] === id)),
  );
  return controls.flatMap((control): [string, string][] => {
    const name = control.attribs['name'];
    if (!name || 'disabled' in control.attribs) return [];
    const type = control.attribs['type'] ?? 'text';
    if (control.name === 'textarea')
      return [[name, DomUtils.textContent(control).replace(/^\n/, '')]];
    if (control.name === 'select') {
      const options = DomUtils.getElementsByTagName('option', control);
      const chosen = options.find((option) => 'selected' in option.attribs) ?? options[0];
      return chosen ? [[name, chosen.attribs['value'] ?? DomUtils.textContent(chosen)]] : [];
    }
    if (['submit', 'button', 'image', 'file', 'reset'].includes(type)) return [];
    if ((type === 'checkbox' || type === 'radio') && !('checked' in control.attribs)) return [];
    return [[name, control.attribs['value'] ?? (type === 'checkbox' ? 'on' : '')]];
  });
}
