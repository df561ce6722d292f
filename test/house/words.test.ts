import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { filesUnder } from './sources.ts'
import { declaredNames } from './words.ts'

/** A function that computes what it is named after: the digest is a property of the files. */
const COMPUTED = ['digestOf']

/** Participles that say nothing as a name: the noun is better, as `knownHeads` for `known`. */
const PARTICIPLES = [
  ...[
    'asked',
    'chosen',
    'found',
    'given',
    'heard',
    'held',
    'listed',
    'made',
    'meant',
    'met',
    'named',
    'said',
  ],
  ...['seen', 'sent', 'shown', 'taken', 'told', 'typed', 'wanted', 'written'],
]

const NAMES = ['src', 'api', 'supabase/functions']
  .flatMap((room) => filesUnder(room))
  .flatMap((file) => declaredNames(file, readFileSync(file, 'utf8')))

describe('names in the sources', () => {
  it('end in Of only where a function reads a property; what builds, finds or renders has a verb', () => {
    const functions = NAMES.filter(({ name, sort }) => sort === 'function' && /[a-z\d]Of$/.test(name))
    expect(functions.length).toBeGreaterThan(5)
    const wrong = functions.filter(({ name, readsProperty }) => !readsProperty && !COMPUTED.includes(name))
    expect(wrong.map(({ file, name }) => `${file}: ${name}`)).toEqual([])
  })

  it('stand for one type each; the classes of commands have the names of their files', () => {
    const types = NAMES.filter(({ file, sort }) => sort === 'type' && !file.startsWith('src/commands/'))
    expect(types.length).toBeGreaterThan(500)
    const names = types.map(({ name }) => name)
    const twice = types.filter(({ name }, at) => names.indexOf(name) !== at)
    expect(twice.map(({ file, name }) => `${file}: ${name}`)).toEqual([])
  })

  it('are nouns: no participle stands alone', () => {
    // Properties of types may be fields of JSON.
    const names = NAMES.filter(({ sort, name }) => sort === 'value' && PARTICIPLES.includes(name))
    expect(NAMES.length).toBeGreaterThan(10_000)
    expect(names.map(({ file, name }) => `${file}: ${name}`)).toEqual([])
  })
})
