import type { Language } from '../../../domain/programmes/document';

/** Primary subtags of `Accept-Language` and the languages they mean to us. `fil` is Tagalog by its official name. */
const meant: Readonly<Record<string, Language>> = {
  ja: 'ja',
  en: 'en',
  zh: 'zh',
  ko: 'ko',
  vi: 'vi',
  tl: 'tl',
  fil: 'tl',
  pt: 'pt',
};
const longestHeader = 500;

/** The first of a person's languages, in their order, that can be offered; Japanese where they want none of them. */
export function preferredLanguage(header: string, offered: readonly Language[]): Language {
  const wanted = header
    .slice(0, longestHeader)
    .split(',')
    .map((part, position) => {
      const [range = '', ...parameters] = part.trim().toLowerCase().split(';');
      const weight = parameters
        .map((item) => /^\s*q=([01](?:\.[0-9]{0,3})?)\s*$/.exec(item)?.[1])
        .find((value) => value !== undefined);
      return {
        language: meant[range.split('-')[0] ?? ''],
        weight: weight === undefined ? 1 : Number(weight),
        position,
      };
    });
  const found = wanted
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight || a.position - b.position)
    .find(({ language }) => language !== undefined && offered.includes(language));
  return found?.language ?? 'ja';
}
