import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';

/** Paths of 24 × 24, from Material Symbols (Apache 2.0) and simple shapes of our own. */
const paths = {
  today: 'M3 13h8V3H3v10zm0 8h8v-6H3v6zm10 0h8V11h-8v10zm0-18v6h8V3h-8z',
  phone:
    'M6.6 10.8c1.4 2.8 3.8 5.1 6.6 6.6l2.2-2.2c.3-.3.7-.4 1-.2 1.1.4 2.3.6 3.6.6.6 0 1 .4 1 1V20c0 .6-.4 1-1 1C10.6 21 3 13.4 3 4c0-.6.4-1 1-1h3.5c.6 0 1 .4 1 1 0 1.3.2 2.5.6 3.6.1.3 0 .7-.2 1l-2.3 2.2z',
  place:
    'M12 2C8.1 2 5 5.1 5 9c0 5.3 7 13 7 13s7-7.7 7-13c0-3.9-3.1-7-7-7zm0 9.5A2.5 2.5 0 1 1 12 6.5a2.5 2.5 0 0 1 0 5z',
  calendar:
    'M19 4h-1V2h-2v2H8V2H6v2H5a2 2 0 0 0-2 2v14c0 1.1.9 2 2 2h14a2 2 0 0 0 2-2V6a2 2 0 0 0-2-2zm0 16H5V9h14v11z',
  people:
    'M16 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zm-8 0a3 3 0 1 0 0-6 3 3 0 0 0 0 6zm0 2c-2.3 0-7 1.2-7 3.5V19h14v-2.5C15 14.2 10.3 13 8 13zm8 0h-1c1.2.8 2 2 2 3.5V19h6v-2.5c0-2.3-4.7-3.5-7-3.5z',
  upload: 'M5 20h14v-2H5v2zM5 10h4v6h6v-6h4l-7-7-7 7z',
  download: 'M5 20h14v-2H5v2zM19 9h-4V3H9v6H5l7 7 7-7z',
  settings:
    'M19.4 13a7.5 7.5 0 0 0 0-2l2.1-1.6-2-3.5-2.5 1a7.3 7.3 0 0 0-1.7-1L15 3.3h-4l-.4 2.6c-.6.2-1.1.6-1.6 1l-2.5-1-2 3.5L6.600 11a7.500 7.500 0 0 0 0 2l-2.100 1.600 2 3.500 2.500-1c.5.400 1 .700 1.700 1l.300 2.600h4l.400-2.600c.6-.3 1.200-.600 1.700-1l2.500 1 2-3.500L19.400 13zM13 15.500a3.500 3.500 0 1 1 0-7 3.500 3.500 0 0 1 0 7z',
  mail: 'M20 4H4a2 2 0 0 0-2 2v12c0 1.100.9 2 2 2h16a2 2 0 0 0 2-2V6a2 2 0 0 0-2-2zm0 4-8 5-8-5V6l8 5 8-5v2z',
  chart: 'M5 9.200h3V19H5V9.200zM10.600 5h2.800v14h-2.800V5zm5.600 8H19v6h-2.800v-6z',
  shield:
    'M12 1 3 5v6c0 5.600 3.800 10.700 9 12 5.200-1.300 9-6.400 9-12V5l-9-4zm-2 16-4-4 1.400-1.400L10 14.200l6.600-6.600L18 9l-8 8z',
  badge: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zm0 2c-2.700 0-8 1.300-8 4v2h16v-2c0-2.700-5.300-4-8-4z',
  search:
    'M15.500 14h-.8l-.3-.3A6.500 6.500 0 1 0 14 15.500l.3.3v.8l5 5 1.500-1.500-5.300-6.100zm-6 0a4.500 4.500 0 1 1 0-9 4.500 4.500 0 0 1 0 9z',
  check: 'M9 16.200 4.800 12l-1.400 1.400L9 19 21 7l-1.400-1.400L9 16.200z',
  warn: 'M1 21h22L12 2 1 21zm12-3h-2v-2h2v2zm0-4h-2v-4h2v4z',
  close:
    'M19 6.400 17.600 5 12 10.600 6.400 5 5 6.400 10.600 12 5 17.600 6.400 19 12 13.400 17.600 19 19 17.600 13.400 12 19 6.400z',
  add: 'M19 13h-6v6h-2v-6H5v-2h6V5h2v6h6v2z',
  back: 'M20 11H7.800l5.600-5.600L12 4l-8 8 8 8 1.400-1.400L7.800 13H20v-2z',
  next: 'm12 4-1.400 1.400 5.600 5.600H4v2h12.200l-5.600 5.600L12 20l8-8-8-8z',
  print: 'M19 8H5a3 3 0 0 0-3 3v6h4v4h12v-4h4v-6a3 3 0 0 0-3-3zm-3 11H8v-5h8v5zM18 3H6v4h12V3z',
  clock:
    'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm0 18a8 8 0 1 1 0-16 8 8 0 0 1 0 16zm.5-13H11v6l5.200 3.200.8-1.300-4.500-2.700V7z',
  out: 'M19 19H5V5h7V3H5a2 2 0 0 0-2 2v14c0 1.100.9 2 2 2h14a2 2 0 0 0 2-2v-7h-2v7zM14 3v2h3.600l-9.800 9.800 1.400 1.400L19 6.400V10h2V3h-7z',
  edit: 'M3 17.200V21h3.800L17.800 9.900l-3.700-3.700L3 17.200zM20.700 7a1 1 0 0 0 0-1.400l-2.300-2.300a1 1 0 0 0-1.400 0l-1.800 1.800 3.700 3.700L20.700 7z',
  menu: 'M3 18h18v-2H3v2zm0-5h18v-2H3v2zm0-7v2h18V6H3z',
  inbox: 'M19 3H5a2 2 0 0 0-2 2v14c0 1.100.9 2 2 2h14a2 2 0 0 0 2-2V5a2 2 0 0 0-2-2zm0 12h-4a3 3 0 0 1-6 0H5V5h14v10z',
  undo: 'M12.500 8c-2.700 0-5 1-6.900 2.600L2 7v9h9l-3.600-3.600A8 8 0 0 1 20 16l2.400-.8A10.500 10.500 0 0 0 12.500 8z',
  site: 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm7.900 9h-3a15 15 0 0 0-1.300-5.300A8 8 0 0 1 19.900 11zM12 4c.8 0 2.500 2.500 2.900 7H9.100C9.500 6.500 11.200 4 12 4zM4.100 13h3c.1 2 .6 3.800 1.300 5.300A8 8 0 0 1 4.100 13zm3-2h-3a8 8 0 0 1 4.300-5.300A15 15 0 0 0 7.100 11zm4.900 9c-.8 0-2.500-2.500-2.900-7h5.800c-.4 4.500-2.100 7-2.900 7zm3.600-1.700c.7-1.500 1.200-3.300 1.300-5.300h3a8 8 0 0 1-4.300 5.300z',
} as const;

export type IconName = keyof typeof paths;

/** A drawing beside words; never alone, so it is hidden from screen readers. */
@Component({
  selector: 'toki-icon',
  template: `<svg
    viewBox="0 0 24 24"
    width="1.25em"
    height="1.25em"
    fill="currentColor"
    aria-hidden="true"
    focusable="false"
  >
    <path [attr.d]="path()" />
  </svg>`,
  styles: `
    :host {
      display: inline-flex;
      vertical-align: -0.25em;
      flex: none;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Icon {
  readonly name = input.required<IconName>();
  protected readonly path = computed(() => paths[this.name()]);
}
