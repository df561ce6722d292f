import { expect, test } from 'vitest'
import {
  definitionArgs,
  idOfKind,
  requireDefinition,
  splitDefinition,
  splitDefinitions,
} from '../../../src/cli/definition/definition-args.ts'
import { parseVersion } from '../../../src/cli/definition/version-flag.ts'
import type { Kind } from '../../../src/contract/kind.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { templates } from '../../../src/plugins/templates/kind.ts'
import fc from '../../harness/fast-check.ts'
import { listCommands } from '../support/commands.ts'

const KINDS: Kind[] = [agents, templates]
const ID = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/)

test('both forms name the same definition, by the plural and the singular of its kind', () => {
  fc.assert(
    fc.property(fc.constantFrom(...KINDS), fc.boolean(), ID, (kind, plural, id) => {
      const name = plural ? kind.id : kind.singular
      const forms = [
        { kind: name, id },
        { kind: `${name}/${id}` },
        { kind: `${name}/${id}/` },
        { kind: `${name}/${id}`, id },
      ]
      for (const form of forms) {
        const found = requireDefinition(KINDS, form, 'registry show')
        expect([found.kind.id, found.id]).toEqual([kind.id, id])
      }
      expect(splitDefinitions(KINDS, [`${name}/${id}`, 'b', `${kind.id}/c`], 'registry pull').ids).toEqual([
        id,
        'b',
        'c',
      ])
      expect(splitDefinitions(KINDS, [name, id], 'registry pull').ids).toEqual([id])
    }),
    { numRuns: 50 },
  )
})

test.each([
  [{ kind: 'agents/a/b' }, '"agents/a/b" is not a definition'],
  [{ kind: 'agents/a', id: 'b' }, '"agents/a" and "b" are two names'],
  [{ kind: '/a' }, '"/a" is not a definition'],
])('%j is refused', (words, message) => {
  expect(() => splitDefinition(words)).toThrow(message)
})

test('definitions of two kinds are refused', () => {
  expect(() => splitDefinitions(KINDS, ['agents/a', 'templates/b'], 'registry pull')).toThrow(
    'templates/b is not one of agents',
  )
})

test('a version is a positive number that the database can store, with or without v', () => {
  for (const [text, version] of [
    ['3', 3],
    ['v3', 3],
    ['V3', 3],
    ['v2147483647', 2_147_483_647],
  ] as const)
    expect(parseVersion(text)).toBe(version)
  for (const text of ['', 'v', '0', 'v0', '-1', '1.2', '3v', 'v2147483648', '99999999999'])
    expect(() => parseVersion(text)).toThrow('is not a version')
})

test('a command for one kind takes the id alone, and both forms with the kind', () => {
  fc.assert(
    fc.property(fc.constantFrom(...KINDS), ID, (kind, id) => {
      for (const word of [id, `${kind.id}/${id}`, `${kind.singular}/${id}`, `${kind.id}/${id}/`])
        expect(idOfKind(kind, word)).toBe(id)
    }),
    { numRuns: 30 },
  )
  for (const word of ['agents/a', 'templates/', 'templates/a/b', '/a', ''])
    expect(() => idOfKind(templates, word)).toThrow(expect.objectContaining({ code: 'USAGE' }))
})

/** `id` of these is of something that does not exist yet, or they take several ids. */
const OWN_FORMS = ['new', 'export', 'registry:pull', 'templates:instantiate']

test('every command about a definition takes the shared forms of its name and of a version', () => {
  const described = { kind: definitionArgs.kind.description, id: definitionArgs.id.description }
  const named = listCommands().filter(
    ({ id, args }) => 'kind' in args && 'id' in args && !OWN_FORMS.includes(id),
  )
  expect(named.length).toBeGreaterThan(7)
  for (const { id, args } of named) {
    expect(args.kind?.description?.startsWith(described.kind ?? '?'), id).toBe(true)
    expect(args.id?.description, id).toBe(described.id)
  }
  const versions = listCommands().flatMap(({ id, flags }) =>
    Object.entries(flags)
      .filter(([, { type, description }]) => type === 'option' && /\bversion\b/.test(description ?? ''))
      .map(([name, { helpValue }]) => `${id} --${name}=${helpValue}`),
  )
  expect(versions.length).toBeGreaterThan(7)
  expect(versions.filter((one) => !/[=@]v3$/.test(one))).toEqual([])
})
