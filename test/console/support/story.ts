import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sha256 } from '../../../src/contract/digest.ts'
import type { Commit } from '../../../src/contract/protocol/sync.ts'
import type { Registry } from '../../../src/core/registry/registry.ts'
import { rollback } from '../../../src/core/rollback.ts'
import { type Packed, packFiles, publish, resultOf } from '../../cloud/support/definitions.ts'

const SAMPLES = 'packages/shared'
export const AUTHOR = 'ada@example.com'
export const SECOND = 'grace@example.com'

export const commitAt = (rank: number): Commit => ({
  sha: sha256(`commit ${rank}`).slice(0, 40),
  rank,
  dirty: false,
  ref: 'main',
})

type Texts = Record<string, string>

/** The files of a sample, by path. */
export function readSample(kind: string, id: string): Texts {
  const folder = join(SAMPLES, kind, id)
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
  return Object.fromEntries(paths.sort().map((path) => [path, readFileSync(join(folder, path), 'utf8')]))
}

export function pack(kind: string, id: string, texts: Texts, expectedVersion = 0): Packed {
  const packed = packFiles(kind, id, texts, expectedVersion)
  const files = packed.item.files.map(({ text, ...file }) =>
    file.path.startsWith('assets/') ? file : { ...file, text },
  )
  return { ...packed, item: { ...packed.item, files } }
}

/** Exact replacements: a sample that changed does not make a story without a change. */
export function edit(texts: Texts, path: string, ...changes: [string, string][]): Texts {
  const edited = changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`${path} has no ${from}`)
    return text.replace(from, to)
  }, texts[path] ?? '')
  return { ...texts, [path]: edited }
}

/** What v2 changes: wording. */
const better = (texts: Texts) =>
  edit(edit(texts, 'agent.json', ['"version": "1.2.0"', '"version": "1.3.0"']), 'prompts/system.md', [
    'You review',
    'You carefully review',
  ])

const DEPLOYS = `"deploys": {
      "type": "streamable-http",
      "url": "https://mcp.deploys.example.com/",
      "headers": { "Authorization": "\${DEPLOY_TOKEN}" }
    },
    "github": {`

/** What v3 changes: a new host, every tool of it, a new secret, a higher limit, another temperature. */
export const reaching = (texts: Texts) =>
  edit(
    edit(
      better(texts),
      'agent.json',
      ['"version": "1.3.0"', '"version": "1.4.0"'],
      ['["api.githubcopilot.com"]', '["api.githubcopilot.com", "mcp.deploys.example.com"]'],
      ['["GITHUB_AUTHORIZATION"]', '["GITHUB_AUTHORIZATION", "DEPLOY_TOKEN"]'],
      ['"maxCostUsd": 1.5', '"maxCostUsd": 6'],
    ),
    'mcp.json',
    ['"github": {', DEPLOYS],
  )

/** What the draft changes: it waits for somebody to promote it. */
const drafted = (texts: Texts) =>
  edit(better(texts), 'agent.json', ['"status": "active"', '"status": "draft"'], ['1.3.0', '1.5.0-rc.1'])

/**
 * Publishes the samples, and then what happens in a week: `reviewer` is improved (v2), reaches too far (v3), is rolled
 * back to the content of v2 (v4) with a reason, and has a draft (v5).
 */
export async function tellStory(registry: Registry): Promise<void> {
  for (const [rank, kind] of ['agents', 'templates'].entries()) {
    const items = readdirSync(join(SAMPLES, kind)).map((id) => pack(kind, id, readSample(kind, id)))
    const release = { kind, commit: commitAt(rank + 1), actor: AUTHOR, reason: 'the first release' }
    resultOf(await publish(registry, items, release))
  }
  const texts = readSample('agents', 'reviewer')
  const next = async (version: number, changed: Texts, actor: string, reason: string) =>
    resultOf(
      await publish(registry, [pack('agents', 'reviewer', changed, version - 1)], {
        commit: commitAt(version + 1),
        actor,
        reason,
      }),
    )
  await next(2, better(texts), AUTHOR, 'say it more carefully')
  await next(3, reaching(texts), SECOND, 'let it look at deployments')
  const target = { kind: 'agents', id: 'reviewer', toVersion: 2 }
  await rollback(registry, 'agents', { actor: AUTHOR, reason: 'loops on large diffs', target })
  await next(5, drafted(texts), SECOND, 'a candidate for next week')
}
