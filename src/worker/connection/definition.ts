import { createRequire } from 'node:module'
import * as z from 'zod'
import { digestOf, SHA256 } from '../../contract/digest.ts'
import type { JsonObject } from '../../contract/kind.ts'
import { type ManifestReader, provenManifest } from '../../contract/manifest/proven-manifest.ts'
import type { YamlLibrary } from '../../contract/manifest/yaml-text.ts'
import { textProblem } from '../../contract/protocol/proven-texts.ts'
import { normalizeAgent } from '../../plugins/agents/manifest/aliases.ts'
import { normalizeTemplate } from '../../plugins/templates/manifest/aliases.ts'

/** States in which a definition can be run; a draft only by those who ask for drafts. */
export type LiveState = 'active' | 'deprecated' | 'draft'

/** What the registry says of a definition now. */
export type WorkerHead =
  | { state: LiveState; version: number; digest: string }
  | { state: 'removed' | 'disabled' | 'not-found' }

export const revisionShape = z.object({
  kind: z.string(),
  id: z.string(),
  version: z.int().positive(),
  digest: z.string().regex(SHA256),
  /** As it was published: what became of the definition since then is its head's to tell. */
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

/** One version of a definition with all its texts. What is in `assets/` is named in `files` and not here. */
export type WorkerRevision = z.infer<typeof revisionShape>

const READERS: Readonly<Record<string, ManifestReader>> = {
  agents: { manifestFile: 'agent.json', normalize: normalizeAgent },
  templates: { manifestFile: 'template.json', normalize: normalizeTemplate },
}

const loadYaml = () => createRequire(import.meta.url)('yaml') as YamlLibrary

/**
 * A revision as its digest proves it, wherever it came from: the manifest is read from the texts that the digest stands
 * for, and the copy of it that lies beside them counts for nothing. A text says what is wrong.
 */
export function prove(revision: WorkerRevision): WorkerRevision | string {
  const problem = problemOf(revision)
  if (problem !== undefined) return problem
  const reader = READERS[revision.kind]
  const manifest = reader && provenManifest(revision.texts, reader, loadYaml)
  if (!manifest) return 'its texts hold no manifest that can be read'
  // A draft waits for its promotion, which makes one active that its manifest calls a draft, too; every other state is
  // what the manifest says.
  const { status = 'active' } = manifest
  const promoted = revision.state === 'active' && status === 'draft'
  if (revision.state !== 'draft' && revision.state !== status && !promoted)
    return `its state is ${revision.state} where its manifest says ${stated(status)}`
  return { ...revision, manifest }
}

function stated(status: JsonObject[string]): string {
  return JSON.stringify(status)?.slice(0, 40) ?? 'nothing'
}

/** What is wrong with the texts of a revision: they must be those that its digest stands for. */
export function problemOf({ kind, id, digest, texts, files }: WorkerRevision): string | undefined {
  if (digestOf(kind, id, files) !== digest) return 'its files do not make its digest'
  return textProblem(texts, files)
}
