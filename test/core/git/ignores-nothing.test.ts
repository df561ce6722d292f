import { cpSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, expect, it, vi } from 'vitest'
import { git } from '../../../src/core/git/git-command.ts'
import { placeOnDisk } from '../../../src/core/git/git-place.ts'
import { ignoresNothing } from '../../../src/core/git/ignores-nothing.ts'
import fc from '../../harness/fast-check.ts'
import { tempFolder } from '../../import/support/temp-folder.ts'
import { makeRepository, ONE, type Repository } from './support/repository.ts'

const base = makeRepository()
rmSync(join(base.top, ONE, 'assets/größe ü.txt'))
base.commit()
afterEach(() => vi.unstubAllEnvs())
afterAll(() => base.remove())

/** What git ignores below the definitions, and whether NOFX says without git that this is nothing. */
async function askBoth(made: Repository) {
  const { root } = made.tree()
  const says = ignoresNothing(placeOnDisk(root))
  const words = ['ls-files', '--others', '--ignored', '--exclude-standard', '--directory']
  return { says, ignored: await git(root, [...words, '--', '.']).catch(() => '') }
}

async function askBothAfter(prepare: (made: Repository) => unknown) {
  vi.stubEnv('HOME', join(base.root, 'nobody'))
  vi.stubEnv('XDG_CONFIG_HOME', undefined)
  const made = base.copy().write(FILE)
  prepare(made)
  const answers = await askBoth(made)
  made.remove()
  return answers
}

/** A home with files in it. */
const home = (files: Record<string, string>) => vi.stubEnv('HOME', tempFolder(files))
const NEW = `${ONE}/prompts/new.md`
/** Leaves a file with a rule out of the working tree. */
function leaveOut(made: Repository) {
  made.write({ 'packages/shared/.gitignore': 'new.md' }).commit()
  made.git('update-index', '--skip-worktree', 'packages/shared/.gitignore')
  rmSync(join(made.top, 'packages/shared/.gitignore'))
  return made
}

const FILE = { [NEW]: 'x', 'elsewhere/rules': 'new.md\n' }
/** Settings that name the file with rules. */
const settings = (made: Repository) => `[core]\nexcludesFile = ${join(made.top, 'elsewhere/rules')}\n`

it.each<[string, (made: Repository) => unknown]>([
  ['with new files', () => {}],
  ['as it was committed', (r) => r.git('clean', '-qfd')],
  ['with rules for other files', (r) => r.write({ '.gitignore': '/new\n*.mdx\nnew.md/x\n#new.md\n' })],
  ['with a rule that takes back', (r) => r.write({ '.gitignore': '!new.md\r\n' })],
  [
    'with rules for what is beside the definitions',
    (r) => r.write({ 'dist/x': 'x', '.gitignore': 'dist/*\n' }),
  ],
  ['without an index', (r) => rmSync(join(r.top, '.git/index'))],
  ['in a hook', () => vi.stubEnv('GIT_INDEX_FILE', '.git/index')],
  ['at a commit without a branch', (r) => r.git('checkout', '-q', '--detach')],
])('git is not asked for a folder %s', async (_what, prepare) => {
  expect(await askBothAfter(prepare)).toEqual({ says: true, ignored: '' })
})

it.each<[string, (made: Repository) => unknown]>([
  ['beside the top', (r) => r.write({ '.gitignore': 'new.md' })],
  ['beside the definition', (r) => r.write({ [`${ONE}/.gitignore`]: '/prompts/*.md' })],
  ['between both', (r) => r.write({ 'packages/.gitignore': '\ufeffNEW.MD\nnew.md \r\n' })],
  ['for a folder above', (r) => r.write({ '.gitignore': 'packages/**/' })],
  ['that takes back what another says', (r) => r.write({ '.gitignore': '*\n!two\n' })],
  ['with an escape', (r) => r.write({ '.gitignore': 'ne\\w.md' })],
  ['with a set of characters', (r) => r.write({ [`${ONE}/prompts/.gitignore`]: 'n[/e]w.md' })],
  ['with the end of a text', (r) => r.write({ '.gitignore': 'new.md\0x' })],
  [
    'for a name in another case',
    (r) => r.write({ '.git/config': '[core]\nignoreCase = true\n', '.gitignore': 'NEW.*' }),
  ],
  ['for a name beyond ASCII', (r) => r.write({ [`${ONE}/assets/e\u0301.md`]: 'x', '.gitignore': 'e*' })],
  ['of the repository', (r) => r.write({ '.git/info/exclude': '**/new.md' })],
  [
    'of the repository behind a link',
    (r) => {
      rmSync(join(r.top, '.git/info/exclude'))
      symlinkSync(join(r.top, 'elsewhere/rules'), join(r.top, '.git/info/exclude'))
    },
  ],
  ['of the user', () => home({ '.config/git/ignore': 'new.md' })],
  [
    'of the user elsewhere',
    () => {
      vi.stubEnv('XDG_CONFIG_HOME', tempFolder({ 'git/ignore': 'new.md' }))
    },
  ],
  ['named by the repository', (r) => r.write({ '.git/config': settings(r) })],
  [
    'named by a file of settings',
    (r) => r.write({ '.git/config': '[a] [Include] path = more', '.git/more': settings(r) }),
  ],
  ['named by the user', (r) => home({ '.gitconfig': settings(r) })],
  ['named by the user in the other file', (r) => home({ '.config/git/config': settings(r) })],
  [
    'named by a variable',
    (r) => {
      vi.stubEnv('GIT_CONFIG_COUNT', '1')
      vi.stubEnv('GIT_CONFIG_KEY_0', 'core.excludesFile')
      vi.stubEnv('GIT_CONFIG_VALUE_0', join(r.top, 'elsewhere/rules'))
    },
  ],
  [
    'named by all users',
    (r) => vi.stubEnv('GIT_CONFIG_SYSTEM', join(r.write({ system: settings(r) }).top, 'system')),
  ],
  ['in a file that is not checked out', leaveOut],
  ['in such a file of an index in two files', (r) => leaveOut(r).git('update-index', '--split-index')],
  [
    'in such a file of another index',
    (r) => {
      leaveOut(r)
      renameSync(join(r.top, '.git/index'), join(r.top, 'next'))
      vi.stubEnv('GIT_INDEX_FILE', 'next')
    },
  ],
  [
    'of a repository above one that is not whole',
    (r) => {
      r.write({ '.gitignore': 'new.md' })
      mkdirSync(join(r.top, 'packages/.git/objects'), { recursive: true })
    },
  ],
  [
    'of a repository that a file names',
    (r) => {
      r.write({ '.git/info/exclude': 'new.md' })
      renameSync(join(r.top, '.git'), join(r.top, 'elsewhere/git'))
      writeFileSync(join(r.top, '.git'), 'gitdir: elsewhere/git')
    },
  ],
  [
    'of a repository that a variable names',
    (r) => {
      r.write({ '.git/info/exclude': 'new.md' })
      cpSync(join(r.top, '.git'), join(r.top, 'elsewhere/git'), { recursive: true })
      rmSync(join(r.top, '.git/info'), { recursive: true })
      vi.stubEnv('GIT_DIR', join(r.top, 'elsewhere/git'))
      vi.stubEnv('GIT_WORK_TREE', r.top)
    },
  ],
  [
    'of a repository in two folders',
    (r) => {
      r.write({ '.git/info/exclude': 'new.md' })
      cpSync(join(r.top, '.git'), join(r.top, 'elsewhere/git'), { recursive: true })
      rmSync(join(r.top, '.git/info'), { recursive: true })
      writeFileSync(join(r.top, '.git/commondir'), '../elsewhere/git')
    },
  ],
  [
    'above a working tree that settings make larger',
    (r) => {
      r.write({ '.gitignore': 'new.md' })
      cpSync(join(r.top, '.git'), join(r.top, 'packages/.git'), { recursive: true })
      writeFileSync(
        join(r.top, 'packages/.git/config'),
        '[core]\nrepositoryformatversion = 0\nworktree = ../..\n',
      )
    },
  ],
])('git is asked for a folder with a rule %s', async (_what, prepare) => {
  const { says, ignored } = await askBothAfter(prepare)
  expect(ignored).not.toBe('')
  expect(says).toBe(false)
})

it('git is asked where it may be built with settings of all users that name rules', async () => {
  const built = tempFolder({ 'bin/git': '', 'etc/gitconfig': '[core] excludesFile = x' })
  vi.stubEnv('PATH', `${join(built, 'bin')}:${process.env.PATH}`)
  expect(await askBothAfter(() => {})).toEqual({ says: false, ignored: '' })
})

it.each([
  ['HOME', undefined],
  ['HOME', 'here'],
  ['XDG_CONFIG_HOME', 'here'],
  ['GIT_NEW', '1'],
])('git is asked where %s is %s', async (name, value) => {
  expect(await askBothAfter(() => vi.stubEnv(name, value))).toEqual({ says: false, ignored: '' })
})

it.each([
  ['many folders', 201, (at: number) => `${at}/x`],
  ['many files', 5001, String],
])('git is asked about %s', async (_what, count, name) => {
  const many = Array.from({ length: count }, (_, at) => [`${ONE}/assets/${name(at)}`, 'x'])
  expect(await askBothAfter((r) => r.write(Object.fromEntries(many)))).toEqual({ says: false, ignored: '' })
})

it.each([`*${'x'.repeat(500_000)}*`, `x${' '.repeat(500_000)}x`, 'x*\n'.repeat(50_000)])(
  'git is asked about a long text of rules',
  async (rules) => {
    const { says } = await askBothAfter((r) => r.write({ '.gitignore': rules }))
    expect(says).toBe(false)
  },
)

it('whatever the rules are, git ignores nothing where it is not asked', async () => {
  vi.stubEnv('HOME', join(base.root, 'nobody'))
  vi.stubEnv('XDG_CONFIG_HOME', undefined)
  const made = base.copy()
  const names = ['one', 'new', 'a.md', 'B.md', 'packages', 'agents', 'prompts']
  const signs = ['/', '/', '*', '**', '?', '.', '[a-n]', '[!b]', '[/n]', '\\', '!', '#', ' ', '\r', 'A']
  const parts = fc.array(fc.constantFrom(...names, ...names, ...signs), { maxLength: 5 })
  const rule = fc.oneof(
    fc.constantFrom(...names),
    parts.map((all) => all.join('')),
  )
  const folder = fc.constantFrom('', 'packages/', 'packages/shared/', 'packages/shared/agents/', `${ONE}/`)
  const place = fc.oneof(
    folder.map((at) => `${at}.gitignore`),
    fc.constant('.git/info/exclude'),
  )
  const files = fc.array(fc.constantFrom('a.md', 'B.md', 'new/a.md', 'new/new/B.md', '[a'), {
    maxLength: 3,
  })
  const counts = { quick: 0, ignored: 0 }
  await fc.assert(
    fc.asyncProperty(place, fc.array(rule, { maxLength: 3 }), files, async (path, rules, added) => {
      made.git('clean', '-qfdx')
      made.write({ '.gitignore': '', '.git/info/exclude': '', [path]: rules.join('\n') })
      for (const one of added) made.write({ [`${ONE}/assets/${one}`]: 'x' })
      const { says, ignored } = await askBoth(made)
      if (says) expect(ignored).toBe('')
      counts.quick += Number(says)
      counts.ignored += Number(ignored !== '')
    }),
    { numRuns: 60 },
  )
  expect(counts.quick).toBeGreaterThan(5)
  expect(counts.ignored).toBeGreaterThan(5)
  made.remove()
})
