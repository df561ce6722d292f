import { mkdtempSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { findGitPlace, type GitPlace } from '../../../src/core/git/git-place.ts'
import { listByTrees } from '../../../src/core/git/listing.ts'
import { SILENT } from '../../../src/core/progress.ts'
import { collectCandidates } from '../../../src/core/publish/candidates.ts'
import { blobTree } from '../../../src/core/tree/commit-tree.ts'
import { sourceOfPublish } from '../../../src/core/tree/publish-source.ts'
import { collectDrafts } from '../../../src/core/validate/report-drafts.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { templates } from '../../../src/plugins/templates/kind.ts'
import { agentFiles } from '../../harness/project.ts'
import { registryOf } from '../support/registry.ts'
import { makeRepository, type Repository } from './support/repository.ts'

const COUNT = 120
/** What git is asked about a tree as a whole, whatever it has. */
const MOST = 20
/** Bytes of objects in memory: of two batches, but not of all definitions. */
const CACHED = 80_000
const KINDS = [agents, templates]
const idOf = (at: number) => `n${String(at % COUNT).padStart(3, '0')}`
const all = () => true

let made: Repository
beforeAll(() => {
  made = makeRepository()
  for (let at = 0; at < COUNT; at++)
    made.write(agentFiles(idOf(at), {}, `${'Work. '.repeat(80)}\n`)).write(templateFiles(at))
  made.commit()
})
afterEach(() => vi.unstubAllEnvs())
afterAll(() => made.remove())

function templateFiles(at: number) {
  const template = {
    templateId: idOf(at),
    name: 'A template',
    description: 'Looks at one thing.',
    owner: '@acme/tools',
    category: 'issues',
    defaultPlan: { steps: [{ id: 'read', skill: 'work', prompt: { text: 'Read it.' } }] },
    rollbackAdvice: 'Nothing is changed.',
    supportedAgents: [idOf(at)],
    resourceProfile: { memoryMb: 2048 },
    status: 'draft',
  }
  return { [`packages/shared/templates/${idOf(at)}/template.json`]: template }
}

/** How many processes of git `work` starts. Each leaves a file of its own in this folder (git, "Trace2 API"). */
async function countProcesses(work: () => Promise<unknown>): Promise<number> {
  const folder = mkdtempSync(join(made.root, 'trace-'))
  vi.stubEnv('GIT_TRACE2_EVENT', folder)
  await work()
  vi.unstubAllEnvs()
  return readdirSync(folder).length
}

async function commitTree() {
  const tree = { ...made.tree(), kinds: [...KINDS] }
  const place = (await findGitPlace(tree.root)) as GitPlace
  return blobTree(tree, place, await listByTrees(tree, place, 'HEAD'), { most: CACHED })
}

test('definitions that refer to others are checked with a few processes of git', async () => {
  const tree = await commitTree()
  const check = () => collectCandidates(tree, registryOf(), all, SILENT)
  expect(await countProcesses(check)).toBeLessThan(MOST)
  const { candidates, diagnostics } = await check()
  expect(diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message)).toEqual([])
  // In the order of the tree, whatever was in memory.
  expect(candidates.map(({ kind, id }) => [kind, id])).toEqual(
    [...tree.files!.list(KINDS[0]!), ...tree.files!.list(KINDS[1]!)].map(({ kind, id }) => [kind.id, id]),
  )
})

test('the manifests of a report are read with a few processes of git', async () => {
  const tree = await commitTree()
  const collect = () => collectDrafts(tree, all, [], registryOf(), SILENT)
  expect(await countProcesses(collect)).toBeLessThan(MOST)
  expect((await collect()).manifests).toHaveLength(2 * COUNT + 2)
})

test('a working tree that differs from the commit everywhere is compared with a few processes of git', async () => {
  const changed = made.copy()
  for (let at = 0; at < COUNT; at++) changed.write(agentFiles(idOf(at), {}, 'Work otherwise.\n'))
  const open = () => sourceOfPublish({ ...changed.tree(), kinds: [...KINDS] }, { allowDirty: true })
  expect(await countProcesses(open)).toBeLessThan(MOST)
  expect((await open()).commit?.dirty).toBe(true)
  changed.remove()
})
