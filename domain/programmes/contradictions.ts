import type { ProgrammeDocument } from './document-shape';
import { alwaysFits, isEmptyInterval } from './interval';
import { otherLanguages } from './parts/texts';

export interface Contradiction {
  readonly path: readonly (string | number)[];
  readonly sentence: string;
  readonly fix: string;
}

/** What no single part of a document can see: names used twice or not there, orders turned round, conditions that ask forward. */
export function contradictionsOf(document: ProgrammeDocument): Contradiction[] {
  return [
    ...groupContradictions(document),
    ...doseContradictions(document),
    ...windowContradictions(document),
    ...formContradictions(document),
    ...journeyContradictions(document),
    ...broadcastContradictions(document),
    ...translationContradictions(document),
  ];
}

type Path = (string | number)[];

function twice(list: readonly string[], path: string, last: string[] = []): Contradiction[] {
  return list.flatMap((item, index) =>
    list.indexOf(item) === index
      ? []
      : [
          {
            path: [path, index, ...last],
            sentence: `「${item}」が二度あります`,
            fix: '片方の名前を変えるか、消してください',
          },
        ],
  );
}

function unknownCodes(path: Path, codes: readonly string[], known: ReadonlySet<string>, what: string): Contradiction[] {
  return codes.flatMap((item, index) =>
    known.has(item)
      ? []
      : [
          {
            path: [...path, index],
            sentence: `${what}「${item}」がありません`,
            fix: `ある${what}を選び直してください`,
          },
        ],
  );
}

const unknownGroups = (path: Path, codes: readonly string[], document: ProgrammeDocument) =>
  unknownCodes(path, codes, new Set(document.groups.map((item) => item.code)), '対象区分');

function unknownDoses(path: Path, doses: readonly number[], document: ProgrammeDocument): Contradiction[] {
  return unknownCodes(path, doses.map(String), new Set(document.doses.map((item) => String(item.number))), '回');
}

function isTurned(from: string | undefined, until: string | undefined): boolean {
  return from !== undefined && until !== undefined && Date.parse(until) <= Date.parse(from);
}

function groupContradictions(document: ProgrammeDocument): Contradiction[] {
  const found = [
    ...twice(
      document.groups.map((item) => item.code),
      'groups',
    ),
    ...twice(
      document.groups.flatMap((item) => item.importedAs),
      'groups',
    ),
    ...twice(
      (document.releases ?? []).map((item) => item.code),
      'releases',
      ['code'],
    ),
  ];
  if (document.groups.filter((item) => item.isDefault).length > 1)
    found.push({
      path: ['groups'],
      sentence: '区分のない行を受け入れる対象区分は一つだけです',
      fix: '一つを残して、ほかの印を外してください',
    });
  document.groups.forEach((item, index) => {
    const at: Path = ['groups', index];
    if (item.code === 'none')
      found.push({
        path: [...at, 'code'],
        sentence: '「none」は区分のない行のための名前です',
        fix: 'ほかの名前にしてください',
      });
    if (isTurned(item.opensAt, item.closesAt))
      found.push({
        path: [...at, 'closesAt'],
        sentence: '受付の終わりが始まりより前です',
        fix: '受付の終わりを始まりより後にしてください',
      });
    item.openings?.forEach((opening, number) => {
      const here: Path = [...at, 'openings', number];
      if (isTurned(opening.opensAt ?? item.opensAt, opening.closesAt ?? item.closesAt))
        found.push({
          path: [...here, opening.closesAt === undefined ? 'opensAt' : 'closesAt'],
          sentence: '受付の終わりが始まりより前です',
          fix: '受付の終わりを始まりより後にしてください',
        });
      if (!opening.venues && !opening.channels && !opening.doses)
        found.push({
          path: here,
          sentence: 'どの会場・窓口・回のことか書かれていません',
          fix: '会場・窓口・回のどれかを選ぶか、対象区分そのものの受付時間に書いてください',
        });
      if (opening.closed && (opening.opensAt ?? opening.closesAt) !== undefined)
        found.push({
          path: [...here, 'closed'],
          sentence: '「受け付けない」に日時が付いています',
          fix: '日時を消すか、「受け付けない」を外してください',
        });
      found.push(...unknownDoses([...here, 'doses'], opening.doses ?? [], document));
      found.push(...unknownCodes([...here, 'channels'], opening.channels ?? [], new Set(document.channels), '窓口'));
    });
    item.members?.forEach((member, number) => {
      const here: Path = [...at, 'members', number];
      if (member.kind === 'born') {
        if (member.from === undefined && member.until === undefined)
          found.push({ path: here, sentence: '生まれた日の範囲が空です', fix: '始まりか終わりの日を書いてください' });
        if (member.from !== undefined && member.until !== undefined && member.until < member.from)
          found.push({
            path: [...here, 'until'],
            sentence: '生まれた日の範囲の終わりが始まりより前です',
            fix: '終わりの日を後にしてください',
          });
      }
      if (member.kind === 'age') {
        if (member.from === undefined && member.until === undefined)
          found.push({ path: here, sentence: '年齢の範囲が空です', fix: '何歳から、または何歳までを書いてください' });
        if (member.from !== undefined && member.until !== undefined && member.until < member.from)
          found.push({
            path: [...here, 'until'],
            sentence: '年齢の範囲の終わりが始まりより小さいです',
            fix: '終わりの年齢を大きくしてください',
          });
      }
    });
  });
  document.releases?.forEach((rule, index) => {
    const at: Path = ['releases', index];
    found.push(...unknownGroups([...at, 'groups'], rule.groups, document));
    found.push(...unknownCodes([...at, 'channels'], rule.channels ?? [], new Set(document.channels), '窓口'));
    rule.stages.forEach((stage, number) => {
      const before = rule.stages[number - 1];
      if (!before) return;
      if (Date.parse(stage.at) <= Date.parse(before.at))
        found.push({
          path: [...at, 'stages', number, 'at'],
          sentence: '席を出す日時が順に並んでいません',
          fix: '早い日時から順に並べてください',
        });
      if (stage.share < before.share)
        found.push({
          path: [...at, 'stages', number, 'share'],
          sentence: '一度出した席の割合を、あとから減らすことはできません',
          fix: '前の割合以上にしてください',
        });
    });
  });
  return found;
}

function doseContradictions(document: ProgrammeDocument): Contradiction[] {
  const found: Contradiction[] = [];
  document.doses.forEach((item, index) => {
    const at: Path = ['doses', index];
    if (item.number !== index + 1)
      found.push({
        path: [...at, 'number'],
        sentence: '回は1から順に並べます',
        fix: `${String(index + 1)} にしてください`,
      });
    if (item.interval && isEmptyInterval(item.interval))
      found.push({
        path: [...at, 'interval'],
        sentence: '間隔の上限が下限より短いです',
        fix: '上限を下限以上にしてください',
      });
    if (index === 0 && item.interval)
      found.push({ path: [...at, 'interval'], sentence: '最初の回に間隔はありません', fix: '間隔を消してください' });
    if (index === 0 && (item.sameVaccine || item.seatAt || (item.seat && item.seat.mode !== 'chosen')))
      found.push({
        path: [...at, item.sameVaccine ? 'sameVaccine' : item.seatAt ? 'seatAt' : 'seat'],
        sentence: '最初の回の前に回はありません',
        fix: 'この項目を消してください',
      });
    if (item.sameVaccine && !document.vaccines)
      found.push({
        path: [...at, 'sameVaccine'],
        sentence: 'ワクチンの一覧がありません',
        fix: 'ワクチンを加えるか、「同じワクチン」を外してください',
      });
    const seats: [Path, NonNullable<typeof item.seat>][] = [
      ...(item.seat ? [[[...at, 'seat'], item.seat] as [Path, typeof item.seat]] : []),
      ...(item.seatAt ?? []).map((place, number): [Path, NonNullable<typeof item.seat>] => [
        [...at, 'seatAt', number, 'seat'],
        place.seat,
      ]),
    ];
    for (const [path, seat] of seats) {
      if (seat.mode === 'chosen') continue;
      const own = item.interval ?? { minDays: 0 };
      const intervals = (document.vaccines ?? []).flatMap((vaccine) =>
        (vaccine.intervals ?? []).filter((interval) => interval.dose === item.number),
      );
      const fits = [own, ...intervals].some((interval) => alwaysFits(interval, seat.afterDays));
      if (!fits)
        found.push({
          path: [...path, 'afterDays'],
          sentence: '決まった日数が、どの間隔にも合いません',
          fix: own.minMonths
            ? `${String(own.minMonths)}か月は、月によって日数が違います。どの月でも間隔の中に入る日数にしてください`
            : `${String(own.minDays)}日以上など、間隔の中の日数にしてください`,
        });
    }
  });
  found.push(
    ...twice(
      (document.vaccines ?? []).map((item) => item.code),
      'vaccines',
      ['code'],
    ),
  );
  document.vaccines?.forEach((item, index) => {
    const at: Path = ['vaccines', index];
    if (item.from !== undefined && item.until !== undefined && item.until < item.from)
      found.push({
        path: [...at, 'until'],
        sentence: '終わりの日が始まりの日より前です',
        fix: '終わりの日を後にしてください',
      });
    item.intervals?.forEach((interval, number) => {
      if (isEmptyInterval(interval))
        found.push({
          path: [...at, 'intervals', number, interval.maxDays === undefined ? 'maxMonths' : 'maxDays'],
          sentence: '間隔の上限が下限より短いです',
          fix: '上限を下限以上にしてください',
        });
      if (!document.doses.some((known) => known.number === interval.dose))
        found.push({
          path: [...at, 'intervals', number, 'dose'],
          sentence: 'この回がありません',
          fix: 'ある回を選び直してください',
        });
    });
    found.push(
      ...twiceIn(
        [...at, 'intervals'],
        (item.intervals ?? []).map((interval) => String(interval.dose)),
        'dose',
      ),
    );
  });
  return found;
}

function twiceIn(path: Path, list: readonly string[], last: string): Contradiction[] {
  return list.flatMap((item, index) =>
    list.indexOf(item) === index
      ? []
      : [{ path: [...path, index, last], sentence: `「${item}」が二度あります`, fix: '片方を消してください' }],
  );
}

function windowContradictions({
  bookingWindow,
  policies,
  notices,
  channels,
  identification,
}: ProgrammeDocument): Contradiction[] {
  const found: Contradiction[] = [];
  if (bookingWindow.lastDay < bookingWindow.firstDay)
    found.push({
      path: ['bookingWindow'],
      sentence: '予約できる最後の日が最初の日より前です',
      fix: '最後の日を最初の日以後にしてください',
    });
  if (
    bookingWindow.notBefore !== undefined &&
    bookingWindow.notAfter !== undefined &&
    bookingWindow.notAfter < bookingWindow.notBefore
  )
    found.push({
      path: ['bookingWindow', 'notAfter'],
      sentence: '最後の日が最初の日より前です',
      fix: '最後の日を後にしてください',
    });
  bookingWindow.exceptions?.forEach((item, index) => {
    const at: Path = ['bookingWindow', 'exceptions', index];
    if (item.lastDay < item.firstDay)
      found.push({
        path: [...at, 'lastDay'],
        sentence: '予約できる最後の日が最初の日より前です',
        fix: '最後の日を最初の日以後にしてください',
      });
    if (isTurned(item.from, item.until))
      found.push({ path: [...at, 'until'], sentence: '終わりが始まりより前です', fix: '終わりを後にしてください' });
    found.push(...unknownCodes([...at, 'channels'], item.channels ?? [], new Set(channels), '窓口'));
  });
  notices?.forEach((item, index) => {
    if (isTurned(item.from, item.until))
      found.push({
        path: ['notices', index, 'until'],
        sentence: '終わりが始まりより前です',
        fix: '終わりを後にしてください',
      });
  });
  found.push(
    ...twice(
      (notices ?? []).map((item) => item.id),
      'notices',
      ['id'],
    ),
  );
  identification.couponNumber.prefixes?.forEach((prefix, index) => {
    if (prefix.length > identification.couponNumber.digits)
      found.push({
        path: ['identification', 'couponNumber', 'prefixes', index],
        sentence: '番号のけた数より長い始まりです',
        fix: '短くするか、けた数を見直してください',
      });
  });
  if (
    policies.coolingMinutes !== undefined &&
    policies.coolingMinutes > 0 &&
    policies.coolingMinutes >= policies.cutOffHours * 60 &&
    policies.cutOffHours > 0
  ) {
    found.push({
      path: ['policies', 'coolingMinutes'],
      sentence: '取り消しの期限より長く席を閉じるので、直前の席がもう出ません',
      fix: `${String(policies.cutOffHours * 60)}分より短くしてください`,
    });
  }
  return found;
}

function formContradictions(document: ProgrammeDocument): Contradiction[] {
  const { fields } = document.form;
  const found = twice(
    fields.map((item) => item.name),
    'form',
  );
  const { noticeLanguage } = document;
  const languageField = noticeLanguage && fields.find((item) => item.name === noticeLanguage.field);
  if (noticeLanguage && languageField?.kind !== 'choice')
    found.push({
      path: ['noticeLanguage', 'field'],
      sentence: `「${noticeLanguage.field}」という選択の欄がありません`,
      fix: 'ことばを選ぶ欄（選択）を選び直してください',
    });
  if (languageField?.kind === 'choice') {
    for (const option of languageField.options) {
      if (option.value !== 'ja' && !otherLanguages.some((language) => language === option.value))
        found.push({
          path: ['noticeLanguage', 'field'],
          sentence: `選択肢「${option.value}」は、ことばの記号ではありません`,
          fix: `選択肢の値を ja・${otherLanguages.join('・')} のどれかにしてください`,
        });
    }
  }
  fields.forEach((item, index) => {
    const at: Path = ['form', 'fields', index];
    if (item.kind === 'text' && item.minLength !== undefined && item.minLength > item.maxLength)
      found.push({
        path: [...at, 'minLength'],
        sentence: '短さの限りが長さの限りより大きいです',
        fix: '長さの限り以下にしてください',
      });
    if (item.kind === 'choice' && item.required && item.none !== undefined)
      found.push({
        path: [...at, 'none'],
        sentence: '必須の選択では、選ばないことはできません',
        fix: '「選ばないときの名前」を消すか、必須を外してください',
      });
    if (item.kind === 'choice' || item.kind === 'choices')
      found.push(
        ...twiceIn(
          [...at, 'options'],
          item.options.map((option) => option.value),
          'value',
        ),
      );
    if (
      item.kind === 'date' &&
      item.notBefore !== undefined &&
      item.notAfter !== undefined &&
      item.notBefore !== 'today' &&
      item.notAfter !== 'today' &&
      item.notAfter < item.notBefore
    )
      found.push({
        path: [...at, 'notAfter'],
        sentence: '最後の日が最初の日より前です',
        fix: '最後の日を後にしてください',
      });
    item.showWhen?.forEach((condition, number) => {
      const here: Path = [...at, 'showWhen', number];
      if (condition.kind === 'group') found.push(...unknownGroups([...here, 'groups'], condition.groups, document));
      if (condition.kind === 'dose') found.push(...unknownDoses([...here, 'doses'], condition.doses, document));
      if (!('field' in condition)) return;
      const asked = fields.slice(0, index).find((other) => other.name === condition.field);
      if (!asked || asked.kind === 'note') {
        found.push({
          path: [...here, 'field'],
          sentence: `「${condition.field}」は、この欄より前にある入力欄ではありません`,
          fix: '前にある入力欄を選ぶか、欄の順を入れ替えてください',
        });
      } else if (condition.kind === 'one_of') {
        if (asked.kind !== 'choice' && asked.kind !== 'choices')
          found.push({
            path: [...here, 'kind'],
            sentence: '「どれかのとき」は、選択の欄だけに使えます',
            fix: '「入力があるとき」に変えるか、選択の欄を選んでください',
          });
        else
          found.push(
            ...unknownCodes(
              [...here, 'values'],
              condition.values,
              new Set(asked.options.map((option) => option.value)),
              '選択肢',
            ),
          );
      }
    });
  });
  return found;
}

function journeyContradictions(document: ProgrammeDocument): Contradiction[] {
  const found = twice(
    document.journey.map((item) => item.id),
    'journey',
  );
  document.journey.forEach((step, index) => {
    const at: Path = ['journey', index];
    if (!Object.hasOwn(document.templates, step.template))
      found.push({
        path: [...at, 'template'],
        sentence: `文面「${step.template}」がありません`,
        fix: 'ある文面を選ぶか、文面を加えてください',
      });
    if (step.when.kind === 'days_before' && step.on !== 'confirmed')
      found.push({
        path: [...at, 'when'],
        sentence: '「何日前」は予約の確定だけに付けられます',
        fix: '「予約の確定」にするか、時期を変えてください',
      });
    if (step.when.kind === 'next_dose_possible' && step.on !== 'attended')
      found.push({
        path: [...at, 'when'],
        sentence: '「次の回を受けられる日」は来場だけに付けられます',
        fix: '「来場」にするか、時期を変えてください',
      });
    if (step.when.kind === 'next_dose_possible' && document.doses.length < 2)
      found.push({ path: [...at, 'when'], sentence: '次の回がありません', fix: '回を加えるか、時期を変えてください' });
    if (step.when.kind === 'days_after' && step.on === 'held')
      found.push({
        path: [...at, 'when'],
        sentence: '仮押さえは何分かで終わるので、日を置いて知らせることはできません',
        fix: '「すぐに」にしてください',
      });
    if (step.by && step.on !== 'cancelled')
      found.push({
        path: [...at, 'by'],
        sentence: '「だれが」は取り消しだけに付けられます',
        fix: 'この項目を消してください',
      });
    if (step.channels)
      found.push(
        ...twiceIn([...at, 'channels'], step.channels, 'channels').map((item) => ({
          ...item,
          path: item.path.slice(0, -1),
        })),
      );
    step.conditions?.forEach((condition, number) => {
      const here: Path = [...at, 'conditions', number];
      if (condition.kind === 'group') found.push(...unknownGroups([...here, 'groups'], condition.groups, document));
      if (condition.kind === 'dose') found.push(...unknownDoses([...here, 'doses'], condition.doses, document));
    });
  });
  return found;
}

function broadcastContradictions({
  schema,
  broadcasts = [],
  channels,
  bookingWindow,
}: ProgrammeDocument): Contradiction[] {
  const found = twice(
    broadcasts.map((item) => item.id),
    'broadcasts',
    ['id'],
  );
  // An older process must refuse what it would never send.
  if (broadcasts.length > 0 && schema < 3)
    found.push({
      path: ['schema'],
      sentence: '一斉のお知らせがあるのに、古い書き方の番号です',
      fix: '書式を 3 にしてください',
    });
  broadcasts.forEach((item, index) => {
    const at: Path = ['broadcasts', index];
    if (item.from !== undefined && item.until !== undefined && item.until < item.from)
      found.push({
        path: [...at, 'until'],
        sentence: '最後の日が最初の日より前です',
        fix: '最後の日を後にしてください',
      });
    found.push(...unknownCodes([...at, 'seatsOf'], item.seatsOf, new Set(channels), '窓口'));
    if (item.days)
      found.push(
        ...twiceIn([...at, 'days'], item.days, 'days').map((fault) => ({ ...fault, path: fault.path.slice(0, -1) })),
      );
    item.seatsOf.forEach((channel, number) => {
      const isSameDay =
        bookingWindow.firstDay === 0 ||
        (bookingWindow.exceptions ?? []).some(
          (exception) => exception.firstDay === 0 && (exception.channels?.includes(channel) ?? true),
        );
      if (!isSameDay)
        found.push({
          path: [...at, 'seatsOf', number],
          sentence: 'この窓口では当日の予約ができないので、知らせる席がありません',
          fix: '予約できる期間の例外で当日を開けるか、窓口を選び直してください',
        });
    });
  });
  return found;
}

/** A translation says nothing of what is not there, so a group that was renamed cannot leave words behind unseen. */
function translationContradictions(document: ProgrammeDocument): Contradiction[] {
  const keys = (object: object | undefined): string[] => Object.keys(object ?? {});
  const known: [part: 'groups' | 'doses' | 'fields' | 'notices' | 'templates', names: ReadonlySet<string>][] = [
    ['groups', new Set(document.groups.map((item) => item.code))],
    ['doses', new Set(document.doses.map((item) => String(item.number)))],
    ['fields', new Set(document.form.fields.map((item) => item.name))],
    ['notices', new Set((document.notices ?? []).map((item) => item.id))],
    ['templates', new Set(keys(document.templates))],
  ];
  return Object.entries(document.translations ?? {}).flatMap(([language, translation]) =>
    known.flatMap(([part, names]) =>
      keys(translation?.[part]).flatMap((name) =>
        names.has(name)
          ? []
          : [
              {
                path: ['translations', language, part, name],
                sentence: `「${name}」は日本語の文書にありません`,
                fix: 'この訳を消してください',
              },
            ],
      ),
    ),
  );
}
