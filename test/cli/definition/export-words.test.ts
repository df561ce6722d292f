import { describe, expect, it } from 'vitest'
import { parseSource, selectForExport } from '../../../src/cli/definition/export-words.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { templates } from '../../../src/plugins/templates/kind.ts'

const KINDS = [agents, templates]
const CLAUDE = { id: 'claude', kinds: ['agents'] }
const select = (words: string[], from = 'tree') =>
  selectForExport(KINDS, CLAUDE, words, parseSource(from)).map(({ kind, ids }) => [kind.id, ...ids])

describe('the definitions that an export is about', () => {
  it('are those named, else all of the kinds that the format takes', () => {
    expect(select([])).toEqual([['agents']])
    expect(select(['agents'])).toEqual([['agents']])
    expect(select(['agent', 'one', 'two'])).toEqual([['agents', 'one', 'two']])
    expect(select(['agents/one', 'agents/two'])).toEqual([['agents', 'one', 'two']])
  })

  it('are the one of the version that --from names', () => {
    expect(parseSource('one@v3')).toEqual({ from: 'version', id: 'one', version: 3 })
    expect(select([], 'one@3')).toEqual([['agents', 'one']])
    expect(select(['agents/one'], 'one@v3')).toEqual([['agents', 'one']])
    for (const words of [[], ['agents'], ['agents/one'], ['agent', 'one']])
      expect(select(words, 'agents/one@v3')).toEqual([['agents', 'one']])
    expect(select([], 'agent/one@3')).toEqual([['agents', 'one']])
  })

  it.each([
    [['templates'], 'tree'],
    [['robots'], 'tree'],
    [['agents/one'], 'two@v3'],
    [['agents/one'], 'templates/one@v3'],
    [[], 'templates/one@v3'],
    [[], 'robots/one@v3'],
    [[], 'agents/one/two@v3'],
    [[], 'one@latest'],
    [[], 'one@v0'],
    [[], 'everything'],
    [[], '@v1'],
    [[], '../one@v1'],
  ])('are refused for %j from %s, with a hint', (words, from) => {
    const refused = expect.objectContaining({ code: 'USAGE', hint: expect.stringMatching(/\S/) })
    expect(() => select(words, from)).toThrow(refused)
  })
})
