import { Pipe, type PipeTransform } from '@angular/core';

/** `482913505` → `482-913-505`, as it is said on the telephone. */
export function referenceWords(reference: string | null | undefined): string {
  return reference ? `${reference.slice(0, 3)}-${reference.slice(3, 6)}-${reference.slice(6)}` : '';
}

@Pipe({ name: 'reference' })
export class Reference implements PipeTransform {
  readonly transform = referenceWords;
}
