import * as z from 'zod'
import { SHA256 } from '../../contract/digest.ts'

const digest = z.string().regex(SHA256)
const instant = z.iso.datetime()
const version = z.int().min(1)
const status = z.enum(['draft', 'active', 'deprecated', 'disabled', 'removed'])
const origin = z.enum(['publish', 'rollback', 'remove', 'undelete', 'promote', 'rebase', 'disable', 'enable'])
const releaseOrigin = z.enum([...origin.options, 'withdraw'])
const object = z.record(z.string(), z.unknown())

/** Problem details (RFC 9457). */
export const problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  instance: z.string(),
  code: z.string(),
  hint: z.string().optional(),
  errors: z.array(z.unknown()).optional(),
})

/** One definition in a list. `version` is null when no version is live. */
export const listItem = z.strictObject({
  kind: z.string(),
  id: z.string(),
  status,
  version: version.nullable(),
  digest,
  promptHash: digest,
  name: z.string(),
  summary: z.string(),
  tags: z.array(z.string()),
  skills: z.array(z.string()),
  category: z.string().optional(),
  owner: z.string().optional(),
  declaredVersion: z.string().optional(),
  facts: object,
  updatedAt: instant,
})

export const definitionList = z.strictObject({
  items: z.array(listItem),
  nextCursor: z.string().nullable(),
  updatedSince: z.string(),
})

/** One version of one definition, without its content. */
export const revisionSummary = z.strictObject({
  kind: z.string(),
  id: z.string(),
  version,
  digest,
  promptHash: digest,
  status,
  declaredVersion: z.string().nullable(),
  commitSha: z.string(),
  commitRank: z.int(),
  origin,
  releaseId: z.string(),
  createdAt: instant,
  withdrawnAt: instant.nullable().describe('When the content was withdrawn and deleted.'),
})

export const versionList = z.strictObject({
  items: z.array(revisionSummary),
  nextCursor: z.string().nullable(),
})

const description = z.looseObject({ name: z.string(), summary: z.string(), tags: z.array(z.string()) })
const fileEntry = z.strictObject({
  path: z.string(),
  size: z.int(),
  sha256: digest,
  executable: z.literal(true).optional(),
})

/** One version with its content: enough to run it, and to check the content against the digest. */
export const revision = revisionSummary.extend({
  metadata: description,
  manifest: object,
  texts: z.record(z.string(), z.string()),
  files: z.array(fileEntry),
  bundle: z.strictObject({ size: z.int(), sha256: digest }),
})

/** The live version of a definition; for publishers the newest draft when none is live. */
export const definition = revision.extend({
  live: z.boolean(),
  updatedAt: instant,
  previousVersion: version.nullable().optional(),
  rollbackAdvice: z.unknown().optional(),
})

const fieldChange = z.looseObject({})

export const versionDiff = z.strictObject({
  kind: z.string(),
  id: z.string(),
  from: z.strictObject({ version, digest }),
  to: z.strictObject({ version, digest }),
  fields: z.array(fieldChange),
  files: z.array(
    z.strictObject({
      path: z.string(),
      change: z.enum(['added', 'removed', 'changed']),
      sizes: z.tuple([z.int(), z.int()]),
      patch: z.string().optional(),
      fields: z.array(fieldChange).optional(),
      executable: z.boolean().optional(),
    }),
  ),
  risks: z.array(
    z.strictObject({
      id: z.string(),
      level: z.enum(['low', 'medium', 'high']),
      field: z.string(),
      message: z.string(),
    }),
  ),
})

const outcome = z.enum([
  'added',
  'updated',
  'unchanged',
  'removed',
  'restored',
  'rolled-back',
  'disabled',
  'enabled',
  'rebased',
  'promoted',
  'withdrawn',
  'stale',
  'held',
])

export const releaseList = z.strictObject({
  items: z.array(
    z.strictObject({
      id: z.string(),
      origin: releaseOrigin,
      commit: z.strictObject({
        sha: z.string(),
        rank: z.int(),
        dirty: z.boolean(),
        ref: z.string().optional(),
      }),
      actor: z.string(),
      reason: z.string().nullable(),
      undoes: z.string().nullable().describe('The release that this release undid.'),
      createdAt: instant,
      outcomes: z.array(
        z.strictObject({
          kind: z.string(),
          id: z.string(),
          outcome,
          version: z.int().nullable(),
          digest: digest.nullable(),
          rank: z.strictObject({ from: z.int(), to: z.int() }).optional(),
        }),
      ),
    }),
  ),
  nextCursor: z.string().nullable(),
})
