import Handlebars from 'handlebars';

/** `{{t "front.way"}}`, `{{rich "hold.until" time=booking.time}}` */
const wordMark = /\{\{(t|rich) "([a-z0-9_.-]+)"((?: [a-zA-Z]+=[@A-Za-z0-9_./]+)*)\}\}/g;
const placeholder = /\{\{([a-zA-Z]+)\}\}/g;

/**
 * A view's text with the words of one language in the place of their keys, before it is compiled: rendering looks nothing up.
 * `t` gives plain words, `rich` words with markup of their own (`<strong>`), whose values are marked where they stay Japanese.
 * @throws Error for a value that the words need and the view does not give: a bug
 */
export function intoView(view: string, textOf: (key: string) => string): string {
  return view.replace(wordMark, (_mark, kind: string, key: string, given: string) => {
    const paths = new Map(
      given
        .trim()
        .split(' ')
        .filter((part) => part !== '')
        .map((part) => part.split('=') as [string, string]),
    );
    const text = kind === 't' ? Handlebars.escapeExpression(textOf(key)) : textOf(key);
    return text.replace(placeholder, (_placeholder, name: string) => {
      const path = paths.get(name);
      if (path === undefined) throw new Error(`"${key}" needs ${name}`);
      return kind === 't' ? `{{${path}}}` : `{{marked ${path}}}`;
    });
  });
}
