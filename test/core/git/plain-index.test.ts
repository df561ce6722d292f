import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, expect, it, vi } from 'vitest'
import { listTracked } from '../../../src/core/git/git-entries.ts'
import { findGitPlace, findPlaceAndHead, placeOnDisk } from '../../../src/core/git/git-place.ts'
import { hasPlainIndex, listPlainIndex } from '../../../src/core/git/plain-index.ts'
import { findTop, isPlain } from '../../../src/core/git/plain-repository.ts'
import { TrackedFiles } from '../../../src/core/reading/tracked-files.ts'
import { readSource } from '../../../src/core/tree/collect.ts'
import { compareWorkingTree } from '../../../src/core/tree/differences.ts'
import { showsAll, tracksAll } from '../../../src/core/tree/same-as-commit.ts'
import { findFolders } from '../../../src/core/tree/tree.ts'
import { agentFiles } from '../../harness/project.ts'
import { pick, seeded } from '../../harness/random.ts'
import { tempFolder } from '../../import/support/temp-folder.ts'
import { makeRepository, ONE, type Repository } from './support/repository.ts'
import { at, MORE, STEPS } from './support/steps.ts'

const ODD_NAME = `${ONE}/assets/größe ü.txt`
const AGENTS = 'packages/shared/agents'
const base = makeRepository()
base.git('rm', '-q', ODD_NAME)
base.commit()
afterEach(() => vi.unstubAllEnvs())
afterAll(() => base.remove())

/** A user without settings. */
function beNobody() {
  vi.stubEnv('HOME', join(base.root, 'nobody'))
  vi.stubEnv('XDG_CONFIG_HOME', undefined)
}

async function askBoth(made: Repository) {
  const place = placeOnDisk(made.tree().root)
  const plain = listPlainIndex(place)
  return { plain, isPlain: hasPlainIndex(place), listed: await listTracked(place).catch(() => undefined) }
}

async function askBothAfter(prepare: (made: Repository) => unknown) {
  beNobody()
  const made = base.copy()
  prepare(made)
  const answers = await askBoth(made)
  made.remove()
  return answers
}

const home = (files: Record<string, string>) => vi.stubEnv('HOME', tempFolder(files))
/** As after a merge that both sides have to do with. */
function quarrel(made: Repository) {
  for (const text of ['One.\n', 'Two.\n']) {
    made.git('checkout', '-q', '-B', text.slice(0, 3), base.git('rev-parse', 'HEAD'))
    made.write({ [MORE]: text }).commit()
  }
  expect(() => made.git('merge', '-q', 'One')).toThrow()
}

it.each<[string, (made: Repository) => unknown]>([
  ['as it was committed', () => {}],
  ['with changes', (r) => r.write({ [MORE]: 'More.\n', [`${ONE}/new.md`]: 'New.\n' })],
  ['with files that are staged', (r) => r.write({ [`${ONE}/new.md`]: 'New.\n' }).git('add', '-A')],
  ['with files that are gone', (r) => r.git('rm', '-qr', ONE)],
  [
    'with a link and a repository in it',
    (r) => {
      r.git('update-index', '--add', '--cacheinfo', `160000,${r.git('rev-parse', 'HEAD')},${AGENTS}/sub`)
      r.git(
        'update-index',
        '--add',
        '--cacheinfo',
        `120000,${r.git('rev-parse', 'HEAD^{tree}')},${AGENTS}/link`,
      )
    },
  ],
  [
    'with each length of a name',
    (r) => {
      for (let length = 1; length < 20; length++) r.write({ [`${ONE}/assets/${'x'.repeat(length)}`]: 'x' })
      r.git('add', '-A')
    },
  ],
  [
    'whose names begin like others',
    (r) => r.write({ 'packages/shared-more/x': 'x', 'packages/share': 'x' }).git('add', '-A'),
  ],
  ['with rules for ignored files', (r) => r.write({ '.gitignore': '*.md\n' })],
  ['without a branch', (r) => r.git('checkout', '-q', '--detach')],
])('the index is read without git %s', async (_what, prepare) => {
  const { plain, isPlain, listed } = await askBothAfter(prepare)
  expect([plain, isPlain]).toEqual([listed, true])
})

it.each<[string, (made: Repository) => unknown]>([
  ['a file that it has to overlook', (r) => r.git('update-index', '--assume-unchanged', MORE)],
  ['a file that it leaves out', (r) => r.git('update-index', '--skip-worktree', MORE)],
  ['a file that will be added', (r) => r.write({ [`${ONE}/new.md`]: 'x' }).git('add', '-N', ONE)],
  ['a conflict', quarrel],
  ['an index in two files', (r) => r.git('update-index', '--split-index')],
  ['an index with shorter names', (r) => r.git('update-index', '--index-version', '4')],
  ['an index that a variable names', () => vi.stubEnv('GIT_INDEX_FILE', '.git/index')],
  ['an index that does not exist', (r) => rmSync(at(r, '.git/index'))],
  ['an index of another sort', (r) => writeFileSync(at(r, '.git/index'), 'DIRC\0\0\0\u0003')],
  [
    'an index that is cut off',
    (r) => {
      const bytes = readFileSync(at(r, '.git/index'))
      writeFileSync(at(r, '.git/index'), bytes.subarray(0, bytes.length - 300))
    },
  ],
  [
    'an index with more than git must know',
    (r) => {
      const bytes = readFileSync(at(r, '.git/index'))
      const more = Buffer.from('sdir\0\0\0\0')
      writeFileSync(at(r, '.git/index'), Buffer.concat([bytes.subarray(0, -20), more, bytes.subarray(-20)]))
    },
  ],
  ['a name beyond ASCII', (r) => r.write({ [ODD_NAME]: 'x' }).git('add', '-A')],
  [
    'a name of 5,000 characters',
    (r) => {
      const path = `${ONE}/${'x'.repeat(199)}`.concat(`/${'x'.repeat(199)}`.repeat(24))
      r.git('update-index', '--add', '--cacheinfo', `100644,${r.git('rev-parse', 'HEAD^{tree}')},${path}`)
    },
  ],
  [
    'a repository with longer hashes',
    (r) => {
      rmSync(at(r, '.git'), { recursive: true })
      r.git('init', '-q', '--object-format=sha256')
      r.git('add', '-A')
    },
  ],
  [
    'a repository that a file names',
    (r) => {
      mkdirSync(at(r, 'elsewhere'))
      renameSync(at(r, '.git'), at(r, 'elsewhere/git'))
      writeFileSync(at(r, '.git'), 'gitdir: elsewhere/git')
    },
  ],
  ['attributes above', (r) => r.write({ '.gitattributes': '*.md text\n' })],
  [
    'attributes above that only the index has',
    (r) => {
      r.write({ 'packages/.gitattributes': '*.md text\n' }).commit()
      rmSync(at(r, 'packages/.gitattributes'))
    },
  ],
  ['attributes of the folder of definitions', (r) => r.write({ 'packages/shared/.gitattributes': 'x' })],
  ['attributes of a kind', (r) => r.write({ [`${AGENTS}/.gitattributes`]: '*.md text\n' })],
  ['attributes of a definition', (r) => r.write({ [`${ONE}/.gitattributes`]: '*.md text\n' }).commit()],
  ['attributes of the repository', (r) => r.write({ '.git/info/attributes': '*.md text\n' })],
  ['attributes of the user', () => home({ '.config/git/attributes': '*.md text\n' })],
  [
    'attributes of the user elsewhere',
    () => vi.stubEnv('XDG_CONFIG_HOME', tempFolder({ 'git/attributes': 'x' })),
  ],
  [
    'attributes of all users',
    () => {
      const built = tempFolder({ 'bin/git': '', 'etc/gitattributes': '*.md text\n' })
      vi.stubEnv('PATH', `${join(built, 'bin')}:${process.env.PATH}`)
    },
  ],
  ['attributes that settings name', (r) => r.git('config', 'core.attributesFile', '/nowhere')],
  ['attributes of a commit', (r) => r.git('config', 'attr.tree', 'HEAD')],
  ['attributes of a commit that a variable names', () => vi.stubEnv('GIT_ATTR_SOURCE', 'HEAD')],
  ['line ends that are converted', (r) => r.git('config', 'core.autocrlf', 'true')],
  ['line ends that the user has converted', () => home({ '.gitconfig': '[core]\nAutoCRLF = input\n' })],
  [
    'line ends that a variable has converted',
    () => {
      vi.stubEnv('GIT_CONFIG_COUNT', '1')
      vi.stubEnv('GIT_CONFIG_KEY_0', 'core.autocrlf')
      vi.stubEnv('GIT_CONFIG_VALUE_0', 'true')
    },
  ],
  ['settings in another file', (r) => appendFileSync(at(r, '.git/config'), '[include]\npath = more\n')],
  ['settings of a working tree', (r) => r.git('config', 'extensions.worktreeConfig', 'true')],
  [
    'many kinds',
    (r) =>
      r.write(Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`packages/shared/${n}/x`, 'x']))),
  ],
])('git is asked where there is %s', async (what, prepare) => {
  const { plain, isPlain } = await askBothAfter(prepare)
  // Names are needed for the list alone.
  expect([plain, isPlain]).toEqual([undefined, what === 'a name beyond ASCII'])
})

it('is not asked about a folder that does not exist, nor outside of a repository', () => {
  beNobody()
  const { root } = base.tree()
  expect(listPlainIndex(placeOnDisk(join(root, 'none')))).toBeUndefined()
  expect(listPlainIndex(placeOnDisk(tempFolder({ x: 'x' })))).toBeUndefined()
})

it.each([ONE, 'packages', '.'])('has the top of the working tree from %s as git has it', (folder) => {
  const top = findTop(at(base, folder))
  expect(realpathSync(top)).toBe(realpathSync(base.git('rev-parse', '--show-toplevel')))
  expect(isPlain(top, /autocrlf/)).toBe(true)
  expect(isPlain(top, /repositoryformatversion/)).toBe(false)
})

/** What the index does not show by itself. */
const MORE_STEPS: Record<string, (made: Repository) => void> = {
  ...STEPS,
  'attributes come above': (r) => void r.write({ 'packages/.gitattributes': '*.json eol=crlf\n' }),
  'attributes go above': (r) => rmSync(at(r, 'packages/.gitattributes'), { force: true }),
  'the definition goes': (r) => rmSync(at(r, ONE), { recursive: true, force: true }),
  'all comes back': (r) => cpSync(base.top, r.top, { recursive: true }),
  'a file beside comes': (r) => void r.write({ [`${AGENTS}/README.md`]: 'x' }),
  'a definition comes and is staged': (r) => void r.write(agentFiles('four')).git('add', '-A'),
}
const NAMES = Object.keys(MORE_STEPS)
const NONE = Promise.resolve([])

/** Most of the steps need something to work on; then nothing happens. */
function attempt(step: () => void): void {
  try {
    step()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

it('never misses what git hides, whatever was done', async () => {
  beNobody()
  const seed = Math.floor(Math.random() * 2 ** 32)
  const random = seeded(seed)
  const made = base.copy()
  const counts = { plain: 0, hidden: 0 }
  const done: string[] = []
  for (let count = 0; count < 48; count++) {
    // Half of the time it is put in order, because few states are plain.
    const name = count % 6 === 0 ? 'all comes back' : pick(random, NAMES)
    if (count % 6 === 0) rmSync(made.top, { recursive: true })
    attempt(() => MORE_STEPS[name]?.(made))
    done.push(name)
    const tree = made.tree()
    const place = await findGitPlace(tree.root)
    if (!place) continue
    const tracked = new TrackedFiles(place)
    const folders = findFolders(tree)
    for (const folder of folders) tracked.add(folder, readSource(folder))
    tracked.end(folders.length)
    const says = await tracksAll(tree, tracked)
    const { plain, isPlain, listed } = await askBoth(made)
    if (plain !== undefined) expect(plain, `${done.join('; ')}, seed ${seed}`).toBe(listed)
    const shows = await showsAll(tree, place)
    if (isPlain)
      expect(await showsAll(tree, place, { others: NONE }), `${done.join('; ')}, seed ${seed}`).toBe(true)
    if (says) expect(shows, `${done.join('; ')}, seed ${seed}`).toBe(true)
    counts.plain += Number(says)
    counts.hidden += Number(!shows)
  }
  expect(counts.plain).toBeGreaterThan(5)
  expect(counts.hidden).toBeGreaterThan(5)
  made.remove()
}, 60_000)

it('saves the questions about a tree that is as git tracks it', async () => {
  beNobody()
  const made = base.copy()
  const tools = tempFolder({ log: '' })
  const program = `#!/bin/sh\necho "$@" >>${tools}/log\nexec env PATH='${process.env.PATH}' git "$@"\n`
  writeFileSync(join(tools, 'git'), program, { mode: 0o755 })
  vi.stubEnv('PATH', `${tools}:${process.env.PATH}`)
  const asked = () => readFileSync(join(tools, 'log'), 'utf8').match(/ls-\S+|check-\S+|diff-\S+|rev-\S+/g)
  const tree = made.tree()
  const tracked = new TrackedFiles(placeOnDisk(tree.root))
  const folders = findFolders(tree)
  for (const one of folders) tracked.add(one, readSource(one))
  tracked.end(folders.length)
  expect([await tracksAll(tree, tracked), asked()]).toEqual([true, null])
  // A publish asks git for the rest.
  const { place, head } = (await findPlaceAndHead(tree.root)) ?? {}
  if (!place || !head) throw new Error('nothing is committed')
  const list = () => Promise.reject(new Error('no file has to be compared'))
  expect(await compareWorkingTree({ tree, place, sha: head.sha, asksIndex: true, list })).toEqual([])
  expect(asked()?.sort()).toEqual(['diff-index', 'ls-files', 'rev-parse'])
  made.remove()
})
