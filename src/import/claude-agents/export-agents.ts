import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Failure } from '../../contract/failure.ts'
import { isLiveState } from '../../contract/fields/is-live.ts'
import type { JsonObject, Kind } from '../../contract/kind.ts'
import { provenManifest } from '../../contract/manifest/proven-manifest.ts'
import type { YamlLibrary } from '../../contract/manifest/yaml-text.ts'
import { nameOf } from '../../contract/name.ts'
import { writeAtomically } from '../../core/disk/write-atomically.ts'
import { type Pulled, pull } from '../../core/pull.ts'
import type { Registry } from '../../core/registry/registry.ts'
import { exportAgent } from './export-agent.ts'

/** What to write. Without ids: every live agent. */
export interface ExportRequest {
  kind: Kind
  ids: readonly string[]
  version?: number
  /** The folder that gets `agents/<id>.md`. */
  to: string
  force: boolean
}

/** The file of one agent, and what the file cannot say. */
export interface Exported extends Pulled {
  lost: string[]
}

/** The agents that were written, and why others were not. */
export interface ExportedAgents {
  exported: Exported[]
  refused: { id: string; reason: string }[]
}

const loadYaml = () => createRequire(import.meta.url)('yaml') as YamlLibrary

/**
 * Writes live agents as files of Claude Code, from bundles that their digests prove.
 * @throws Failure REFUSED for an agent that is not live, and for a file that differs, before anything is written; as `pull`
 */
export async function exportAgents(registry: Registry, request: ExportRequest): Promise<ExportedAgents> {
  const { kind, version, to, force } = request
  const ids = await findLive(registry, request)
  if (ids.length === 0) return { exported: [], refused: [] }
  const root = mkdtempSync(join(tmpdir(), 'nofx-export-'))
  try {
    const pulled = await pull(registry, { kind, ids, version, root, force: true })
    const changes: { path: string; text: string }[] = []
    const result: ExportedAgents = { exported: [], refused: [] }
    for (const one of pulled) {
      const file = readAgent(kind, one)
      const path = join(to, 'agents', `${one.id}.md`)
      if ('refused' in file) {
        result.refused.push({ id: one.id, reason: file.refused })
        continue
      }
      const state = compareFile(path, file.text, force)
      if (state === 'written') changes.push({ path, text: file.text })
      result.exported.push({ ...one, dir: path, state, lost: file.lost })
    }
    mkdirSync(join(to, 'agents'), { recursive: true })
    for (const { path, text } of changes) writeAtomically(path, text)
    return result
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

/** A disabled agent must not come back by way of a file. */
async function findLive(registry: Registry, { kind, ids }: ExportRequest): Promise<string[]> {
  const heads = await registry.heads(kind.id)
  const live = heads.filter(({ state }) => isLiveState(state)).map(({ id }) => id)
  const other = heads.find(({ id }) => ids.includes(id) && !live.includes(id))
  if (!other) return ids.length > 0 ? [...ids] : live
  throw new Failure(
    'REFUSED',
    `${nameOf({ kind: kind.id, id: other.id })} is ${other.state}, and only live agents are written`,
    'see: nofx registry list',
  )
}

function readAgent(kind: Kind, { id, dir }: Pulled) {
  const names = readdirSync(dir).filter((name) => /^agent\.(?:json|yaml)$/.test(name))
  const texts = Object.fromEntries(names.map((name) => [name, readFileSync(join(dir, name), 'utf8')]))
  const manifest: JsonObject = provenManifest(texts, kind, loadYaml) ?? {}
  const { system } = (manifest.prompts ?? {}) as { system?: string | { path: string } }
  const path = typeof system === 'string' ? system : system?.path
  if (path === undefined) return { refused: 'it has no system prompt' }
  return exportAgent(id, manifest, readFileSync(join(dir, path), 'utf8'))
}

function compareFile(path: string, text: string, force: boolean): Pulled['state'] {
  if (!existsSync(path)) return 'written'
  if (readFileSync(path, 'utf8') === text) return 'unchanged'
  if (force) return 'written'
  throw new Failure('REFUSED', `${path} differs`, 'keep your changes elsewhere, or add --force', { at: path })
}
