import { describe, expect, it } from 'vitest'
import type { Finding, FindingPlace } from '../../../src/contract/diagnostic.ts'
import { locate } from '../../../src/core/validate/locate.ts'

const JSON_TEXT = `{
  "name": "Ä🚀", "tags": ["a",
    "b"],
  "skills": [
    { "id": "x" }
  ]
}
`
const YAML_TEXT = 'name: Reviewer\ntags:\n  - a\n  - b\nskills:\n  - id: x\n    name: "X"\n'
const texts = new Map([
  ['agent.json', JSON_TEXT],
  ['agent.yaml', YAML_TEXT],
  ['a.md', 'one\ntwo 🚀 three\n'],
])

const finding = (place: FindingPlace, rule = 'NOFX_X'): Finding => ({
  ...place,
  rule,
  severity: 'error',
  message: 'm',
  hint: 'h',
})

async function at(place: FindingPlace): Promise<string> {
  const [found] = await locate([finding(place)], {
    kind: 'agents',
    id: 'reviewer',
    dir: 'shared/agents/reviewer',
    texts,
  })
  return `${found?.line}:${found?.column}`
}

describe('locate', () => {
  it.each([
    ['agent.json', [], undefined, '1:1'],
    ['agent.json', ['name'], undefined, '2:11'],
    ['agent.json', ['name'], true, '2:3'],
    ['agent.json', ['tags'], undefined, '2:26'],
    ['agent.json', ['tags', 0], undefined, '2:27'],
    ['agent.json', ['tags', 1], undefined, '3:5'],
    ['agent.json', ['skills', 0], undefined, '5:5'],
    ['agent.json', ['skills', 0, 'id'], undefined, '5:13'],
    ['agent.json', ['skills', 0, 'id'], true, '5:7'],
    ['agent.json', ['skills', 0, 'gone'], undefined, '5:5'],
    ['agent.json', ['skills', 9, 'id'], undefined, '4:13'],
    ['agent.json', ['gone', 'deeper'], undefined, '1:1'],
    ['agent.json', ['name', 'no-object'], undefined, '2:11'],
    ['agent.yaml', ['tags', 1], undefined, '4:5'],
    ['agent.yaml', ['skills', 0, 'name'], undefined, '7:11'],
    ['agent.yaml', ['skills', 0, 'name'], true, '7:5'],
  ])('%s %j (key: %s) is at %s', async (file, pointer, key, expected) => {
    expect(await at({ file, pointer, key })).toBe(expected)
  })

  it.each([
    [0, '1:1'],
    [3, '1:4'],
    [4, '2:1'],
    [8, '2:5'],
    [11, '2:8'],
    [17, '3:1'],
    [9999, '3:1'],
  ])('offset %d is at %s, counted in UTF-16 units', async (offset, expected) => {
    expect(await at({ file: 'a.md', offset })).toBe(expected)
  })

  it('places a finding without a text at the start of its file, and a finding about the folder at the folder', async () => {
    const found = await locate([finding({ file: 'gone.json', pointer: ['a'] }), finding({ file: '.' })], {
      kind: 'agents',
      id: 'reviewer',
      dir: 'd',
      texts,
    })
    expect(found.map(({ path, line, column }) => [path, line, column])).toEqual([
      ['d', 1, 1],
      ['d/gone.json', 1, 1],
    ])
  })

  it('sorts by path, line, column and rule, and names the definition of each finding', async () => {
    const findings = [
      finding({ file: 'b.md' }),
      finding({ file: 'a.md', offset: 5 }, 'NOFX_B'),
      finding({ file: 'a.md', offset: 5 }, 'NOFX_A'),
      finding({ file: 'a.md', offset: 1 }),
      finding({ file: 'agent.json', pointer: ['tags', 1] }),
    ]
    const found = await locate(findings, { kind: 'agents', id: 'reviewer', dir: 'd', texts })
    expect(found.map(({ path, line, column, rule }) => `${path}:${line}:${column} ${rule}`)).toEqual([
      'd/a.md:1:2 NOFX_X',
      'd/a.md:2:2 NOFX_A',
      'd/a.md:2:2 NOFX_B',
      'd/agent.json:3:5 NOFX_X',
      'd/b.md:1:1 NOFX_X',
    ])
    expect(found[3]).toEqual({
      path: 'd/agent.json',
      line: 3,
      column: 5,
      severity: 'error',
      rule: 'NOFX_X',
      message: 'm',
      hint: 'h',
      kind: 'agents',
      id: 'reviewer',
      pointer: ['tags', 1],
    })
  })

  it('uses the last of repeated keys, as parsing does', async () => {
    const twice = new Map([['agent.json', '{"a": 1,\n"a": 2}']])
    const [found] = await locate([finding({ file: 'agent.json', pointer: ['a'] })], {
      kind: 'k',
      id: 'i',
      dir: 'd',
      texts: twice,
    })
    expect(found?.line).toBe(2)
  })
})
