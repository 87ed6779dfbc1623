/** What the staff app starts and calls off in the engine for programmes. Each rejects when the engine cannot be reached. */
export interface ProgrammeRequests {
  /** Publishing at a set time. Starting it twice is once. */
  startPublication(publicationId: string, publishAt: Date): Promise<void>;
  cancelPublication(publicationId: string): Promise<void>;
  /** Brings a version to running bookings, as far as the database says that it runs. Starting it twice is once. */
  startChange(changeId: string): Promise<void>;
  stopChange(changeId: string): Promise<void>;
  startRehearsal(rehearsalId: string): Promise<void>;
  /** Whether the engine can skip time, which a rehearsal needs. */
  canRehearse(): Promise<boolean>;
}
