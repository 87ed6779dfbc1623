import { ChangeDetectionStrategy, Component } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatDialogActions, MatDialogClose, MatDialogContent, MatDialogTitle } from '@angular/material/dialog';

/** Nobody has touched the page for a while: it says so before the session ends, and one press goes on. */
@Component({
  selector: 'toki-idle-warning',
  imports: [MatButton, MatDialogActions, MatDialogClose, MatDialogContent, MatDialogTitle],
  template: `
    <h2 mat-dialog-title>まもなくログアウトします</h2>
    <mat-dialog-content
      ><p>
        しばらく操作がないため、あと2分ほどで自動的にログアウトします。続けるときは「続ける」を押してください。
      </p></mat-dialog-content
    >
    <mat-dialog-actions align="end">
      <button matButton="outlined" type="button" mat-dialog-close="out">ログアウトする</button>
      <button matButton="filled" type="button" mat-dialog-close="stay" cdkFocusInitial>続ける</button>
    </mat-dialog-actions>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class IdleWarning {}
