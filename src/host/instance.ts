const INSTANCE = Symbol.for('estafette.plugin.instance');

/**
 * Refuses a second copy of the platform in one process (plugins.md P29): a plugin that depends on
 * its own copy, instead of peering, would register with hooks and services that nobody asks. The
 * error reaches the boot report through the loading of that plugin.
 */
export function claimInstance(file: string, process: object): void {
  const owner: unknown = Reflect.get(process, INSTANCE);
  if (owner === undefined) {
    Object.defineProperty(process, INSTANCE, { value: file });
  } else if (owner !== file) {
    throw new Error(
      `a second copy of estafette at ${file}, beside ${JSON.stringify(owner)}: make it a peer dependency`,
    );
  }
}
