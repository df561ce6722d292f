import { createRequire } from 'node:module'
import * as z from 'zod'
import type { Pointer } from '../../contract/diagnostic.ts'
import { digestOf, SHA256 } from '../../contract/digest.ts'
import type { JsonObject } from '../../contract/kind.ts'
import { statusIn } from '../../contract/manifest/manifest-file.ts'
import { type ManifestReader, provenManifest } from '../../contract/manifest/proven-manifest.ts'
import type { YamlLibrary } from '../../contract/manifest/yaml-text.ts'
import { textProblem } from '../../contract/protocol/proven-texts.ts'
import { normalizeAgent } from '../../plugins/agents/manifest/aliases.ts'
import { normalizeServer } from '../../plugins/servers/manifest/normalize.ts'
import { OWN_PLACE } from '../../plugins/servers/manifest/own-values.ts'
import { normalizeTemplate } from '../../plugins/templates/manifest/aliases.ts'

/** States in which a definition can be run; `draft` only for callers that ask for drafts. */
export type LiveState = 'active' | 'deprecated' | 'draft'

/** The current state of a definition in the registry. */
export type WorkerHead =
  | { state: LiveState; version: number; digest: string }
  | { state: 'removed' | 'disabled' | 'not-found' }

export const revisionShape = z.object({
  kind: z.string(),
  id: z.string(),
  version: z.int().positive(),
  digest: z.string().regex(SHA256),
  /** The state at publication; later changes of state are in the head. */
  state: z.enum(['active', 'deprecated', 'draft', 'disabled']),
  manifest: z.record(z.string(), z.unknown()),
  texts: z.record(z.string(), z.string()),
  files: z.array(
    z.object({
      path: z.string(),
      size: z.int().min(0),
      sha256: z.string(),
      executable: z.literal(true).optional(),
    }),
  ),
})

/**
 * One version of a definition with all its texts. Files in `assets/` are named in `files`; their contents are not here.
 */
export type WorkerRevision = z.infer<typeof revisionShape>

/** A kind of a plugin, by the members that read its manifests; every `Kind` of `nofx/kind` has them. */
export interface WorkerKind {
  readonly id: string
  readonly manifestFile: string
  readonly manifest?: 'json' | 'front-matter'
  readonly statusPlace?: Pointer
  normalize?(raw: JsonObject, file: string): { manifest: JsonObject }
}

/** How the manifests of each kind are read. */
export type Readers = Readonly<Record<string, ManifestReader>>

const READERS: Readers = {
  agents: { manifestFile: 'agent.json', normalize: normalizeAgent },
  skills: { manifestFile: 'SKILL.md', manifest: 'front-matter', statusPlace: ['metadata', 'nofx-status'] },
  templates: { manifestFile: 'template.json', normalize: normalizeTemplate },
  servers: { manifestFile: 'server.json', statusPlace: [...OWN_PLACE, 'status'], normalize: normalizeServer },
}

/** The readers of NOFX's own kinds and of these. */
export function collectReaders(kinds: readonly WorkerKind[]): Readers {
  return { ...Object.fromEntries(kinds.map((kind) => [kind.id, kind])), ...READERS }
}

const loadYaml = () => createRequire(import.meta.url)('yaml') as YamlLibrary

/**
 * The revision as far as its digest proves it, whatever its source: the manifest is read again from the texts that the
 * digest covers, and the copy of the manifest beside them is ignored. Returns a text when something is wrong.
 */
export function prove(revision: WorkerRevision, readers: Readers = READERS): WorkerRevision | string {
  const problem = findProblem(revision)
  if (problem !== undefined) return problem
  const reader = readers[revision.kind]
  const manifest = reader && readManifest(revision.texts, reader)
  if (!manifest) return 'its texts hold no manifest that can be read'
  // Promoting a draft makes a revision active although its
  // manifest says draft; every other state equals the manifest's.
  const status = statusIn(manifest, reader.statusPlace)
  const promoted = revision.state === 'active' && status === 'draft'
  // An operator may disable a version of any status; the worker does not run it.
  const disabled = revision.state === 'disabled'
  if (revision.state !== 'draft' && !disabled && revision.state !== status && !promoted)
    return `its state is ${revision.state} where its manifest says ${stated(status)}`
  return { ...revision, manifest }
}

/** A plugin's `normalize` may throw; the revision then counts as unreadable. */
function readManifest(texts: WorkerRevision['texts'], reader: ManifestReader): JsonObject | undefined {
  try {
    return provenManifest(texts, reader, loadYaml)
  } catch {
    return undefined
  }
}

function stated(status: unknown): string {
  return JSON.stringify(status)?.slice(0, 40) ?? 'nothing'
}

/** Why the texts of a revision are refused: they must be those that its digest covers. */
export function findProblem({ kind, id, digest, texts, files }: WorkerRevision): string | undefined {
  if (digestOf(kind, id, files) !== digest) return 'its files do not make its digest'
  return textProblem(texts, files)
}
