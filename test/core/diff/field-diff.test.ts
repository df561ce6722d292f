import { describe, expect, it } from 'vitest'
import { diffFields } from '../../../src/core/diff/field-diff.ts'

const skill = (id: string, description: string) => ({ id, description })

describe('the difference between two manifests', () => {
  it.each([
    [
      'nothing, when only the order of keys differs',
      { a: 1, b: { c: 2, d: 3 } },
      { b: { d: 3, c: 2 }, a: 1 },
      [],
    ],
    ['a changed value', { name: 'A' }, { name: 'B' }, [{ path: 'name', before: 'A', after: 'B' }]],
    ['an added field', {}, { tags: ['x'] }, [{ path: 'tags', after: ['x'] }]],
    ['a removed field', { owner: '@me' }, {}, [{ path: 'owner', before: '@me' }]],
    [
      'a nested field by its dotted path',
      { model: { params: { temperature: 0 } } },
      { model: { params: { temperature: 1 } } },
      [{ path: 'model.params.temperature', before: 0, after: 1 }],
    ],
    [
      'objects with an id by that id, whatever their order',
      { skills: [skill('a', 'one'), skill('b', 'two')] },
      { skills: [skill('b', 'two'), skill('a', 'ONE')] },
      [{ path: 'skills[a].description', before: 'one', after: 'ONE' }],
    ],
    [
      'an added and a removed object',
      { skills: [skill('a', 'one')] },
      { skills: [skill('b', 'two')] },
      [
        { path: 'skills[a]', before: skill('a', 'one') },
        { path: 'skills[b]', after: skill('b', 'two') },
      ],
    ],
    [
      'plain lists as a whole',
      { tags: ['a', 'b'] },
      { tags: ['b', 'a'] },
      [{ path: 'tags', before: ['a', 'b'], after: ['b', 'a'] }],
    ],
    [
      'lists whose ids repeat as a whole',
      { x: [{ id: 'a' }, { id: 'a' }] },
      { x: [{ id: 'a' }] },
      [{ path: 'x', before: [{ id: 'a' }, { id: 'a' }], after: [{ id: 'a' }] }],
    ],
    ['a list that became an object', { x: [] }, { x: {} }, [{ path: 'x', before: [], after: {} }]],
    ['null as a value', { x: null }, { x: 1 }, [{ path: 'x', before: null, after: 1 }]],
    [
      'keys that name prototypes, like any other',
      JSON.parse('{"__proto__": 1, "constructor": 1}'),
      JSON.parse('{"__proto__": 2, "constructor": 1}'),
      [{ path: '__proto__', before: 1, after: 2 }],
    ],
  ])('names %s', (_name, before, after, changes) => {
    expect(diffFields(before, after)).toEqual(changes)
  })
})
