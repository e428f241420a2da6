/** What the scripts that help to move about share. */

/** A page in the tables of contents: title, address from the root, pages below. */
type MltPage = [title: string, url: string, children: MltPage[]];

interface Window {
  /** All pages, as _ext/navigation/pages.py writes them. */
  mltPages: MltPage[];
  /** Pages that have another address now: the old one, and the new one seen from there. */
  mltMoved: Record<string, string>;
  mltFold(item: HTMLLIElement): void;
  mltShortcut(key: string): void;
}
