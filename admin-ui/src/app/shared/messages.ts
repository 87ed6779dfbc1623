import { inject, Injectable } from '@angular/core';
import { MatSnackBar } from '@angular/material/snack-bar';

/** Short words at the bottom of the page. */
@Injectable({ providedIn: 'root' })
export class Messages {
  private readonly bar = inject(MatSnackBar);

  done(sentence: string): void {
    this.bar.open(sentence, '閉じる', { duration: 6_000 });
  }

  /** With 「元に戻す」 for ten seconds. */
  undoable(sentence: string, undo: () => void): void {
    this.bar.open(sentence, '元に戻す', { duration: 10_000 }).onAction().subscribe(undo);
  }

  /** Stays until it is closed: a person has to read it. */
  problem(sentence: string): void {
    this.bar.open(sentence, '閉じる', { politeness: 'assertive' });
  }
}
