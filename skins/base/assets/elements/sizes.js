const STEPS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];

/** A size in the same words as the server's; texts are `data-size-*` of the element. */
export function sizeText(bytes, { dataset }) {
  let value = Math.max(0, bytes);
  let step = 0;
  while (Math.round(value) >= 1000 && step < STEPS.length - 1) {
    value /= 1000;
    step += 1;
  }
  const digits = value >= 10 || step === 0 ? 0 : 1;
  const { lang } = document.documentElement;
  const text = new Intl.NumberFormat(lang, { maximumFractionDigits: digits }).format(value);
  const unit = STEPS[step];
  return dataset[`size${unit[0].toUpperCase()}${unit.slice(1)}`].replace('%v', text);
}
