import { formFields, type Page } from './html';

export type Fields = [string, string][];

/** The composer's own form, that saves. */
export function composeForm(page: Page): ReturnType<Page['one']> {
  const [form] = page.all(
    (e) => e.name === 'form' && /^\/compose\/[^/]+$/.test(e.attribs['action'] ?? ''),
  );
  if (!form) throw new Error('no compose form');
  return form;
}

/** Where it is sent, and what it holds. */
export function composerOf(page: Page): { readonly action: string; readonly fields: Fields } {
  const form = composeForm(page);
  const fields = formFields(page, form).map(([name, value]): [string, string] => [name, value]);
  return { action: form.attribs['action'] ?? '', fields };
}
