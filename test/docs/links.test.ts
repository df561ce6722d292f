import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { listCommands } from '../cli/commands.ts'
import { anchorsOf, linksOf } from './links.ts'
import { nofxCallsOf, unknownIn } from './nofx-calls.ts'
import { readPages } from './pages.ts'

const pages = readPages()

describe('the links of a page', () => {
  it.each(pages)('$path: lead to what is there', (page) => {
    const lost = linksOf(page).filter(({ target, anchor }) => {
      const path = target === '' ? page.path : normalize(join(dirname(page.path), target))
      if (!existsSync(path)) return true
      return anchor !== undefined && !anchorsOf(readFileSync(path, 'utf8')).has(anchor)
    })
    expect(lost).toEqual([])
  })
})

describe('the commands that a page names', () => {
  const commands = listCommands()
  it.each(pages)('$path: are there, with their flags', (page) => {
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
