import type { FileColumn } from './format';

/** Why a file is refused whole. A refused file changes nothing. */
export type FileRefusal =
  | { readonly code: 'empty' }
  | { readonly code: 'too_large'; readonly limitMebibytes: number }
  /** Not a text file at all: what its first bytes say. */
  | { readonly code: 'not_text'; readonly kind: 'xlsx' | 'xls' | 'pdf' | 'gzip' | 'binary' }
  | {
      readonly code: 'wrong_encoding';
      readonly encoding: 'utf-16' | 'utf-32' | 'broken_utf-8' | 'iso-2022-jp' | 'unknown';
    }
  | { readonly code: 'wrong_delimiter'; readonly delimiter: 'tab' | 'semicolon' | 'none' }
  | { readonly code: 'no_header' }
  | { readonly code: 'columns_missing'; readonly columns: readonly FileColumn[] }
  | { readonly code: 'columns_twice'; readonly columns: readonly FileColumn[] }
  /** The mapping names a column beyond the width of the file. */
  | { readonly code: 'mapping_beyond_file'; readonly width: number }
  /** A quote opened on this line is never closed. */
  | { readonly code: 'open_quote'; readonly line: number }
  | { readonly code: 'no_rows' }
  | { readonly code: 'too_many_rows'; readonly limit: number }
  /** More than half of the rows cannot be used. */
  | { readonly code: 'mostly_bad'; readonly bad: number; readonly records: number }
  /** Comparing was stopped by the database: no file that is what it claims to be takes so long. */
  | { readonly code: 'takes_too_long' }
  /** The keys are being rotated: blind indexes of two keys cannot be compared. */
  | { readonly code: 'rotation_unfinished' };

const columnWords: Record<FileColumn, string> = {
  number: '接種券番号',
  birth: '生年月日',
  group: '対象区分',
  kana: '氏名カナ',
  standing: '異動（転出・死亡）',
  previous: '前の番号',
};

export function columnNameJa(column: FileColumn): string {
  return columnWords[column];
}

/** What is wrong and what to do, for the city's staff. */
export function explainFileRefusal(refusal: FileRefusal): string {
  switch (refusal.code) {
    case 'empty':
      return 'ファイルが空です。';
    case 'too_large':
      return `ファイルが大きすぎます（上限は${String(refusal.limitMebibytes)}MBです）。必要な列だけにするか、分けて取り込んでください。`;
    case 'not_text':
      return explainNotText(refusal.kind);
    case 'wrong_encoding':
      return explainEncoding(refusal.encoding);
    case 'wrong_delimiter':
      if (refusal.delimiter === 'none')
        return '列の区切り（カンマ）が見つかりません。CSV（カンマ区切り）で保存し直してください。';
      return `列の区切りが${refusal.delimiter === 'tab' ? 'タブ' : 'セミコロン'}になっています。CSV（カンマ区切り）で保存し直してください。`;
    case 'no_header':
      return '見出しの行がわかりません。1行目に「接種券番号」「生年月日」「対象区分」を置くか、画面で列を選んでください（コマンドでは --columns number=3,birth=5,group=7 のように指定します）。';
    case 'columns_missing':
      return `見出しに${quoted(refusal.columns)}の列がありません。見出しを直すか、画面で列を選んでください（コマンドでは --columns で指定します）。`;
    case 'columns_twice':
      return `見出しに${quoted(refusal.columns)}の列が二つ以上あります。どの列を使うか、画面で選んでください（コマンドでは --columns で指定します）。`;
    case 'mapping_beyond_file':
      return `指定された列がファイルにありません。このファイルの列は${String(refusal.width)}個です。`;
    case 'open_quote':
      return `${String(refusal.line)}行目の引用符（"）が閉じていません。その行を直してください。`;
    case 'no_rows':
      return 'データの行がありません。';
    case 'too_many_rows':
      return `行が多すぎます（上限は${String(refusal.limit).replace(/\B(?=(\d{3})+$)/g, ',')}行です）。分けて取り込むか、設定の上限を見直してください。`;
    case 'mostly_bad':
      return `${String(refusal.records)}行のうち${String(refusal.bad)}行が読み取れません。列の並びやファイルの種類が違う可能性があるため、取り込みません。`;
    case 'takes_too_long':
      return 'いまの対象者と比べるのに時間がかかりすぎるため、止めました。列の指定（とくに氏名カナと生年月日）が正しいか、すべての行が同じ内容になっていないかを確かめてください。';
    case 'rotation_unfinished':
      return '暗号鍵の入れ替えが終わっていないため、いまは取り込めません。npm run toki -- keys rotate が終わってから、もう一度お試しください。';
  }
}

function quoted(columns: readonly FileColumn[]): string {
  return columns.map((column) => `「${columnWords[column]}」`).join('');
}

function explainNotText(kind: Extract<FileRefusal, { code: 'not_text' }>['kind']): string {
  switch (kind) {
    case 'xlsx':
    case 'xls':
      return 'Excelのブックのままです。Excelで「CSV（カンマ区切り）」または「CSV UTF-8」として保存し、そのファイルを取り込んでください。';
    case 'pdf':
      return 'PDFファイルです。CSVファイルを取り込んでください。';
    case 'gzip':
      return '圧縮されたファイルです。展開してから、中のCSVファイルを取り込んでください。';
    case 'binary':
      return 'CSVファイルではありません。CSV（カンマ区切り）のファイルを取り込んでください。';
  }
}

function explainEncoding(encoding: Extract<FileRefusal, { code: 'wrong_encoding' }>['encoding']): string {
  switch (encoding) {
    case 'utf-16':
    case 'utf-32':
      return `文字コードが${encoding.toUpperCase()}です。UTF-8 または Shift_JIS（CP932）で保存し直してください。`;
    case 'iso-2022-jp':
      return '文字コードがJIS（ISO-2022-JP）です。UTF-8 または Shift_JIS（CP932）で保存し直してください。';
    case 'broken_utf-8':
      return '文字コードはUTF-8のはずですが、壊れている文字があります。元のファイルから保存し直してください。';
    case 'unknown':
      return '文字コードがUTF-8でもShift_JIS（CP932）でもないか、壊れている文字があります。元のファイルから保存し直してください。';
  }
}
