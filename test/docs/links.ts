import { type Page, proseOf } from './pages.ts'

/** A link to a file of this repository; `target` is '' within the page. */
export interface Link {
  line: number
  target: string
  anchor?: string
}

/** Links of the text, not of its code. Those that leave the repository are left out. */
export function linksOf(page: Page): Link[] {
  return proseOf(page)
    .split('\n')
    .flatMap((text, index) =>
      [
        ...text
          .replaceAll(/`[^`]*`/g, (code) => (code.includes('](') ? '' : code))
          .matchAll(/\]\(([^)\s]+)\)/g),
      ]
        .map(([, url = '']) => url)
        .filter((url) => !/^[a-z]+:/.test(url))
        .map((url) => {
          const [target = '', anchor] = url.split('#')
          return { line: index + 1, target, ...(anchor === undefined ? {} : { anchor }) }
        }),
    )
}

/** What `#…` may name: headings as GitHub spells them, and anchors that are written out. */
export function anchorsOf(text: string): Set<string> {
  const bare = text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, '')
  const headings = [...bare.matchAll(/^#{1,6} +(.+)$/gm)].map(([, title = '']) => slug(title))
  const written = [...bare.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id)
  return new Set([...headings, ...written])
}

function slug(title: string): string {
  const plain = title.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
  return plain
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-')
}
