import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  effect,
  ElementRef,
  inject,
  input,
  output,
  signal,
  viewChild,
} from '@angular/core';

/**
 * A page of ours in a frame that can do nothing, at its own width and scaled down to fit. A new address is loaded behind what is
 * shown and takes its place when it is there, scrolled to the same place: a person who types sees no flicker.
 */
@Component({
  selector: 'toki-live-frame',
  template: `<div class="window" #window [style.height.px]="height()"></div>`,
  styles: `
    :host {
      display: block;
    }
    .window {
      position: relative;
      overflow: hidden;
      border: 1px solid #767676;
      border-radius: 12px;
      background: #fff;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class LiveFrame {
  /** A path of this server. */
  readonly address = input.required<string>();
  /** What the frame is called for those who hear it. */
  readonly label = input.required<string>();
  /** CSS pixels of the page inside. */
  readonly pageWidth = input.required<number>();
  readonly height = input(640);
  /** Whether the page could be shown. */
  readonly loaded = output<boolean>();
  private readonly window = viewChild.required<ElementRef<HTMLElement>>('window');
  private readonly available = signal(0);
  private shown: HTMLIFrameElement | undefined;
  private coming: HTMLIFrameElement | undefined;
  private shownPage = '';

  constructor() {
    const host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
    const watch = new ResizeObserver(() => this.available.set(host.clientWidth - 2));
    watch.observe(host);
    inject(DestroyRef).onDestroy(() => watch.disconnect());
    effect(() => this.load(this.address(), this.label()));
    effect(() => {
      const [available, width, height] = [this.available(), this.pageWidth(), this.height()];
      for (const frame of [this.shown, this.coming]) if (frame) fit(frame, available, width, height);
    });
  }

  private load(address: string, label: string): void {
    this.coming?.remove();
    const frame = document.createElement('iframe');
    this.coming = frame;
    // Before the address: a frame is as harmless as it is when it begins to load.
    frame.setAttribute('sandbox', 'allow-same-origin');
    frame.title = label;
    frame.style.cssText =
      'position:absolute;inset:0 auto auto 0;border:0;background:#fff;transform-origin:0 0;visibility:hidden';
    fit(frame, this.available(), this.pageWidth(), this.height());
    frame.addEventListener('load', () => this.show(frame, address));
    frame.src = address;
    this.window().nativeElement.append(frame);
  }

  private show(frame: HTMLIFrameElement, address: string): void {
    if (frame !== this.coming) return;
    // What could not be shown (an answer that forbids frames, no connection) cannot be looked into.
    const isThere = (frame.contentDocument?.body.childElementCount ?? 0) > 0;
    this.coming = undefined;
    this.loaded.emit(isThere);
    if (!isThere) {
      frame.remove();
      return;
    }
    const page = new URL(address, location.href);
    page.searchParams.delete('version');
    const isSamePage = page.href === this.shownPage;
    if (isSamePage) frame.contentWindow?.scrollTo(0, this.shown?.contentWindow?.scrollY ?? 0);
    this.shownPage = page.href;
    frame.style.visibility = 'visible';
    this.shown?.remove();
    this.shown = frame;
  }
}

function fit(frame: HTMLIFrameElement, available: number, width: number, height: number): void {
  const scale = available > 0 ? Math.min(1, available / width) : 1;
  frame.style.width = `${String(width)}px`;
  frame.style.height = `${String(Math.round(height / scale))}px`;
  frame.style.transform = scale === 1 ? 'none' : `scale(${String(scale)})`;
  frame.style.left = scale === 1 ? `${String(Math.max(0, Math.round((available - width) / 2)))}px` : '0';
}
