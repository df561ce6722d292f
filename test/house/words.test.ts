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

const NAMES = ['src', 'supabase/functions']
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
    const locals = NAMES.filter(({ isLocal, name }) => isLocal && /^(?:known|kept)$/i.test(name))
    const types = NAMES.filter(
      ({ sort, name }) => sort === 'type' && /^(?:Asked|Found|Given|Held|Kept|Known|Told)$/.test(name),
    )
    expect(NAMES.length).toBeGreaterThan(10_000)
    const all = [...names, ...locals, ...types]
    expect(all.map(({ file, name }) => `${file}: ${name}`)).toEqual([])
  })

  it('call a definition a definition: an item is a part of a list, of a plan or of a request', () => {
    const items = NAMES.filter(({ name, isLocal }) => name === 'item' && isLocal)
    // Kind, the interface for plugins, has the older word.
    const own = items.filter(({ file }) => file !== 'src/contract/kind.ts')
    expect(items.length).toBeGreaterThan(own.length)
    const wrong = own.filter(({ written }) => /(?:^|\w)[Dd]efinition\b(?!\[)|ContentState/.test(written))
    expect(wrong.map(({ file, written }) => `${file}: ${written}`)).toEqual([])
  })

  it('call what describes a head its description: metadata is a column, and a field of manifests and storage', () => {
    const foreign =
      /^src\/(?:contract\/fields|plugins\/\w+\/manifest|import\/again|cloud\/embedded\/storage)\/|bundle-sizes|head-document|cli\/json\//
    const locals = NAMES.filter(({ name, isLocal }) => name === 'metadata' && isLocal)
    const wrong = locals.filter(({ file }) => !foreign.test(file)).map(({ file }) => file)
    expect(locals.length).toBeGreaterThan(wrong.length)
    expect([...new Set(wrong)]).toEqual([])
  })
})
