import { type Page, proseOf } from './pages.ts'

/** A link to a file of this repository; `target` is '' for a link within the page. */
export interface Link {
  line: number
  target: string
  anchor?: string
}

/** Links in the text, not in its code. Links out of the repository are left out. */
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

/** What `#…` may name: headings in GitHub's spelling, and explicit anchors. */
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

/**
 * Folders of this repository whose paths a page may name. `packages/` is left out, because readers have their own.
 */
const OWN = /^(?:\.github|api|bench|bin|docs|examples|scripts|src|supabase|test)\//

/** Extensions of files that can only be files of this repository. */
const SOURCE = /\.(?:ts|mjs|sql)$/

/** Paths of this repository in backticks, with their lines; without paths that have a gap for the reader to fill. */
export function pathsOf(page: Page): { line: number; path: string }[] {
  return proseOf(page)
    .split('\n')
    .flatMap((text, index) =>
      [...text.matchAll(/`([^`\s]+)`/g)]
        .map(([, path = '']) => ({ line: index + 1, path }))
        .filter(({ path }) => (OWN.test(path) || SOURCE.test(path)) && !/[<…*]/.test(path)),
    )
}
