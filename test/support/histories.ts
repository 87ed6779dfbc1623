import type { Payload, PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** Names of events as the Temporal UI shows them: `WorkflowExecutionStarted`, `TimerFired`, … */
function eventNames(events: readonly HistoryEvent[]): string[] {
  return events.map(({ eventType }) => {
    const name = temporal.api.enums.v1.EventType[eventType ?? 0] ?? '';
    return name
      .replace('EVENT_TYPE_', '')
      .toLowerCase()
      .replace(/(^|_)([a-z])/g, (_all, _gap, letter: string) => letter.toUpperCase());
  });
}

/**
 * Names of the events that are of the booking itself, without those that only the hand on the clock brings about: the order
 * to skip time, the workflow task that it causes where none is pending, and the skips.
 */
export function namesWithoutTimeSkipping(events: readonly HistoryEvent[]): string[] {
  const names = eventNames(events);
  const own: string[] = [];
  for (let index = 0; index < names.length; index++) {
    const name = names[index] ?? '';
    if (name === 'WorkflowExecutionOptionsUpdated') index += names[index + 1] === 'WorkflowTaskScheduled' ? 3 : 0;
    else if (name !== 'WorkflowExecutionTimeSkippingTransitioned') own.push(name);
  }
  return own;
}

/** All payloads in a structure, whatever fields they are in. */
export function payloadsIn(value: unknown): Payload[] {
  if (value === null || typeof value !== 'object') return [];
  if ('metadata' in value && 'data' in value && value.data instanceof Uint8Array) return [value as Payload];
  return Object.values(value).flatMap(payloadsIn);
}

/** Puts what a codec reads in the place of every payload. */
export async function decryptInPlace(value: unknown, codec: PayloadCodec): Promise<void> {
  for (const payload of payloadsIn(value)) {
    const [plain] = await codec.decode([payload]);
    Object.assign(payload, plain);
  }
}

/** A history as JSON to be kept in a file: enumerations by name, bytes in base64. */
export function historyToText(history: temporal.api.history.v1.IHistory): string {
  const plain = temporal.api.history.v1.History.toObject(temporal.api.history.v1.History.fromObject(history), {
    enums: String,
    bytes: String,
    longs: String,
  });
  return `${JSON.stringify(plain, null, 1)}\n`;
}

export function historyFromText(text: string): temporal.api.history.v1.IHistory {
  return temporal.api.history.v1.History.fromObject(JSON.parse(text) as Record<string, unknown>);
}
