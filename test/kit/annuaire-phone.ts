import { allDirectoryEntries, type DemoAgent } from '../../src/demo/data';

/** The last half of the telephone number that the demonstration's directory has of somebody. */
export function halfPhoneOf({ dn }: Pick<DemoAgent, 'dn'>): string {
  const entry = allDirectoryEntries().find((one) => one.dn === dn);
  const [phone = ''] = entry?.attributes['telephoneNumber'] ?? [];
  return String(phone)
    .replace(/\D/g, '')
    .slice(-6)
    .replace(/\d\d(?=\d)/g, '$& ');
}
