import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openEmbedded } from '../../../src/cloud/embedded/open-embedded.ts'
import { openOnServer } from '../../../src/cloud/embedded/open-on-server.ts'
import type { AskedKind, HeadsApart, Registry } from '../../../src/core/registry/registry.ts'
import { groupTrees } from '../../../src/core/registry/tree-groups.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { openedDatabase } from '../../harness/cloud-database.ts'
import { packAgent, publish, resultOf } from '../support/definitions.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const BUILD = 'test'
const OPENED = new Error('the registry is opened')

/** A project on a server, as one command opens it and as the next one may. */
async function createProject() {
  const root = temporaryFolder()
  mkdirSync(join(root, '.git'))
  const database = await openedDatabase()
  const whole = await openEmbedded({ root, kinds: [agents], databaseUrl: database.url, build: BUILD })
  // The REST interface keeps what it knows of a server at its first request.
  await whole.headsApart([{ kind: 'agents' }])
  onTestFinished(async () => {
    await whole.close()
    await database.drop()
  })
  const openLate = (
    open: () => Promise<Registry> = () => Promise.reject(OPENED),
    databaseUrl = database.url,
  ) => openOnServer({ root, databaseUrl }, open, BUILD)
  return { database, whole, openLate }
}

const treesOf = ({ kinds: [one] }: HeadsApart) =>
  Array.from(one?.trees ?? [], ([id, [, tree]]) => [id, tree] as const)

test('a server answers alike before and after its REST interface is opened', async () => {
  const { whole, openLate } = await createProject()
  const late = openLate()
  expect(late?.label).toBe(whole.label)
  const compare = async (questions: AskedKind[]) => {
    const answer = await whole.headsApart(questions)
    expect(await late?.headsApart(questions)).toEqual(answer)
    return answer
  }
  const empty = await compare([{ kind: 'agents' }])
  resultOf(await publish(whole, [packAgent('one', "It's \\ one."), packAgent('two', 'Two.')]))
  expect((await compare([{ kind: 'agents' }])).sum).not.toBe(empty.sum)
  const all = await compare([{ kind: 'agents', ...groupTrees([["it's \\", 'a'.repeat(40)]]) }])
  const trees = treesOf(all)
  expect(trees).toHaveLength(2)
  expect((await compare([{ kind: 'agents', ...groupTrees(trees) }])).kinds[0]?.heads).toEqual([])
  await compare([{ kind: 'agents', ...groupTrees(trees.slice(1)) }, { kind: 'skills' }])
  await late?.close()
})

test('what fails without the REST interface is questions again with it', async () => {
  const { database, whole, openLate } = await createProject()
  const questions = [{ kind: 'agents' }]
  const answer = await whole.headsApart(questions)
  await expect(openLate()?.head('agents', 'one')).rejects.toBe(OPENED)
  const elsewhere = new URL(database.url)
  elsewhere.pathname = '/none'
  const lost = openLate(undefined, elsewhere.href)
  await expect(lost?.headsApart(questions)).rejects.toBe(OPENED)
  await database.query('alter function public.registry_heads_apart(jsonb) rename to another')
  await expect(openLate()?.headsApart(questions)).rejects.toBe(OPENED)
  await database.query('alter function public.another(jsonb) rename to registry_heads_apart')
  expect(await openLate()?.headsApart(questions)).toEqual(answer)
  await database.query('delete from supabase_migrations.schema_migrations')
  await expect(openLate()?.headsApart(questions)).rejects.toBe(OPENED)
  expect(await openLate(async () => whole)?.headsApart(questions)).toEqual(answer)
})

test('a server that no command of the project has opened is opened at once', () => {
  const place = { root: temporaryFolder(), databaseUrl: 'postgres://localhost/none' }
  expect(openOnServer(place, () => Promise.reject(OPENED), BUILD)).toBeUndefined()
})
