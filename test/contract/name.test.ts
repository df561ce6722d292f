import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { byName, type Covers, nameOf } from '../../src/contract/name.ts'
import { toNamed } from '../../src/core/tree/collect.ts'
import { agents } from '../../src/plugins/agents/kind.ts'

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && file !== 'contract/name.ts')
  .map((file) => ({ file, text: readFileSync(`src/${file}`, 'utf8') }))

test('a name consists of the kind and the id, as for a folder of the tree', () => {
  expect(nameOf({ kind: 'agents', id: 'reviewer' })).toBe('agents/reviewer')
  const folder = {
    kind: agents,
    id: 'reviewer',
    dir: '/shared/agents/reviewer',
    shownPath: 'agents/reviewer',
  }
  expect(nameOf(toNamed(folder))).toBe('agents/reviewer')
})

test('definitions are found by their names, and equal ids of two kinds are two names', () => {
  const agent = { kind: 'agents', id: 'x', version: 1 }
  const template = { kind: 'templates', id: 'x', version: 2 }
  const newer = { ...agent, version: 3 }
  const found = byName([agent, template, newer])
  expect([...found]).toEqual([
    ['agents/x', newer],
    ['templates/x', template],
  ])
  const covers: Covers = (one) => found.has(nameOf(one))
  expect([agent, { kind: 'agents', id: 'y' }].map(covers)).toEqual([true, false])
})

test('no other source builds a definition’s name itself', () => {
  // Within the path of a URL the two are segments.
  const built = /(?<!\/)\$\{(?:[\w?[\]]+\.)*kind(?:Id)?(?:\.id)?\}\/\$\{(?:[\w?[\]]+\.)*id\}/i
  const again = /(?:function|const|let) (?:nameOf|byName)\b/
  const spelled = sources.filter(({ text }) => built.test(text) || again.test(text))
  expect(spelled.map(({ file }) => file)).toEqual([])
})
