import { type Refusal, type RefusalCode, refuse } from '../../domain/contracts/booking-refusals';

/** Ends a request from within the middleware; `setUpErrors` turns it into the answer. */
export class Refused extends Error {
  override name = 'Refused';
  readonly refusal: Refusal;

  constructor(
    code: RefusalCode,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(code);
    this.refusal = refuse(code);
  }
}
