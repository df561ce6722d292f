import { expect, it } from 'vitest'
import { buildCover } from '../../../src/core/publish/cover.ts'

const ALL = ['agents/a', 'agents/b', 'agents/templates', 'templates/a', 'templates/c']
const covered = (publishes: string[], only?: string[]) =>
  ALL.filter((name) => {
    const [kind = '', id = ''] = name.split('/')
    return buildCover({ publishes, only })({ kind, id })
  })

it.each<[string[], string[] | undefined, string[]]>([
  [['agents', 'templates'], undefined, ALL],
  [['templates'], undefined, ['templates/a', 'templates/c']],
  [['agents', 'templates'], ['a'], ['agents/a', 'templates/a']],
  [['agents', 'templates'], ['agents/a'], ['agents/a']],
  [
    ['agents', 'templates'],
    ['agents/a', 'templates/'],
    ['agents/a', 'templates/a', 'templates/c'],
  ],
  [['agents', 'templates'], ['templates'], ['agents/templates']],
  [['agents'], ['templates/a'], []],
  [['agents'], [], []],
])('kinds %j with only %j cover %j', (publishes, only, expected) => {
  expect(covered(publishes, only)).toEqual(expected)
})
