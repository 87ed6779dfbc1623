/** Gives a downloaded answer to the browser to keep, under the name that the server chose. */
export function save(content: Blob, response: Response): void {
  const disposition = response.headers.get('Content-Disposition') ?? '';
  const name =
    /filename\*=UTF-8''([^;]+)/.exec(disposition)?.[1] ?? /filename="([^"]+)"/.exec(disposition)?.[1] ?? 'download';
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = decodeURIComponent(name);
  link.click();
  URL.revokeObjectURL(link.href);
}
