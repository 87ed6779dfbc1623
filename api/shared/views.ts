import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import Handlebars from 'handlebars';

export interface Views {
  /** The text of view `name` with its model. Throws when there is no such view: a bug. */
  render(name: string, model: object): string;
}

/**
 * Compiles every `*.hbs` of a folder, and those in its `partials/`, once. Values are escaped unless a helper says otherwise.
 * @param prepare changes a view's text before it is compiled
 */
export function createViews(
  folder: string,
  helpers: Readonly<Record<string, Handlebars.HelperDelegate>> = {},
  prepare: (text: string) => string = (text) => text,
): Views {
  const handlebars = Handlebars.create();
  handlebars.registerHelper({ ...helpers });
  const options = {
    knownHelpersOnly: true,
    knownHelpers: Object.fromEntries(Object.keys(helpers).map((name) => [name, true])),
    preventIndent: true,
  };
  const compiled = (path: string) => handlebars.compile<object>(prepare(readFileSync(path, 'utf8')), options);
  for (const name of viewNames(join(folder, 'partials')))
    handlebars.registerPartial(name, compiled(join(folder, 'partials', `${name}.hbs`)));
  const views = new Map(viewNames(folder).map((name) => [name, compiled(join(folder, `${name}.hbs`))]));
  return {
    render(name, model) {
      const view = views.get(name);
      if (!view) throw new Error(`there is no view "${name}"`);
      return view(model);
    },
  };
}

function viewNames(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.hbs'))
    .map((name) => name.slice(0, -'.hbs'.length));
}
