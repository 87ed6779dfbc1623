import Handlebars from 'handlebars';
import { weekdayJa } from '../../../domain/calendar/city-time';
import { datePartsOf } from '../../../domain/calendar/plain-date';

/** `5月29日（土）` */
export function shortDateJa(date: string): string {
  const { month, day } = datePartsOf(date);
  return `${String(month)}月${String(day)}日（${weekdayJa(date)}）`;
}

/** Staff's texts as paragraphs: an empty line ends one, a line break stays one. */
export function paragraphs(text: unknown): Handlebars.SafeString {
  const escaped = typeof text === 'string' ? Handlebars.escapeExpression(text.trim()) : '';
  const parts = escaped.split(/\n\s*\n/).filter((part) => part !== '');
  return new Handlebars.SafeString(parts.map((part) => `<p>${part.replaceAll('\n', '<br>')}</p>`).join(''));
}

/** `025-000-0000` → `tel:0250000000` */
export function telephoneLink(telephone: unknown): string {
  return `tel:${String(telephone).replace(/[^0-9+]/g, '')}`;
}
