'use strict';
// A day list that works without any server. The list is decrypted in the browser with a key made from the passphrase; what is
// ticked stays in this browser, encrypted with the same key, until it is written out as a file for the staff app.
(() => {
  const $ = (id) => document.getElementById(id);
  const sealed = JSON.parse($('sealed').textContent);
  const storageName = `toki-day-${sealed.file}`;
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const text = (buffer) => btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(''));
  /** @type {{entries: object[], tickKey: string, mostTicks: number, couponDigits: number}} */
  let list;
  let key;
  /** Booking id → second of the tick. */
  let ticks = new Map();
  let written = 0;
  let keeps = true;
  let found;

  async function keyFrom(passphrase) {
    const base = await crypto.subtle.importKey(
      'raw',
      new TextEncoder().encode(passphrase.normalize('NFKC').trim()),
      'PBKDF2',
      false,
      ['deriveKey'],
    );
    return crypto.subtle.deriveKey(
      { name: 'PBKDF2', hash: 'SHA-256', salt: bytes(sealed.salt), iterations: sealed.iterations },
      base,
      { name: 'AES-GCM', length: 256 },
      false,
      ['encrypt', 'decrypt'],
    );
  }

  async function keep() {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const body = await crypto.subtle.encrypt(
      { name: 'AES-GCM', iv },
      key,
      new TextEncoder().encode(JSON.stringify({ ticks: [...ticks], written })),
    );
    try {
      localStorage.setItem(storageName, JSON.stringify({ iv: text(iv), body: text(body) }));
      keeps = true;
    } catch {
      keeps = false;
    }
    tell();
  }

  async function recall() {
    try {
      const kept = JSON.parse(localStorage.getItem(storageName) ?? 'null');
      if (!kept) return;
      const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: bytes(kept.iv) }, key, bytes(kept.body));
      const state = JSON.parse(new TextDecoder().decode(plain));
      ticks = new Map(state.ticks);
      written = state.written;
    } catch {
      keeps = false;
    }
  }

  $('open').addEventListener('submit', async (event) => {
    event.preventDefault();
    const fault = $('open-fault');
    if (!globalThis.crypto?.subtle) {
      fault.textContent =
        'このブラウザーでは開けません。新しい Chrome、Edge、Firefox、Safari のどれかで開いてください。';
      return;
    }
    fault.textContent = '開いています…';
    key = await keyFrom($('passphrase').value);
    try {
      const plain = await crypto.subtle.decrypt(
        { name: 'AES-GCM', iv: bytes(sealed.iv), additionalData: new TextEncoder().encode(sealed.file) },
        key,
        bytes(sealed.body),
      );
      list = JSON.parse(new TextDecoder().decode(plain));
    } catch {
      fault.textContent = '合言葉が違います。もう一度入力してください。';
      $('passphrase').select();
      return;
    }
    $('passphrase').value = '';
    await recall();
    $('locked').hidden = true;
    $('list').hidden = false;
    show();
    tell();
    $('code').focus();
  });

  const isIn = (entry) => entry.state === 'attended' || ticks.has(entry.id);
  const grouped = (reference) => `${reference.slice(0, 3)}-${reference.slice(3, 6)}-${reference.slice(6)}`;

  function show() {
    const wanted = $('find')
      .value.normalize('NFKC')
      .replace(/[\s-]/g, '')
      .replace(/[ぁ-ゖ]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0x60));
    const onlyWaiting = $('waiting-only').checked;
    const rows = list.entries.filter(
      (entry) =>
        (!onlyWaiting || (!isIn(entry) && entry.state !== 'cancelled')) &&
        (wanted === '' || entry.search.includes(wanted)),
    );
    $('rows').replaceChildren(...rows.map(rowOf));
    $('empty').hidden = rows.length > 0;
    const expected = list.entries.filter((entry) => entry.state !== 'cancelled');
    $('counts').textContent = `来場済み ${expected.filter(isIn).length} / ${expected.length}`;
  }

  function rowOf(entry) {
    const row = document.createElement('tr');
    row.className = entry.state === 'cancelled' ? 'off' : isIn(entry) ? 'in' : '';
    if (entry.id === found) row.classList.add('found');
    const dose = `${entry.dose}回目`;
    const values = entry.isProtected
      ? [entry.time, entry.label, '', '', dose, '']
      : [entry.time, grouped(entry.reference), entry.kana ?? '（カナなし）', entry.birthWords, dose, entry.told];
    for (const [index, value] of values.entries()) {
      const cell = row.insertCell();
      cell.textContent = value;
      if (index < 2) cell.className = 'number';
      if (index === 5) cell.className = 'told';
    }
    const cell = row.insertCell();
    if (entry.state === 'cancelled') cell.textContent = '取り消し';
    else if (entry.state === 'attended') cell.textContent = '来場済み';
    else {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = ticks.has(entry.id) ? '受付を取り消す' : '受け付ける';
      button.setAttribute(
        'aria-label',
        `${entry.isProtected ? `${entry.time} ${entry.label}` : grouped(entry.reference)} を${ticks.has(entry.id) ? '取り消す' : '受け付ける'}`,
      );
      button.addEventListener('click', () => {
        if (ticks.has(entry.id)) untick(entry);
        else tick(entry);
      });
      cell.append(button);
    }
    return row;
  }

  function say(kind, headline, more) {
    const result = $('result');
    result.className = kind;
    const strong = document.createElement('strong');
    strong.textContent = headline;
    result.replaceChildren(strong, more ?? '');
  }

  /** Whom it is about, and before all else what they asked for. */
  function who(entry) {
    const line = document.createElement('span');
    if (entry.isProtected) {
      line.textContent = `${entry.time}　${entry.dose}回目　${entry.label}`;
      return line;
    }
    line.textContent = `${entry.time}　${entry.dose}回目　${entry.kana ?? ''}　${entry.birthWords}　${grouped(entry.reference)}`;
    if (entry.told === '') return line;
    const told = document.createElement('span');
    told.className = 'told';
    told.textContent = entry.told;
    const both = document.createElement('span');
    both.append(told, line);
    return both;
  }

  function tick(entry) {
    found = entry.id;
    if (entry.state === 'cancelled') say('bad', '受け付けられません：取り消された予約です', who(entry));
    else if (isIn(entry)) say('warn', 'すでに受け付けています', who(entry));
    else {
      ticks.set(entry.id, Math.floor(Date.now() / 1000));
      say('good', '受け付けました', who(entry));
      void keep();
    }
    show();
    $('code').focus();
  }

  function untick(entry) {
    ticks.delete(entry.id);
    written = 0;
    found = entry.id;
    say('warn', '受付を取り消しました', who(entry));
    void keep();
    show();
    $('code').focus();
  }

  $('check-in').addEventListener('submit', (event) => {
    event.preventDefault();
    const digits = $('code')
      .value.normalize('NFKC')
      .replace(/[^0-9]/g, '');
    $('code').value = '';
    const matches = list.entries.filter((entry) => entry.reference === digits || entry.coupon === digits);
    const best =
      matches.find((entry) => entry.state !== 'cancelled' && !isIn(entry)) ??
      matches.find((entry) => entry.state !== 'cancelled') ??
      matches[0];
    if (digits === '') say('bad', '番号を読み取れませんでした', '受付番号（9桁）か接種券番号を入力してください。');
    else if (best) tick(best);
    else
      say(
        'bad',
        'この名簿にありません',
        `「${digits}」の予約は、この名簿では見つかりません。日と会場をご確認ください。${list.entries.some((entry) => entry.isProtected) ? '保護対象の方は番号では探せません。予約の控えと本人確認書類で時刻を確かめ、「保護対象」の行で受け付けてください。' : ''}`,
      );
    $('code').focus();
  });

  function tell() {
    const waiting = ticks.size - written;
    $('unsaved').textContent =
      waiting === 0
        ? ''
        : keeps
          ? `まだ書き出していない受付が${waiting}件あります。この端末に保存しています。`
          : `まだ書き出していない受付が${waiting}件あります。この端末には保存できません。画面を閉じる前に書き出してください。`;
  }

  async function writeOut() {
    const signer = await crypto.subtle.importKey('raw', bytes(list.tickKey), { name: 'HMAC', hash: 'SHA-256' }, false, [
      'sign',
    ]);
    const all = [...ticks];
    for (let start = 0, part = 1; start < all.length; start += list.mostTicks, part++) {
      const some = all.slice(start, start + list.mostTicks);
      // The same text as `ticksText` in domain/reception/ticks.ts.
      const signed = [sealed.file, ...some.map(([id, at]) => `${id} ${at}`)].join('\n');
      const signature = text(await crypto.subtle.sign('HMAC', signer, new TextEncoder().encode(signed)));
      const link = document.createElement('a');
      link.href = URL.createObjectURL(
        new Blob([JSON.stringify({ kind: 'toki-day-ticks', file: sealed.file, ticks: some, signature })], {
          type: 'application/json',
        }),
      );
      link.download = `受付の記録_${sealed.name}${all.length > list.mostTicks ? `_${part}` : ''}.json`;
      link.click();
      URL.revokeObjectURL(link.href);
    }
    written = ticks.size;
    await keep();
  }

  $('find').addEventListener('input', show);
  $('waiting-only').addEventListener('change', show);
  $('export').addEventListener('click', () => {
    if (ticks.size === 0) say('warn', '書き出す受付がまだありません');
    else void writeOut();
  });
  $('print').addEventListener('click', () => {
    window.print();
  });
  $('lock').addEventListener('click', () => {
    location.reload();
  });
  window.addEventListener('beforeunload', (event) => {
    if (!keeps && ticks.size > written) event.preventDefault();
  });
})();
