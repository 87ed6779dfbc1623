import { defineSearchAttributeKey } from '@temporalio/common';
import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  defineQuery,
  defineUpdate,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';

import type { Closing, ImportActivities } from '../../activities/imports/import-activities';
import { cityDate } from '../../domain/calendar/city-time';
import type { FileRefusal } from '../../domain/imports/file-refusal';
import { changesSomething, importDetails, isChecking } from '../../domain/imports/import-words';
import {
  type ApproveImportInput,
  approveImportUpdateName,
  type ApproveRemovalInput,
  approveRemovalUpdateName,
  compareAgainUpdateName,
  type EligibilityImportInput,
  type ImportApprovals,
  type ImportPhase,
  type ImportProgress,
  importProgressQueryName,
  type ImportResult,
  type ImportSummary,
  type RejectImportInput,
  rejectImportUpdateName,
} from '../../domain/imports/import-workflow';
import { defined } from '../../domain/text/defined';

/** How far the import is. */
export const importProgressQuery = defineQuery<ImportProgress>(importProgressQueryName);
/** Take the rows over. Resolves with the phase after: a full set that removes residents waits for a second approval. */
export const approveImportUpdate = defineUpdate<ImportPhase, [ApproveImportInput]>(approveImportUpdateName);
/** The second approval of a full set: names how many residents are removed. */
export const approveRemovalUpdate = defineUpdate<ImportPhase, [ApproveRemovalInput]>(approveRemovalUpdateName);
/** What is to be carried over was decided otherwise: look again, and ask again. */
export const compareAgainUpdate = defineUpdate<ImportPhase, [RejectImportInput]>(compareAgainUpdateName);
/** Leave everything as it is. */
export const rejectImportUpdate = defineUpdate<ImportPhase, [RejectImportInput]>(rejectImportUpdateName);

const attentionNeeded = defineSearchAttributeKey('AttentionNeeded', 'BOOL');

/** Staged rows are personal data: they do not wait for an answer that never comes. */
const waitForApproval = '14 days';

/** A dead worker is noticed within a minute; the next attempt goes on where the last one was. */
const patience = {
  heartbeatTimeout: '1 minute',
  scheduleToCloseTimeout: '1 day',
  retry: { initialInterval: '1 second', maximumInterval: '30 seconds' },
} as const;
const { inspectImportFile } = proxyActivities<ImportActivities>({
  ...patience,
  startToCloseTimeout: '1 hour',
  summary: 'ファイルを確認する',
});
const { stageImportRows } = proxyActivities<ImportActivities>({
  ...patience,
  startToCloseTimeout: '6 hours',
  summary: '各行を確認する',
});
const { compareImport } = proxyActivities<ImportActivities>({
  ...patience,
  startToCloseTimeout: '2 hours',
  summary: '対象者と比べる',
});
const { applyImport } = proxyActivities<ImportActivities>({
  ...patience,
  startToCloseTimeout: '2 hours',
  summary: '取り込む',
});
const { closeImport } = proxyActivities<ImportActivities>({
  ...patience,
  startToCloseTimeout: '10 minutes',
  summary: 'ファイルと確認用の行を消す',
});

/** One city file on its way to the residents: checked, compared, approved, applied in one go, or refused as a whole. */
export async function eligibilityImport({ runId }: EligibilityImportInput): Promise<ImportProgress> {
  const run = new EligibilityImport(runId);
  setHandler(importProgressQuery, () => run.progress(), { description: '取り込みの状態' });
  setHandler(approveImportUpdate, (input) => run.approve(input), {
    description: '取り込む。入力例 {"by": "staff-1"}',
    validator: (input: ApproveImportInput) => {
      run.checkApproval(input);
    },
  });
  setHandler(approveRemovalUpdate, (input) => run.approveRemoval(input), {
    description: '対象から外すことを承認する。入力例 {"by": "staff-1", "residents": 12}',
    validator: (input: ApproveRemovalInput) => {
      run.checkRemovalApproval(input);
    },
  });
  setHandler(rejectImportUpdate, (_input) => run.reject(), {
    description: '取りやめる。入力例 {"by": "staff-1"}',
    validator: (input: RejectImportInput) => {
      run.checkRejection(input);
    },
  });
  setHandler(compareAgainUpdate, (_input) => run.compareAgain(), {
    description: 'もう一度比べる。入力例 {"by": "staff-1"}',
    validator: (input: RejectImportInput) => {
      run.checkAgain(input);
    },
  });
  try {
    await run.execute();
  } catch (error) {
    if (run.isRejected && isCancellation(error)) await run.close('rejected');
    else {
      await CancellationScope.nonCancellable(() => run.close(isCancellation(error) ? 'rejected' : 'failed'));
      throw error;
    }
  }
  await condition(allHandlersFinished);
  return run.progress();
}

class EligibilityImport {
  #phase: ImportPhase = 'inspecting';
  #rowsDone = 0;
  #comparison = 0;
  #isToCompareAgain = false;
  #summary: ImportSummary | undefined;
  #result: ImportResult | undefined;
  #refusal: FileRefusal | undefined;
  #approvals: ImportApprovals = {};
  /** The reading or comparing that is under way: it ends when a person stops the import. */
  #checking: CancellationScope | undefined;

  constructor(readonly runId: string) {}

  progress(): ImportProgress {
    return {
      phase: this.#phase,
      rowsDone: this.#rowsDone,
      comparison: this.#comparison,
      ...defined({ summary: this.#summary, result: this.#result, refusal: this.#refusal }),
    };
  }

  async execute(): Promise<void> {
    const inspection = await this.#check('inspecting', () => inspectImportFile(this.runId));
    if (!inspection.ok) return this.#refuse(inspection.refusal);

    const staged = await this.#check('staging', () =>
      stageImportRows({ runId: this.runId, format: inspection.format, today: cityDate(new Date()) }),
    );
    if (!staged.ok) return this.#refuse(staged.refusal);
    this.#rowsDone = staged.records;

    for (;;) {
      const compared = await this.#check('comparing', () => compareImport(this.runId));
      if (!compared.ok) return this.#refuse(compared.refusal);
      this.#summary = compared.summary;
      this.#comparison++;
      this.#isToCompareAgain = false;
      if (compared.isAutomatic) this.#approvals = { import: 'drop-folder' };
      else if (changesSomething(compared.summary)) await this.#approval();
      if (this.isRejected) return this.close('rejected');
      if (this.#mustCompareAgain) continue;
      this.#enter('applying');
      const applied = await applyImport({
        runId: this.runId,
        toRemove: compared.summary.toRemove,
        approvals: this.#approvals,
      });
      if (applied.ok) {
        this.#result = applied.result;
        return this.close('applied');
      }
      // Another import was applied since: what was approved is not what would happen, so it is compared and asked again.
    }
  }

  async close(status: 'applied' | 'rejected' | 'refused' | 'failed'): Promise<void> {
    // Workers from before say nothing here: their runs were applied whole or not at all.
    const closed = (await closeImport({ runId: this.runId, status, refusal: this.#refusal })) as Closing | undefined;
    if (closed?.result !== undefined) this.#result = closed.result;
    this.#enter(closed?.status ?? status);
  }

  approve({ by }: ApproveImportInput): ImportPhase {
    this.#approvals = { import: by };
    if (this.#summary !== undefined && this.#summary.toRemove > 0) this.#enter('waiting_for_removal_approval');
    else this.#enter('applying');
    return this.#phase;
  }

  approveRemoval({ by }: ApproveRemovalInput): ImportPhase {
    this.#approvals = { ...this.#approvals, removal: by };
    this.#enter('applying');
    return this.#phase;
  }

  reject(): ImportPhase {
    this.#enter('rejected');
    this.#checking?.cancel();
    return this.#phase;
  }

  compareAgain(): ImportPhase {
    this.#isToCompareAgain = true;
    this.#enter('comparing');
    return this.#phase;
  }

  checkApproval({ by, comparison }: ApproveImportInput): void {
    checkName(by);
    if (this.#phase !== 'waiting_for_approval') refuse('いまは承認を待っていません。');
    if (comparison !== undefined && comparison !== this.#comparison)
      refuse('ご覧になった後に比べ直されています。新しい内容を確かめてから承認してください。');
  }

  checkAgain({ by }: RejectImportInput): void {
    checkName(by);
    if (!this.#isWaiting) refuse('いまは承認を待っていません。');
  }

  checkRemovalApproval({ by, residents }: ApproveRemovalInput): void {
    checkName(by);
    if (this.#phase !== 'waiting_for_removal_approval') refuse('いまは、対象から外すことの承認を待っていません。');
    const expected = this.#summary?.toRemove ?? 0;
    if (residents !== expected)
      refuse(`対象から外すのは${String(expected)}人です。人数を確かめてから承認してください。`);
  }

  checkRejection({ by }: RejectImportInput): void {
    checkName(by);
    if (!this.#isWaiting && !isChecking(this.#phase))
      refuse('取り込みが始まっているか終わっているので、取りやめられません。');
  }

  get #isWaiting(): boolean {
    return this.#phase === 'waiting_for_approval' || this.#phase === 'waiting_for_removal_approval';
  }

  get #mustCompareAgain(): boolean {
    return this.#isToCompareAgain;
  }

  get isRejected(): boolean {
    return this.#phase === 'rejected';
  }

  async #approval(): Promise<void> {
    this.#approvals = {};
    this.#enter('waiting_for_approval');
    const isAnswered = await condition(() => !this.#isWaiting, waitForApproval);
    if (!isAnswered) this.#enter('rejected');
  }

  /** Reads or compares, until it is done or the import is stopped. */
  async #check<Value>(phase: ImportPhase, work: () => Promise<Value>): Promise<Value> {
    if (this.isRejected) throw new CancelledFailure('the import was stopped');
    this.#enter(phase);
    this.#checking = new CancellationScope();
    try {
      return await this.#checking.run(work);
    } finally {
      this.#checking = undefined;
    }
  }

  #refuse(refusal: FileRefusal): Promise<void> {
    this.#refusal = refusal;
    return this.close('refused');
  }

  /** The phase, in words for the Temporal UI too; whether a person is needed costs an event, so only when it changes. */
  #enter(phase: ImportPhase): void {
    this.#phase = phase;
    setCurrentDetails(importDetails(this.progress()));
    const isNeeded = this.#isWaiting;
    const isKnown = workflowInfo().typedSearchAttributes.get(attentionNeeded) ?? false;
    if (isNeeded !== isKnown) upsertSearchAttributes([{ key: attentionNeeded, value: isNeeded }]);
  }
}

/** Ids only: this is in the history, where no name of a person belongs. */
function checkName(by: string): void {
  if (!/^[A-Za-z0-9-]{1,64}$/.test(by)) refuse('by には、承認する職員の番号（英数字とハイフン）を入れてください。');
}

function refuse(sentence: string): never {
  throw ApplicationFailure.nonRetryable(sentence, 'refused');
}
