import type { VenueView } from '../../database/schedule';
import type { Language, ProgrammeDocument } from '../../domain/programmes/document';
import type { PreviewPage } from '../../domain/programmes/editing/preview';
import type { SiteSettings } from '../../domain/site/settings';
import type { Assets } from './assets';

/** What is to be shown, and to whom it is shown as if: an invented person. */
export interface PreviewWish {
  readonly document: ProgrammeDocument;
  readonly page: PreviewPage;
  readonly language: Language;
  /** The invented person belongs to this group; one that is not there: to the first. */
  readonly groupCode: string;
  /** The dose that the page is about; one that is not there: the first. */
  readonly dose: number;
  /** The city's venues; with none, invented ones. */
  readonly venues: readonly VenueView[];
  readonly site: SiteSettings;
}

/** The citizens' pages for the staff: written by the citizens' side, handed to the staff app by the process that composes both. */
export interface PagePreview {
  /** What the pages load, for the staff app to serve from its own address. */
  readonly assets: Assets;
  /** The HTML of a page as citizens would get it. */
  render(wish: PreviewWish): Promise<string>;
}
