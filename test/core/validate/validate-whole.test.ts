import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { SILENT } from '../../../src/core/progress.ts'
import { seenByGit } from '../../../src/core/tree/disk-view.ts'
import { findUnseen } from '../../../src/core/tree/publish-source.ts'
import type { WorkingTree } from '../../../src/core/tree/tree.ts'
import { TreeAnswerCache } from '../../../src/core/validate/tree-answer-cache.ts'
import { validate } from '../../../src/core/validate/validate.ts'
import { validateWhole } from '../../../src/core/validate/validate-whole.ts'
import { VerdictCache } from '../../../src/core/validate/verdict-cache.ts'
import { agentFiles } from '../../harness/project.ts'
import { pick, seeded } from '../../harness/random.ts'
import { isFire } from '../../harness/repetition.ts'
import { makeRepository, ONE, type Repository } from '../git/support/repository.ts'
import { at, BAD, HIDDEN, STEPS } from '../git/support/steps.ts'

/** git's index has whole seconds, so an answer is kept only when everything is older. */
const SETTLED_MS = 2_700

const base = makeRepository()
afterAll(() => base.remove())

const ask = async () => 'missing' as const

function caches(tree: WorkingTree, { top }: Repository, build = 'a') {
  const folder = join(top, '.git/nofx')
  return {
    answers: new TreeAnswerCache({ folder, tree, build }),
    openVerdicts: () => new VerdictCache({ folder, root: tree.root, build, kinds: tree.kinds }),
  }
}

/** The answer with caches, and whether it is that of an earlier run. */
async function cached(made: Repository, build?: string) {
  const tree = made.tree()
  const { answers, openVerdicts } = caches(tree, made, build)
  let isNew = false
  const open = () => {
    isNew = true
    return openVerdicts()
  }
  const answer = await validateWhole(tree, answers, { askRegistry: ask, openVerdicts: open }, SILENT)
  return { answer, isNew }
}

async function uncached(made: Repository) {
  const tree = made.tree()
  const validated = await validate(await seenByGit(tree, 'rules'), { askRegistry: ask }, SILENT)
  return { ...validated, unseen: await findUnseen(tree) }
}

const NAMES = Object.keys(STEPS)
const SEEDS = Array.from({ length: isFire ? 24 : 3 }, () => Math.floor(Math.random() * 2 ** 32))

/** @returns the answer without caches */
async function expectEqual(made: Repository, steps: readonly string[]) {
  const [{ answer }, alone] = [await cached(made), await uncached(made)]
  expect(answer, steps.join('; ')).toEqual(alone)
  return alone
}

describe('the answer of an earlier run over a whole tree', () => {
  it('is given again while nothing changed, and by no other build', async () => {
    const made = base.copy()
    await setTimeout(SETTLED_MS)
    expect((await cached(made)).isNew).toBe(true)
    const again = await cached(made)
    expect(again.isNew).toBe(false)
    expect(again.answer).toEqual(await uncached(made))
    expect(again.answer.checked).toBe(2)
    expect((await cached(made, 'b')).isNew).toBe(true)
    made.remove()
  })

  it('has its findings, with paths from where it is asked', async () => {
    const made = base.copy().write({ [BAD]: `Bad.${HIDDEN}\n` })
    made.commit()
    await setTimeout(SETTLED_MS)
    const first = await cached(made)
    expect(first.answer.diagnostics.map(({ path }) => path)).toContain(
      'packages/shared/agents/one/prompts/bad.md',
    )
    expect(first.answer.unseen).toEqual([])
    const tree = { ...made.tree(), shownPath: '../shared' }
    const recalled = await caches(tree, made).answers.recall()
    expect(recalled?.diagnostics).toHaveLength(first.answer.diagnostics.length)
    expect(recalled?.diagnostics.every(({ path }) => path.startsWith('../shared/agents/'))).toBe(true)
    made.remove()
  })

  it('is the same as without caches after each step', async () => {
    // Most of the steps need something to work on.
    const open = base.copy().write({ [BAD]: `Bad.${HIDDEN}\n`, '.git/info/exclude': 'BAD.MD\n' })
    const committed = open.copy().commit()
    const walk = async (name: string) => {
      // Rules for ignored files matter for what git does not track.
      const made = (/ignore|track|capital/.test(name) ? open : committed).copy()
      await setTimeout(SETTLED_MS)
      await cached(made)
      STEPS[name]?.(made)
      const alone = await expectEqual(made, [name])
      await setTimeout(SETTLED_MS)
      expect((await cached(made)).answer, `${name}, time passes`).toEqual(alone)
      made.remove()
    }
    await Promise.all(NAMES.map(walk))
    for (const made of [open, committed]) made.remove()
  }, 240_000)

  it('is the same as without caches after random steps', async () => {
    const walk = async (seed: number) => {
      const random = seeded(seed)
      const made = base.copy()
      const done: string[] = []
      for (let count = 0; count < 8; count++) {
        const name = pick(random, NAMES)
        STEPS[name]?.(made)
        done.push(name)
        if (random() < 0.4) await setTimeout(SETTLED_MS)
        await expectEqual(made, done)
      }
      made.remove()
    }
    await Promise.all(SEEDS.map(walk))
  }, 240_000)

  it('is not kept for what was just written', async () => {
    const made = base.copy()
    await cached(made)
    const kept = () => readdirSync(at(made, '.git/nofx')).filter((name) => name.startsWith('answer-'))
    expect(kept()).toEqual([])
    made.remove()
  })

  it('is not kept while the registry has to be asked', async () => {
    const made = base
      .copy()
      .write(agentFiles('three', { dependencies: { agents: ['elsewhere'] } }))
      .commit()
    await setTimeout(SETTLED_MS)
    const { diagnostics } = (await cached(made)).answer
    expect(diagnostics.map(({ message }) => message).join()).toContain('elsewhere')
    expect((await cached(made)).isNew).toBe(true)
    made.remove()
  })

  it('never comes from a file that is damaged', async () => {
    const made = base.copy()
    await setTimeout(SETTLED_MS)
    await cached(made)
    const [name = ''] = readdirSync(at(made, '.git/nofx')).filter((one) => one.startsWith('answer-'))
    const path = join(made.top, '.git/nofx', name)
    const whole = readFileSync(path)
    for (const index of [0, 20, 90, 200, Math.floor(whole.length / 2), whole.length - 2]) {
      const bytes = Buffer.from(whole)
      bytes[index] = (bytes[index] ?? 0) ^ 1
      writeFileSync(path, bytes)
      expect((await caches(made.tree(), made).answers.recall()) ?? 'none', String(index)).toBe('none')
    }
    made.remove()
  })
})

/** Does something with a git that does this first. */
async function withGit(made: Repository, statements: string, work: () => Promise<void>): Promise<void> {
  const tools = join(made.root, 'tools')
  mkdirSync(tools)
  const path = process.env.PATH
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim()
  writeFileSync(join(tools, 'git'), `#!/bin/sh\n${statements}\nexec '${real}' "$@"\n`, { mode: 0o755 })
  process.env.PATH = `${tools}:${path}`
  await work().finally(() => {
    process.env.PATH = path
  })
}

describe('a run over a whole tree', () => {
  it('begins before git has said what it ignores', async () => {
    const made = base.copy()
    const begun = join(made.root, 'begun')
    // Answers the question only when the run has begun; says so if it never does.
    const wait = `n=0; while [ ! -e '${begun}' ] && [ $n -lt 300 ]; do sleep 0.1; n=$((n+1)); done`
    const late = `[ -e '${begun}' ] || echo late >> '${begun}.late'`
    const emit = () => writeFileSync(begun, '')
    await withGit(made, `case "$*" in *ls-files*) ${wait}; ${late};; esac`, async () => {
      const options = { askRegistry: ask, openVerdicts: () => undefined }
      const answer = await validateWhole(made.tree(), undefined, options, { ...SILENT, emit })
      expect(answer.checked).toBe(2)
      expect(existsSync(`${begun}.late`)).toBe(false)
    })
    made.remove()
  }, 60_000)

  it.each<[string, (made: Repository) => void, boolean]>([
    ['nothing else', () => {}, false],
    ['files beside the definitions', (r) => void r.write({ 'packages/shared/more/a.md': 'More.\n' }), false],
    ['a file that git does not track', (r) => void r.write({ [BAD]: 'More.\n' }), true],
    ['a file that git tracks no more', (r) => r.git('rm', '-q', '--cached', `${ONE}/prompts/more.md`), true],
    ['a definition that git does not track', (r) => void r.write(agentFiles('three')), true],
    ['an empty folder', (r) => mkdirSync(at(r, `${ONE}/empty`)), true],
    ['a repository in a definition', (r) => mkdirSync(at(r, `${ONE}/sub/.git`), { recursive: true }), true],
  ])(
    'lets git look for what it does not track only if there may be some: %s',
    async (_what, change, asks) => {
      const made = base.copy()
      change(made)
      const log = join(made.root, 'log')
      await withGit(made, `echo "$*" >> '${log}'`, async () => {
        const options = { askRegistry: ask, openVerdicts: () => undefined }
        const answer = await validateWhole(made.tree(), undefined, options, SILENT)
        expect(readFileSync(log, 'utf8').includes('--others --directory')).toBe(asks)
        expect(answer).toEqual(await uncached(made))
      })
      made.remove()
    },
  )

  it('asks the registry for nothing that only ignored files name, and finds nothing in them', async () => {
    const made = base
      .copy()
      .write(agentFiles('three', { dependencies: { agents: ['elsewhere'] } }))
      .write({ [BAD]: `Bad.${HIDDEN}\n`, '.gitignore': 'three/\nbad.md\n' })
      .commit()
    const asked: string[] = []
    const askRegistry = async (_kind: string, id: string) => {
      asked.push(id)
      return 'missing' as const
    }
    const { answers, openVerdicts } = caches(made.tree(), made)
    for (const using of [undefined, answers]) {
      const answer = await validateWhole(made.tree(), using, { askRegistry, openVerdicts }, SILENT)
      expect(asked).toEqual([])
      expect(answer).toEqual(await uncached(made))
      expect(answer.checked).toBe(2)
    }
    made.remove()
  })

  it('ends with the reason of who stops it', async () => {
    const made = base.copy()
    const reason = new Error('stopped')
    const options = { askRegistry: ask, openVerdicts: () => undefined }
    const watch = { ...SILENT, signal: AbortSignal.abort(reason) }
    await expect(validateWhole(made.tree(), undefined, options, watch)).rejects.toBe(reason)
    made.remove()
  })
})
