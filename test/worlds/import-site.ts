import { setTimeout as sleep } from 'node:timers/promises';

import { createImportWorld, type ImportWorld } from './import-world';
import { createStaffSite, type StaffSite } from './staff-site';
import type { Answer, Visitor } from './visitor';

export interface RunAnswer {
  readonly id: string;
  readonly phase: string;
  readonly comparison: number;
  readonly summary: Record<string, number> | null;
  readonly result: Record<string, number> | null;
  readonly refusal: { readonly code: string; readonly sentence: string } | null;
  readonly errors: readonly { readonly code: string; readonly count: number }[];
  readonly workflowUrl: string | null;
  readonly undo: { readonly possible: boolean };
}

export interface ImportSite {
  readonly world: ImportWorld;
  readonly site: StaffSite;
  upload(visitor: Visitor, content: Buffer | string, name?: string): Promise<Answer>;
  /** Uploads, takes the columns that were found (or those given), starts; resolves with the run when it waits or has ended. */
  begin(
    visitor: Visitor,
    content: Buffer | string,
    options?: { isFullSet?: boolean; mapping?: object },
  ): Promise<RunAnswer>;
  approve(visitor: Visitor, run: RunAnswer): Promise<RunAnswer>;
  until(visitor: Visitor, runId: string, phases: readonly string[]): Promise<RunAnswer>;
  close(): Promise<void>;
}

/** The staff app with a real Temporal and a worker behind its imports. */
export async function createImportSite(): Promise<ImportSite> {
  const world = await createImportWorld();
  await world.startWorker();
  const site = await createStaffSite({ city: world.city, temporal: world.client });
  const self: ImportSite = {
    world,
    site,
    upload: (visitor, content, name = '対象者 山田花子.csv') =>
      visitor.send('POST', '/api/v1/imports/files', Buffer.from(content), {
        headers: { 'content-type': 'application/octet-stream', 'x-file-name': encodeURIComponent(name) },
      }),
    async begin(visitor, content, { isFullSet = false, mapping } = {}) {
      const uploaded = await self.upload(visitor, content);
      if (uploaded.status !== 201) throw new Error(uploaded.text);
      const file = uploaded.json<{ id: string; guess: { mapping: object } }>();
      const started = await visitor.post('/api/v1/imports', {
        fileId: file.id,
        mapping: mapping ?? file.guess.mapping,
        isFullSet,
      });
      if (started.status !== 201) throw new Error(started.text);
      return self.until(visitor, started.json<RunAnswer>().id, [
        'waiting_for_approval',
        'applied',
        'refused',
        'failed',
      ]);
    },
    async approve(visitor, run) {
      const answer = await visitor.post(`/api/v1/imports/${run.id}/approve`, { comparison: run.comparison });
      if (answer.status !== 200) throw new Error(answer.text);
      return self.until(visitor, run.id, ['applied', 'waiting_for_removal_approval']);
    },
    async until(visitor, runId, phases) {
      const deadline = Date.now() + 30_000;
      for (;;) {
        const run = (await visitor.get(`/api/v1/imports/${runId}`)).json<RunAnswer>();
        if (phases.includes(run.phase)) return run;
        if (Date.now() > deadline) throw new Error(`the import is ${run.phase}`);
        await sleep(50);
      }
    },
    async close() {
      await site.close();
      await world.close();
    },
  };
  return self;
}
