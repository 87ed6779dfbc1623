import axe from 'axe-core';
import type { Page } from 'playwright-core';

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface Found {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** Runs axe on the page as it is; `what` names it in the message. The script comes by the debugger, past the page's CSP. */
export async function expectClean(page: Page, what: string): Promise<void> {
  // A snack bar keeps its words from everybody until it has announced them, 150 ms later.
  await page.locator('mat-snack-bar-container [aria-hidden="true"] button').waitFor({ state: 'detached' });
  await page.evaluate(axe.source);
  const violations = await page.evaluate<Found[], string[]>(async (values) => {
    const runner = (globalThis as unknown as { axe: { run(options: object): Promise<{ violations: Found[] }> } }).axe;
    return (await runner.run({ runOnly: { type: 'tag', values } })).violations;
  }, tags);
  const told = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary ?? ''}`).join(' | ')}`,
  );
  expect([what, told]).toEqual([what, []]);
}
