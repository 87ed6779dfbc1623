import { installationPath } from '../../shared/installation';

/** `this_system`: the address leads here. The others say where they arrive instead. */
export const addressVerdicts = ['this_system', 'other_system', 'redirected', 'no_answer'] as const;
export type AddressVerdict = (typeof addressVerdicts)[number];

export const addressWords: Readonly<Record<AddressVerdict, string>> = {
  this_system: 'このアドレスを開くと、この予約サイトにつながります。',
  other_system: 'このアドレスは応答しましたが、この予約サイトではありません。打ち間違いがないか確認してください。',
  redirected:
    'このアドレスは別のアドレスへ転送されます。印刷には転送先のアドレスを使うか、転送先がこの予約サイトであることを確認してください。',
  no_answer: 'このアドレスからは応答がありません。打ち間違いがないか、公開の設定が済んでいるかを確認してください。',
};

const patienceMs = 5_000;
/** Our own answer is 44 bytes; of anything else nothing needs to be read. */
const enoughBytes = 200;

/**
 * Opens a checked address as a citizen's browser would, from this server. Tells which of four things happened and nothing of
 * what was found: it must not be a way to look around in the city's network.
 */
export async function checkAddress(address: string, ownId: string): Promise<AddressVerdict> {
  try {
    const response = await fetch(new URL(installationPath, address), {
      redirect: 'manual',
      signal: AbortSignal.timeout(patienceMs),
      headers: { accept: 'text/plain' },
    });
    const text = await beginningOf(response);
    if (response.status >= 300 && response.status < 400) return 'redirected';
    return response.ok && text.trim() === ownId ? 'this_system' : 'other_system';
  } catch {
    return 'no_answer';
  }
}

async function beginningOf(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return '';
  let text = '';
  const decoder = new TextDecoder();
  while (text.length <= enoughBytes) {
    const { done, value } = (await reader.read()) as { done: boolean; value?: Uint8Array };
    if (done) return text;
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return text;
}
