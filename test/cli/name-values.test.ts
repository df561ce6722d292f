import { afterAll, describe, expect, it } from 'vitest'
import { readNameValues } from '../../src/cli/name-values.ts'
import fc from '../harness/fast-check.ts'
import { TestProject } from '../harness/project.ts'

const SECRET = 'hush-hush'

/** Every flag of every command that takes name=value, as written, and whether a message may repeat the value. */
const FLAGS: [words: string[], flag: string, repeats: boolean][] = [
  [['templates', 'instantiate', 'none'], '--param', true],
  [['worker', 'run', '--plan', 'none', '--runner', 'true'], '--secret', false],
  [['worker', 'run', '--plan', 'none', '--runner', 'true'], '--mcp-variable', false],
]

describe.each(FLAGS)('%j %s', (words, flag, repeats) => {
  const project = new TestProject({}, { resident: true })
  afterAll(() => project.remove())
  const usage = async (...values: string[]) => {
    const given = values.flatMap((value) => [flag, value])
    const { exit, json, stderr } = await project.run(...words, ...given, '--json')
    expect({ exit, code: json.error.code }).toEqual({ exit: 2, code: 'USAGE' })
    return `${json.error.message} ${json.error.hint} ${stderr}`
  }

  it('a repeated name is refused, whether its value is the same or not', async () => {
    expect(await usage('a=1', 'b=2', 'a=3')).toContain(`${flag} gives "a" more than once`)
    expect(await usage('a=1', 'a=1')).toContain(`${flag} gives "a" more than once`)
    expect(await usage('__proto__=1', '__proto__=2')).toContain('"__proto__" more than once')
  })

  it('a text that is not name=value is refused without repeating what may be a secret', async () => {
    for (const value of [SECRET, `=${SECRET}`]) {
      const said = await usage(value)
      expect(said).toContain(`write ${flag} name=value`)
      expect(said.includes(SECRET)).toBe(repeats)
    }
  })
})

describe('the parsed values of a flag', () => {
  it('a name that comes twice is refused', () => {
    expect(() => readNameValues('--x', ['a=1', 'b=1', 'a=1'], {})).toThrow('--x gives "a" more than once')
  })

  it('values are parsed as given, for every name without = and every value', () => {
    const name = fc.string({ minLength: 1 }).filter((text) => !text.includes('='))
    const given = fc.uniqueArray(fc.tuple(name, fc.string({ minLength: 1 })), { selector: ([one]) => one })
    fc.assert(
      fc.property(given, (pairs) => {
        const read = readNameValues(
          '--x',
          pairs.map((pair) => pair.join('=')),
          {},
        )
        expect(Object.entries(read).sort()).toEqual([...pairs].sort())
      }),
      { numRuns: 200 },
    )
  })

  it('a value may be empty where that is allowed, and a name never', () => {
    expect(readNameValues('--x', ['a='], { empty: true })).toEqual({ a: '' })
    expect(() => readNameValues('--x', ['a='], {})).toThrow('is not name=value')
    expect(() => readNameValues('--x', ['=a'], { empty: true })).toThrow('is not name=value')
  })
})
