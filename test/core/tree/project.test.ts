import { mkdirSync, realpathSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { definitionsRoot, findProject } from '../../../src/core/tree/project.ts'
import { tempFolder } from '../../import/support/temp-folder.ts'

const folder = (files: Record<string, string> = {}) => realpathSync(tempFolder(files))
const packageWith = (nofx: unknown) => JSON.stringify({ name: 'x', nofx })

describe('the project of a folder', () => {
  test.each<[string, Record<string, string>]>([
    ['definitions', { 'packages/shared/agents/a/agent.json': '{}' }],
    ['a "nofx" key', { 'package.json': packageWith({}) }],
    ['a "nofx" key after a byte order mark', { 'package.json': `\ufeff${packageWith({})}` }],
    ['a repository', { '.git/HEAD': 'ref: refs/heads/main\n' }],
    ['a worktree, where .git is a file', { '.git': 'gitdir: /elsewhere\n' }],
  ])('is the nearest folder upwards that has %s', (_what, files) => {
    const root = folder({ ...files, 'a/b/c.txt': '' })
    expect(findProject(join(root, 'a/b'))).toEqual({ root, definitions: 'packages/shared', plugins: [] })
  })

  test('is the inner one of two', () => {
    const root = folder({
      'package.json': packageWith({}),
      'apps/web/package.json': packageWith({ plugins: ['p'] }),
    })
    expect(findProject(join(root, 'apps/web'))).toMatchObject({
      root: join(root, 'apps/web'),
      plugins: ['p'],
    })
  })

  test('is found from a folder that a symbolic link leads to', () => {
    const root = folder({ 'package.json': packageWith({}), 'a/b.txt': '' })
    const link = join(folder(), 'link')
    symlinkSync(join(root, 'a'), link)
    expect(findProject(link).root).toBe(root)
  })

  test('passes over a package.json without the key, also when it only has that word', () => {
    const root = folder({
      'package.json': packageWith({ definitions: 'defs' }),
      'a/package.json': JSON.stringify({ name: 'nofx', dependencies: { nofx: '1.0.0' } }),
      'b/package.json': '{ broken',
    })
    expect(findProject(join(root, 'a'))).toMatchObject({ root, definitions: 'defs' })
    expect(findProject(join(root, 'b'))).toMatchObject({ root })
  })
})

test.each([
  ['packages/shared', 'packages/shared'],
  ['.', ''],
  ['../shared', '../shared'],
])(
  'the definitions %j are below the root of the project, unless they lead elsewhere',
  (definitions, path) => {
    const root = folder({ 'package.json': packageWith({ definitions }) })
    expect(definitionsRoot(findProject(root))).toBe(join(root, path))
  },
)

describe('a package.json is refused with its path', () => {
  test.each<[string, unknown]>([
    ['null', null],
    ['a text', 'packages/shared'],
    ['a list', []],
    ['definitions that are not a text', { definitions: 7 }],
    ['definitions that are null', { definitions: null }],
    ['plugins that are not a list', { plugins: 'p' }],
    ['plugins that are not texts', { plugins: [7] }],
  ])('when its "nofx" is %s', (_what, nofx) => {
    const root = folder({ 'package.json': packageWith(nofx) })
    const path = join(root, 'package.json')
    expect(() => findProject(root)).toThrow(
      expect.objectContaining({
        code: 'CONFIG',
        message: `"nofx" in ${path} is not understood`,
        hint: 'use { "definitions": "packages/shared", "plugins": ["<package>"] }',
        at: path,
      }),
    )
  })

  test('when it has the key and is not JSON', () => {
    const root = folder({ 'package.json': '{ "nofx": {}, }' })
    const path = join(root, 'package.json')
    expect(() => findProject(root)).toThrow(
      expect.objectContaining({
        code: 'CONFIG',
        message: `${path} is not valid JSON`,
        hint: 'fix the file',
        at: path,
      }),
    )
  })

  test('when it cannot be read, such as a folder of that name', () => {
    const root = folder()
    mkdirSync(join(root, 'package.json'))
    const path = join(root, 'package.json')
    expect(() => findProject(root)).toThrow(
      expect.objectContaining({
        code: 'INPUT_UNREADABLE',
        message: `${path} cannot be read (EISDIR)`,
        at: path,
      }),
    )
  })
})
