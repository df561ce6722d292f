import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
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
const CSV = `${ONE}/assets/data.csv`
type Prepare = (made: Repository) => Repository | void

/**
 * Replaces a file by one of the same length and modification time: only its bytes and its inode's change time differ.
 */
function disguise(made: Repository): void {
  const old = new Date('2020-01-01')
  utimesSync(join(made.top, CSV), old, old)
  made.git('add', '-A')
  writeFileSync(join(made.top, CSV), 'a,b\n9,9\n')
  utimesSync(join(made.top, CSV), old, old)
}

const script = (made: Repository, text: string) => {
  made.write({ 'tool.sh': `#!/bin/sh\n${text}\n` })
  chmodSync(join(made.top, 'tool.sh'), 0o755)
  return join(made.top, 'tool.sh')
}

describe('a file that exists only on this machine is refused, with its path:', () => {
  const rows: [string, string, Prepare][] = [
    ['changed', MORE, (r) => void r.write({ [MORE]: 'x\n' })],
    ['changed and staged', MORE, (r) => void r.write({ [MORE]: 'x\n' }).git('add', '-A')],
    ['deleted', MORE, (r) => rmSync(join(r.top, MORE))],
    ['untracked', `${ONE}/new.md`, (r) => void r.write({ [`${ONE}/new.md`]: 'x\n' })],
    ['ignored by .gitignore', `${ONE}/a.log`, (r) => void r.write({ [`${ONE}/a.log`]: 'x' })],
    [
      'ignored by a .gitignore below',
      `${ONE}/.env`,
      (r) => void r.write({ 'packages/.gitignore': '.env\n', [`${ONE}/.env`]: 'x' }),
    ],
    [
      'ignored by info/exclude',
      `${ONE}/.env`,
      (r) => void r.write({ '.git/info/exclude': '.env\n', [`${ONE}/.env`]: 'x' }),
    ],
    [
      'ignored by core.excludesFile',
      `${ONE}/.env`,
      (r) => {
        r.write({ mine: '.env\n', [`${ONE}/.env`]: 'x' })
        r.git('config', 'core.excludesFile', join(r.top, 'mine'))
      },
    ],
    [
      'in an ignored folder',
      `${ONE}/assets/cache/a.txt`,
      (r) => void r.write({ '.git/info/exclude': 'cache/\n', [`${ONE}/assets/cache/a.txt`]: 'x' }),
    ],
    [
      'a whole definition that is ignored',
      'packages/shared/agents/three',
      (r) =>
        void r.write({ '.git/info/exclude': 'three/\n', 'packages/shared/agents/three/agent.json': '{}' }),
    ],
    [
      'untracked while status hides such files',
      `${ONE}/new.md`,
      (r) => {
        r.git('config', 'status.showUntrackedFiles', 'no')
        r.write({ [`${ONE}/new.md`]: 'x\n' })
      },
    ],
    [
      'changed under assume-unchanged',
      MORE,
      (r) => {
        r.git('update-index', '--assume-unchanged', MORE)
        r.write({ [MORE]: 'x\n' })
      },
    ],
    [
      'changed under skip-worktree',
      MORE,
      (r) => {
        r.git('update-index', '--skip-worktree', MORE)
        r.write({ [MORE]: 'x\n' })
      },
    ],
    [
      'changed while core.ignoreStat is set',
      MORE,
      (r) => {
        r.git('config', 'core.ignoreStat', 'true')
        r.git('update-index', '--really-refresh')
        r.write({ [MORE]: 'x\n' })
      },
    ],
    [
      'changed while a file system monitor says that nothing is',
      MORE,
      (r) => {
        r.git('config', 'core.fsmonitor', script(r, "printf 'token\\0'"))
        r.git('config', 'core.fsmonitorHookVersion', '2')
        r.git('update-index', '--fsmonitor')
        r.git('status')
        r.write({ [MORE]: 'x\n' })
      },
    ],
    [
      'changed to what a clean filter of this machine makes',
      MORE,
      (r) => {
        r.write({ '.git/info/attributes': '*.md filter=f\n', [MORE]: 'x\n' })
        r.git('config', 'filter.f.clean', script(r, 'tr x y'))
      },
    ],
    ['an executable bit', `${ONE}/assets/data.csv`, (r) => chmodSync(join(r.top, CSV), 0o755)],
    [
      'a symbolic link in place of a file',
      MORE,
      (r) => {
        rmSync(join(r.top, MORE))
        symlinkSync('system.md', join(r.top, MORE))
      },
    ],
    [
      'a repository of its own',
      `${ONE}/assets/sub`,
      (r) => {
        mkdirSync(join(r.top, ONE, 'assets/sub'))
        execFileSync('git', ['init', '-q', join(r.top, ONE, 'assets/sub')])
        r.write({ [`${ONE}/assets/sub/a.txt`]: 'x' })
      },
    ],
    [
      'left by a merge that stopped',
      MORE,
      (r) => {
        r.git('checkout', '-qb', 'side')
        r.write({ [MORE]: 'side\n' })
          .commit()
          .git('checkout', '-q', 'main')
        r.write({ [MORE]: 'main\n' }).commit()
        expect(() => r.git('merge', 'side')).toThrow()
      },
    ],
  ]
  it.each(rows)('%s', async (_name, path, prepare) => {
    prepare(repository)
    await expect(repository.published()).rejects.toMatchObject({
      code: 'NO_COMMIT',
      message: expect.stringContaining(path),
      hint: expect.stringMatching(/commit/),
    })
  })
})

describe('a difference that git does not see is refused, or the digest is that of the objects:', () => {
  const rows: [string, Prepare][] = [
    [
      'changed in disguise while core.trustctime is off',
      (r) => {
        r.git('config', 'core.trustctime', 'false')
        disguise(r)
      },
    ],
    [
      'changed in disguise while core.checkStat is minimal',
      (r) => {
        r.git('config', 'core.checkStat', 'minimal')
        disguise(r)
      },
    ],
  ]
  it.each(rows)('%s', async (_name, prepare) => {
    prepare(repository)
    const taken = await repository.published().catch((error: { code?: string; message: string }) => error)
    if ('digests' in taken) expect(taken.digests).toEqual(repository.expected())
    else expect(taken).toMatchObject({ code: 'NO_COMMIT', message: expect.stringContaining(CSV) })
  })
})
