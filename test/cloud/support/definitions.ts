import { randomUUID } from 'node:crypto'
import { contentHash, digestOf, sha256 } from '../../../src/contract/digest.ts'
import type { Commit, CommitRequest, SyncResponse, WireItem } from '../../../src/contract/protocol/sync.ts'
import type { Registry } from '../../../src/core/registry/registry.ts'
import { packArchive } from '../../../src/core/tree/archive.ts'
import { agent } from '../../harness/project.ts'

/** A definition ready to be sent, with its archive. */
export interface Packed {
  item: WireItem
  archive: Uint8Array
}

/** An agent whose system prompt is `prompt`; `rest` overrides manifest fields, `expectedVersion` is what a plan saw. */
export function packAgent(id: string, prompt: string, rest: object = {}, expectedVersion = 0): Packed {
  const manifest = `${JSON.stringify(agent(id, rest))}\n`
  return packFiles('agents', id, { 'agent.json': manifest, 'prompts/system.md': prompt }, expectedVersion)
}

/** Any files as a definition, right or wrong. */
export function packFiles(
  kind: string,
  id: string,
  texts: Record<string, string>,
  expectedVersion = 0,
): Packed {
  const files = Object.entries(texts).map(([path, text]) => ({
    path,
    size: Buffer.byteLength(text),
    sha256: sha256(text),
    text,
  }))
  const digest = digestOf(kind, id, files)
  const archive = packArchive(files.map(({ path, text }) => ({ path, bytes: Buffer.from(text) })))
  const bundle = { path: `${kind}/${id}/${digest}.tar.gz`, size: archive.length, sha256: sha256(archive) }
  return { item: { id, digest, files, bundle, expectedVersion }, archive }
}

export const commitAt = (rank: number): Commit => ({
  sha: String(rank).padStart(40, '0'),
  rank,
  dirty: false,
  ref: 'main',
})

/** What a publisher does: upload, stage, commit. */
export async function publish(
  registry: Registry,
  packed: readonly Packed[],
  rest: Partial<CommitRequest> & { kind?: string } = {},
): Promise<SyncResponse> {
  const { kind = 'agents', ...request } = rest
  const key = request.key ?? randomUUID()
  for (const { item, archive } of packed) await registry.upload(item.bundle, archive)
  const items = packed.map(({ item }) => item)
  if (items.length > 0) {
    const staged = await registry.sync(kind, { action: 'stage', key, part: 0, items })
    if (!staged.ok) return staged
  }
  return registry.sync(kind, {
    action: 'commit',
    actor: 'test@example.com',
    commit: commitAt(1),
    parts: items.length > 0 ? 1 : 0,
    content: contentHash(items.map((item) => ({ kind, ...item }))),
    removals: [],
    ...request,
    key,
  })
}

/** The result of an answer that must not be a refusal. */
export function resultOf(answer: SyncResponse) {
  if (!answer.ok) throw new Error(`refused: ${JSON.stringify(answer.error)}`)
  if (!('result' in answer)) throw new Error('no result')
  return answer.result
}
