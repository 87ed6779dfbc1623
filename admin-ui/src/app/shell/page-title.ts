import { inject, Injectable } from '@angular/core';
import { Title } from '@angular/platform-browser';
import { type RouterStateSnapshot, TitleStrategy } from '@angular/router';

/** 「会場と日程 – とき」 */
@Injectable()
export class PageTitle extends TitleStrategy {
  private readonly title = inject(Title);

  override updateTitle(state: RouterStateSnapshot): void {
    const own = this.buildTitle(state);
    this.title.setTitle(own === undefined ? 'とき' : `${own} – とき`);
  }
}
