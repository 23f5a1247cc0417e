const PREVIEW = '/admin/configuration/change';

/** What a preview is asked for; without a value, to take back what was said. */
export interface ChangeLink {
  readonly site: string;
  readonly group?: string | undefined;
  readonly path: string;
  /** As a form sends it. */
  readonly value?: string;
}

/** Address of the page that tells what a change would do. */
export function changeHref({ site, group, path, value }: ChangeLink): string {
  const fields = new URLSearchParams({ site, path });
  if (group !== undefined) fields.set('group', group);
  if (value === undefined) fields.set('remove', '1');
  else fields.set('value', value);
  return `${PREVIEW}?${fields.toString()}`;
}

/** The plugin of a path, be it one or not: what is refused is named too. */
export const pluginOf = (path: string): string => path.split('.', 1)[0] ?? '';

/** Address of the explanation of a path on a site. */
export const explainHref = (site: string, path: string): string =>
  `/admin/configuration?${new URLSearchParams({ site, path }).toString()}`;
