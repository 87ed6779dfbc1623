import type { ProgrammeDocument } from '../programmes/document';

/** The moments of a call that have words of their own. */
export const scriptMoments = [
  'find',
  'identity',
  'choose',
  'confirm',
  'done',
  'move',
  'cancel',
  'coupon_lost',
  'coupon_reissued',
  'number_unknown',
  'not_open',
  'full',
  'log_in_lock',
  'protected',
] as const;
export type ScriptMoment = (typeof scriptMoments)[number];

export interface ScriptCard {
  readonly moment: ScriptMoment;
  readonly title: string;
  /** Read out word for word. */
  readonly say: readonly string[];
  /** For the operator's eyes. */
  readonly hints: readonly string[];
}

/**
 * The call script and the guidance, in the programme's own words where it has them. The call centre guides; it issues no coupons.
 * @param couponLost what the city says of lost coupons on its site; paragraphs apart by line breaks
 */
export function callScript(
  { name, city, texts, policies, identification }: ProgrammeDocument,
  couponLost: string | null,
): ScriptCard[] {
  const number = identification.couponNumber.label;
  return [
    {
      moment: 'find',
      title: '受け付ける',
      say: [
        `お電話ありがとうございます。${city}、${name}のコールセンターです。`,
        `お手元の接種券をご覧になりながら、${number}${String(identification.couponNumber.digits)}けたをお聞かせください。`,
      ],
      hints: ['番号がわからないときは、お名前（カナ）と生年月日で探します。', '電話番号や受付番号でも探せます。'],
    },
    {
      moment: 'identity',
      title: 'ご本人の確認',
      say: ['ご本人の確認のため、生年月日をお聞かせください。', 'お名前をフルネームでお聞かせください。'],
      hints: [
        '二つ以上の項目が合うまで、登録の内容は表示されません。',
        'こちらから登録の内容を読み上げないでください。',
        '合わないときも、どの項目が違うかは伝えません。',
      ],
    },
    {
      moment: 'choose',
      title: '会場と日時',
      say: [
        'ご希望の会場はおありですか。',
        'ご都合のよい曜日や時間帯をお聞かせください。',
        'お席をお取りしますので、少しお待ちください。',
      ],
      hints: [
        '空きは「全体（電話枠）」の順に、空き／席数で出ています。電話で取れるのは電話枠です。',
        `仮押さえは${String(policies.holdMinutes)}分間です。`,
      ],
    },
    {
      moment: 'confirm',
      title: '連絡先をうかがう',
      say: [
        '日にちが近づいて変更があるときのために、お電話番号をお聞かせください。',
        'メールアドレスをお持ちでしたら、控えをお送りします。',
      ],
      hints: ['電話番号は復唱します。', '同意の項目は、読み上げて「はい」をうかがってからチェックします。'],
    },
    {
      moment: 'done',
      title: '復唱する',
      say: [
        'ご予約を受け付けました。復唱いたします。',
        'メモのご用意はよろしいですか。',
        ...(texts.whatToBring.length === 0 ? [] : [`当日は、${texts.whatToBring.join('、')}をお持ちください。`]),
        ...(texts.afterBooking ? [texts.afterBooking] : []),
      ],
      hints: ['受付番号は3けたずつ、ゆっくり読みます。', '窓口では、控えを印刷してお渡しできます。'],
    },
    {
      moment: 'move',
      title: '日時を変える',
      say: [
        '今のご予約はそのままで、新しいお席を先にお取りします。',
        '新しい日時で確定すると、今のご予約は自動で取り消されます。',
      ],
      hints: ['途中でやめても、今の予約は残ります。', '次の回との間隔が合わない日は選べません。'],
    },
    {
      moment: 'cancel',
      title: '取り消す',
      say: ['ご予約を取り消してよろしいですか。取り消したお席は元に戻せません。'],
      hints: ['日時を変えたいだけのときは、取り消さずに「日時を変える」を使います。'],
    },
    {
      moment: 'coupon_lost',
      title: '接種券をなくした',
      say: [
        '接種券の再発行は、市の窓口で承っております。コールセンターからお送りすることはできません。',
        ...(couponLost ?? texts.couponHelp).split(/\n+/).filter((line) => line.trim() !== ''),
        '番号がおわかりにならなくても、ご本人の確認ができれば、ご予約はお取りできます。当日は接種券が必要です。',
      ],
      hints: [
        'コールセンターは案内だけを行います。発行や郵送はしません。',
        '再発行の申請先と受付時間は、市の案内で確認して伝えます。',
      ],
    },
    {
      moment: 'coupon_reissued',
      title: '接種券が再発行された',
      say: [
        '新しい接種券の番号をお聞かせください。',
        '前の番号でお取りになったご予約は、そのまま有効です。当日は新しい接種券をお持ちください。',
      ],
      hints: [
        '新しい番号で見つからないときは、市からのデータがまだ届いていません。前の番号か、お名前と生年月日で探します。',
        '二つの番号で別々に予約しないでください。',
      ],
    },
    {
      moment: 'number_unknown',
      title: '見つからない',
      say: [
        '恐れ入ります、もう一度ゆっくりお聞かせください。',
        '接種券が届いたばかりのときは、登録がまだのことがあります。',
      ],
      hints: [
        '聞き間違いの多い数字：1と7、4と7。',
        '転入や再発行のあとは、登録まで日数がかかります。折り返しの約束をして、責任者に伝えます。',
      ],
    },
    {
      moment: 'not_open',
      title: 'まだ受付の対象でない',
      say: ['恐れ入ります、現在はまだご予約を受け付けていない区分でいらっしゃいます。受付の開始をお待ちください。'],
      hints: ['事情があるときは、責任者が理由を書いて、この方だけ予約できるようにします。'],
    },
    {
      moment: 'full',
      title: '空きがない',
      say: ['ご希望の日時は満席でございます。近い会場や別の日をお調べいたしましょうか。'],
      hints: [
        '電話枠が満席でも、全体に空きがあればインターネットでは取れます。',
        '空きが出たときの折り返しを約束できます。',
      ],
    },
    {
      moment: 'log_in_lock',
      title: 'インターネットで入れない',
      say: [
        '続けて間違えると、しばらく入れなくなります。ご本人の確認ができましたので、いま解除いたします。',
        'もう一度、番号と生年月日をご入力ください。',
      ],
      hints: ['予約はロックで消えません。', '生年月日は、接種券ではなく本人確認書類のとおりに入力します。'],
    },
    {
      moment: 'protected',
      title: '責任者が対応する方',
      say: ['担当の者から折り返しお電話いたします。ご登録のお電話番号におかけしますので、お待ちください。'],
      hints: ['会場や日時、登録の有無を伝えないでください。', 'ご家族と名乗る方からの電話にも、何も伝えません。'],
    },
  ];
}
