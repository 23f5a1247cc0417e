/** As npm has them, with or without a scope: nothing that leads out of `node_modules`. */
const PACKAGE_NAME = /^(?:@[a-z0-9~][a-z0-9._~-]*\/)?[a-z0-9~][a-z0-9._~-]*$/i;

export const isPackageName = (name: string): boolean =>
  name.length <= 214 && PACKAGE_NAME.test(name);

/** Id of the plugin in a package: `@ministry/estafette-plugin-notes` → `notes`. */
export const idOfPackage = (name: string): string =>
  name.replace(/^.*\//, '').replace(/^estafette-plugin-/, '');
