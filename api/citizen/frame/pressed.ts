import { textOf } from './requests';

/**
 * The name of the buttons that do something else with a page's form than what the form is for: another language, more time, a log-out.
 * They belong to the same form, so that what was typed comes along. No field of a programme begins with a line.
 */
const pressedName = '_do';

export interface Pressed {
  readonly what: string;
  /** What is behind the colon: `language:en`. */
  readonly value: string;
}

/** Which of these buttons was pressed; undefined when it was the form's own. */
export function pressedIn(body: Readonly<Record<string, unknown>> | undefined): Pressed | undefined {
  const [, what, value = ''] = /^([a-z-]+)(?::(.*))?$/.exec(textOf(body, pressedName)) ?? [];
  return what === undefined ? undefined : { what, value };
}
