import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { listCommands } from '../cli/support/commands.ts'
import { anchorsOf, linksOf, pathsOf } from './links.ts'
import { nofxCallsOf, unknownIn } from './nofx-calls.ts'
import { parsePage, readPages } from './pages.ts'

const pages = readPages()

/** Texts without commands: they are held to today's paths and links, but not to today's flags. */
const records = ['SECURITY.md', 'CHANGELOG.md']
  .concat(readdirSync('docs/decisions').map((name) => `docs/decisions/${name}`))
  .map((path) => parsePage(path, readFileSync(path, 'utf8')))

describe('the links of a page', () => {
  it.each([...pages, ...records])('$path: lead to a file or a heading that exists', (page) => {
    const lost = linksOf(page).filter(({ target, anchor }) => {
      const path = target === '' ? page.path : normalize(join(dirname(page.path), target))
      if (!existsSync(path)) return true
      return anchor !== undefined && !anchorsOf(readFileSync(path, 'utf8')).has(anchor)
    })
    expect(lost).toEqual([])
  })
})

describe('the paths that a page names', () => {
  it.each([...pages, ...records])('$path: exist in this repository', (page) => {
    expect(pathsOf(page).filter(({ path }) => !existsSync(path))).toEqual([])
  })

  it('are found in sentences and in cells, but not with a gap', () => {
    const text = 'in `src/core/gone.ts`, `locate.ts`\n| `api/x/` | `api/<kind>/…` `nofx list` `a/b` |\n'
    const found = [
      { line: 1, path: 'src/core/gone.ts' },
      { line: 1, path: 'locate.ts' },
      { line: 2, path: 'api/x/' },
    ]
    expect(pathsOf(parsePage('docs/x.md', text))).toEqual(found)
  })
})

describe('the commands that a page names', () => {
  const commands = listCommands()
  it.each(pages)('$path: exist, with their flags', (page) => {
    expect(nofxCallsOf(page).flatMap((call) => unknownIn(call, commands))).toEqual([])
  })
})

it('docs/README.md leads to every page', () => {
  const index = linksOf(pages.find(({ path }) => path === 'docs/README.md')!).map(({ target }) => target)
  const names = pages
    .filter(({ path }) => path.startsWith('docs/'))
    .map(({ path }) => path.slice('docs/'.length))
  expect(names.filter((name) => name !== 'README.md' && !index.includes(name))).toEqual([])
})
