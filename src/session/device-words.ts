import type { Translate } from '../kernel/i18n-types';

/** What a User-Agent says, in proper names; absent where it says nothing that people would know. */
export interface DeviceWords {
  readonly browser: string | undefined;
  readonly system: string | undefined;
}

// In this order: most browsers claim to be several others as well.
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?\/|\bEdgiOS\//, 'Edge'],
  [/\bOPR\/|\bOpera/, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bVivaldi\//, 'Vivaldi'],
  [/\bThunderbird\//, 'Thunderbird'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\bChrome\/|\bCriOS\/|\bChromium\//, 'Chrome'],
  [/\bVersion\/[\d.]+.*\bSafari\//, 'Safari'],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\biPad\b/, 'iPad'],
  [/\biPhone\b/, 'iPhone'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

const named = (text: string, list: typeof BROWSERS): string | undefined =>
  list.find(([pattern]) => pattern.test(text))?.[1];

/** Browser and system of a User-Agent: shown to people, never trusted. */
export const deviceWords = (userAgent: string): DeviceWords => ({
  browser: named(userAgent, BROWSERS),
  system: named(userAgent, SYSTEMS),
});

/**
 * « Firefox sur Windows »: what a browser says that it is, for people to recognise; never believed.
 * @since 1.0
 * @example const name = deviceText(context.text(request.locale), request.device.name);
 */
export function deviceText(t: Translate, userAgent: string): string {
  const { browser, system } = deviceWords(userAgent);
  if (browser !== undefined && system !== undefined) {
    return t('security.device', { browser, system });
  }
  return browser ?? system ?? t('security.unknownDevice');
}
