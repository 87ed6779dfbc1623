import { Injectable } from '@angular/core';

import { offlineCode, type Problem, type Schema } from '../api/api';

export type Uploaded =
  | { readonly data: Schema<'ImportFile'>; readonly error?: undefined }
  | { readonly data?: undefined; readonly error: Problem };

export interface Upload {
  readonly done: Promise<Uploaded>;
  cancel(): void;
}

/** Sends a file as it is. `fetch` does not tell how far it is; this does. */
@Injectable({ providedIn: 'root' })
export class FileUpload {
  /** @param onPart how much of it is sent, 0 to 1 */
  send(file: File, onPart: (part: number) => void): Upload {
    const request = new XMLHttpRequest();
    const done = new Promise<Uploaded>((resolve) => {
      const fail = (detail: string): void =>
        resolve({
          error: {
            type: `urn:toki:problem:${offlineCode}`,
            title: detail,
            status: 503,
            detail,
            instance: '',
            code: offlineCode,
          },
        });
      request.upload.addEventListener(
        'progress',
        (event) => event.lengthComputable && onPart(event.loaded / event.total),
      );
      request.addEventListener('error', () =>
        fail('ファイルを送れませんでした。つながりを確かめて、もう一度お試しください。ファイルは選んだままです。'),
      );
      request.addEventListener('abort', () => fail('送るのをやめました。'));
      request.addEventListener('load', () => {
        try {
          const answer = JSON.parse(request.responseText) as Schema<'ImportFile'> & Problem;
          resolve(request.status === 201 ? { data: answer } : { error: answer });
        } catch {
          fail(`サーバーが応答できません（${String(request.status)}）。少し待ってから、もう一度お試しください。`);
        }
      });
    });
    request.open('POST', '/api/v1/imports/files');
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.setRequestHeader('X-File-Name', encodeURIComponent(file.name));
    request.send(file);
    return { done, cancel: () => request.abort() };
  }
}
