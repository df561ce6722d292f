import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { expect, test } from 'vitest'
import { openAtRest } from '../../../../src/cloud/embedded/open-at-rest.ts'
import { openEmbedded } from '../../../../src/cloud/embedded/open-embedded.ts'
import type { Head, Registry } from '../../../../src/core/registry/registry.ts'
import { agents } from '../../../../src/plugins/agents/kind.ts'
import { placeEmbedded } from '../../../harness/embedded-template.ts'
import fc from '../../../harness/fast-check.ts'
import { packAgent, publish, resultOf } from '../../support/definitions.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

/** Thrown where a command would open the database. */
const OPENED = new Error('the database is opened')

/** What a user sees of a definition. */
type Seen = Pick<Head, 'id' | 'latestVersion' | 'updatedAt' | 'digest'> & { summary: string }

function seen(heads: readonly Head[]): Seen[] {
  return heads.map(({ id, latestVersion, updatedAt, digest, description }) => {
    return { id, latestVersion, updatedAt, digest, summary: description.summary }
  })
}

/** A project with an embedded cloud, copies of its folders, and what each of them holds. */
class Folders {
  readonly root: string
  readonly looks = { answered: 0, opened: 0 }
  private readonly cloud: string
  private truth: Seen[] = []
  private readonly truthBySum = new Map<string, string>()
  private copies = 0
  private version = 0
  private saved: { path: string; truth: Seen[]; version: number }
  private oldNote: Buffer | undefined

  constructor(root: string) {
    this.root = root
    this.cloud = join(root, '.nofx')
    mkdirSync(join(root, '.git'))
    this.saved = this.save()
  }

  open(build = 'test'): Promise<Registry> {
    return openEmbedded({ root: this.root, kinds: [agents], build, waitMs: 0 })
  }

  /** Asks without opening the database. */
  async look(build = 'test'): Promise<boolean> {
    const registry = openAtRest(this.root, () => Promise.reject(OPENED), build)
    const heads = await registry?.heads('agents').catch((error: unknown) => {
      if (error !== OPENED) throw error
    })
    this.looks[heads ? 'answered' : 'opened']++
    if (heads) expect(seen(heads)).toEqual(this.truth)
    const isSummed = await this.lookAtSum(registry)
    if (heads) expect(isSummed).toBe(true)
    return heads !== undefined
  }

  /** Heads that differ never have the same sum. */
  async lookAtSum(registry = openAtRest(this.root, () => Promise.reject(OPENED), 'test')): Promise<boolean> {
    const answer = await registry?.headsApart([{ kind: 'agents' }]).catch((error: unknown) => {
      if (error !== OPENED) throw error
    })
    const { sum } = answer ?? {}
    if (sum === undefined) return false
    const truth = JSON.stringify(this.truth)
    expect(this.truthBySum.get(sum) ?? truth).toBe(truth)
    this.truthBySum.set(sum, truth)
    return true
  }

  /** A command that opens the database and asks for heads. Its answer is noted. */
  async read(): Promise<void> {
    const registry = await this.open()
    expect(seen(await registry.heads('agents'))).toEqual(this.truth)
    await this.lookAtSum(registry)
    await registry.close()
  }

  async publish(
    during?: () => Promise<void> | void,
    asks: (registry: Registry) => unknown = (one) => one.heads('agents'),
  ): Promise<void> {
    const registry = await this.open()
    await asks(registry)
    const { version } = this
    const packed = packAgent('ada', 'You help.\n', { description: `Number ${++this.version}` }, version)
    resultOf(await publish(registry, [packed]))
    this.truth = seen([(await registry.head('agents', 'ada')) as Head])
    await during?.()
    await registry.close()
  }

  /** Another program opens the database, and may write. */
  async byHand(writes: boolean): Promise<void> {
    const database = await PGlite.create(join(this.cloud, 'db'))
    await database.query('select 1')
    if (writes) {
      const summary = `By hand ${++this.copies}`
      await database.query(
        `update public.registry_heads set metadata = jsonb_set(metadata, '{summary}', to_jsonb($1::text))`,
        [summary],
      )
      this.truth = this.truth.map((one) => ({ ...one, summary }))
    }
    await database.close()
  }

  save() {
    const path = join(this.root, `copy-${++this.copies}`)
    cpSync(this.cloud, path, { recursive: true, preserveTimestamps: true })
    this.saved = { path, truth: this.truth, version: this.version }
    return this.saved
  }

  /** Puts the copy back: over the files, in their place, or its database alone. */
  restore(how: 'over' | 'instead' | 'database' | 'swapped'): void {
    const { path, truth, version } = this.saved
    const part = how === 'database' ? 'db' : ''
    const target = join(this.cloud, part)
    if (how === 'swapped') renameSync(target, join(this.root, `away-${++this.copies}`))
    else if (how !== 'over') rmSync(target, { recursive: true })
    cpSync(join(path, part), target, { recursive: true, preserveTimestamps: true })
    Object.assign(this, { truth, version })
  }

  /** The folder as a process leaves it that is killed after a publish. */
  async kill(): Promise<void> {
    await this.publish(() => {
      rmSync(join(this.root, 'killed'), { recursive: true, force: true })
      const filter = (path: string) => !basename(path).startsWith('lock')
      cpSync(this.cloud, join(this.root, 'killed'), { recursive: true, preserveTimestamps: true, filter })
    })
    rmSync(this.cloud, { recursive: true })
    renameSync(join(this.root, 'killed'), this.cloud)
  }

  /** A command that asks nothing changes the database, and finds nothing that was kept. */
  async publishElsewhere(): Promise<void> {
    await this.read()
    const [keep, away] = [join(this.root, '.git/nofx'), join(this.root, `away-${++this.copies}`)]
    renameSync(keep, away)
    await this.publish(undefined, () => {})
    rmSync(keep, { recursive: true, force: true })
    renameSync(away, keep)
    expect(await this.look()).toBe(false)
  }

  /** A publish asks what heads add up to, and keeps none. */
  async publishByTrees(): Promise<void> {
    this.loseHeads()
    await this.publish(undefined, (one) => this.lookAtSum(one))
    expect(await this.lookAtSum()).toBe(true)
  }

  /** A page that a failing disk overwrites, in a file of the same size and time. */
  async damage(): Promise<void> {
    await this.read()
    expect(await this.look()).toBe(true)
    const folder = join(this.cloud, 'db/base/5')
    const path = join(
      folder,
      readdirSync(folder).find((name) => statSync(join(folder, name)).size > 8192) ?? '',
    )
    const [whole, { atime, mtime }] = [readFileSync(path), statSync(path)]
    for (const bytes of [Buffer.alloc(whole.length, 0xa5), whole]) {
      writeFileSync(path, bytes)
      utimesSync(path, atime, mtime)
      expect(await this.look()).toBe(false)
    }
  }

  /** What commands keep in git's folder is lost, or is that of another time. */
  loseHeads(): void {
    const [now, before] = ['.git', 'before'].map((name) => join(this.root, name, 'nofx')) as [string, string]
    const away = `${now}-${++this.copies}`
    if (existsSync(now)) renameSync(now, away)
    if (existsSync(before)) renameSync(before, now)
    mkdirSync(join(before, '..'), { recursive: true })
    if (existsSync(away)) renameSync(away, before)
  }

  /** Another process has the database open, or takes the lock just now. */
  async busy(): Promise<void> {
    await this.publish(async () => expect(await this.look()).toBe(false))
    expect(await this.look()).toBe(true)
    writeFileSync(join(this.cloud, 'lock'), '{}\n')
    expect(await this.look()).toBe(false)
    rmSync(join(this.cloud, 'lock'))
  }

  /** Puts an earlier note beside a later database. */
  swapNotes(): void {
    const note = join(this.cloud, 'at-rest')
    const now = existsSync(note) ? readFileSync(note) : undefined
    if (this.oldNote) writeFileSync(note, this.oldNote)
    this.oldNote = now
  }
}

type Step = (folders: Folders) => unknown

/** Everything that happens to a folder. What costs an opening of the database is there once. */
const STEPS: [what: string, step: Step][] = [
  ['publish', (one) => one.publish()],
  ['publish without asking', (one) => one.publishElsewhere()],
  ['publish by trees', (one) => one.publishByTrees()],
  ['kill', (one) => one.kill()],
  ['write by hand', (one) => one.byHand(true)],
  ['open by hand', (one) => one.byHand(false)],
  ['another process', (one) => one.busy()],
  ['read', (one) => one.read()],
  ['save', (one) => one.save()],
  ['restore over', (one) => one.restore('over')],
  ['restore instead', (one) => one.restore('instead')],
  ['restore the database', (one) => one.restore('database')],
  ['swap', (one) => one.restore('swapped')],
  ['damage', (one) => one.damage()],
  ['lose heads', (one) => one.loseHeads()],
  ['lose heads', (one) => one.loseHeads()],
  ['swap notes', (one) => one.swapNotes()],
  ['swap notes', (one) => one.swapNotes()],
  ['another build', async (one) => expect(await one.look('other')).toBe(false)],
]
const histories = fc.shuffledSubarray(STEPS, { minLength: STEPS.length })

test('a database at rest answers what it would answer if it were opened, whatever happened to its folder', async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      const root = temporaryFolder()
      await placeEmbedded(root)
      const folders = new Folders(root)
      await folders.publish()
      folders.save()
      for (const [, step] of history) {
        await step(folders)
        await folders.look()
      }
      await folders.read()
      expect(await folders.look()).toBe(true)
      expect(folders.looks.answered).toBeGreaterThan(2)
    }),
    { numRuns: Number(process.env.NOFX_HISTORIES ?? 1), endOnFailure: true },
  )
}, 900_000)
