import { mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { listOthers } from '../../../src/core/git/git-entries.ts'
import { placeOnDisk } from '../../../src/core/git/git-place.ts'
import { TrackedFiles } from '../../../src/core/reading/tracked-files.ts'
import { readSource } from '../../../src/core/tree/collect.ts'
import { areBeside } from '../../../src/core/tree/same-as-commit.ts'
import { findFolders } from '../../../src/core/tree/tree.ts'
import { agentFiles } from '../../harness/project.ts'
import { pick, seeded } from '../../harness/random.ts'
import { makeRepository, ONE, type Repository } from '../git/support/repository.ts'

const base = makeRepository()
afterAll(() => base.remove())

const AGENTS = 'packages/shared/agents'
const STEPS: Record<string, (made: Repository) => void> = {
  'a file comes': (r) => void r.write({ [`${ONE}/prompts/new.md`]: 'New.\n' }),
  'a file beyond ASCII comes': (r) => void r.write({ [`${ONE}/prompts/ü\u{1f600}\uffee.md`]: 'New.\n' }),
  'a file goes': (r) => rmSync(join(r.top, ONE, 'prompts/more.md'), { force: true }),
  'an ignored file comes': (r) => void r.write({ [`${ONE}/a.log`]: 'x' }),
  'an empty folder comes': (r) => mkdirSync(join(r.top, ONE, 'empty'), { recursive: true }),
  'a folder in a folder comes': (r) => mkdirSync(join(r.top, ONE, 'prompts/empty'), { recursive: true }),
  'a repository begins': (r) => mkdirSync(join(r.top, ONE, 'sub/.git'), { recursive: true }),
  'a definition comes whose name begins alike': (r) => void r.write(agentFiles('one-more')),
  'an empty definition comes': (r) => mkdirSync(join(r.top, AGENTS, 'none'), { recursive: true }),
  'a file beside comes': (r) => void r.write({ [`${AGENTS}/README.md`]: 'x', 'packages/shared/b.md': 'x' }),
  'a link comes': (r) => {
    rmSync(join(r.top, AGENTS, 'link'), { force: true })
    symlinkSync('one', join(r.top, AGENTS, 'link'))
  },
  'all is staged': (r) => void r.git('add', '-A'),
  'all but one is staged': (r) => {
    r.git('add', '-A')
    r.git('rm', '-q', '--cached', `${ONE}/prompts/system.md`)
  },
  'git is told to overlook a file': (r) =>
    void r.git('update-index', '--assume-unchanged', `${AGENTS}/two/agent.json`),
}
const NAMES = Object.keys(STEPS)

/** What git does not track, by a reading of every folder. */
function readAll(made: Repository): Promise<readonly string[]> {
  const tree = made.tree()
  const tracked = new TrackedFiles(placeOnDisk(tree.root))
  const folders = findFolders(tree)
  for (const folder of folders) tracked.add(folder, readSource(folder))
  tracked.end(folders.length)
  return tracked.others
}

it('never misses in the definitions what git does not track', async () => {
  const seed = Math.floor(Math.random() * 2 ** 32)
  const random = seeded(seed)
  const made = base.copy()
  expect(await readAll(made)).toEqual([])
  for (let count = 0; count < 24; count++) {
    const name = NAMES[count] ?? pick(random, NAMES)
    STEPS[name]?.(made)
    const { root, kinds } = made.tree()
    const whole = await listOthers(placeOnDisk(root))
    const others = await readAll(made)
    // What is only beside the definitions may be left out.
    const expected = others.length === 0 ? areBeside(whole, kinds) : whole
    expect(others.length === 0 || others, `${name}, seed ${seed}`).toEqual(expected)
  }
  made.remove()
})

it('asks git where not everything was read', async () => {
  const made = base.copy().write({ [`${ONE}/new.md`]: 'New.\n' })
  const tree = made.tree()
  const place = placeOnDisk(tree.root)
  const [one, two] = findFolders(tree)
  const few = new TrackedFiles(place)
  if (two) few.add(two, readSource(two))
  few.end(2)
  expect(await few.others).toEqual(['agents/one/new.md'])
  const stopped = new TrackedFiles(place)
  stopped.giveUp()
  if (one) stopped.add(one, readSource(one))
  expect(await stopped.others).toEqual(['agents/one/new.md'])
  made.remove()
})

it('fails as git does, where git cannot answer', async () => {
  const made = base.copy()
  rmSync(join(made.top, '.git'), { recursive: true })
  await expect(readAll(made)).rejects.toMatchObject({ code: 'GIT_FAILED' })
  made.remove()
})
