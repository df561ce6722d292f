import { describe, expect, it } from 'vitest'
import { editDistance, nearest } from '../../../src/contract/text/nearest.ts'

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['abc', 'abc', 0],
    ['', 'abc', 3],
    ['abc', 'acb', 1],
    ['abc', 'abd', 1],
    ['abc', 'ab', 1],
    ['abc', 'abcd', 1],
    ['kitten', 'sitting', 3],
  ])('%j and %j have the distance %d', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance)
    expect(editDistance(b, a)).toBe(distance)
  })
})

describe('nearest', () => {
  const fields = ['description', 'name', 'owner', 'tags', 'mcp', 'model', 'metadata']

  it.each([
    ['descripton', 'description'],
    ['Description', 'description'],
    ['nmae', 'name'],
    ['tag', 'tags'],
    ['MCP', 'mcp'],
    ['modle', 'model'],
    ['team', undefined],
    ['x', undefined],
    ['prompts', undefined],
    ['a'.repeat(5000), undefined],
  ])('%j is closest to %j', (word, field) => expect(nearest(word, fields)).toBe(field))
})
