import { readFileSync } from 'node:fs';

/**
 * Puts in front of a style sheet those tokens of the デジタル庁 design system that it uses (`var(--color-…)`), and what these refer to in turn:
 * a dozen lines instead of the whole file of several hundred.
 */
export function withDesignTokens(css: string): string {
  const source = readFileSync(require.resolve('@digital-go-jp/design-tokens/dist/tokens.css'), 'utf8');
  const tokens = new Map(
    [...source.matchAll(/^\s*(--[a-z0-9-]+):\s*([^;]+);/gm)].map(([, name = '', value = '']) => [name, value] as const),
  );
  const used = new Map<string, string>();
  const take = (text: string): void => {
    for (const [, name = ''] of text.matchAll(/var\((--[a-z0-9-]+)/g)) {
      const value = tokens.get(name);
      if (value === undefined || used.has(name)) continue;
      used.set(name, value);
      take(value);
    }
  };
  take(css);
  return `:root{${[...used].map(([name, value]) => `${name}:${value}`).join(';')}}${css}`;
}

/** Without comments and most blanks. Enough for a sheet that travels compressed. */
export function compactCss(css: string): string {
  return css
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,>]) ?/g, '$1')
    .replace(/;}/g, '}')
    .trim();
}
