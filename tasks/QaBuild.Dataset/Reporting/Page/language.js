import { report } from "./data.js";

// localStorage is denied to some pages that are opened from a disk.
export function remembered(name) {
  try {
    return localStorage.getItem(`qabuild.${name}`);
  } catch {
    return null;
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(`qabuild.${name}`, value);
  } catch {
    // It is asked again next time.
  }
}

let language = document.documentElement.lang;

/** `en` or `zh`. */
export function currentLanguage() {
  return language;
}

export function speak(next) {
  language = next;
  document.documentElement.lang = next === "zh" ? "zh-CN" : "en";
}

/** A text of the page; `{0}` and so on stand for the arguments. */
export function t(name, ...values) {
  const text = texts[name]?.[language] ?? name;
  return text.replace(/\{(\d)\}/g, (_, i) => (typeof values[i] === "number" ? number(values[i]) : values[i]));
}

/** A text that comes in both languages. */
export function said(both) {
  return both[language];
}

export function number(value, digits = 0) {
  return new Intl.NumberFormat(language === "zh" ? "zh-CN" : "en", { maximumFractionDigits: digits }).format(value);
}

/** A share in percent: small ones are not shown as none, nor nearly all as all. */
export function percent(part, whole) {
  const share = whole === 0 ? 0 : (100 * part) / whole;
  if (share > 0 && share < 0.05) {
    return `< ${number(0.1, 1)} %`;
  }
  return share < 100 && share > 99.5 ? `> ${number(99.5, 1)} %` : `${number(share, share < 10 ? 1 : 0)} %`;
}

/** Of what a length of a row is. */
export function lengthUnit() {
  return t(report.lengthUnit);
}
