import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Located, REFUSED_IN_PAGES, refusedIn } from '../house/refused-turns.ts'
import { type Page, parsePage, proseOf, readPages } from './pages.ts'

const pages = readPages()
const readText = (path: string) => readFileSync(path, 'utf8')
const others = ['SECURITY.md', 'CHANGELOG.md'].map((path) => parsePage(path, readText(path)))
const configurations = ['.github/workflows', 'examples/ci']
  .flatMap((folder) => readdirSync(folder).map((name) => `${folder}/${name}`))
  .concat('action.yml', '.pre-commit-hooks.yaml')

const linesOf = (path: string, text: string): Located[] =>
  text.split('\n').map((line, index) => ({ at: `${path}:${index + 1}`, text: line }))

/** The sentences of a page by line, without code: a command may print what a sentence should not say. */
const sentencesOf = (page: Page): Located[] => linesOf(page.path, proseOf(page).replaceAll(/`[^`\n]*`/g, '`'))

const introductionOf = (page: Page) => proseOf(page).split(/^## /m)[0] ?? ''

describe('the English of', () => {
  it.each([...pages, ...others])('$path has none of the refused turns', (page) => {
    expect(refusedIn(sentencesOf(page), REFUSED_IN_PAGES)).toEqual([])
  })

  it.each(configurations)('%s has none of the refused turns', (path) => {
    expect(refusedIn(linesOf(path, readText(path)), REFUSED_IN_PAGES)).toEqual([])
  })

  it.each([
    'For whoever is on call.',
    'Then mend git, or the next publish removes it again.',
    'A folder without definitions is no failure.',
    'the second is refused and told whose it is',
    'more words for nofx, apart by spaces',
    'Workers go on with their copies.',
    'on a PostgreSQL of yours',
  ])('a page with "%s" is refused', (text) => {
    expect(refusedIn(sentencesOf(parsePage('docs/x.md', `# X\n\n${text}\n`)), REFUSED_IN_PAGES)).toHaveLength(
      1,
    )
  })

  it('a command may print such a turn', () => {
    const text =
      "# X\n\nSet `nobody at all`.\n\n```sh\necho 'is no name'\n```\n\nThe key is no longer valid.\n"
    expect(refusedIn(sentencesOf(parsePage('docs/x.md', text)), REFUSED_IN_PAGES)).toEqual([])
  })
})

describe('the introduction of', () => {
  it.each([...pages, ...others.slice(0, 1)])('$path says what the page is for', (page) => {
    expect(introductionOf(page)).toMatch(/\bThis page\b/)
  })
})
