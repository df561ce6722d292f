import { describe, expect, it } from 'vitest'
import { chooseKind, parseSource, selectForExport } from '../../../src/cli/definition/export-words.ts'
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

  it('may be of a kind that --from names, or of each kind of the format', () => {
    const both = (words: string[], from: string) =>
      selectForExport(KINDS, { id: 'claude', kinds: ['agents', 'templates'] }, words, parseSource(from)).map(
        ({ kind, ids }) => [kind.id, ...ids],
      )
    expect(both([], 'templates/one@3')).toEqual([['templates', 'one']])
    expect(both([], 'template/one@v3')).toEqual([['templates', 'one']])
    expect(both([], 'one@3')).toEqual([
      ['agents', 'one'],
      ['templates', 'one'],
    ])
    expect(both(['templates'], 'one@3')).toEqual([['templates', 'one']])
    expect(both(['templates/one'], 'templates/one@3')).toEqual([['templates', 'one']])
    const refused = expect.objectContaining({
      code: 'USAGE',
      hint: expect.stringContaining('templates/one@v3'),
    })
    expect(() => both(['agents'], 'templates/one@3')).toThrow(refused)
  })

  it('are of the one kind that has a definition of that id', async () => {
    const selections = KINDS.map((kind) => ({ kind }))
    const choose = async (...present: string[]) => {
      const registry = {
        label: 'the registry',
        head: async (kind: string, id: string) =>
          present.includes(`${kind}/${id}`) ? ({} as never) : undefined,
      }
      return (await chooseKind(registry, selections, parseSource('one@3'))).map(({ kind }) => kind.id)
    }
    expect(await choose('templates/one', 'agents/two')).toEqual(['templates'])
    await expect(choose('agents/two')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(choose('agents/one', 'templates/one')).rejects.toMatchObject({
      code: 'USAGE',
      hint: expect.stringMatching(/--from agents\/one@v3, or --from templates\/one@v3/),
    })
  })

  it.each([
    [['templates'], 'tree'],
    [[], 'templates/one@v3'],
    [[], 'robots/one@v3'],
    [[], 'agents/a/one@v3'],
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
