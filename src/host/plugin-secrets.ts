/** `name`, or `<word>.name` for as many as there are words. */
export const SECRET_NAME = /^(?:<[a-z]+>\.)?[a-z][A-Za-z0-9]*$/;

/** What may stand for `<word>`: an id of the plugin's own configuration. */
const WORD = /^[a-z][a-z0-9-]{0,39}$/;

/** Whether a plugin said that it would ask for a secret. */
export function isDeclaredSecret(declared: readonly string[], name: string): boolean {
  if (declared.includes(name)) return !name.startsWith('<');
  const dot = name.indexOf('.');
  if (dot < 0 || !WORD.test(name.slice(0, dot))) return false;
  const rest = name.slice(dot);
  return declared.some((one) => one.startsWith('<') && one.slice(one.indexOf('>') + 1) === rest);
}
