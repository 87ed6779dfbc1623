import { ChangeDetectionStrategy, Component, computed, inject, input, signal } from '@angular/core';
import { FormControl, ReactiveFormsModule, Validators } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatError, MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';

import { Api, type Problem, type Schema } from '../api/api';
import { Icon } from '../shared/icon';
import { Messages } from '../shared/messages';
import { saveFile } from '../shared/save-file';

/**
 * The QR code of the public address, for the printer. A flyer once carried a wrong address: so the address is opened, the files are
 * read again, and only then there is something to save.
 */
@Component({
  selector: 'toki-public-address',
  imports: [Icon, MatButton, MatError, MatFormField, MatHint, MatInput, MatLabel, ReactiveFormsModule],
  templateUrl: './public-address.html',
  styleUrl: './public-address.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class PublicAddress {
  /** In force. */
  readonly address = input.required<string>();
  /** The form holds another one that is not saved. */
  readonly unsaved = input(false);

  private readonly api = inject(Api);
  private readonly messages = inject(Messages);
  protected readonly check = signal<Schema<'AddressCheck'> | undefined>(undefined);
  protected readonly made = signal<Schema<'PrintQr'> | undefined>(undefined);
  protected readonly problem = signal<Problem | undefined>(undefined);
  protected readonly busy = signal(false);
  protected readonly width = new FormControl(40, {
    nonNullable: true,
    validators: [Validators.required, Validators.min(10), Validators.max(200)],
  });
  protected readonly checked = computed(() => (this.check()?.address === this.address() ? this.check() : undefined));
  protected readonly picture = computed(() => {
    const made = this.made();
    return made?.address === this.address() ? `data:${made.mediaType};base64,${made.file}` : undefined;
  });

  protected async look(): Promise<void> {
    this.busy.set(true);
    const { data, error } = await this.api.client.POST('/api/v1/site/check-address', {
      body: { address: this.address() },
    });
    this.busy.set(false);
    this.check.set(data);
    this.problem.set(error);
  }

  protected async save(format: 'svg' | 'png'): Promise<void> {
    if (this.width.invalid) {
      this.width.markAsTouched();
      document.getElementById('field-width')?.focus();
      return;
    }
    this.busy.set(true);
    const { data, error } = await this.api.client.GET('/api/v1/site/qr', {
      params: { query: { format, mm: this.width.value } },
    });
    this.busy.set(false);
    this.problem.set(error);
    if (!data) return;
    this.made.set(data);
    if (data.address !== this.address()) {
      this.messages.problem('公開アドレスがほかの人によって変えられました。画面を読み込み直してください。');
      return;
    }
    saveFile(
      data.fileName,
      new Blob([Uint8Array.from(atob(data.file), (letter) => letter.charCodeAt(0))], { type: data.mediaType }),
    );
  }

  protected smallest(): number | undefined {
    const value = this.problem()?.facts?.['smallestMm'];
    return typeof value === 'number' ? value : undefined;
  }
}
