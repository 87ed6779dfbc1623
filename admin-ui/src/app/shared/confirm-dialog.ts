import { ChangeDetectionStrategy, Component, inject, Injectable } from '@angular/core';
import { MatButton } from '@angular/material/button';
import {
  MAT_DIALOG_DATA,
  MatDialog,
  MatDialogActions,
  MatDialogClose,
  MatDialogContent,
  MatDialogTitle,
} from '@angular/material/dialog';
import { firstValueFrom } from 'rxjs';

export interface Question {
  readonly heading: string;
  /** What will happen, sentence by sentence. */
  readonly sentences: readonly string[];
  /** What the button does, as a verb: 「取り消す」 */
  readonly yes: string;
  readonly no?: string;
  /** Cannot be taken back. */
  readonly danger?: boolean;
}

@Component({
  selector: 'toki-question',
  imports: [MatButton, MatDialogTitle, MatDialogContent, MatDialogActions, MatDialogClose],
  template: `
    <h2 mat-dialog-title>{{ question.heading }}</h2>
    <mat-dialog-content>
      @for (sentence of question.sentences; track $index) {
        <p>{{ sentence }}</p>
      }
    </mat-dialog-content>
    <mat-dialog-actions align="end">
      <button matButton="outlined" [mat-dialog-close]="false">{{ question.no ?? 'やめる' }}</button>
      <button matButton="filled" [class.danger]="question.danger" [mat-dialog-close]="true">{{ question.yes }}</button>
    </mat-dialog-actions>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
class QuestionDialog {
  protected readonly question = inject<Question>(MAT_DIALOG_DATA);
}

/** Asks before anything big. `if (await inject(ConfirmDialog).yes({ … }))` */
@Injectable({ providedIn: 'root' })
export class ConfirmDialog {
  private readonly dialog = inject(MatDialog);

  async yes(question: Question): Promise<boolean> {
    const answer = firstValueFrom(
      this.dialog
        .open<QuestionDialog, Question, boolean>(QuestionDialog, {
          data: question,
          width: '34rem',
          autoFocus: 'dialog',
        })
        .afterClosed(),
    );
    return (await answer) === true;
  }
}
