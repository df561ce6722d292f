import { describe, expect, test } from 'vitest'
import { parseWhen } from '../../../../src/plugins/templates/manifest/when.ts'

/** A condition as `place op right`. */
function parsed(text: string): string | undefined {
  const when = parseWhen(text)
  if (!when) return undefined
  const { placeholder, op } = when
  const left =
    placeholder.from === 'parameters' ? placeholder.name : `${placeholder.step}/${placeholder.output}`
  return 'right' in when ? `${left} ${op} ${JSON.stringify(when.right)}` : `${left} ${op}`
}

describe('conditions', () => {
  test.each([
    ['{{parameters.a}}', 'a truthy'],
    ['  {{ parameters.a }}  ', 'a truthy'],
    ['!{{parameters.a}}', 'a falsy'],
    ['! {{steps.s.outputs.o}}', 's/o falsy'],
    ['{{parameters.a}} == "high"', 'a == "high"'],
    ['{{parameters.a}}=="high"', 'a == "high"'],
    ['{{parameters.a}} != 3', 'a != 3'],
    ['{{parameters.a}} == -1.5e2', 'a == -150'],
    ['{{parameters.a}} == true', 'a == true'],
    ['{{parameters.a}} == null', 'a == null'],
    ['{{parameters.a}} == "a == b"', 'a == "a == b"'],
    ['{{parameters.a}} == ""', 'a == ""'],
    ['{{parameters.a}} == "\\u00e9"', 'a == "é"'],
  ])('%s', (text, expected) => expect(parsed(text)).toBe(expected))

  test.each([
    [''],
    ['true'],
    ['parameters.a'],
    ['x {{parameters.a}}'],
    ['{{parameters.a}} {{parameters.b}}'],
    ['{{parameters.a}} && {{parameters.b}}'],
    ['{{parameters.a}} == {{parameters.b}}'],
    ['{{parameters.a}} == "{{parameters.b}}"'],
    ['{{parameters.a}} == high'],
    ["{{parameters.a}} == 'high'"],
    ['{{parameters.a}} === 3'],
    ['{{parameters.a}} = 3'],
    ['{{parameters.a}} ='],
    ['{{parameters.a}} =='],
    ['{{parameters.a}} > 3'],
    ['!{{parameters.a}} == 3'],
    ['!!{{parameters.a}}'],
    ['{{parameters.a}} == [1]'],
    ['{{parameters.a}} == {}'],
    ['{{parameters.a}} == 1e999'],
    ['{{parameters.a}} == "\\u0000"'],
    ['{{parameters.a}} == "\\ud800"'],
    ['\\{{parameters.a}}'],
    ['{{other.a}}'],
    ['"high" == {{parameters.a}}'],
  ])('%s cannot be parsed', (text) => expect(parseWhen(text)).toBeUndefined())

  test('the placeholder has its index in the text', () => {
    expect(parseWhen('  ! {{parameters.a}}')?.placeholder.index).toBe(4)
  })
})
