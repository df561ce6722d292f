import { execFileSync } from 'node:child_process'
import { rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SILENT } from '../../../src/core/progress.ts'
import { validate } from '../../../src/core/validate/validate.ts'
import { makeRepository, ONE, type Repository } from './support/repository.ts'

const base = makeRepository()
let repository: Repository
beforeEach(() => {
  repository = base.copy()
})
afterEach(() => repository.remove())
afterAll(() => base.remove())

const POINTER = `version https://git-lfs.github.com/spec/v1
oid sha256:${'4'.repeat(64)}
size 12345
`

/** Adds a commit of another repository at a path, as `git submodule add` records it, without its files. */
function addLink(made: Repository, path: string): void {
  made.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},${path}`)
  made.git('commit', '-qm', 'link')
}

/** The same with its files, as `git submodule add` leaves them. */
function addSubmodule(made: Repository, path: string): void {
  made.git('-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', `file://${base.top}`, path)
  made.git('commit', '-qm', 'submodule')
}

describe('publish and validate report an error for a commit with a file that is not its content:', () => {
  const rows: [string, string, (made: Repository) => void][] = [
    [
      'a Git LFS pointer among the assets',
      'NOFX_FILE_LFS_POINTER',
      (r) => void r.write({ [`${ONE}/assets/model.bin`]: POINTER }).commit(),
    ],
    [
      'a Git LFS pointer in place of a prompt',
      'NOFX_FILE_LFS_POINTER',
      (r) => void r.write({ [`${ONE}/prompts/more.md`]: POINTER }).commit(),
    ],
    ['a submodule among the assets', 'NOFX_FILE_SUBMODULE', (r) => addSubmodule(r, `${ONE}/assets/sub`)],
    ['a submodule of a name with a dot', 'NOFX_FILE_SUBMODULE', (r) => addSubmodule(r, `${ONE}/assets/a.b`)],
    [
      'a symbolic link',
      'NOFX_FILE_SYMLINK',
      (r) => {
        symlinkSync('data.csv', join(r.top, ONE, 'assets/link.csv'))
        r.commit()
      },
    ],
  ]
  it.each(rows)('%s', async (_name, rule, prepare) => {
    prepare(repository)
    const { errors } = await repository.published()
    expect(errors).toContain(rule)
    const { diagnostics } = await validate(repository.tree(), { askRegistry: async () => 'missing' }, SILENT)
    expect(diagnostics.map((one) => one.rule)).toContain(rule)
  })

  it('a submodule whose files are missing from this checkout', async () => {
    addLink(repository, `${ONE}/assets/sub`)
    expect((await repository.published()).errors).toContain('NOFX_FILE_SUBMODULE')
  })

  it('a Git LFS pointer whose content is put into the working tree by a filter of this machine', async () => {
    repository
      .write({ [`${ONE}/assets/model.bin`]: POINTER, '.gitattributes': '*.bin filter=lfs\n' })
      .commit()
    const content = 'the content that LFS would fetch\n'
    repository.write({ fetched: content, pointer: POINTER })
    repository.git('config', 'filter.lfs.smudge', `cat ${join(repository.top, 'fetched')}`)
    repository.git('config', 'filter.lfs.clean', `cat ${join(repository.top, 'pointer')}`)
    rmSync(join(repository.top, ONE, 'assets/model.bin'))
    repository.git('checkout', '--', `${ONE}/assets/model.bin`)
    expect(execFileSync('cat', [join(repository.top, ONE, 'assets/model.bin')], { encoding: 'utf8' })).toBe(
      content,
    )
    expect((await repository.published()).errors).toContain('NOFX_FILE_LFS_POINTER')
  })
})

describe('a kind whose folder is not in the commit is refused with its path:', () => {
  const AGENTS = 'packages/shared/agents'
  const rows: [string, (made: Repository) => void][] = [
    [
      'as a submodule',
      (r) => {
        r.git('rm', '-rqf', AGENTS)
        r.git('commit', '-qm', 'none')
        addLink(r, AGENTS)
      },
    ],
    [
      'as a symbolic link',
      (r) => {
        r.git('mv', AGENTS, 'elsewhere')
        symlinkSync('../../elsewhere', join(r.top, AGENTS))
        r.commit()
      },
    ],
  ]
  it.each(rows)('%s', async (_name, prepare) => {
    prepare(repository)
    await expect(repository.published()).rejects.toMatchObject({
      code: 'NO_COMMIT',
      message: expect.stringContaining(AGENTS),
    })
  })

  it('a definition that is a submodule is an error, not a removed definition', async () => {
    repository.git('rm', '-rqf', 'packages/shared/agents/two')
    repository.git('commit', '-qm', 'none')
    addSubmodule(repository, 'packages/shared/agents/two')
    const taken = await repository.published().catch((error: { code?: string; message: string }) => error)
    if ('digests' in taken) expect(taken.errors).toContain('NOFX_FILE_SUBMODULE')
    else expect(taken.message).toContain('packages/shared/agents/two')
  })
})
