/** What has been published; authors and year are its key. */
export interface Publication {
  readonly title: string;
  /** Journal with volume and pages, conference, or publisher. */
  readonly venue: string;
  readonly doi?: string;
  /** Its number at arxiv.org. */
  readonly arxiv?: string;
}
