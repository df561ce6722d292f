import { chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeRepository, ONE, type Repository } from './support/repository.ts'

const base = makeRepository()
let repository: Repository
beforeEach(() => {
  repository = base.copy()
})
afterEach(() => repository.remove())
afterAll(() => base.remove())

const MORE = `${ONE}/prompts/more.md`
type Prepare = (made: Repository) => Repository | void

describe('a commit has the digest of its objects:', () => {
  const attributes =
    (text: string): Prepare =>
    (r) => {
      r.write({ '.gitattributes': text }).git('add', '.gitattributes')
      r.git('commit', '-qm', 'attributes')
      return r.clone('b')
    }
  const rows: [string, Prepare][] = [
    ['as it was made', () => {}],
    [
      'with a file of the operating system that git ignores',
      (r) => void r.write({ [`${ONE}/.DS_Store`]: '\0' }),
    ],
    ['with ignored files beside the definitions', (r) => void r.write({ 'ignored/a.log': 'x' })],
    ['in a clone with core.autocrlf=true', (r) => r.clone('b', '-c', 'core.autocrlf=true')],
    ['in a clone with core.autocrlf=input', (r) => r.clone('b', '-c', 'core.autocrlf=input')],
    ['in a clone with core.fileMode=false', (r) => r.clone('b', '-c', 'core.fileMode=false')],
    [
      'where the file system keeps no executable bit',
      (r) => {
        r.git('config', 'core.fileMode', 'false')
        chmodSync(join(r.top, ONE, 'assets/run.sh'), 0o644)
      },
    ],
    ['with eol=crlf', attributes('* text eol=crlf\n')],
    ['with ident', attributes('*.txt ident\n')],
    ['with working-tree-encoding', attributes('*.md text working-tree-encoding=UTF-16LE\n')],
    ['with export-ignore and export-subst', attributes('*.csv export-ignore\n*.txt export-subst\n')],
    [
      'with a smudge filter',
      (r) => {
        r.write({ '.gitattributes': '*.csv filter=f\n' }).git('add', '.gitattributes')
        r.git('commit', '-qm', 'attributes')
        return r.clone('b', '-c', 'filter.f.smudge=tr 1 7', '-c', 'filter.f.clean=tr 7 1')
      },
    ],
    [
      'in a sparse checkout by folders',
      (r) => {
        r.git('sparse-checkout', 'set', '--cone', 'packages/shared/agents/two')
      },
    ],
    [
      'in a sparse checkout by patterns, with a sparse index',
      (r) => {
        r.git('sparse-checkout', 'set', '--no-cone', '/*', '!/packages/shared/agents/one/assets')
      },
    ],
    [
      'with a file that skip-worktree leaves out',
      (r) => {
        r.git('update-index', '--skip-worktree', MORE)
        rmSync(join(r.top, MORE))
      },
    ],
    ['in a clone without a checkout', (r) => r.clone('b', '--no-checkout')],
    ['in a bare clone', (r) => r.clone('b', '--bare')],
    [
      'in a worktree of a bare clone',
      (r) => {
        r.clone('b', '--bare').git('worktree', 'add', '-q', '../c')
        return r.at('c')
      },
    ],
    [
      'in a second worktree',
      (r) => {
        r.git('worktree', 'add', '-q', '-b', 'second', '../b')
        return r.at('b')
      },
    ],
    [
      'in a repository whose .git is elsewhere',
      (r) => r.clone('b', '--separate-git-dir', join(r.root, 'elsewhere')),
    ],
    ['in a partial clone without blobs', (r) => r.clone('b', '--filter=blob:none', '--no-checkout')],
    ['in a partial clone without trees', (r) => r.clone('b', '--filter=tree:0')],
    [
      'in a clone that borrows objects',
      (r) => {
        r.git('clone', '-q', '--shared', r.top, join(r.root, 'b'))
        return r.at('b')
      },
    ],
    ['with packed objects', (r) => void r.git('gc', '-q')],
    ['with a detached HEAD', (r) => void r.git('checkout', '-q', '--detach')],
    [
      'as a submodule of another repository',
      (r) => {
        const outer = r.at('outer')
        mkdirSync(outer.top)
        outer.git('init', '-q')
        outer.git('-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', r.top, 'inner')
        return r.at('outer/inner')
      },
    ],
    [
      'with a replaced blob',
      (r) => {
        r.write({ other: 'replaced\n' })
        r.git('replace', r.git('rev-parse', `HEAD:${MORE}`), r.git('hash-object', '-w', 'other'))
      },
    ],
    [
      'with a replaced commit',
      (r) => {
        const old = r.git('rev-parse', 'HEAD')
        r.git('checkout', '-qb', 'side')
        r.write({ [MORE]: 'side\n' }).commit()
        const side = r.git('rev-parse', 'HEAD')
        r.git('checkout', '-q', 'main')
        r.git('replace', old, side)
      },
    ],
    [
      'with a graft',
      (r) => void r.write({ '.git/info/grafts': `${r.git('rev-parse', 'HEAD')} ${'1'.repeat(40)}\n` }),
    ],
    ['without an index', (r) => rmSync(join(r.top, '.git/index'))],
    [
      'with an untracked cache and a split index',
      (r) => {
        r.git('update-index', '--untracked-cache', '--split-index')
      },
    ],
    [
      'with core.ignoreCase and core.precomposeUnicode',
      (r) => {
        r.git('config', 'core.ignoreCase', 'true')
        r.git('config', 'core.precomposeUnicode', 'true')
      },
    ],
    [
      'with core.quotePath and colours',
      (r) => {
        r.git('config', 'core.quotePath', 'true')
        r.git('config', 'color.ui', 'always')
      },
    ],
  ]
  it.each(rows)('%s', async (_name, prepare) => {
    const before = repository.expected()
    const place = prepare(repository) ?? repository
    const { digests, errors, commit } = await place.published()
    expect(digests).toEqual(place.expected())
    expect(digests).toEqual(before)
    expect(errors).toEqual([])
    expect(commit).toMatchObject({ sha: place.git('rev-parse', 'HEAD'), dirty: false })
    expect(commit?.rank).toBe(Number(place.git('rev-list', '--count', '--first-parent', 'HEAD')))
  })

  it('in a repository with SHA-256', async () => {
    const other = makeRepository('--object-format=sha256')
    const { digests } = await other.published()
    expect(digests).toEqual(repository.expected())
    other.remove()
  })

  it('through a symbolic link to the project', async () => {
    symlinkSync(repository.top, join(repository.root, 'link'))
    const { digests } = await repository.published({ top: join(repository.root, 'link') })
    expect(digests).toEqual(repository.expected())
  })

  it('in a shallow clone, if the height is not needed', async () => {
    repository.write({ [MORE]: 'x\n' }).commit()
    const clone = repository.clone('b', '--depth', '1')
    await expect(clone.published()).rejects.toMatchObject({
      code: 'NO_COMMIT',
      hint: expect.stringContaining('git fetch --unshallow'),
    })
    expect((await clone.published({ anyRank: true })).digests).toEqual(repository.expected())
  })
})
